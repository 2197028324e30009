"""What sources tell of contacts beyond the columns every table of contacts has."""

from __future__ import annotations

import pandas as pd

from cxtopics.errors import InputError
from cxtopics.sources.rows import EXTRA_COLUMNS
from cxtopics.tables import as_numbers, as_text, parse_times

__all__ = ["read_extra"]


def read_extra(
    rows: pd.DataFrame, timezone: str | None, date_format: str | None
) -> tuple[pd.DataFrame, list[str]]:
    """Return those of `EXTRA_COLUMNS` that any row fills, typed; and what is to be said of them.

    Parameters
    ----------
    rows
        The contacts, with the columns as text, and `created_at`: dates beside it are read
        in the same order of day and month.

    Notes
    -----
    A cell that cannot be read is missing, and so is a column of dates that cannot be
    told: no contact is lost for what it need not have.
    """
    found = pd.DataFrame(index=range(len(rows)))
    notices = []
    for name, kind in EXTRA_COLUMNS.items():
        column = rows[name].reset_index(drop=True)
        if column.isna().all():
            continue
        if kind == "time":
            try:
                found[name] = _times(column, rows["created_at"], timezone, date_format)
            except InputError as error:
                notices.append(f"{name} is left empty: {str(error).partition(': ')[2]}")
        else:
            found[name] = as_numbers(column) if kind == "number" else as_text(column)
    return found, notices


def _times(
    column: pd.Series, beside: pd.Series, timezone: str | None, date_format: str | None
) -> pd.Series:
    both = pd.concat([column, beside], ignore_index=True)
    times = parse_times(both, "dates", timezone=timezone, date_format=date_format).values
    own = times.iloc[: len(column)]
    if own.isna().all():
        raise InputError("dates: not one of its cells is a date", "see docs/mapping.md")
    return own
