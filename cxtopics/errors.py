"""What can go wrong, in words a user can act on.

CxTopicsError
├── InputError       a file or table cannot be used
├── TaxonomyError    the topics file has faults, all listed
├── LabelError       the labels do not fit the topics
├── ModelError       a model folder cannot be trusted or used
└── MissingExtraError  an optional part of the program is not installed

Every error says where, what was got, what was expected (`str(error)`, one line) and
what to do (`error.hint`). None of them ever holds a customer's words.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = [
    "CxTopicsError",
    "InputError",
    "LabelError",
    "MissingExtraError",
    "ModelError",
    "TaxonomyError",
]


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


class TaxonomyError(CxTopicsError):
    """The topics file has faults.

    Attributes
    ----------
    faults
        One line per fault, each `path -> to -> key: message`.
    """

    def __init__(self, where: str, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        count = f"{len(self.faults)} fault{'s' if len(self.faults) > 1 else ''}"
        super().__init__(
            f"{where}: {count}: {'; '.join(self.faults)}",
            "mend the lines named above; the format is described in topics/README.md",
        )


class MissingExtraError(CxTopicsError):
    """An optional part of the program is needed and not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            f"{what} needs the extra '{extra}', which is not installed",
            f"pip install 'cxtopics[{extra}]'",
        )
