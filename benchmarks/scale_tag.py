"""`cxtopics tag` on as many short contacts as wanted: pace, peak memory, and that both hold.

    python benchmarks/scale_tag.py [--rows 100_000 1_000_000] [--effort fast] [--data DIR]
                                   [--model DIR] [--room DIR] [--length short]
                                   [--set banking77|bitext]

The contacts are made from the set's test file, a chunk at a time: a word or two left out, an
opening and a closing as people write them, an order number in two of five; one in ten is word
for word a message that others write too (Zipf over 300). Long ones join eight texts on one
topic (about 110 tokens). Equal texts are encoded once only where they meet in one batch. The
model learns from the set's training file, written by the same people: each label once as it is
and once with their openings, closings and numbers.

CPU time is user + system of the whole command, so that the pace per core does not depend on
what else the machine does; memory is the peak that the kernel counts.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as arrow
import pyarrow.parquet as pq
from cold_start import data_folder

SETS = {  # columns of text and topic
    "banking77": {"text": "text", "category": "topic"},
    "bitext": {"utterance": "text", "intent": "topic"},
}
CHUNK = 50_000
SHARE_REPEATED, N_REPEATED, SHARE_WITH_NUMBER = 0.10, 300, 0.4
OPENINGS = ("", "", "", "hi", "hello", "hey there", "good morning", "dear team", "please help",
            "quick question", "sorry to ask again", "urgent", "hi team", "hello there")  # fmt: skip
CLOSINGS = ("", "", "", "thanks", "thank you", "please reply soon", "many thanks", "asap please",
            "it is the second time", "what should I do", "kind regards", "cheers")  # fmt: skip


def main() -> None:
    """Make the contacts, tag them, print a line for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--effort", nargs="+", default=["fast"])
    parser.add_argument("--length", choices=["short", "long"], default="short")
    parser.add_argument("--model", type=Path, help="Default: trained here from Banking77.")
    parser.add_argument("--room", type=Path, help="Keep or reuse the contacts and outputs here.")
    parser.add_argument("--workers", type=int, help="Default: all cores.")
    parser.add_argument("--set", choices=SETS, default="banking77")
    given = parser.parse_known_args()[0]
    data = data_folder(f"{given.set}/train.csv") / given.set
    columns = SETS[given.set]
    with tempfile.TemporaryDirectory(prefix="cxtopics-scale-") as folder:
        room = given.room or Path(folder)
        room.mkdir(parents=True, exist_ok=True)
        model = given.model or _train(data, room, columns)
        print(f"{'contacts':>12} {'effort':<9}{'CPU s':>9}{'per core':>11}{'elapsed s':>11}"
              f"{'peak MB':>9}{'MB out':>8}")  # fmt: skip
        for rows in given.rows:
            contacts = room / f"{given.length}-{rows}.parquet"
            if not contacts.exists():
                known = pd.read_csv(data / "test.csv").rename(columns=columns)
                write_contacts(known, contacts, rows, given.length)
            for effort in given.effort:
                _tag(contacts, model, room / "tagged.parquet", rows, effort, given.workers)


def _tag(
    contacts: Path, model: Path, out: Path, rows: int, effort: str, workers: int | None
) -> None:
    words = ["tag", contacts, "--model", model, "--effort", effort, "-o", out]
    words += ["--workers", workers] if workers else []
    cpu, elapsed, peak = run(*map(str, words))
    size = out.stat().st_size / 1e6
    out.unlink()
    print(f"{rows:>12,} {effort:<9}{cpu:>9.0f}{rows / cpu:>9.0f}/s{elapsed:>11.0f}{peak:>9.0f}"
          f"{size:>8.0f}", flush=True)  # fmt: skip


def run(*words: str) -> tuple[float, float, float]:
    """Run a command of the program; return CPU seconds, elapsed seconds, peak memory in MB."""
    began = time.perf_counter()
    child = subprocess.Popen([sys.executable, "-m", "cxtopics.cli", *words])
    _, status, used = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"cxtopics {words[0]}: exit status {status}")
    return used.ru_utime + used.ru_stime, time.perf_counter() - began, used.ru_maxrss / 1024


def _train(data: Path, room: Path, columns: dict[str, str]) -> Path:
    known = pd.read_csv(data / "train.csv").rename(columns=columns)[["text", "topic"]]
    rng = np.random.default_rng(len(known))
    texts, rows = _short(known, rng, len(known))
    spoken = pd.DataFrame({"text": texts, "topic": known["topic"].to_numpy()[rows]})
    pd.concat([known, spoken]).to_csv(room / "labels.csv", index=False)
    run("train", str(room / "labels.csv"), "-o", str(room / "model"))
    return room / "model"


def write_contacts(test: pd.DataFrame, path: Path, n: int, length: str = "short") -> None:
    """Write n contacts as a Parquet table; only a chunk is in memory."""
    writer: pq.ParquetWriter | None = None
    for first in range(0, n, CHUNK):
        rng = np.random.default_rng([first, len(length)])
        size = min(CHUNK, n - first)
        texts = _short(test, rng, size)[0] if length == "short" else _long(test, rng, size)
        table = arrow.table(
            {
                "contact_id": arrow.array([f"c{number}" for number in range(first, first + size)]),
                "created_at": _moments(rng, size),
                "text": arrow.array(texts),
            }
        )
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer:
        writer.close()


def _short(
    test: pd.DataFrame, rng: np.random.Generator, n: int
) -> tuple[list[str], npt.NDArray[np.intp]]:
    """Return texts, and the row of the table that each is made of."""
    known = test["text"].tolist()
    words = [text.split() for text in known]
    repeated = rng.random(n) < SHARE_REPEATED
    common = np.minimum(rng.zipf(1.3, n), N_REPEATED) - 1
    chosen = np.where(repeated, common * 7 % len(known), rng.integers(len(words), size=n))
    ends = rng.integers(1 << 30, size=(n, 4))
    numbered = rng.random(n) < SHARE_WITH_NUMBER
    texts = []
    for row in range(n):
        if repeated[row]:
            texts.append(known[chosen[row]])
            continue
        own = list(words[chosen[row]])
        for _ in range(1 + ends[row, 2] % 2):
            if len(own) > 3:
                own.pop(int(ends[row, 3]) % len(own))
        number = [f"order {ends[row, 3] % 900_000 + 100_000}"] if numbered[row] else []
        parts = [
            OPENINGS[ends[row, 0] % len(OPENINGS)],
            *own,
            *number,
            CLOSINGS[ends[row, 1] % len(CLOSINGS)],
        ]
        texts.append(" ".join(part for part in parts if part))
    return texts, chosen


def _long(test: pd.DataFrame, rng: np.random.Generator, n: int) -> list[str]:
    topics = [group["text"].to_numpy() for _, group in test.groupby("topic")]
    return [" ".join(rng.choice(topics[rng.integers(len(topics))], 8, False)) for _ in range(n)]


def _moments(rng: np.random.Generator, n: int) -> arrow.Array:
    start = pd.Timestamp("2025-01-01", tz="UTC").value // 1000
    stamps = start + (rng.random(n) * 365 * 86400 * 1e6).astype(np.int64)
    return arrow.array(stamps, type=arrow.timestamp("us", tz="UTC"))


if __name__ == "__main__":
    main()
