"""Local days and periods as SQL, so that a database assigns them as `periods` does."""

from __future__ import annotations

import pandas as pd

from cxtopics.measure.calendar.periods import By, period_table

__all__ = ["local_day", "period_number"]


def local_day(column: str, first: pd.Timestamp, last: pd.Timestamp, timezone: str) -> str:
    """Return the SQL of the calendar day of a UTC time in a time zone.

    Parameters
    ----------
    column
        SQL of a TIMESTAMP in UTC.
    first, last
        The range of its values (naive UTC): the zone's changes in it become cases. They
        come from Python's zone data, so that every part of the program agrees on a day.
    """
    grid = pd.date_range(first.floor("15min"), last.ceil("15min"), freq="15min", tz="UTC")
    local = grid.tz_convert(timezone).tz_localize(None)
    offset = (local - grid.tz_localize(None)).total_seconds().astype(int).to_numpy()
    changes = (offset[1:] != offset[:-1]).nonzero()[0]
    cases = [
        f"WHEN {column} < TIMESTAMP '{grid[at + 1].tz_localize(None)}' THEN {offset[at]}"
        for at in changes
    ]
    seconds = f"CASE {' '.join(cases)} ELSE {offset[-1]} END" if cases else str(offset[-1])
    return f"CAST({column} + to_seconds({seconds}) AS DATE)"


def period_number(day: str, first: pd.Timestamp, by: By) -> str:
    """Return the SQL of the number of the period a day lies in, 0 for the one of `first`."""
    start = f"DATE '{period_table(first, first, by)['period_start'].iloc[0]:%Y-%m-%d}'"
    if by == "week":
        return f"CAST(floor(({day} - {start}) / 7.0) AS INTEGER)"
    return f"CAST(datediff('{by}', {start}, {day}) AS INTEGER)"
