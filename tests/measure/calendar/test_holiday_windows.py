"""The bundled calendar."""

import pandas as pd
import pytest

from cxtopics.measure.calendar.holiday_windows import holiday_windows, touched_weeks

DAY = pd.Timestamp


@pytest.mark.parametrize(
    ("year", "friday"), [(2023, "2023-11-24"), (2024, "2024-11-29"), (2025, "2025-11-28")]
)
def test_black_friday_is_the_day_after_the_fourth_thursday(year, friday):
    windows = holiday_windows(DAY(year, 11, 1), DAY(year, 11, 30))
    found = next(window for window in windows if window.name == f"Black Friday {year}")
    assert found.first == DAY(friday) - pd.Timedelta(days=4)
    assert found.last == DAY(friday) + pd.Timedelta(days=3)


def test_weeks_in_a_window_or_just_after_it_are_touched():
    windows = holiday_windows(DAY("2025-10-01"), DAY("2026-02-28"))
    starts = pd.date_range("2025-11-03", periods=14, freq="7D")
    flags = dict(zip(starts.strftime("%m-%d"), touched_weeks(starts, windows), strict=True))
    assert not flags["11-17"]
    assert all(flags[day] for day in ("11-24", "12-01", "12-15", "12-29", "01-12"))
    assert not flags["01-19"]


def test_a_summer_has_no_window():
    assert holiday_windows(DAY("2025-05-01"), DAY("2025-08-31")) == ()
