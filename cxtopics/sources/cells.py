"""Cells of any source as text, columns by name whatever their capitals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cxtopics.records import RecordFile
from cxtopics.tables.columns import cell_text

__all__ = ["cell_text", "find_columns", "show_columns"]


def find_columns(file: RecordFile, names: Iterable[str]) -> dict[str, str]:
    """Return, for each of `names` that the file has, how the file spells it."""
    spelt = {column.casefold(): column for column in reversed(file.columns)}
    return {name: spelt[name.casefold()] for name in names if name.casefold() in spelt}


def show_columns(columns: Iterable[str], n_most: int = 40) -> str:
    """Return column names for an error, without what may be a customer's words.

    A file without a header has a row of data in its place.
    """
    names = [_safe(name) for name in columns]
    more = f", and {len(names) - n_most} more" if len(names) > n_most else ""
    return ", ".join(names[:n_most]) + more


def _safe(name: Any) -> str:
    text = str(name)
    wordy = len(text) > 60 or "\n" in text or "@" in text or text.count(" ") > 8
    return "(a long text)" if wordy else text or "(no name)"
