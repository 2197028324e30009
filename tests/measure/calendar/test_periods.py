"""Days and periods of the shop's own calendar."""

import pandas as pd
import pytest

from cxtopics.errors import InputError
from cxtopics.measure.calendar.periods import (
    Span,
    complete_periods,
    local_days,
    months_long,
    period_name,
    period_of,
    period_table,
)

DAY = pd.Timestamp


def test_the_zone_decides_the_month():
    late = pd.Series(pd.to_datetime(["2026-02-28T23:30:00Z"], utc=True))
    assert str(period_of(local_days(late, "UTC"), "month")[0]) == "2026-02"
    assert str(period_of(local_days(late, "Europe/Berlin"), "month")[0]) == "2026-03"


def test_hours_that_come_twice_or_never_keep_their_day():
    times = pd.Series(pd.to_datetime(["2025-10-26T00:30Z", "2025-10-26T01:30Z"], utc=True))
    assert local_days(times, "Europe/Berlin").tolist() == [DAY("2025-10-26")] * 2


def test_unknown_zone_and_period_are_errors():
    times = pd.Series(pd.to_datetime(["2026-01-01T00:00Z"], utc=True))
    with pytest.raises(InputError, match="Mars/Base"):
        local_days(times, "Mars/Base")
    with pytest.raises(InputError, match="fortnight"):
        period_of(times, "fortnight")


@pytest.mark.parametrize(
    ("by", "start", "end", "name"),
    [
        ("month", "2026-02-01", "2026-02-28", "Feb 2026"),
        ("week", "2026-02-09", "2026-02-15", "week of 9 Feb 2026"),
        ("quarter", "2026-01-01", "2026-03-31", "Q1 2026"),
    ],
)
def test_periods_begin_and_end(by, start, end, name):
    table = period_table(DAY("2026-02-11"), DAY("2026-02-11"), by)
    first, last = table.iloc[0]
    assert (first, last) == (DAY(start), DAY(end))
    assert period_name(first, last) == name


def test_length_in_months():
    assert months_long(DAY("2026-02-01"), DAY("2026-02-28")) == 1
    assert months_long(DAY("2025-10-01"), DAY("2025-12-31")) == 3
    assert months_long(DAY("2026-02-09"), DAY("2026-02-15")) == pytest.approx(7 / 30.44)


def test_partial_first_and_last_period():
    periods = period_table(DAY("2026-01-10"), DAY("2026-03-20"), "month")
    busy = Span(DAY("2026-01-10"), DAY("2026-03-20"), 70 * 20)
    assert complete_periods(periods, busy).tolist() == [False, True, False]


def test_a_quiet_shop_is_not_taken_for_a_partial_export():
    periods = period_table(DAY("2026-01-01"), DAY("2026-02-28"), "month")
    quiet = Span(DAY("2026-01-03"), DAY("2026-02-26"), 10)
    assert complete_periods(periods, quiet).all()
