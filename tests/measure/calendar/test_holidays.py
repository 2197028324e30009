"""Holiday windows: the bundled calendar, the user's own, and when they are told."""

import pandas as pd
import pytest

from cxtopics.errors import InputError
from cxtopics.measure.calendar.holidays import holiday_days, holiday_notes, load_holidays
from cxtopics.measure.calendar.periods import period_table

DAY = pd.Timestamp


@pytest.mark.parametrize(("year", "day"), [(2024, "11-29"), (2025, "11-28"), (2026, "11-27")])
def test_black_friday_is_the_day_after_thanksgiving(year, day):
    days = holiday_days(load_holidays(), DAY(f"{year}-10-01"), DAY(f"{year}-12-14"))
    assert days.index[0] == DAY(f"{year}-{day}")
    assert len(days) == 4


def test_months_full_of_holidays_are_named():
    periods = period_table(DAY("2025-10-01"), DAY("2026-03-31"), "month")
    (note,) = holiday_notes(periods, load_holidays())
    assert "Dec 2025 (Black Friday to Cyber Monday, Christmas)" in note
    assert "Nov" not in note
    quiet = period_table(DAY("2025-02-01"), DAY("2025-06-30"), "month")
    assert not list(holiday_notes(quiet, load_holidays()))
    (all_of_it,) = holiday_notes(
        period_table(DAY("2025-12-01"), DAY("2025-12-31"), "month"), load_holidays()
    )
    assert "more than a quarter of all days" in all_of_it


def test_windows_of_ones_own(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "- {name: New Year, from: 12-30, to: 01-02}\n"
        "- {name: Sale, from: 2026-07-01, to: 2026-07-03}\n"
    )
    days = holiday_days(load_holidays(path), DAY("2026-01-01"), DAY("2027-12-31"))
    assert days.value_counts().to_dict() == {"New Year": 2 + 4 + 2, "Sale": 3}


@pytest.mark.parametrize(
    "text",
    ["name: x", "- {name: x}", "- {name: x, from: 13-01, to: 13-02}", "- [",
     "- {name: x, from: soon, to: 1-2}", "- {name: x, from: 2026-02-02, to: 2026-01-01}",
     "- {name: x, anchor: easter, days: 3}"],
)  # fmt: skip
def test_a_wrong_calendar_is_an_error_with_a_hint(tmp_path, text):
    path = tmp_path / "wrong.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=r"wrong\.yaml") as caught:
        load_holidays(path)
    assert caught.value.hint
