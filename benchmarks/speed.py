"""Contacts per second from file to file, beside the usual ten lines; start-up, memory, training.

    python benchmarks/speed.py [--data DIR] [--rows 100000]

The contacts are made from Banking77's test file: short ones by leaving a word or two out, so
that none is like another (equal texts are encoded once, which would flatter us), long ones of
about 110 tokens by joining texts on one topic. The naive pipeline reads every tenth row of the
same file; its pace does not depend on the number of rows. Every run is a process of its own,
peak memory as the kernel counts it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from cold_start import data_folder

NAIVE = """
import sys, pandas as pd, joblib
from sentence_transformers import SentenceTransformer
from cxtopics.classify.export import DEFAULT_ENCODER, _find_source
table = pd.read_csv(sys.argv[1])
encoder = SentenceTransformer(str(_find_source(DEFAULT_ENCODER)), device="cpu")
table["topic"] = joblib.load(sys.argv[2]).predict(encoder.encode(table["text"].tolist()))
table.to_csv(sys.argv[3], index=False)
"""


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_known_args()[0].rows
    data = data_folder("banking77/train.csv") / "banking77"
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        _training(data, room)
        _naive_head(data, room / "naive.joblib")
        for kind, n in (("short", rows), ("long", rows // 5)):
            _tagging(kind, n, data, room)
        _small(room)


def _training(data: Path, room: Path) -> None:
    labels = (str(data / "train.csv"), "--topic-column", "category")
    for what, name in (("training, 10,003 labels", "model"), ("retraining, same texts", "again")):
        seconds, memory = _run("train", *labels, "-o", str(room / name))
        print(f"{what:<44}{seconds:>9.1f} s {memory:>8.0f} MB", flush=True)


def _tagging(kind: str, n: int, data: Path, room: Path) -> None:
    contacts = _contacts(pd.read_csv(data / "test.csv"), kind, n)
    contacts.to_csv(room / "in.csv", index=False)
    contacts[::10].to_csv(room / "tenth.csv", index=False)
    seconds, memory = _timed(
        [
            sys.executable,
            "-c",
            NAIVE,
            *(str(room / f) for f in ("tenth.csv", "naive.joblib", "out")),
        ]
    )
    naive = len(contacts[::10]) / seconds
    print(f"{kind}: {n:,} contacts\n  {'naive':<12}{naive:>9.0f}/s {memory:>8.0f} MB", flush=True)
    for effort in ("fast", "balanced", "best"):
        seconds, memory = _run(
            "tag", str(room / "in.csv"), "--model", str(room / "model"), "--effort", effort,
            "-o", str(room / f"{effort}.parquet"),
        )  # fmt: skip
        print(
            f"  {effort:<12}{n / seconds:>9.0f}/s {memory:>8.0f} MB {n / seconds / naive:>6.1f} x",
            flush=True,
        )


def _small(room: Path) -> None:
    pd.read_csv(room / "in.csv", nrows=10).to_csv(room / "ten.csv", index=False)
    runs = [
        _run(
            "tag", str(room / "ten.csv"), "--model", str(room / "model"), "-o", str(room / "t.csv")
        )
        for _ in range(3)
    ]
    seconds, memory = min(runs)
    print(f"{'a file of 10 rows, best of three':<44}{seconds:>9.1f} s {memory:>8.0f} MB")


def _contacts(test: pd.DataFrame, kind: str, n: int) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    texts: dict[str, None] = {}
    by_topic = [group["text"].tolist() for _, group in test.groupby("category")]
    words = [text.split() for text in test["text"]]
    while len(texts) < n:
        if kind == "short":
            own = words[rng.integers(len(words))]
            gone = set(rng.integers(len(own), size=rng.integers(1, 3)))
            text = " ".join(word for i, word in enumerate(own) if i not in gone)
        else:
            own = by_topic[rng.integers(len(by_topic))]
            text = " ".join(rng.choice(own, size=8, replace=False))
        if text:
            texts[text] = None
    return pd.DataFrame({"contact_id": range(n), "text": list(texts)})


def _naive_head(data: Path, path: Path) -> None:
    import joblib
    from labelled import Naive
    from sklearn.linear_model import LogisticRegression

    train = pd.read_csv(data / "train.csv")
    vectors = Naive().encoder.encode(train["text"].tolist())
    joblib.dump(LogisticRegression(max_iter=1000).fit(vectors, train["category"]), path)


def _run(*words: str) -> tuple[float, float]:
    return _timed([sys.executable, "-m", "cxtopics.cli", *words])


def _timed(command: list[str]) -> tuple[float, float]:
    """Return the seconds a command takes, and the peak memory of the largest so far in MB."""
    start = time.perf_counter()
    watched = "import resource,subprocess,sys; code = subprocess.run(sys.argv[1:]).returncode; "
    watched += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(code)"
    done = subprocess.run(
        [sys.executable, "-c", watched, *command], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stderr)
    return time.perf_counter() - start, int(done.stdout.split()[-1]) / 1024


if __name__ == "__main__":
    main()
