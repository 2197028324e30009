"""The rows of any file people hand over: CSV, TSV, NDJSON, JSON, Parquet, XLSX.

A row is a `Record` with the number of its line in the file; what cannot be read is a
`Rejected` with its reason. Nothing is dropped in silence, nothing is guessed row by row.
"""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from cxtopics.errors import InputError, MissingExtraError

__all__ = ["Record", "RecordFile", "Rejected", "open_records"]

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
_SEPARATORS = ",;\t|"
_LIST_KEYS = ("tickets", "contacts", "orders", "conversations", "results", "data")
csv.field_size_limit(2**30)


@dataclass(frozen=True)
class Record:
    """One row: the line it starts on (1-based, header included) and its values by column."""

    line: int
    values: dict[str, Any]


@dataclass(frozen=True)
class Rejected:
    """One row that could not be used, and why. Never holds the row's content."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True)
class RecordFile:
    """A file whose rows can be iterated as often as needed.

    Attributes
    ----------
    columns
        Header of a table; keys of the first row for JSON.
    encoding
        How the text was decoded (`utf-8`, `utf-16`, `cp1252`); empty for binary formats.
    """

    path: Path
    format: str
    columns: tuple[str, ...]
    encoding: str = ""
    separator: str = ","

    def __iter__(self) -> Iterator[Record | Rejected]:
        """Yield every row of the file in order."""
        return {
            "csv": _csv_rows,
            "json": _json_rows,
            "parquet": _parquet_rows,
            "xlsx": _xlsx_rows,
        }[self.format](self)

    def first(self) -> dict[str, Any]:
        """Return the first readable row; empty where there is none."""
        for row in self:
            if isinstance(row, Record):
                return row.values
        return {}


def open_records(path: str | Path) -> RecordFile:
    """Open a file by its ending; find out its encoding, separator and columns.

    Raises
    ------
    InputError
        No such file, an unknown ending, an empty file, an undecodable one.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: no such file", "check the path")
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        raise InputError(
            f"{path}: got the ending '{path.suffix}', expected one of {', '.join(FORMATS)}",
            "export or save the file as CSV, NDJSON, Parquet or XLSX",
        )
    if path.stat().st_size == 0:
        raise InputError(f"{path}: the file is empty", "export it again")
    if kind in ("csv", "json"):
        file = RecordFile(path, kind, (), _encoding_of(path))
        file = _with_header(file) if kind == "csv" else file
    else:
        file = RecordFile(path, kind, ())
    if kind != "csv":
        file = RecordFile(path, kind, _columns_of(file), file.encoding)
    if not file.columns:
        raise InputError(f"{path}: no row could be read", "is it the file you meant?")
    return file


def _columns_of(file: RecordFile) -> tuple[str, ...]:
    if file.format == "parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return tuple(pq.read_schema(file.path).names)
        except pa.ArrowInvalid:
            raise InputError(f"{file.path}: not a Parquet file", "write it again") from None
    return tuple(str(key) for key in file.first())


def _encoding_of(path: Path) -> str:
    """Find the encoding by reading the whole file once: UTF-8, UTF-16 with mark, cp1252."""
    with path.open("rb") as raw:
        start = raw.read(4096)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ("utf-16",)
    elif start.count(0) > len(start) // 4:
        raise InputError(
            f"{path}: not text, or UTF-16 without its mark", "save it as UTF-8 and try again"
        )
    else:
        candidates = ("utf-8-sig", "cp1252")
    for encoding in candidates:
        if _decodes(path, encoding):
            return encoding
    raise InputError(
        f"{path}: the encoding is neither UTF-8, UTF-16 nor cp1252",
        "save it as UTF-8 (in a spreadsheet: 'CSV UTF-8') and try again",
    )


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as raw:
        try:
            while block := raw.read(1 << 20):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _open_text(file: RecordFile) -> IO[str]:
    return file.path.open(encoding=file.encoding, newline="")


def _with_header(file: RecordFile) -> RecordFile:
    """Read a table's header; the separator is the one that splits it into most columns."""
    with _open_text(file) as text:
        head = text.read(65536)
    separator = max(_SEPARATORS, key=head.splitlines()[0].count if head.strip() else head.count)
    header = next(csv.reader(head.lstrip().splitlines(keepends=True), delimiter=separator), [])
    columns = tuple(name.strip() for name in header)
    repeated = sorted({name for name in columns if name and columns.count(name) > 1})
    if repeated:
        raise InputError(
            f"{file.path}: the column '{repeated[0]}' occurs more than once in the header",
            "rename one of them",
        )
    return RecordFile(file.path, file.format, columns, file.encoding, separator)


def _csv_rows(file: RecordFile) -> Iterator[Record | Rejected]:
    n_columns = len(file.columns)
    with _open_text(file) as text:
        reader = csv.reader((line.replace("\0", "") for line in text), delimiter=file.separator)
        header_seen = False
        while True:
            line = reader.line_num + 1
            try:
                row = next(reader, None)
            except csv.Error:
                yield Rejected(file.path.name, line, "not readable as CSV")
                continue
            if row is None:
                return
            if not row or not any(cell.strip() for cell in row):
                continue
            if not header_seen:
                header_seen = True
            elif len(row) != n_columns:
                reason = f"{len(row)} fields where the header has {n_columns}"
                yield Rejected(file.path.name, line, reason)
            else:
                yield Record(line, dict(zip(file.columns, row, strict=True)))


def _json_rows(file: RecordFile) -> Iterator[Record | Rejected]:
    with _open_text(file) as text:
        first = next((line for line in text if line.strip()), "").strip()
        is_lines = not first.startswith("[") and _parsed(first) is not None
    if is_lines and not _is_wrapped_list(_parsed(first)):
        yield from _ndjson_rows(file)
        return
    with _open_text(file) as text:
        try:
            content = json.load(text)
        except (ValueError, RecursionError):
            if not is_lines and first.startswith("{"):
                content = None
            else:
                raise InputError(
                    f"{file.path}: not valid JSON", "export it again, or as NDJSON"
                ) from None
    if content is None:  # the very first line is broken: still one row per line
        yield from _ndjson_rows(file)
        return
    rows = _is_wrapped_list(content) or (content if isinstance(content, list) else [content])
    for number, row in enumerate(rows, start=1):
        if isinstance(row, dict):
            yield Record(number, row)
        else:
            yield Rejected(file.path.name, number, "not a JSON object")


def _is_wrapped_list(content: Any) -> list[Any] | None:
    """Return the list in `{"tickets": [...], "count": 2}`, as list endpoints wrap it."""
    if isinstance(content, dict):
        for key in _LIST_KEYS:
            if isinstance(content.get(key), list):
                return list(content[key])
    return None


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _ndjson_rows(file: RecordFile) -> Iterator[Record | Rejected]:
    with _open_text(file) as text:
        for number, line in enumerate(text, start=1):
            if not line.strip():
                continue
            row = _parsed(line)
            if isinstance(row, dict):
                yield Record(number, row)
            else:
                reason = "not valid JSON" if row is None else "not a JSON object"
                yield Rejected(file.path.name, number, reason)


def _parquet_rows(file: RecordFile) -> Iterator[Record | Rejected]:
    import pyarrow.parquet as pq

    number = 0
    with pq.ParquetFile(file.path) as parquet:
        for batch in parquet.iter_batches(4096):
            for row in batch.to_pylist():
                number += 1
                yield Record(number, row)


def _xlsx_rows(file: RecordFile) -> Iterator[Record | Rejected]:
    try:
        import openpyxl
    except ImportError:
        raise MissingExtraError("reading XLSX", "excel") from None
    try:
        book = openpyxl.load_workbook(file.path, read_only=True, data_only=True)
    except Exception:  # openpyxl raises anything from KeyError to BadZipFile
        raise InputError(f"{file.path}: not an XLSX workbook", "save it again") from None
    rows = book.worksheets[0].iter_rows(values_only=True)
    columns = [str(name).strip() if name is not None else "" for name in next(rows, ())]
    for number, row in enumerate(rows, start=2):
        if any(cell is not None for cell in row):
            yield Record(number, dict(zip(columns, row, strict=False)))
    book.close()
