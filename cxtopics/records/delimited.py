"""Rows of CSV and TSV files: any of four separators, line breaks inside quotes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator

from cxtopics.records.columns import number_names
from cxtopics.records.packed import InputFile, OnBytes
from cxtopics.records.rows import Record, Rejected

__all__ = ["delimited_rows", "read_header"]

_SEPARATORS = ",;\t|"
_SEPARATOR_LINE = re.compile(r"sep=([,;\t|])")  # Excel's first line, before the header
_HEAD = 65536  # characters in which the header must end
_UNCLOSED = "a quotation mark is not closed in the last row, which spans {} lines"
csv.field_size_limit(2**30)  # the default, 128 kB, is less than one long mail


def read_header(file: InputFile, encoding: str) -> tuple[str, tuple[str, ...]]:
    """Return separator and columns; the separator is the one most frequent in the header.

    A name that comes again gets a number (`Reason`, `Reason (2)`), as spreadsheets do.
    """
    with io.TextIOWrapper(file.open(), encoding, "replace", "") as text:
        lines = text.read(_HEAD).replace("\0", "").lstrip().splitlines(keepends=True)
    first = lines[0] if lines else ""
    separator = max(_SEPARATORS, key=first.count)
    if said := _SEPARATOR_LINE.fullmatch(first.strip()):
        separator, lines = said[1], lines[1:]
    try:
        header = next(csv.reader(lines, delimiter=separator), [])
    except csv.Error:
        header = []
    columns = number_names(cell.strip() for cell in header)
    return separator, columns if any(columns) else ()


def delimited_rows(
    file: InputFile,
    encoding: str,
    separator: str,
    columns: tuple[str, ...],
    on_bytes: OnBytes | None = None,
) -> Iterator[Record | Rejected]:
    """Yield the rows below the header; blank lines are no rows."""
    header_seen = False
    for line, row in _parse(file, encoding, separator, on_bytes):
        if isinstance(row, str):
            yield Rejected(file.label, line, row)
        elif not any(cell.strip() for cell in row):
            continue
        elif not header_seen:
            header_seen = not _SEPARATOR_LINE.fullmatch(separator.join(row).strip())
        elif len(fitted := _fit(row, len(columns))) != len(columns):
            reason = f"{len(row)} fields where the header has {len(columns)}"
            yield Rejected(file.label, line, reason)
        else:
            yield Record(line, dict(zip(columns, fitted, strict=True)))


def _parse(
    file: InputFile, encoding: str, separator: str, on_bytes: OnBytes | None
) -> Iterator[tuple[int, list[str] | str]]:
    """Yield the first line of every row with its cells, or with why it cannot be read."""
    with io.TextIOWrapper(file.open(on_bytes), encoding, "replace", "") as text:
        lines = _Lines(text)
        reader = csv.reader(lines, delimiter=separator)
        while True:
            line = reader.line_num + 1
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield line, "not readable as CSV"
                continue
            n_lines = reader.line_num - line + 1
            yield line, _UNCLOSED.format(n_lines) if lines.ended else row


class _Lines:
    """Lines without NULs; `ended` once more lines were asked for than there are.

    The csv module asks for a line beyond the last one only inside quotes, and then returns
    all that followed the quotation mark as one cell: rows would vanish in it.
    """

    def __init__(self, text: Iterable[str]) -> None:
        self._text = iter(text)
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._text, None)
        if line is None:
            self.ended = True
            raise StopIteration
        return line.replace("\0", "")


def _fit(row: list[str], n_columns: int) -> list[str]:
    """Drop empty cells beyond the header, which some programs write at every line's end."""
    return row[:n_columns] if not any(row[n_columns:]) else row
