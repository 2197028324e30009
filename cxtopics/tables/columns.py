"""Columns as text, numbers and flags, with what is missing still missing."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

__all__ = ["as_flags", "as_numbers", "as_text", "cell_text", "printable"]

_PANDAS_2 = pd.__version__.startswith("2.")
_FLAGS = {
    **dict.fromkeys(("true", "yes", "y", "1", "t"), True),
    **dict.fromkeys(("false", "no", "n", "0", "f"), False),
}
_UNPRINTABLE = re.compile("[\0\ud800-\udfff]")  # neither can be written as UTF-8 text


def as_text(column: pd.Series) -> pd.Series:
    """Return a column as text, on any pandas; missing and blank cells are missing.

    Whole numbers lose the `.0` that a spreadsheet or a missing neighbour gave them; text
    that looks like a number is left alone, its leading zeros too.
    """
    if pd.api.types.is_float_dtype(column) and (column.dropna() % 1 == 0).all():
        column = column.astype("Int64")
    text = column.astype(object).where(column.notna(), None).map(cell_text)
    text = text.astype(object).where(text.notna(), None)
    return text if _PANDAS_2 else text.astype("str")


def cell_text(cell: Any) -> str | None:
    """Return a cell as text without blanks around it; nothing and blanks are None."""
    if cell is None or isinstance(cell, bool | dict | list):
        return str(cell).lower() if isinstance(cell, bool) else None
    if isinstance(cell, float):
        if cell != cell:  # NaN
            return None
        cell = int(cell) if cell.is_integer() else cell
    return printable(str(cell)).strip() or None


def printable(text: str) -> str:
    """Return a text without what no file could hold: NUL and lone surrogates."""
    return _UNPRINTABLE.sub("", text)


def as_numbers(column: pd.Series) -> pd.Series:
    """Return a column as float; missing where a cell is no number.

    A comma is the decimal sign if every cell fits that (`12,50`); currency signs and
    blanks are dropped. Nothing is guessed cell by cell.
    """
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return column.astype("float64")
    text = as_text(column).astype("string").str.replace(r"[^\d.,+\-eE]", "", regex=True)
    if text.dropna().str.fullmatch(r"[+-]?\d+(,\d{1,2})?").all():
        text = text.str.replace(",", ".")
    return pd.to_numeric(text, errors="coerce").astype("Float64").astype("float64")


def as_flags(column: pd.Series) -> pd.Series:
    """Return a column as nullable booleans; a word other than yes or no is missing."""
    return as_text(column).map(lambda cell: _FLAGS.get(str(cell).lower())).astype("boolean")
