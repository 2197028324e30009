"""Cells that a spreadsheet would run: made harmless when written, as they were when read.

A cell that begins like a formula gets an apostrophe before it, and loses it when one of our
commands reads the table. Cells that begin so with an apostrophe of their own get one more,
so that every text comes back as it was.
"""

from __future__ import annotations

import re

import pandas as pd

__all__ = ["defuse_formulas", "fuse_formula"]

_BLANKS = r"[ \t\r\n\f\v]*"
_SIGNS = r"[=+\-@\t\r＝＋－＠]"
_RISKY = f"'*{_BLANKS}{_SIGNS}"
_NUMBER = rf"{_BLANKS}[+-]?[0-9]+([.,][0-9]+)?{_BLANKS}"
_DEFUSED = re.compile(f"'{_RISKY}")


def defuse_formulas(frame: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before cells and names that a spreadsheet would run as a formula.

    Those start with `= + - @`, their full-width forms, tab or carriage return, and are no
    number.
    """
    safe = frame.copy(deep=False)
    for name in safe.columns:
        if pd.api.types.is_string_dtype(safe[name]) or safe[name].dtype == object:
            text = safe[name].astype("str")
            risky = safe[name].notna() & text.str.match(_RISKY)
            risky &= ~text.str.fullmatch(_NUMBER)
            safe[name] = safe[name].where(~risky, "'" + text)
    return safe.rename(columns=lambda name: f"'{name}" if re.match(_RISKY, str(name)) else name)


def fuse_formula(cell: str) -> str:
    """Return a cell without the apostrophe that `defuse_formulas` put before it."""
    return cell[1:] if _DEFUSED.match(cell) else cell
