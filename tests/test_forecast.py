"""Forecasts: plans read as meant, orders followed with their delay, intervals that hold."""

import json

import numpy as np
import pandas as pd
import pytest

from cxtopics.errors import InputError
from cxtopics.forecast import build_forecast, forecast_periods, plan_orders
from cxtopics.measure.costs import Costs

START = pd.Timestamp("2025-06-30")


def tables(seed=0, per_day=40, n_days=182, delay=7):
    """Return a shop with two topics, whose contacts come a week after the order."""
    rng = np.random.default_rng(seed)
    n = per_day * n_days
    day = np.sort(rng.integers(0, n_days, n))
    placed = pd.Timestamp("2024-12-30", tz="UTC") + pd.to_timedelta(day, unit="D")
    orders = pd.DataFrame({"order_id": [f"o{k}" for k in range(n)], "created_at": placed})
    parts = []
    for topic, rate in (("late", 0.2), ("size", 0.05)):
        hit = orders[rng.random(n) < rate]
        parts.append(
            pd.DataFrame(
                {"topic": topic, "order_id": hit["order_id"],
                 "created_at": hit["created_at"] + pd.Timedelta(days=delay)}
            )
        )  # fmt: skip
    tagged = pd.concat(parts, ignore_index=True)
    tagged = tagged[tagged["created_at"] < START.tz_localize("UTC")]
    return tagged.assign(contact_id=[f"c{k}" for k in range(len(tagged))]), orders


def test_contacts_follow_the_planned_orders_a_week_later():
    tagged, orders = tables()
    plan = pd.DataFrame({"date": ["2025-06-30", "2025-07-07", "2025-07-14"],
                         "orders": [1400, 280, 280]})  # fmt: skip
    costs = Costs.model_validate({"handle_minutes": {"default": 6, "late": 12}})
    made = build_forecast(tagged, orders, plan, costs=costs)
    late = made.by_week[made.by_week["topic"] == "late"]["n_contacts"].to_numpy()
    # the first week still answers June's 280 orders, the second the 1,400
    assert late == pytest.approx([56, 280, 56], rel=0.15)
    whole = made.by_week[made.by_week["topic"] == "all"]
    parts = made.by_week[made.by_week["topic"] != "all"].groupby("week_start")
    assert whole["n_contacts"].to_numpy() == pytest.approx(parts["n_contacts"].sum().to_numpy())
    # 280 x 12 + 70 x 6 minutes in the second week
    assert whole["hours"].iloc[1] == pytest.approx(63, rel=0.15)
    assert made.total.low < 490 < made.total.high
    assert whole["n_orders"].tolist() == [1400, 280, 280]
    json.dumps(made.to_dict(), allow_nan=False)


def test_a_number_is_orders_a_week():
    made = build_forecast(*tables(), 280.0, n_weeks=3)
    whole = made.by_week[made.by_week["topic"] == "all"]
    assert len(whole) == 3
    assert whole["n_contacts"].to_numpy() == pytest.approx([70, 70, 70], rel=0.2)
    assert any("default of 6 minutes" in caveat for caveat in made.caveats)
    assert build_forecast(*tables(), 280.0, n_weeks=3).to_dict() == made.to_dict()


def test_intervals_hold_on_steady_series():
    rng = np.random.default_rng(4)
    held = []
    for _ in range(15):
        y = rng.poisson(np.tile([3.0, 12.0, 40.0, 90.0], (44, 1)))
        ones = pd.DataFrame(np.ones((44, 4)))
        draws = forecast_periods(pd.DataFrame(y[:40]), ones[:40], ones[40:], n_draws=400)
        for column in range(4):
            low, high = np.quantile(draws[str(column)], (0.05, 0.95), axis=1)
            held += list((low <= y[40:, column]) & (y[40:, column] <= high))
    # 240 forecasts, four of a series together; 90 % within three standard errors
    assert 0.82 <= np.mean(held) <= 0.98


def test_a_holiday_week_is_forecast_from_the_one_a_year_before():
    y = np.full((56, 1), 100.0)
    y[10] = 300.0
    touched = np.arange(60) == 10
    touched[58 + 4 - 52] = True
    ahead = pd.DataFrame(np.ones((8, 1)))
    to_come = np.zeros(8, dtype=bool)
    to_come[6] = True  # week 62 is week 10 a year later
    draws = forecast_periods(
        pd.DataFrame(y), pd.DataFrame(np.ones((56, 1))), ahead,
        holidays=(touched[:56], to_come),
    )["0"].mean(axis=1)  # fmt: skip
    assert draws[5] == pytest.approx(100, rel=0.05)
    assert draws[6] == pytest.approx(300, rel=0.1)


def test_plans_of_months_are_spread_over_their_days():
    plan = pd.DataFrame({"date": ["2025-06-01", "2025-07-01"], "orders": [300, 620]})
    days = plan_orders(plan, START)
    assert len(days) == 28
    assert days.iloc[0] == 10
    assert days.iloc[1] == pytest.approx(620 / 30)  # as long as the row before


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ({"day": ["2025-07-01"], "orders": [1]}, "expected|got the columns"),
        ({"date": ["soon"], "orders": [1]}, "not readable"),
        ({"date": ["2025-07-01"], "orders": [-1]}, "not readable"),
        ({"date": ["2025-07-01"] * 2, "orders": [1, 2]}, "comes twice"),
        ({"date": ["2024-07-01"], "orders": [1]}, "whole weeks"),
    ],
)
def test_plans_that_cannot_be_used_are_refused(plan, words):
    with pytest.raises(InputError, match=words) as caught:
        plan_orders(pd.DataFrame(plan), START)
    assert caught.value.hint


def test_a_short_record_is_refused():
    with pytest.raises(InputError, match="whole weeks"):
        build_forecast(*tables(n_days=40), 280.0)
