"""Days, weeks, delays."""

import numpy as np
import pandas as pd
import pytest

from cxtopics.errors import InputError
from cxtopics.measure.trends.exposure import LONGEST, delay_shares, exposures
from cxtopics.measure.trends.topic_days import count_days, sum_weeks

DAY = pd.Timestamp


def tables(n=400, delay=4):
    placed = pd.to_datetime(["2025-01-01T12:00Z"] * n) + pd.to_timedelta(np.arange(n) // 2, "D")
    orders = pd.DataFrame({"order_id": [f"o{k}" for k in range(n)], "created_at": placed})
    tagged = pd.DataFrame(
        {
            "contact_id": [f"c{k}" for k in range(n)],
            "created_at": placed + pd.Timedelta(days=delay),
            "topic": ["late", "size"] * (n // 2),
            "order_id": [f"o{k}" if k % 2 == 0 else None for k in range(n)],
        }
    )
    return tagged, orders


def test_counts_by_day_and_the_delay_of_linked_topics():
    days = count_days(*tables())
    assert (days.first, days.last) == (DAY("2025-01-05"), DAY("2025-07-23"))
    assert days.contacts.sum().to_dict() == {"late": 200, "size": 200}
    assert days.orders.index[0] == DAY("2025-01-01")
    assert days.n_linked == 200
    assert days.delays["late"][4] == pytest.approx(1)
    # never about an order: before the purchase, so on the day itself
    assert days.delays["size"][0] == 1


def test_exposure_is_the_orders_that_the_contacts_are_about():
    orders = pd.Series(0.0, index=pd.date_range("2025-01-01", periods=90))
    orders.iloc[40] = 100
    share = np.zeros(LONGEST + 1)
    share[[3, 5]] = 0.5
    spread = exposures(orders, {"late": share})["late"]
    assert spread.iloc[43] == spread.iloc[45] == 50
    assert spread.sum() == 100


def test_few_linked_contacts_tell_no_delay():
    day = pd.Series(pd.to_datetime(["2025-01-05"] * 10))
    shares = delay_shares(pd.Series(["late"] * 10), day, day - pd.Timedelta(days=3), day[0])
    assert shares["late"][0] == 1


def test_weeks_are_counted_from_a_day_both_ways():
    days = pd.DataFrame({"late": 1.0}, index=pd.date_range("2025-01-01", "2025-01-31"))
    weeks = sum_weeks(days, DAY("2025-01-16"))
    assert list(weeks.index) == [DAY("2025-01-02"), DAY("2025-01-09"), DAY("2025-01-16"),
                                 DAY("2025-01-23")]  # fmt: skip
    assert weeks["late"].tolist() == [7.0] * 4


def test_tables_without_a_day_in_common_are_refused():
    tagged, orders = tables()
    orders["created_at"] -= pd.Timedelta(days=3000)
    with pytest.raises(InputError, match="no day in common"):
        count_days(tagged, orders)
