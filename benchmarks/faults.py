"""Runs of `tag` that are killed, or run out of disk, and what the next run makes of it.

    python benchmarks/faults.py [--kills 50] [--full-disks 10] [--rows 800] [--seed 0]

A run is killed (SIGKILL, the process and all its threads) at a random moment of its work, some
twice or thrice; then the same command runs to its end. A full disk is a tmpfs of a random size
that is too small, made larger for the second run; where none can be mounted, the writer of
Parquet parts says `No space left on device` after a random number of parts.

The output must be byte for byte that of an undisturbed run, and nothing else may lie beside it.
Runs are forks of a process that holds the model already, in 40 pieces, so that nearly
all moments fall into the work itself.
"""

from __future__ import annotations

import argparse
import errno
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

os.environ["TOKENIZERS_PARALLELISM"] = "false"  # threads do not survive a fork

from cxtopics.classify import TopicModel, load_model
from cxtopics.errors import InputError
from cxtopics.flow import bundled_topics
from cxtopics.tagging import files, tag_file
from cxtopics.taxonomy import load_taxonomy
from cxtopics.training import train_model

N_PIECES = 40


def main() -> None:
    """Disturb runs and print a table of what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--full-disks", type=int, default=10)
    parser.add_argument("--rows", type=int, default=800)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--model", type=Path, help="Default: trained from the bundled topics.")
    given = parser.parse_args()
    dice = random.Random(given.seed)
    files.ROWS_PER_PART = -(-given.rows // N_PIECES)
    with tempfile.TemporaryDirectory(prefix="cxtopics-faults-") as folder:
        room = Path(folder)
        model = given.model or _train(room / "model")
        contacts = _contacts(room / "contacts.csv", given.rows)
        run = Runs(contacts, load_model(model, 1))
        began = time.perf_counter()
        assert run.to_end(room / "whole" / "tagged.parquet") == 0
        duration = time.perf_counter() - began
        run.expected = (room / "whole" / "tagged.parquet").read_bytes()
        print(f"{given.rows:,} rows in {N_PIECES} pieces; undisturbed {duration:.1f} s")
        kills = [_killed(run, room / f"k{n}", dice, duration) for n in range(given.kills)]
        _tell("killed", kills)
        disk = _full_disk if _can_mount(room / "probe") else _full_by_writer
        full = [disk(run, room / f"d{n}", dice) for n in range(given.full_disks)]
        _tell("tmpfs full" if disk is _full_disk else "writer refuses", full)
    if not all(same for _, same in kills + full):
        sys.exit("an output differs")


class Runs:
    """Runs of one job, each in a process of its own."""

    expected = b""

    def __init__(self, contacts: Path, model: TopicModel) -> None:
        self.contacts, self.model = contacts, model

    def start(self, out: Path, before: Callable[[], None] | None = None) -> int:
        """Start a run; return its process."""
        out.parent.mkdir(exist_ok=True)
        child = os.fork()
        if child:
            return child
        try:
            if before:
                before()
            tag_file(self.contacts, self.model, out)
        except InputError as error:
            os._exit(3 if "No space left" in str(error) and "\n" not in str(error) else 4)
        except BaseException:  # whatever it is, a user would see a traceback
            os._exit(5)
        os._exit(0)

    def to_end(self, out: Path, before: Callable[[], None] | None = None) -> int:
        """Run to the end; return the exit code."""
        return os.waitstatus_to_exitcode(os.waitpid(self.start(out, before), 0)[1])

    def same(self, out: Path) -> bool:
        """Tell whether the output is that of an undisturbed run, and alone."""
        alone = [path.name for path in out.parent.iterdir()] == [out.name]
        return alone and out.read_bytes() == self.expected


def _killed(run: Runs, folder: Path, dice: random.Random, duration: float) -> tuple[str, bool]:
    out = folder / "tagged.parquet"
    n_killed = 0
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        child = run.start(out)
        time.sleep(dice.uniform(0, duration))
        os.kill(child, signal.SIGKILL)
        n_killed += os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    code = run.to_end(out)
    what = f"{n_killed} times" if n_killed else "after its end"
    return what, code == 0 and run.same(out)


def _full_disk(run: Runs, folder: Path, dice: random.Random) -> tuple[str, bool]:
    folder.mkdir()
    # parts and the whole together need a little more than twice the output
    size = dice.randint(20_000, int(1.8 * len(run.expected)))
    _mount(folder, size)
    try:
        first = run.to_end(folder / "tagged.parquet")
        subprocess.run(
            ["mount", "-o", f"remount,size={20 * len(run.expected)}", folder], check=True
        )
        code = run.to_end(folder / "tagged.parquet")
        told = first == 3
        same = run.same(folder / "tagged.parquet")
    finally:
        subprocess.run(["umount", folder], check=True)
    return "one-line error" if told else f"exit {first}", told and code == 0 and same


def _full_by_writer(run: Runs, folder: Path, dice: random.Random) -> tuple[str, bool]:
    left = dice.randint(0, 60)

    def refuse() -> None:
        real = pq.ParquetWriter.write_table

        def write(self: pq.ParquetWriter, *given: object, **named: object) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            real(self, *given, **named)

        pq.ParquetWriter.write_table = write

    out = folder / "tagged.parquet"
    first = run.to_end(out, refuse)
    code = run.to_end(out)
    told = first == 3
    return "one-line error" if told else f"exit {first}", told and code == 0 and run.same(out)


def _can_mount(folder: Path) -> bool:
    folder.mkdir()
    try:
        _mount(folder, 100_000)
    except (OSError, subprocess.CalledProcessError):
        return False
    subprocess.run(["umount", folder], check=True)
    return True


def _mount(folder: Path, n_bytes: int) -> None:
    command = ["mount", "-t", "tmpfs", "-o", f"size={n_bytes}", "tmpfs", str(folder)]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def _tell(what: str, runs: list[tuple[str, bool]]) -> None:
    for kind in sorted({kind for kind, _ in runs}):
        of_kind = [same for found, same in runs if found == kind]
        print(f"{what:<16}{kind:<16}{len(of_kind):>4} runs, {sum(of_kind):>4} with the same bytes")


def _train(folder: Path) -> Path:
    train_model(folder, taxonomy=load_taxonomy(bundled_topics()))
    return folder


def _contacts(path: Path, n: int) -> Path:
    texts = [text for topic in load_taxonomy(bundled_topics()) for text in topic.examples]
    rows = [(f"c{number}", f"{texts[number % len(texts)]} {number}") for number in range(n)]
    pd.DataFrame(rows, columns=["contact_id", "text"]).to_csv(path, index=False)
    return path


if __name__ == "__main__":
    main()
