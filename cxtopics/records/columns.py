"""Column names: each its own, and as an error may show them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

__all__ = ["number_names", "show_columns"]

_DATA = re.compile(r"[-+]?\d[\d.,:/ TZ+-]*|.*@.*", re.DOTALL)
_WORDS = re.compile(r".{61}|[?!]|\.$", re.DOTALL)  # what somebody said, not what a column is called


def number_names(names: Iterable[str]) -> tuple[str, ...]:
    """Give a name that comes again a number (`Reason`, `Reason (2)`), as spreadsheets do."""
    seen: Counter[str] = Counter()
    taken: set[str] = set()
    numbered = []
    for name in names:
        seen[name] += 1
        own = name
        while own in taken:
            own = f"{name} ({max(seen[name], 2)})"
            seen[name] += own in taken
        taken.add(own)
        numbered.append(own)
    return tuple(numbered)


def show_columns(columns: Iterable[str], n_most: int = 40) -> str:
    """Return column names for an error, without what may be a customer's words.

    A file without a header has a row of data in its place; numbers, dates and addresses
    give it away, and then nothing of it is shown.
    """
    names = [str(name) for name in columns]
    if any(_DATA.fullmatch(name) for name in names):
        return "of data: the file has no header"
    shown = ["(a text)" if _WORDS.search(name) else name for name in names[:n_most] if name]
    more = f", and {len(names) - n_most} more" if len(names) > n_most else ""
    return " ".join(", ".join(shown).split()) + more
