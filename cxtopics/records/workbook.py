"""Rows of the first sheet of an XLSX workbook: a zip of XML files, and as dangerous."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from typing import IO, Any
from xml.parsers import expat

from cxtopics.errors import CxTopicsError, InputError, MissingExtraError
from cxtopics.records.columns import number_names
from cxtopics.records.packed import InputFile, OnBytes, check_unpacked
from cxtopics.records.rows import Record, Rejected

__all__ = ["workbook_rows"]

_BLOCK = 65536


def workbook_rows(file: InputFile, on_bytes: OnBytes | None = None) -> Iterator[Record | Rejected]:
    """Yield the rows of the first sheet; its first row is the header.

    Raises
    ------
    MissingExtraError
        Without openpyxl.
    InputError
        If it is no workbook, unpacks to too much, or defines XML entities.
    """
    number = 0
    columns: tuple[str, ...] | None = None
    try:
        with file.open_anywhere() as raw:
            _check_parts(file, raw)
            for number, row in enumerate(_sheet(raw), start=1):
                if all(cell is None for cell in row):
                    continue
                if columns is None:
                    columns = number_names("" if c is None else str(c).strip() for c in row)
                elif any(cell is not None for cell in row[len(columns) :]):
                    yield Rejected(
                        file.label, number, f"cells beyond the header's {len(columns)} columns"
                    )
                else:
                    yield Record(number, dict(zip(columns, row, strict=False)))
    except CxTopicsError:
        raise
    except Exception:  # openpyxl raises anything from KeyError to BadZipFile
        what = f"broken after row {number}" if number else "not an XLSX workbook"
        raise InputError(f"{file.shown}: {what}", "save it again") from None
    if on_bytes:
        on_bytes(file.n_bytes)


def _sheet(raw: IO[bytes]) -> Iterator[tuple[Any, ...]]:
    try:
        import openpyxl
    except ImportError:
        raise MissingExtraError("reading XLSX", "excel") from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and the like: no matter here
        book = openpyxl.load_workbook(raw, read_only=True, data_only=True)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what a sheet says of its own size is not to be trusted
            yield from sheet.iter_rows(values_only=True)
        finally:
            book.close()


def _check_parts(file: InputFile, raw: IO[bytes]) -> None:
    """Refuse a workbook that would unpack to too much or whose XML defines entities."""
    with zipfile.ZipFile(raw) as archive:
        parts = archive.infolist()
        n_bytes = sum(part.file_size for part in parts)
        check_unpacked(file.shown, n_bytes, file.path.stat().st_size, file.max_unpacked)
        for part in parts:
            if part.filename.lower().endswith((".xml", ".rels")):
                with archive.open(part) as content:
                    if _has_doctype(content):
                        raise InputError(
                            f"{file.shown}: a workbook with entities of its own, which no "
                            "spreadsheet writes",
                            "save it again with a spreadsheet program",
                        )
    raw.seek(0)


class _Seen(Exception):  # noqa: N818 - ends the parsing, no error
    """Raised at the first element."""


def _has_doctype(content: IO[bytes]) -> bool:
    """Tell whether an XML document has a type of its own, which stands before all elements."""
    found: list[str] = []

    def end(*_: Any) -> None:
        raise _Seen

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda name, *_: found.append(name) or end()  # type: ignore[func-returns-value]
    parser.StartElementHandler = end
    try:
        while block := content.read(_BLOCK):
            parser.Parse(block)
    except _Seen:
        return bool(found)
    return False
