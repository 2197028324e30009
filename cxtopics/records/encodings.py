"""How a text file is encoded: UTF-8, UTF-16 with its mark, or cp1252."""

from __future__ import annotations

import codecs

from cxtopics.errors import InputError
from cxtopics.records.packed import InputFile

__all__ = ["find_encoding"]

_BLOCK = 1 << 20


def find_encoding(file: InputFile) -> str:
    """Return the encoding of a text file, found by reading it once.

    A character torn off at the very end (a truncated download) does not make a UTF-8 file
    a cp1252 one.

    Raises
    ------
    InputError
        If it is none of the three.
    """
    with file.open() as raw:
        start = raw.read(4096)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates: tuple[str, ...] = ("utf-16",)
    elif start.count(0) > len(start) // 4:
        raise InputError(
            f"{file.shown}: not text, or UTF-16 without its mark", "save it as UTF-8 and try again"
        )
    else:
        candidates = ("utf-8-sig", "cp1252")
    for encoding in candidates:
        if _decodes(file, encoding):
            return encoding
    raise InputError(
        f"{file.shown}: the encoding is neither UTF-8, UTF-16 nor cp1252",
        "save it as UTF-8 (in a spreadsheet: 'CSV UTF-8') and try again",
    )


def _decodes(file: InputFile, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with file.open() as raw:
        try:
            while block := raw.read(_BLOCK):
                decoder.decode(block)
        except UnicodeError:
            return False
    return True
