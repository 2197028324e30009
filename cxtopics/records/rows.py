"""One row of a file: readable, or rejected with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Record", "Rejected"]


@dataclass(frozen=True)
class Record:
    """One row: the line it starts on (1-based, header included) and its values by column.

    In formats without lines (Parquet, a JSON list) `line` is the number of the row.
    """

    line: int
    values: dict[str, Any]


@dataclass(frozen=True)
class Rejected:
    """One row that could not be used, and why. Never holds the row's content."""

    file: str
    line: int
    reason: str
