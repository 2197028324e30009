"""Holiday windows: days that a rate should not be judged by.

The calendar is a small YAML file that the user can edit; the bundled one holds Black Friday
to Cyber Monday, and Christmas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from cxtopics.errors import InputError
from cxtopics.measure.calendar.periods import period_name
from cxtopics.taxonomy.places import load_yaml

__all__ = ["MANY", "Holiday", "holiday_days", "holiday_notes", "load_holidays"]

MANY = 0.25
"""Share of a period's days beyond which holidays shape its rates."""
_BUNDLED = Path(__file__).with_name("holidays.yaml")
_HINT = "copy cxtopics/measure/calendar/holidays.yaml and edit it: a list of name, from, to"
_KEYS = ({"name", "from", "to"}, {"name", "anchor", "days"})
_DAY = re.compile(r"(?:(\d{4})-)?(\d{1,2})-(\d{1,2})")


@dataclass(frozen=True)
class Holiday:
    """One window: `start` and `end` as month-day or year-month-day, or days from an anchor."""

    name: str
    start: str = ""
    end: str = ""
    anchor: str = ""
    n_days: int = 0

    def windows(self, year: int) -> Iterator[tuple[pd.Timestamp, pd.Timestamp]]:
        """Yield first and last day of the windows that begin in a year."""
        if self.anchor:
            first = _black_friday(year)
            yield first, first + pd.Timedelta(days=self.n_days - 1)
            return
        first, last = _day(self.start, year), _day(self.end, year)
        if last < first:
            last = _day(self.end, year + 1)
        if first.year == year:
            yield first, last


def load_holidays(path: str | Path | None = None) -> tuple[Holiday, ...]:
    """Read a calendar; None is the bundled one.

    Raises
    ------
    InputError
        If it cannot be read, or a window is none.
    """
    where = Path(path) if path else _BUNDLED
    try:
        content = load_yaml(where.read_bytes())
    except OSError as error:
        raise InputError(f"{where}: cannot be read ({error.strerror})", _HINT) from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise InputError(f"{where}: not readable as YAML", _HINT) from None
    if not isinstance(content, list):
        raise InputError(f"{where}: expected a list of windows", _HINT)
    return tuple(_holiday(entry, f"{where}: window {n}") for n, entry in enumerate(content, 1))


def holiday_days(
    holidays: Sequence[Holiday], first: pd.Timestamp, last: pd.Timestamp
) -> pd.Series[str]:
    """Return the holiday windows from one day to another: the name by day."""
    names = {
        day: holiday.name
        for holiday in holidays
        for year in range(first.year - 1, last.year + 1)
        for begin, end in holiday.windows(year)
        for day in pd.date_range(max(begin, first), min(end, last))
    }
    return pd.Series(list(names.values()), pd.DatetimeIndex(list(names)), dtype=object).sort_index()


def holiday_notes(periods: pd.DataFrame, holidays: Sequence[Holiday]) -> Iterator[str]:
    """Yield a sentence where holidays make up more than a quarter of periods, or of all days."""
    first, last = periods["period_start"].iloc[0], periods["period_end"].iloc[-1]
    days = holiday_days(holidays, first, last)
    heavy = []
    for start, end in zip(periods["period_start"], periods["period_end"], strict=True):
        inside = days[(days.index >= start) & (days.index <= end)]
        if len(inside) > MANY * ((end - start).days + 1):
            heavy.append(f"{period_name(start, end)} ({', '.join(dict.fromkeys(inside))})")
    if len(days) > MANY * ((last - first).days + 1):
        yield "Holiday windows make up more than a quarter of all days: not a usual time."
    elif heavy:
        shown = ", ".join(heavy[:4]) + (f" and {len(heavy) - 4} more" if len(heavy) > 4 else "")
        yield f"Holidays fill more than a quarter of {shown}: compare with the year before."


def _holiday(entry: Any, where: str) -> Holiday:
    if not isinstance(entry, dict) or set(entry) not in _KEYS:
        raise InputError(f"{where}: expected name, from, to (or name, anchor, days)", _HINT)
    name = str(entry["name"]).strip()
    if "anchor" in entry:
        days = entry["days"]
        if entry["anchor"] != "black_friday" or not isinstance(days, int) or not 0 < days < 60:
            raise InputError(f"{where}: expected anchor: black_friday and days: 1 to 59", _HINT)
        return Holiday(name, anchor="black_friday", n_days=days)
    start, end = (_text(entry[key]) for key in ("from", "to"))
    for text in (start, end):
        try:
            _day(text, 2024)  # a leap year: 02-29 is a day
        except ValueError:
            raise InputError(
                f"{where}: got '{text}', expected a day such as 12-24 or 2026-07-01", _HINT
            ) from None
    if ("-" in start[4:5]) != ("-" in end[4:5]) or (start[4:5] == "-" and end < start):
        raise InputError(f"{where}: from and to do not fit together", _HINT)
    return Holiday(name, start, end)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _day(text: str, year: int) -> pd.Timestamp:
    found = _DAY.fullmatch(text)
    if not found:
        raise ValueError(text)
    month, day = int(found[2]), int(found[3])
    if (month, day) == (2, 29) and not found[1]:
        return pd.Timestamp(year, 3, 1) - pd.Timedelta(days=1)
    return pd.Timestamp(int(found[1] or year), month, day)


def _black_friday(year: int) -> pd.Timestamp:
    """Return the day after the fourth Thursday of November."""
    first = pd.Timestamp(year, 11, 1)
    return first + pd.Timedelta(days=(3 - first.weekday()) % 7 + 22)
