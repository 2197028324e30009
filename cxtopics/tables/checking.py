"""A table fits its schema, or all its faults are told at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxtopics.errors import InputError
from cxtopics.tables.columns import as_flags, as_numbers, as_text
from cxtopics.tables.date_text import UTC
from cxtopics.tables.times import parse_times

if TYPE_CHECKING:
    from cxtopics._pandera import pa

__all__ = ["check_table", "coerce"]

_WORDS = {  # pandera's names of what is wrong
    "column_in_dataframe": "is missing",
    "column_in_schema": "is not expected",
    "not_nullable": "is empty",
    "field_uniqueness": "occurs more than once",
}


def check_table(frame: pd.DataFrame, schema: pa.DataFrameSchema, where: str) -> pd.DataFrame:
    """Return the table if it fits its schema.

    Raises
    ------
    InputError
        With all faults: column, rule and the first rows that break it. Never a cell's text.
    """
    from cxtopics._pandera import pa, without_spark  # slow to load; training has no schema

    try:
        with without_spark():
            checked: pd.DataFrame = schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        raise _misfit(error.failure_cases, schema, where) from None
    return checked


def _misfit(cases: pd.DataFrame, schema: pa.DataFrameSchema, where: str) -> InputError:
    faults = []
    for (column, check), rows in cases.groupby(["column", "check"], dropna=False, sort=False):
        lines = [str(int(row) + 1) for row in rows["index"].dropna()[:5]]
        name = column if lines or check != "column_in_dataframe" else rows["failure_case"].iloc[0]
        at = f" (rows {', '.join(lines)})" if lines else ""
        faults.append(f"{name}: {_WORDS.get(str(check), str(check).replace('_', ' '))}{at}")
    return InputError(
        f"{where}: not a {schema.name} table: {'; '.join(faults)}",
        "docs/tables.md lists the columns and their types",
    )


def coerce(
    frame: pd.DataFrame, schema: pa.DataFrameSchema, where: str, *, timezone: str | None = None
) -> pd.DataFrame:
    """Return a checked table whose columns have the types of the schema.

    Ids become text (leading zeros kept), times UTC, flags nullable booleans; columns that
    the schema does not name travel along unchanged.

    Parameters
    ----------
    where
        Names the table in errors: its path.
    timezone
        Zone of times that name none; None is UTC.

    Raises
    ------
    InputError
        A required column is missing, a cell breaks a rule, a time cannot be read.
    """
    typed = frame.reset_index(drop=True)
    for name, column in schema.columns.items():
        if name not in typed.columns:
            continue
        kind = str(column.dtype)
        if kind.startswith("datetime"):
            at = f"{where}: column '{name}'"
            typed[name] = _times(typed[name], at, timezone, nullable=column.nullable)
        elif kind.startswith("float"):
            typed[name] = as_numbers(typed[name])
        elif kind == "boolean":
            typed[name] = as_flags(typed[name])
        elif kind.startswith("str"):
            typed[name] = as_text(typed[name])
    return check_table(typed, schema, where)


def _times(
    column: pd.Series, where: str, timezone: str | None, *, nullable: bool
) -> pd.Series:  # fmt: skip
    """Return UTC times; where cells may be missing, a blank one is, and no fault."""
    if nullable:
        column = column.where(column.notna() & (column.astype("string").str.strip() != ""))
    if nullable and column.isna().all():
        return pd.Series(pd.NaT, index=column.index, dtype=UTC)
    times = parse_times(column, where, timezone=timezone)
    unread = times.values.isna() & (column.notna() | (not nullable))
    if bad := [str(row + 1) for row in unread.to_numpy().nonzero()[0]]:
        raise InputError(
            f"{where}: {len(bad)} cells are missing or no dates (rows {', '.join(bad[:5])})",
            "let `cxtopics contacts` or `cxtopics orders` read the file: they set such rows apart",
        )
    return times.values
