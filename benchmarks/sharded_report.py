"""`cxtopics report` on a table in parts, against the same table in one file, to the last digit.

    python benchmarks/sharded_report.py [--contacts 1_000_000] [--orders 1_000_000]
                                        [--parts 16] [--data DIR] [--scores]

The tables are those of `scale_report.py` (14 months, 50 topics). They are reported three times:
as they were made, dealt to parts at random and in random order with a manifest (as machines
that share the work would leave them), and on one thread instead of all. Then every file of
figures is compared byte for byte; of `report.json` all but where the tables came from.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from scale_report import make_tables, run_report

from cxtopics.tables import Manifest, parts_of, read_provenance


def main() -> None:
    """Generate, deal, report, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--parts", type=int, default=16)
    parser.add_argument("--data", type=Path, help="Keep or reuse the tables here.")
    parser.add_argument("--scores", action="store_true", help="Estimate every month.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cxtopics-shards-") as folder:
        room = given.data or Path(folder)
        make_tables(room / "whole", given.contacts, given.orders, scores=given.scores)
        for name in ("tagged", "orders"):
            deal(room / "whole" / name, room / "dealt" / name, given.parts)
        print(f"contacts {given.contacts:,}, orders {given.orders:,}, parts {given.parts}")
        first = tell("as made", room / "whole")
        dealt = tell("dealt anew", room / "dealt")
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        single = tell("one core", room / "whole")
    different = [name for name in first if not first[name] == dealt[name] == single[name]]
    print(f"{len(first)} files of figures; {len(different)} differ {different or ''}")
    sys.exit(bool(different))


def deal(source: Path, folder: Path, n_parts: int) -> None:
    """Write a table's rows to parts at random, in random order."""
    if folder.exists():
        return
    folder.mkdir(parents=True)
    rng = np.random.default_rng(1)
    writers: list[pq.ParquetWriter] = []
    for part in parts_of(source):
        table = pq.read_table(part)
        for number, rows in enumerate(np.array_split(rng.permutation(len(table)), n_parts)):
            if len(writers) == number:
                path = folder / f"shard-{number:04d}.parquet"
                writers.append(pq.ParquetWriter(path, table.schema))
            writers[number].write_table(table.take(rows))
    for writer in writers:
        writer.close()
    names = tuple(f"shard-{number:04d}.parquet" for number in rng.permutation(n_parts))
    about = read_provenance(source)
    Manifest({}, finished=True, parts=names, provenance=about).write(folder)


def tell(what: str, data: Path) -> dict[str, object]:
    """Report, print what it took, and return the figures by file."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu, elapsed, peak = run_report(data)
    cpu -= before.ru_utime + before.ru_stime
    print(
        f"{what:<12} CPU {cpu:>6.0f} s, elapsed {elapsed:>6.0f} s, peak {peak:.2f} GB", flush=True
    )
    report = data / "report"
    content = json.loads((report / "report.json").read_text("utf-8"))
    content.pop("provenance")
    return {"report.json": content, **{f.name: f.read_bytes() for f in report.glob("*.csv")}}


if __name__ == "__main__":
    main()
