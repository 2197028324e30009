"""One row of a file: readable, or rejected with its reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

__all__ = ["Record", "Rejected", "shown_name"]

_UNSEEN = re.compile(r"[\0-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Record:
    """One row: the line it starts on (1-based, header included) and its values by column.

    In formats without lines (Parquet, a JSON list) `line` is the number of the row.
    """

    line: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rejected:
    """One row that could not be used, and why. Never holds the row's content."""

    file: str
    line: int
    reason: str


def shown_name(name: str) -> str:
    """Return a file's name as a terminal or a table may show it: without control characters."""
    return _UNSEEN.sub("?", name)
