"""Columns of text as times: every way of writing that `tables.times` reads."""

from __future__ import annotations

import pandas as pd

from cxtopics.errors import InputError

__all__ = ["AT_ONCE", "SERIAL", "SLASHED", "UTC", "no_times", "read_as", "read_times"]

UTC = pd.DatetimeTZDtype(unit="us", tz="UTC")
AT_ONCE = 65_536
"""Cells read together: one takes some hundred bytes on its way to a time."""
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?"
_ISO = rf"\d{{4}}-\d{{2}}-\d{{2}}(?:[T ]{_CLOCK})?"
_OFFSET = r" ?(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)"
SLASHED = rf"(\d{{1,2}})([/.\-])(\d{{1,2}})\2(\d{{4}})(?:,? ({_CLOCK}(?: ?[AP]M)?))?"
_YEAR_FIRST = rf"(\d{{4}})/(\d{{1,2}})/(\d{{1,2}})(?:[ T]({_CLOCK}))?"
_DAY_NAME = r"(?:(?:MON|TUE|WED|THU|FRI|SAT|SUN)[A-Z]*,? )?"
_MONTH = r"(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]{0,6}\.?"
_NAMED_CLOCK = rf"(?:(?:,|,? AT)? ({_CLOCK}(?: ?[AP]M)?))?( ?(?:Z|UTC|GMT|[+-]\d{{2}}:?\d{{2}}))?"
_DAY_MONTH = rf"{_DAY_NAME}(\d{{1,2}})[ \-]{_MONTH}[ \-,]{{1,2}}(\d{{4}}){_NAMED_CLOCK}"
_MONTH_DAY = rf"{_DAY_NAME}{_MONTH} (\d{{1,2}})(?:ST|ND|RD|TH)?,? (\d{{4}}){_NAMED_CLOCK}"
_CLOCKS = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p")
SERIAL = r"\d{5}(?:\.\d+)?"
_SERIALS = (25569, 73050)  # Excel's days of 1970 and 2099; day 0 is 1899-12-30
_SECONDS = 10_000_000_000  # epoch numbers above are milliseconds (as seconds: the year 2286)


def read_times(text: pd.Series, where: str) -> tuple[pd.Series, pd.Series]:
    """Return the times that name their zone and, apart, those that do not."""
    starts = range(0, max(len(text), 1), AT_ONCE)
    parts = [_read_plain(text.iloc[start : start + AT_ONCE]) for start in starts]
    times = pd.concat([part for part, _ in parts])
    naive = pd.concat([part for _, part in parts])
    if (times.isna() & naive.isna() & text.notna()).any():
        # what only the whole column can decide on
        naive = naive.fillna(_serial(text)).fillna(_slashed(text, where))
    if (times.isna() & naive.isna() & text.notna()).any():
        named, named_naive = _named(text)
        times, naive = times.fillna(named), naive.fillna(named_naive)
    return times, naive


def _read_plain(text: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Read what is plain cell by cell: ISO 8601 with an offset and numbers, apart ISO without."""
    offset = text.where(text.str.fullmatch(_ISO + _OFFSET))
    offset = offset.str.replace(" ?(UTC|GMT)$", "Z", regex=True).str.replace(
        r" ([+-]\d{2}:?\d{2})$", r"\1", regex=True
    )
    times = read_as(offset, "ISO8601", utc=True)
    epoch = pd.to_numeric(text.where(text.str.fullmatch(r"\d{9,13}(\.\d+)?"))).astype("Float64")
    epoch = epoch.where(epoch < _SECONDS, epoch / 1000)
    # whole microseconds: a float cannot hold them together with 1.7e9 seconds
    epoch_times = pd.to_datetime((epoch * 1e6).round().astype("Int64"), unit="us", utc=True)
    times = times.fillna(epoch_times.astype(UTC))
    return times, read_as(text.where(text.str.fullmatch(_ISO)), "ISO8601")


def _serial(text: pd.Series) -> pd.Series:
    """Read Excel's serial dates (days, 1900 system) where the column holds nothing else."""
    told = text.dropna()
    if not len(told) or not told.str.fullmatch(SERIAL).all():
        return no_times(text)
    days = pd.to_numeric(told).astype("float64")
    if not days.between(*_SERIALS).all():
        return no_times(text)
    seconds = (days * 86400).round().astype("int64")
    since = pd.to_datetime("1899-12-30") + pd.to_timedelta(seconds, unit="s")
    return since.astype("datetime64[us]").reindex(text.index)


def _named(text: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Read dates that are plain whatever the country: by a month's name, or year first."""
    upper = text.str.upper()
    first = upper.str.extract(f"^{_DAY_MONTH}$")
    second = upper.str.extract(f"^{_MONTH_DAY}$")[[1, 0, 2, 3, 4]]
    second.columns = first.columns
    found = first.where(first[0].notna(), second)
    dates = found[2] + "-" + found[1] + "-" + found[0] + " " + _clock_of(found[3])
    naive = no_times(text)
    for form in _CLOCKS:
        naive = naive.fillna(read_as(dates.where(naive.isna()), f"%Y-%b-%d {form}"))
    year = upper.str.extract(f"^{_YEAR_FIRST}$")
    dates = year[0] + "-" + year[1] + "-" + year[2] + " " + _clock_of(year[3])
    for form in _CLOCKS:
        naive = naive.fillna(read_as(dates.where(naive.isna()), f"%Y-%m-%d {form}"))
    zone = found[4].str.strip().replace(["Z", "UTC", "GMT"], "+0000")
    stamped = naive.where(zone.notna()).dt.strftime("%Y-%m-%d %H:%M:%S").astype("string")
    times = read_as(stamped + zone, "%Y-%m-%d %H:%M:%S%z", utc=True)
    return times, naive.where(zone.isna())


def _clock_of(text: pd.Series) -> pd.Series:
    return text.fillna("00:00").str.replace(r" ?([AP]M)$", r" \1", regex=True)


def _slashed(text: pd.Series, where: str) -> pd.Series:
    """Read `5/4/2026 21:06` in the one order of day and month that fits the whole column."""
    parts = text.str.upper().str.extract(f"^{SLASHED}$")
    first, second = (pd.to_numeric(parts[number]) for number in (0, 2))
    if not (found := first.notna()).any():
        return no_times(text)
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
    clock = _clock_of(parts[4])
    dates = parts[3] + "-" + month.astype("string") + "-" + day.astype("string") + " " + clock
    times = no_times(text)
    for form in _CLOCKS:
        times = times.fillna(read_as(dates.where(times.isna()), f"%Y-%m-%d {form}"))
    return times


def _undecided(where: str, what: str) -> InputError:
    return InputError(
        f"{where}: ambiguous dates: {what}",
        "say which in a mapping file (--map), such as date_format: D/M/YYYY H:MM",
    )


def read_as(text: pd.Series, form: str, *, utc: bool = False) -> pd.Series:
    """Return times of one format; missing where a cell is not in it."""
    times = pd.to_datetime(text.astype(object), format=form, utc=utc, errors="coerce")
    return times.astype(UTC if utc else "datetime64[us]")


def no_times(text: pd.Series) -> pd.Series:
    """Return a column of missing times with the index of another."""
    return pd.Series(pd.NaT, index=text.index, dtype="datetime64[us]")
