"""Times of a whole column at once: one reading that fits, or an error; no guess per cell.

Read are ISO 8601 with or without an offset (offsets may differ within the column),
`2026-04-05 21:06:21 +0400`, `2026/04/05`, `5 Apr 2026 21:06`, `Sun, Apr 5, 2026 9:06 PM`
(English months), epoch seconds and milliseconds, and `5/4/2026 21:06` where the column
itself shows which of day and month comes first. A column of nothing but numbers such as
46117.8792 holds Excel's serial dates. Anything else needs a format.

Refused are columns that a spreadsheet may have spoilt: opened under another country's
settings, it turns `5/4/2026` into a date with day and month the wrong way round and leaves
`25/4/2026` as text, so both in one column cannot be trusted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from cxtopics.errors import InputError
from cxtopics.tables.date_text import (
    AT_ONCE,
    SERIAL,
    SLASHED,
    UTC,
    no_times,
    read_as,
    read_times,
)

__all__ = ["UTC", "Times", "check_timezone", "parse_times", "time_text", "to_strptime"]

_EARLIEST, _LATEST = pd.Timestamp("1970-01-01", tz="UTC"), pd.Timestamp("2200-01-01", tz="UTC")
_TYPED = "@"  # before a time that was no text; no way of writing dates begins so
_LONGEST = 64  # characters; what is longer is no date, and need not be kept
_HOURS = ("HH", "H", "hh", "h")
_CODES = {
    "YYYY": "%Y", "YY": "%y", "MMM": "%b", "MM": "%m", "M": "%m", "DD": "%d", "D": "%d",
    "SS": "%S", "ss": "%S", "AM": "%p", "PM": "%p", "am": "%p", "pm": "%p",
}  # fmt: skip
_LETTERS = re.compile(f"(?<!%)(?:AM|PM|{'|'.join((*_CODES, *_HOURS))})")


@dataclass(frozen=True, eq=False)
class Times:
    """A column of UTC times (datetime64[us, UTC]); NaT where a cell is missing or no date.

    A time before 1970 or after 2199 is no date: programs write such for "never".

    `n_naive` counts the cells that named no time zone.
    """

    values: pd.Series
    n_naive: int


def parse_times(
    column: pd.Series,
    where: str,
    *,
    timezone: str | None = None,
    date_format: str | None = None,
) -> Times:
    """Parse a column of times.

    Parameters
    ----------
    column
        Text, numbers or times; missing cells stay missing (NaT).
    where
        Names the column in errors.
    timezone
        Zone of times that name none, such as `Europe/Paris`; None is UTC. The hour that
        occurs twice in autumn is taken as its first pass; the one left out in spring is
        moved forward.
    date_format
        Of every cell: strptime (`%d.%m.%Y %H:%M`) or letters (`D.M.YYYY H:MM`).

    Raises
    ------
    InputError
        Not one cell is a date, day and month cannot be told apart, or no such zone.
    """
    zone = check_timezone(timezone)
    if pd.api.types.is_datetime64_any_dtype(column):
        return _typed(column, zone)
    starts = range(0, max(len(column), 1), AT_ONCE)
    cells = (column.iloc[start : start + AT_ONCE].map(time_text) for start in starts)
    text = pd.concat([part.astype("string") for part in cells])
    typed = text.str.startswith(_TYPED, na=False)
    if typed.any():
        text = text.str.removeprefix(_TYPED)
    _check_unspoilt(text, typed, where)
    if date_format is not None:
        times, naive = _with_format(text, to_strptime(date_format))
    else:
        times, naive = read_times(text, where)
    values = _plausible(_merge(times, naive, zone))
    if len(values) and values.isna().all():
        expected = f"the format {date_format}" if date_format else "such as 2026-03-01T09:30:00Z"
        raise InputError(
            f"{where}: no dates in {len(values)} rows, expected {expected}",
            "name the column and its date_format in a mapping file (--map)",
        )
    return Times(values, int(naive.notna().sum()))


def _check_unspoilt(text: pd.Series, typed: pd.Series, where: str) -> None:
    """Refuse a column in which a spreadsheet took some of the day/month texts for dates."""
    slashed = text.str.fullmatch(SLASHED, na=False)
    turned = typed | text.str.fullmatch(SERIAL, na=False)
    if slashed.any() and turned.any():
        raise InputError(
            f"{where}: {int(turned.sum())} cells are dates of a spreadsheet and "
            f"{int(slashed.sum())} are text with day and month: where it took text for dates it "
            "may have swapped the two",
            "use the export as it came, never saved by a spreadsheet",
        )


def check_timezone(timezone: str | None) -> str:
    """Return the zone, UTC for None.

    Raises
    ------
    InputError
        If there is no such zone.
    """
    try:
        return ZoneInfo(timezone or "UTC").key
    except (KeyError, ValueError, OSError):
        raise InputError(
            f"timezone: got '{timezone}', expected a name such as Europe/Paris",
            "see the tz column of https://en.wikipedia.org/wiki/List_of_tz_database_time_zones",
        ) from None


def to_strptime(date_format: str) -> str:
    """Turn `M/D/YYYY H:MM` into `%m/%d/%Y %H:%M`; a strptime format is returned as it is.

    MM right after an hour is minutes, else the month; hours are 1-12 where AM or PM is there.
    """
    if "%" in date_format:
        return date_format
    hour = "%I" if re.search("AM|PM", date_format, re.IGNORECASE) else "%H"
    minutes = re.sub("(?<=[Hh][:.])(MM|mm)", "%M", date_format)
    return _LETTERS.sub(lambda found: hour if found[0] in _HOURS else _CODES[found[0]], minutes)


def time_text(cell: Any) -> str | None:
    """Return a cell as text that `parse_times` reads as it reads the cell; None for a blank.

    Times that were no text, such as a spreadsheet's dates, stay known as such (`@` before them).
    """
    if cell is None or isinstance(cell, bool) or cell is pd.NaT or cell is pd.NA:
        return None
    if isinstance(cell, float):
        if cell != cell:
            return None
        return f"{cell:.3f}" if cell > 1e6 else repr(float(cell))  # epoch, or a serial date
    text = f"{_TYPED}{cell.isoformat()}" if hasattr(cell, "isoformat") else str(cell).strip()
    return text[:_LONGEST] or None


def _typed(column: pd.Series, zone: str) -> Times:
    if column.dt.tz is not None:
        return Times(_plausible(column.astype(UTC)), 0)
    return Times(_plausible(_localised(column, zone)), int(column.notna().sum()))


def _plausible(times: pd.Series) -> pd.Series:
    """Drop what programs write for no date (0001-01-01, 9999-12-31)."""
    return times.where((times >= _EARLIEST) & (times < _LATEST))


def _with_format(text: pd.Series, date_format: str) -> tuple[pd.Series, pd.Series]:
    try:
        if "%z" in date_format:
            return read_as(text, date_format, utc=True), no_times(text)
        return no_times(text), read_as(text, date_format)
    except ValueError:
        raise InputError(
            f"date_format: got '{date_format}', expected such as %d.%m.%Y %H:%M",
            "see docs/mapping.md",
        ) from None


def _localised(naive: pd.Series, zone: str) -> pd.Series:
    first_pass = [True] * len(naive)
    local = naive.dt.tz_localize(zone, ambiguous=first_pass, nonexistent="shift_forward")
    return pd.Series(local.astype(UTC))


def _merge(times: pd.Series, naive: pd.Series, zone: str) -> pd.Series:
    aware = times if times.dtype == UTC else times.dt.tz_localize("UTC").astype(UTC)
    return aware.fillna(_localised(naive, zone))
