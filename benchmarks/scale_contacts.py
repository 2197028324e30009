"""A million tickets, about 1 GB of NDJSON with HTML bodies, through `cxtopics contacts`.

    python benchmarks/scale_contacts.py [-n 1000000] [--workers 1 2] [--keep DIR]

Made-up tickets in four part files, in no order of time: answers that quote the shop in
four languages, signatures, chats, two per cent that come twice, some spam, some broken
lines. Prints for each number of workers: contacts, peak memory of all its processes
together (their resident sets added up, shared pages counted in each), CPU time, contacts
per second of wall clock and of CPU, and whether the tables are the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

N_PARTS = 4
START = datetime(2024, 1, 1, tzinfo=timezone.utc)
SAID = """parcel order lamp table late broken refund money back please when where colour wrong
size delivery courier address changed cancel invoice voucher code login password waiting days
still nothing arrived box damaged glass missing part screw chair return label thank you"""
WORDS = SAID.split()
QUOTES = (
    "On Mon, 4 May 2026 at 10:01, Harbour &amp; Pine wrote:",
    "Am 04.05.2026 um 10:01 schrieb Harbour &amp; Pine:",
    "Le lun. 4 mai 2026 à 10:01, Harbour &amp; Pine a écrit :",
    "El lun, 4 may 2026 a las 10:01, Harbour &amp; Pine escribió:",
)


def main() -> None:
    """Make the tickets, read them with each number of workers, print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, nargs="+", default=[2])
    parser.add_argument("--keep", type=Path, help="Folder for the files; default: a temporary one.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as room:
        folder = given.keep or Path(room)
        files = make_tickets(folder, given.n)
        n_bytes = sum(file.stat().st_size for file in files)
        print(f"{given.n:,} tickets, {n_bytes / 1e9:.2f} GB in {len(files)} files")
        print(
            f"{'workers':>7}{'contacts':>11}{'peak MB':>9}{'CPU s':>8}{'wall s':>8}"
            f"{'per s':>8}{'per CPU s':>11}  sha256"
        )
        for workers in given.workers:
            print(measure(folder, files, workers), flush=True)


def make_tickets(folder: Path, n: int) -> list[Path]:
    """Write the part files, unless they are there."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"tickets-{part}.ndjson" for part in range(N_PARTS)]
    if all(file.exists() for file in files):
        return files
    for part, file in enumerate(files):
        with file.open("w", encoding="utf-8") as out:
            out.writelines(_lines(random.Random(part), part, n))
    return files


def _lines(rng: random.Random, part: int, n: int) -> Iterator[str]:
    for number in range(part, n, N_PARTS):
        if number % 50_000 == 7:
            yield f'{{"id": {number}, "subject": "cut o\n'
            continue
        again = rng.random() < 0.02 and number >= N_PARTS
        yield json.dumps(_ticket(rng, number - N_PARTS if again else number)) + "\n"


def _ticket(rng: random.Random, number: int) -> dict[str, object]:
    customer, at = rng.randrange(300_000), START + timedelta(seconds=rng.randrange(60_000_000))
    words = [" ".join(rng.choices(WORDS, k=rng.randrange(8, 30))) for _ in range(3)]
    body = f"<div>Hello,<br><br>{words[0]} &amp; {words[1]}<br>Order HP{rng.randrange(10**5):05d}"
    if rng.random() < 0.4:
        body += f"<br><br>{rng.choice(QUOTES)}<blockquote><p>{words[2]}</p></blockquote>"
    body += "<br>--<br>Ann Example<br>Sent from my iPhone</div>"
    return {
        "id": number,
        "subject": f"Re: {' '.join(words[2].split()[:4])}",
        "status": "closed",
        "tags": ["spam"] if rng.random() < 0.02 else ["web", "vip"],
        "via": {"channel": "email", "source": {"from": {"address": f"c{customer}@example.com"}}},
        "requester_id": customer,
        "submitter_id": customer,
        "created_at": at.isoformat(),
        "custom_fields": [{"id": 360001, "value": f"HP{number % 10**5:05d}"}],
        "comments": [
            {"id": number * 10, "author_id": customer, "public": True, "html_body": body},
            {"id": number * 10 + 1, "author_id": 7, "public": True, "body": f"Hi, {words[1]}"},
        ],
    }


def measure(folder: Path, files: list[Path], workers: int) -> str:
    """Run the command and return a row of the table."""
    out = folder / f"contacts-{workers}.parquet"
    command = [sys.executable, "-m", "cxtopics.cli", "contacts", *map(str, files)]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    process = subprocess.Popen([*command, "--workers", str(workers), "-o", str(out)])
    peak = 0
    while process.poll() is None:
        peak = max(peak, resident(process.pid))
        time.sleep(0.2)
    wall = time.monotonic() - began
    if process.returncode:
        sys.exit(process.returncode)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    import pyarrow.parquet as pq

    n = pq.read_metadata(out).num_rows
    digest = hashlib.sha256(out.read_bytes()).hexdigest()[:12]
    out.unlink()
    return (
        f"{workers:>7}{n:>11,}{peak / 1e6:>9,.0f}{cpu:>8.0f}{wall:>8.0f}{n / wall:>8,.0f}"
        f"{n / cpu:>11,.0f}  {digest}"
    )


def resident(pid: int) -> int:
    """Return the resident bytes of a process and all below it (Linux)."""
    try:
        status = Path(f"/proc/{pid}/statm").read_text()
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [word for task in tasks for word in (task / "children").read_text().split()]
    except OSError:
        return 0  # gone meanwhile
    own = int(status.split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return own + sum(resident(int(child)) for child in children)


if __name__ == "__main__":
    main()
