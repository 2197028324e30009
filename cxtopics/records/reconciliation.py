"""Every row that was read is counted, left out or rejected; this is the account of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cxtopics.records.rows import Rejected

__all__ = ["FileRead", "LeftOut", "Reconciliation"]


@dataclass(frozen=True)
class FileRead:
    """One input file and how it was understood.

    Attributes
    ----------
    dialect, reason
        Which reader took it, and by what it was recognised.
    n_rows
        Rows of the file, the rejected ones included.
    """

    name: str
    sha256: str
    dialect: str
    reason: str
    n_rows: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One row that is read but not counted. Holds no text."""

    file: str
    line: int
    id: str
    reason: str


@dataclass(frozen=True)
class Reconciliation:
    """What became of every row: n_read = n_counted + left out + rejected.

    Attributes
    ----------
    left_out_rows, rejected
        One entry per row, in the order of the files.
    notices
        What a reader of any figure made from these rows has to know, in full sentences.
    timezone
        Zone in which stamps without an offset were read.

    Raises
    ------
    ValueError
        If the rows do not add up: a fault of the program, never of the input.
    """

    n_read: int
    n_counted: int
    left_out_rows: tuple[LeftOut, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    files: tuple[FileRead, ...] = ()
    notices: tuple[str, ...] = ()
    timezone: str = "UTC"

    def __post_init__(self) -> None:
        n_found = self.n_counted + len(self.left_out_rows) + self.n_rejected
        if self.n_read != n_found or self.n_read != sum(file.n_rows for file in self.files):
            raise ValueError(
                f"{self.n_read} rows read, but {self.n_counted} counted + "
                f"{len(self.left_out_rows)} left out + {self.n_rejected} rejected"
            )

    @cached_property
    def left_out(self) -> dict[str, int]:
        """Rows left out by reason, the commonest first."""
        return dict(Counter(row.reason for row in self.left_out_rows).most_common())

    @property
    def n_rejected(self) -> int:
        """Rows that could not be used."""
        return len(self.rejected)

    def to_dict(self) -> dict[str, Any]:
        """Return the account without the single rows, as a table's provenance holds it."""
        return {
            "n_read": self.n_read,
            "n_counted": self.n_counted,
            "left_out": self.left_out,
            "n_rejected": self.n_rejected,
            "files": [vars(file) for file in self.files],
            "notices": list(self.notices),
            "timezone": self.timezone,
        }
