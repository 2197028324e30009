"""The rows of any file people hand over: CSV, TSV, NDJSON, JSON, Parquet, XLSX; gzipped, zipped.

    paths, folders, patterns, zips -> InputFile, ...
    InputFile -> RecordFile -> Record | Rejected, ... -> Reconciliation

A row is a `Record` with the number of its line in the file; what cannot be read is a
`Rejected` with its reason. Nothing is dropped in silence, nothing is guessed row by row:
what was read, counted, left out and rejected adds up in the `Reconciliation`.
"""

from cxtopics.records.binary import open_parquet
from cxtopics.records.columns import show_columns
from cxtopics.records.files import RecordFile, open_records
from cxtopics.records.inputs import Inputs, find_inputs
from cxtopics.records.pace import Pace, Progress, expect_rows
from cxtopics.records.packed import InputFile
from cxtopics.records.reconciliation import FileRead, LeftOut, Reconciliation
from cxtopics.records.rows import Record, Rejected

__all__ = [
    "FileRead",
    "InputFile",
    "Inputs",
    "LeftOut",
    "Pace",
    "Progress",
    "Reconciliation",
    "Record",
    "RecordFile",
    "Rejected",
    "expect_rows",
    "find_inputs",
    "open_parquet",
    "open_records",
    "show_columns",
]
