"""Cells of any source as text, columns by name whatever their capitals."""

from __future__ import annotations

from collections.abc import Iterable

from cxtopics.records import RecordFile
from cxtopics.tables.columns import cell_text

__all__ = ["cell_text", "find_columns"]


def find_columns(file: RecordFile, names: Iterable[str]) -> dict[str, str]:
    """Return, for each of `names` that the file has, how the file spells it."""
    spelt = {column.casefold(): column for column in reversed(file.columns)}
    return {name: spelt[name.casefold()] for name in names if name.casefold() in spelt}
