"""A file whose rows can be iterated, whatever its format."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cxtopics.errors import InputError
from cxtopics.records.binary import parquet_columns, parquet_rows, xlsx_rows
from cxtopics.records.delimited import delimited_rows, read_header
from cxtopics.records.encodings import find_encoding
from cxtopics.records.json_rows import json_rows
from cxtopics.records.rows import Record, Rejected

__all__ = ["FORMATS", "RecordFile", "open_records"]

FORMATS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".ndjson": "json",
    ".jsonl": "json",
    ".json": "json",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
}
Rows = Iterator[Record | Rejected]


@dataclass(frozen=True)
class RecordFile:
    """A file whose rows can be iterated as often as needed.

    Attributes
    ----------
    format
        `csv`, `json`, `parquet` or `xlsx`.
    columns
        Header of a table; keys of the first row for JSON.
    encoding
        How the text was decoded (`utf-8-sig`, `utf-16`, `cp1252`); empty for binary formats.
    """

    path: Path
    format: str
    columns: tuple[str, ...]
    encoding: str = ""
    separator: str = ","

    def __iter__(self) -> Rows:
        """Yield every row of the file in order."""
        return _READERS[self.format](self)

    def all_columns(self) -> tuple[str, ...]:
        """Return the columns of all rows; JSON, whose rows may differ, is read for it."""
        if self.format != "json":
            return self.columns
        rows = (row.values for row in self if isinstance(row, Record))
        return tuple(dict.fromkeys(str(key) for row in rows for key in row))

    def first(self) -> dict[str, Any]:
        """Return the first readable row; empty where there is none."""
        for row in self:
            if isinstance(row, Record):
                return row.values
        return {}


_READERS: dict[str, Callable[[RecordFile], Rows]] = {
    "csv": lambda file: delimited_rows(file.path, file.encoding, file.separator, file.columns),
    "json": lambda file: json_rows(file.path, file.encoding),
    "parquet": lambda file: parquet_rows(file.path),
    "xlsx": lambda file: xlsx_rows(file.path),
}


def open_records(path: str | Path) -> RecordFile:
    """Open a file by its ending; find out its encoding, separator and columns.

    Raises
    ------
    InputError
        No such file, an unknown ending, an empty file, an undecodable one.
    """
    path = Path(path)
    kind = _format_of(path)
    file = RecordFile(path, kind, ())
    if kind in ("csv", "json"):
        file = replace(file, encoding=find_encoding(path))
    if kind == "csv":
        separator, columns = read_header(path, file.encoding)
        file = replace(file, columns=columns, separator=separator)
    elif kind == "parquet":
        file = replace(file, columns=parquet_columns(path))
    else:
        file = replace(file, columns=tuple(str(key) for key in file.first()))
    if not file.columns:
        raise InputError(f"{path}: no row could be read", "is it the file you meant?")
    return file


def _format_of(path: Path) -> str:
    if path.is_dir():
        raise InputError(
            f"{path}: got a folder, expected files", f"name the files in it, such as {path}/*"
        )
    if not path.is_file():
        raise InputError(f"{path}: no such file", "check the path")
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        raise InputError(
            f"{path}: got the ending '{path.suffix}', expected one of {', '.join(FORMATS)}",
            "export or save the file as CSV, NDJSON, Parquet or XLSX",
        )
    if not _starts_with(path).removeprefix(codecs.BOM_UTF8).strip():
        raise InputError(f"{path}: the file is empty", "export it again")
    return kind


def _starts_with(path: Path) -> bytes:
    try:
        with path.open("rb") as raw:
            return raw.read(4096)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror})", "check its permissions"
        ) from None
