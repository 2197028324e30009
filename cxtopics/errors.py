"""What can go wrong, in words a user can act on.

CxTopicsError
├── InputError       a file or table cannot be used
├── TaxonomyError    the topics file has faults, all listed
├── ChangeLogError   the log of changes has faults, all listed
├── LabelError       the labels do not fit the topics
├── ModelError       a model folder cannot be trusted or used
└── MissingExtraError  an optional part of the program is not installed

Every error says where, what was got, what was expected (`str(error)`, one line) and
what to do (`error.hint`). None of them ever holds a customer's words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = [
    "ChangeLogError",
    "CxTopicsError",
    "Fault",
    "FaultyFileError",
    "InputError",
    "LabelError",
    "MissingExtraError",
    "ModelError",
    "TaxonomyError",
]


_MOST_SHOWN = 5  # faults in the one line of an error


class CxTopicsError(Exception):
    """An error the user can mend.

    Parameters
    ----------
    message
        Where, got and expected, in one line.
    hint
        What to do next, in one line.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class InputError(CxTopicsError):
    """A file or table cannot be used as it is."""


class LabelError(CxTopicsError):
    """The labels do not fit the topics, or are too few."""


class ModelError(CxTopicsError):
    """A model folder is incomplete, altered or of another kind."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file that people edit.

    Attributes
    ----------
    where
        `path -> to -> key`; empty for the file as a whole.
    message
        What was got, what was expected.
    hint
        What to do; may be empty.
    line
        Counted from 1; None where no line can be named.
    """

    where: str
    message: str
    hint: str = ""
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message

    @property
    def told(self) -> str:
        """Everything in one line, the line number first."""
        place = f"line {self.line}: " if self.line else ""
        return f"{place}{self}{f'. {self.hint}' if self.hint else ''}"


class FaultyFileError(CxTopicsError):
    """A file that people edit has faults.

    Attributes
    ----------
    faults
        All of them, in the order of the file.
    """

    advice = ""

    def __init__(self, where: str, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(_listed(where, self.faults), self.advice)


class TaxonomyError(FaultyFileError):
    """The topics file has faults."""

    advice = "`cxtopics topics check` lists every fault; topics/README.md describes the format"


class ChangeLogError(FaultyFileError):
    """The log of changes has faults."""

    advice = (
        "each entry begins with '- date: 2026-03-31', then topic, what and, if you like, "
        "lever and settle_days; docs/decisions.md shows one"
    )


def _listed(where: str, faults: Sequence[Fault]) -> str:
    """Return how many faults there are, and the first of them."""
    n = len(faults)
    shown = "; ".join(fault.told for fault in faults[:_MOST_SHOWN])
    rest = f"; and {n - _MOST_SHOWN} more" if n > _MOST_SHOWN else ""
    return f"{where}: {n} fault{'s' if n > 1 else ''}: {shown}{rest}"


class MissingExtraError(CxTopicsError):
    """An optional part of the program is needed and not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            f"{what} needs the extra '{extra}', which is not installed",
            f"pip install 'cxtopics[{extra}]'",
        )
