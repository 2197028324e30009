"""Cells of any source as text, columns by name whatever their capitals."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cxtopics.records import RecordFile
from cxtopics.tables.columns import cell_text

__all__ = ["cell_text", "find_columns", "show_columns"]


def find_columns(file: RecordFile, names: Iterable[str]) -> dict[str, str]:
    """Return, for each of `names` that the file has, how the file spells it."""
    spelt = {column.casefold(): column for column in reversed(file.columns)}
    return {name: spelt[name.casefold()] for name in names if name.casefold() in spelt}


def show_columns(columns: Iterable[str], n_most: int = 40) -> str:
    """Return column names for an error, without what may be a customer's words.

    A file without a header has a row of data in its place; numbers, dates and addresses
    give it away, and then nothing of it is shown.
    """
    names = [str(name) for name in columns]
    if any(_DATA.fullmatch(name) for name in names):
        return "of data: the file has no header"
    shown = [name if len(name) <= 60 else "(a long text)" for name in names[:n_most] if name]
    more = f", and {len(names) - n_most} more" if len(names) > n_most else ""
    return " ".join(", ".join(shown).split()) + more


_DATA = re.compile(r"[-+]?\d[\d.,:/ TZ+-]*|.*@.*", re.DOTALL)
