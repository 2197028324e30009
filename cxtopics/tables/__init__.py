"""Reading and writing the flow's tables, only through their schema.

Parquet carries a table's provenance (what was read, left out and rejected, and by which
versions) in its own footer, so that the last report can still reconcile with the first
file. A file or folder appears whole or not at all.
"""

from cxtopics.tables.checking import check_table, coerce
from cxtopics.tables.columns import as_flags, as_numbers, as_text
from cxtopics.tables.formulas import defuse_formulas
from cxtopics.tables.locking import only_run_on
from cxtopics.tables.manifest import MANIFEST, Manifest, parts_of, spark_parts
from cxtopics.tables.reading import (
    file_sha256,
    iter_frames,
    load_table,
    read_provenance,
    read_table,
)
from cxtopics.tables.spool import Spool, TextRows
from cxtopics.tables.times import Times, parse_times, time_text
from cxtopics.tables.writing import (
    check_output,
    making_room,
    write_accounted,
    write_left_out,
    write_rejected,
    write_sheets,
    write_table,
    writing,
)

__all__ = [
    "MANIFEST",
    "Manifest",
    "Spool",
    "TextRows",
    "Times",
    "as_flags",
    "as_numbers",
    "as_text",
    "check_output",
    "check_table",
    "coerce",
    "defuse_formulas",
    "file_sha256",
    "iter_frames",
    "load_table",
    "making_room",
    "only_run_on",
    "parse_times",
    "parts_of",
    "read_provenance",
    "read_table",
    "spark_parts",
    "time_text",
    "write_accounted",
    "write_left_out",
    "write_rejected",
    "write_sheets",
    "write_table",
    "writing",
]
