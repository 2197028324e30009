"""Months, weeks and quarters of the shop's own calendar.

Stored times are UTC; which day, and so which month, a contact belongs to is decided in
the shop's time zone. Weeks begin on Monday (ISO 8601).
"""

from __future__ import annotations

import math
import re
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd

from cxtopics.errors import InputError

__all__ = [
    "By",
    "Span",
    "check_zone",
    "complete_periods",
    "local_days",
    "months_long",
    "parse_period",
    "period_name",
    "period_of",
    "period_table",
    "utc_span",
]

By = Literal["month", "week", "quarter"]


class Span(NamedTuple):
    """First and last local day of a table, and its rows."""

    first: pd.Timestamp
    last: pd.Timestamp
    n: int


_FREQUENCY = {"month": "M", "week": "W-SUN", "quarter": "Q-DEC"}
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
DAYS_PER_MONTH = 30.44  # 365.25 / 12, for periods that are no whole months


def local_days(times: pd.Series[pd.Timestamp], timezone: str) -> pd.Series[pd.Timestamp]:
    """Return the calendar day of UTC times in a time zone, as naive midnights."""
    check_zone(timezone)
    return times.dt.tz_convert(timezone).dt.tz_localize(None).dt.normalize()


def check_zone(timezone: str) -> None:
    """Refuse a time zone that Python's zone data do not know.

    Raises
    ------
    InputError
        If there is no such zone.
    """
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(
            f"time zone '{timezone}' is not known",
            "give a name such as Europe/Berlin or America/New_York",
        ) from None


def period_of(days: pd.Series[pd.Timestamp], by: By) -> pd.Series[pd.Period]:
    """Return the period that each local day lies in."""
    if by not in _FREQUENCY:
        raise InputError(f"period '{by}' is not known", f"choose one of {', '.join(_FREQUENCY)}")
    return days.dt.to_period(_FREQUENCY[by])


def period_table(first: pd.Timestamp, last: pd.Timestamp, by: By) -> pd.DataFrame:
    """Return every period from one day to another, without gaps.

    Returns
    -------
    DataFrame
        Index: the periods. Columns `period_start`, `period_end`: first and last day.
    """
    periods = pd.period_range(first, last, freq=_FREQUENCY[by])
    start, end = periods.start_time.normalize(), periods.end_time.normalize()
    return pd.DataFrame({"period_start": start, "period_end": end}, index=periods)


def complete_periods(periods: pd.DataFrame, *spans: Span) -> pd.Series[bool]:
    """Tell which periods every one of the tables covers from first to last day.

    An export seldom says what time it covers. Whole days missing at the edge of a period
    count against it where chance is no likely reason: with `r` events a day, `g` empty
    days in a row have probability ``exp(-r g)`` (Poisson); below 1 % they are taken for
    the edge of the export, so that a quiet shop's first of the month is not.
    """
    complete = pd.Series(True, index=periods.index)
    for first, last, n in spans:
        per_day = n / ((last - first).days + 1)
        patience = math.log(100) / per_day
        complete &= (first - periods["period_start"]).dt.days <= math.floor(patience)
        complete &= (periods["period_end"] - last).dt.days <= math.floor(patience)
    return complete


def months_long(start: pd.Timestamp, end: pd.Timestamp) -> float:
    """Return a period's length in months, both days included.

    Whole calendar months (and so quarters) count as whole numbers; anything else as days
    / 30.44.
    """
    after = end + pd.Timedelta(days=1)
    if start.day == 1 and after.day == 1:
        return float((after.year - start.year) * 12 + after.month - start.month)
    return (after - start).days / DAYS_PER_MONTH


def period_name(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """Return a period in words: `Oct 2025`, `Q4 2025`, or `week of 6 Oct 2025`."""
    length = months_long(start, end)
    if length == 1:
        return f"{_MONTHS[start.month - 1]} {start.year}"
    if length == 3 and start.month % 3 == 1:
        return f"Q{start.month // 3 + 1} {start.year}"
    return f"week of {start.day} {_MONTHS[start.month - 1]} {start.year}"


def parse_period(word: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return first and last day of 2026-03, 2026-W10 (ISO 8601), 2026-Q1 or 2026.

    Raises
    ------
    InputError
        If it is none of these.
    """
    text = word.strip().upper()
    try:
        if week := re.fullmatch(r"(\d{4})-?W(\d{1,2})", text):
            first = pd.Timestamp.fromisocalendar(int(week[1]), int(week[2]), 1)
            return first, first + pd.Timedelta(days=6)
        if re.fullmatch(r"\d{4}(-\d{2}|-?Q[1-4])?", text):
            period = pd.Period(text)
            return period.start_time.normalize(), period.end_time.normalize()
    except ValueError:
        pass
    raise InputError(f"period '{word}' is not known", "write 2026-03, 2026-W10, 2026-Q1 or 2026")


def utc_span(first: pd.Timestamp, last: pd.Timestamp, timezone: str) -> tuple[str, str]:
    """Return the days from first to last as a span of UTC, the end not included (ISO)."""
    check_zone(timezone)
    days = (first, last + pd.Timedelta(days=1))
    start, end = (day.tz_localize(timezone, nonexistent="shift_forward") for day in days)
    return (
        f"{start.tz_convert('UTC'):%Y-%m-%dT%H:%M:%SZ}",
        f"{end.tz_convert('UTC'):%Y-%m-%dT%H:%M:%SZ}",
    )
