"""A file whose rows can be iterated, whatever its format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cxtopics.errors import InputError
from cxtopics.records.binary import parquet_columns, parquet_rows
from cxtopics.records.content import check_content
from cxtopics.records.delimited import delimited_rows, read_header
from cxtopics.records.encodings import find_encoding
from cxtopics.records.inputs import FORMATS, find_inputs
from cxtopics.records.json_rows import json_rows
from cxtopics.records.packed import InputFile, OnBytes
from cxtopics.records.rows import Record, Rejected
from cxtopics.records.workbook import workbook_rows

__all__ = ["RecordFile", "open_records"]

Rows = Iterator[Record | Rejected]


@dataclass(frozen=True)
class RecordFile:
    """A file whose rows can be iterated as often as needed.

    Attributes
    ----------
    path
        As errors show it; to read bytes, use `source`.
    format
        `csv`, `json`, `parquet` or `xlsx`.
    columns
        Header of a table; keys of the first row for JSON.
    encoding
        How the text was decoded (`utf-8-sig`, `utf-16`, `cp1252`); empty for binary formats.
    source
        Where the bytes come from: a file, a gzipped one, one inside a zip.
    on_bytes
        Called with the bytes read since the last call (of `source.n_bytes`).
    rows
        The rows themselves, for a file that is none: a sample of another one.
    """

    path: Path
    format: str
    columns: tuple[str, ...]
    encoding: str = ""
    separator: str = ","
    source: InputFile = field(default_factory=lambda: InputFile(Path()))
    on_bytes: OnBytes | None = None
    rows: tuple[Record, ...] | None = None

    def __iter__(self) -> Rows:
        """Yield every row of the file in order."""
        return _READERS[self.format](self) if self.rows is None else iter(self.rows)

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
    "csv": lambda file: delimited_rows(
        file.source, file.encoding, file.separator, file.columns, file.on_bytes
    ),
    "json": lambda file: json_rows(file.source, file.encoding, file.on_bytes),
    "parquet": lambda file: parquet_rows(file.source, file.on_bytes),
    "xlsx": lambda file: workbook_rows(file.source, file.on_bytes),
}


def open_records(path: str | Path | InputFile) -> RecordFile:
    """Open a file by its ending; find out its encoding, separator and columns.

    A gzipped file (`a.csv.gz`) is read as it is, and so is a zip with one table in it.

    Raises
    ------
    InputError
        No such file, a folder, an unknown ending, an empty file, an undecodable one, or one
        that is not what its ending says.
    """
    source = path if isinstance(path, InputFile) else _single(Path(path))
    kind = FORMATS.get(source.suffix)
    check_content(source, kind)
    file = RecordFile(source.shown, str(kind), (), source=source)
    if kind in ("csv", "json"):
        file = replace(file, encoding=find_encoding(source))
    if kind == "csv":
        separator, columns = read_header(source, file.encoding)
        file = replace(file, columns=columns, separator=separator)
    elif kind == "parquet":
        file = replace(file, columns=parquet_columns(source))
    else:
        file = replace(file, columns=tuple(str(key) for key in file.first()))
    if not file.columns:
        raise InputError(f"{source.shown}: no row could be read", "is it the file you meant?")
    return file


def _single(path: Path) -> InputFile:
    if path.is_dir():
        raise InputError(f"{path}: got a folder, expected a file", f"name one, such as {path}/*")
    if path.suffix.lower() != ".zip" or not path.is_file():
        if not path.exists():
            raise InputError(f"{path}: no such file", "check the path")
        return InputFile.at(path)
    files = find_inputs([path]).files
    if len(files) > 1:
        raise InputError(
            f"{path}: got an archive with {len(files)} tables, expected one",
            "`cxtopics contacts` and `cxtopics orders` read them as one; or unpack it",
        )
    return files[0]
