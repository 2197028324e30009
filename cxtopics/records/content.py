"""Files that are not what they are taken for: pages, pictures of tables, old workbooks."""

from __future__ import annotations

import codecs

from cxtopics.errors import InputError
from cxtopics.records.archives import ARCHIVES
from cxtopics.records.inputs import FORMATS
from cxtopics.records.packed import InputFile

__all__ = ["check_content"]

_EXPORT = "export the data itself, as CSV or JSON"
_AGAIN = "open it in a browser to see what it says; sign in and download the export again"
_MARKS: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF", _EXPORT),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file", "save it as XLSX or CSV and try again"),
    (b"{\\rtf", "a text document (RTF)", _EXPORT),
    (b"\x89PNG", "a picture", _EXPORT),
    (b"\xff\xd8\xff", "a picture", _EXPORT),
    (b"\x1f\x8b", "gzipped", "let its name end in .gz"),
    (b"SQLite format 3", "a database", _EXPORT),
)
_PAGE = (b"<!doctype html", b"<html", b"<head", b"<body")
_WHOLE = {"parquet": b"PAR1", "xlsx": b"PK"}  # what files of these formats begin with


def check_content(file: InputFile, kind: str | None) -> None:
    """Refuse a file that is empty, of an unknown ending, or plainly something else inside.

    Parameters
    ----------
    kind
        The format by the file's ending; None where it has none that is known.

    Raises
    ------
    InputError
        With what the file is, as far as its first bytes tell.
    """
    if file.shown.suffix.lower() in ARCHIVES and not file.is_gzip:
        raise InputError(
            f"{file.shown}: got the archive '{file.shown.suffix}', expected .zip or .gz",
            "unpack it and name the files in it",
        )
    with file.open() as raw:
        start = raw.read(4096)
    text = start.removeprefix(codecs.BOM_UTF8).strip()
    if not text:
        raise InputError(f"{file.shown}: the file is empty", "export it again")
    found = _other_than(kind, start, text.lower())
    if found:
        raise InputError(f"{file.shown}: is {found[0]}, not a table", found[1])
    if kind is None:
        raise InputError(
            f"{file.shown}: got the ending '{file.suffix}', expected one of {', '.join(FORMATS)}",
            "export or save the file as CSV, NDJSON, Parquet or XLSX",
        )


def _other_than(kind: str | None, start: bytes, text: bytes) -> tuple[str, str] | None:
    """Return what a file is, and what to do, if it is none of ours; its start tells."""
    for mark, name, hint in _MARKS:
        if start.startswith(mark):
            return name, hint
    if text.startswith(_PAGE):
        return "a web page (perhaps a sign-in or an error page)", _AGAIN
    if text.startswith(b"<?xml"):
        return "an XML document (perhaps an error of an expired link)", _AGAIN
    for other, mark in _WHOLE.items():
        if kind not in (None, other) and start.startswith(mark + b"\x03\x04"[: 4 - len(mark)]):
            ending = ".parquet" if other == "parquet" else ".xlsx or .zip"
            return f"packed or a {other} file", f"let its name end in {ending}"
    return None
