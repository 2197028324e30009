"""Training again after a revision of the topics: how long it takes, and what it changes.

    python benchmarks/retraining.py [--data DIR]

Banking77's 10,003 labels are trained on from nothing, and then again, as a command of its
own each time: with nothing changed; after a revision (two pairs of topics merged, one split
by its own labels at random, one renamed); and with a twentieth of the labels moved to other
topics. Beside each, the same training without the earlier heads. Right on the test file, and
the share of its contacts that are given another topic than by the model before (renames and
merges are no difference).
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from cold_start import data_folder

from cxtopics.classify import load_model
from cxtopics.classify.vector_cache import cache_folder


def main() -> None:
    """Print the table."""
    data = data_folder("banking77/train.csv") / "banking77"
    train, test = (pd.read_csv(data / f"{name}.csv") for name in ("train", "test"))
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        os.environ["CXTOPICS_CACHE"] = str(room / "cache")  # nobody else's, and empty
        print(f"{'labels':<22}{'start':<16}{'seconds':>8}{'CPU':>7}{'right':>9}{'moved':>8}")
        before = _row(room, "as they are", "nothing", train, test, None)
        for name, labels, now in _revisions(train, test):
            for start in ("earlier heads", "cached vectors"):
                if start == "cached vectors":
                    shutil.move(cache_folder() / "heads", room / "aside")
                _row(room, name, start, labels, now, before)
                if start == "cached vectors":
                    shutil.rmtree(cache_folder() / "heads")
                    shutil.move(room / "aside", cache_folder() / "heads")


def _revisions(
    train: pd.DataFrame, test: pd.DataFrame
) -> list[tuple[str, pd.DataFrame, pd.DataFrame]]:
    names = sorted(train["category"].unique())
    moved = {names[10]: names[11], names[30]: names[31], names[50]: "another_name"}
    both = [table.assign(category=table["category"].replace(moved)) for table in (train, test)]
    for number, table in enumerate(both):
        rng = np.random.default_rng(number)
        part = (table["category"] == names[60]) & (rng.random(len(table)) < 0.5)
        table.loc[part, "category"] = "a_part_of_it"
    mixed, rng = train.copy(), np.random.default_rng(2)
    some = rng.random(len(mixed)) < 0.05
    mixed.loc[some, "category"] = rng.choice(names, some.sum())
    return [
        ("as they are", train, test),
        ("topics revised", both[0], both[1]),
        ("5 % moved about", mixed, test),
    ]


def _row(
    room: Path,
    name: str,
    start: str,
    labels: pd.DataFrame,
    test: pd.DataFrame,
    before: np.ndarray | None,
) -> np.ndarray:
    """Train, print a line, and return what the model says of the test file."""
    labels.to_csv(room / "labels.csv", index=False)
    command = ["train", room / "labels.csv", "--topic-column", "category", "-o", room / "model"]
    used, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    program = [sys.executable, "-m", "cxtopics.cli", *command, "--force"]
    subprocess.run(program, check=True, capture_output=True)
    seconds, now = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    model = load_model(room / "model")
    chances = model.predict(test["text"].tolist(), "best").probabilities
    said = np.array(model.classes)[chances.argmax(axis=1)]
    right = (said == test["category"]).mean()
    moved = ""
    if before is not None:
        today = pd.Series(test["category"].to_numpy()).groupby(before).agg(lambda x: x.mode()[0])
        renamed = {old: today[old] if old not in model.classes else old for old in today.index}
        moved = f"{(said != pd.Series(before).map(renamed)).mean():.1%}"
    print(f"{name:<22}{start:<16}{seconds:>8.1f}{cpu:>7.1f}{right:>9.2%}{moved:>8}", flush=True)
    return said


if __name__ == "__main__":
    main()
