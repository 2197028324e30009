"""Times of a whole column at once: one reading that fits, or an error; no guess per cell.

Read are ISO 8601 with or without an offset (offsets may differ within the column),
`2026-04-05 21:06:21 +0400`, epoch seconds and milliseconds, and `5/4/2026 21:06` where the
column itself shows which of day and month comes first. Anything else needs a format.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from cxtopics.errors import InputError

__all__ = ["UTC", "Times", "check_timezone", "parse_times", "to_strptime"]

UTC = pd.DatetimeTZDtype(unit="us", tz="UTC")
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?"
_ISO = rf"\d{{4}}-\d{{2}}-\d{{2}}(?:[T ]{_CLOCK})?"
_OFFSET = r" ?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})"
_SLASHED = rf"(\d{{1,2}})([/.\-])(\d{{1,2}})\2(\d{{4}})(?:,? ({_CLOCK}(?: ?[AP]M)?))?"
_EARLIEST, _LATEST = pd.Timestamp("1970-01-01", tz="UTC"), pd.Timestamp("2200-01-01", tz="UTC")
_HOURS = ("HH", "H", "hh", "h")
_CODES = {
    "YYYY": "%Y", "YY": "%y", "MMM": "%b", "MM": "%m", "M": "%m", "DD": "%d", "D": "%d",
    "SS": "%S", "ss": "%S", "AM": "%p", "PM": "%p", "am": "%p", "pm": "%p",
}  # fmt: skip
_LETTERS = re.compile(f"(?<!%)(?:AM|PM|{'|'.join((*_CODES, *_HOURS))})")
_SECONDS = 10_000_000_000  # epoch numbers above are milliseconds (as seconds: the year 2286)


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
    text = column.map(_to_text).astype("string")
    if date_format is not None:
        times, naive = _with_format(text, to_strptime(date_format))
    else:
        times, naive = _without_format(text, where)
    values = _plausible(_merge(times, naive, zone))
    if len(values) and values.isna().all():
        expected = f"the format {date_format}" if date_format else "such as 2026-03-01T09:30:00Z"
        raise InputError(
            f"{where}: no dates in {len(values)} rows, expected {expected}",
            "name the column and its date_format in a mapping file (--map)",
        )
    return Times(values, int(naive.notna().sum()))


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


def _to_text(cell: Any) -> str | None:
    if cell is None or isinstance(cell, bool) or cell is pd.NaT:
        return None
    if isinstance(cell, float):
        return f"{cell:.3f}" if cell == cell else None
    return cell.isoformat() if hasattr(cell, "isoformat") else str(cell).strip()


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
            return _read(text, date_format, utc=True), _none_of(text)
        return _none_of(text), _read(text, date_format)
    except ValueError:
        raise InputError(
            f"date_format: got '{date_format}', expected such as %d.%m.%Y %H:%M",
            "see docs/mapping.md",
        ) from None


def _without_format(text: pd.Series, where: str) -> tuple[pd.Series, pd.Series]:
    """Return the times that name their zone and, apart, those that do not."""
    offset = text.where(text.str.fullmatch(_ISO + _OFFSET))
    offset = offset.str.replace(" ?(UTC|GMT)$", "Z", regex=True).str.replace(
        r" ([+-]\d{2}:?\d{2})$", r"\1", regex=True
    )
    times = _read(offset, "ISO8601", utc=True)
    epoch = pd.to_numeric(text.where(text.str.fullmatch(r"\d{9,13}(\.\d+)?"))).astype("Float64")
    epoch = epoch.where(epoch < _SECONDS, epoch / 1000)
    # whole microseconds: a float cannot hold them together with 1.7e9 seconds
    epoch_times = pd.to_datetime((epoch * 1e6).round().astype("Int64"), unit="us", utc=True)
    times = times.fillna(epoch_times.astype(UTC))
    naive = _read(text.where(text.str.fullmatch(_ISO)), "ISO8601")
    return times, naive.fillna(_slashed(text, where))


def _slashed(text: pd.Series, where: str) -> pd.Series:
    """Read `5/4/2026 21:06` in the one order of day and month that fits the whole column."""
    parts = text.str.upper().str.extract(f"^{_SLASHED}$")
    first, second = (pd.to_numeric(parts[number]) for number in (0, 2))
    if not (found := first.notna()).any():
        return _none_of(text)
    possible = found & ((first <= 12) | (second <= 12))
    day_first = bool((second[possible] <= 12).all())
    month_first = bool((first[possible] <= 12).all())
    if day_first and month_first and not (parts.loc[found, 1] == ".").all():
        day_first = bool((first[possible] == second[possible]).all())
        month_first = not day_first
        if month_first:
            raise _undecided(where, "every date fits both day/month and month/day")
    if not day_first and not month_first:
        raise _undecided(where, "some dates are day/month, others month/day")
    day, month = (first, second) if day_first else (second, first)
    clock = parts[4].fillna("00:00").str.replace(r" ?([AP]M)$", r" \1", regex=True)
    dates = parts[3] + "-" + month.astype("string") + "-" + day.astype("string") + " " + clock
    times = _none_of(text)
    for form in ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p"):
        times = times.fillna(_read(dates.where(times.isna()), f"%Y-%m-%d {form}"))
    return times


def _undecided(where: str, what: str) -> InputError:
    return InputError(
        f"{where}: ambiguous dates: {what}",
        "say which in a mapping file (--map), such as date_format: D/M/YYYY H:MM",
    )


def _read(text: pd.Series, form: str, *, utc: bool = False) -> pd.Series:
    times = pd.to_datetime(text.astype(object), format=form, utc=utc, errors="coerce")
    return times.astype(UTC if utc else "datetime64[us]")


def _none_of(text: pd.Series) -> pd.Series:
    return pd.Series(pd.NaT, index=text.index, dtype="datetime64[us]")


def _localised(naive: pd.Series, zone: str) -> pd.Series:
    first_pass = [True] * len(naive)
    local = naive.dt.tz_localize(zone, ambiguous=first_pass, nonexistent="shift_forward")
    return pd.Series(local.astype(UTC))


def _merge(times: pd.Series, naive: pd.Series, zone: str) -> pd.Series:
    aware = times if times.dtype == UTC else times.dt.tz_localize("UTC").astype(UTC)
    return aware.fillna(_localised(naive, zone))
