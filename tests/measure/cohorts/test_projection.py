"""The delay curve and cohorts: by hand, and against simulated truth."""

import numpy as np
import pandas as pd
import pytest

from cxtopics.measure.cohorts.delays import Triangle, delay_curve, delay_shift
from cxtopics.measure.cohorts.long_table import build_cohorts
from cxtopics.measure.cohorts.projection import cohort_rates
from cxtopics.measure.store.counts import count_periods
from cxtopics.measure.store.database import open_store
from cxtopics.measure.store.linking import link_contacts

# Three days, ages 0 to 2; the last day has seen age 0 only, the day before ages 0 and 1.
HAND = Triangle(
    orders=np.array([100.0, 100.0, 200.0]),
    contacts=np.array([[6.0, 3.0, 1.0], [8.0, 4.0, 0.0], [10.0, 0.0, 0.0]]),
    first=0,
)


def test_the_curve_is_chain_ladder_by_hand():
    curve = delay_curve(HAND)
    # h2 = 1/10 (day 0 alone has seen age 2), h1 = 7/21 (days 0 and 1)
    assert curve.share == pytest.approx([0.9 * 14 / 21, 0.9, 1.0])
    assert curve.density.sum() == pytest.approx(1)
    assert curve.step_variance == pytest.approx([0, (7 / 21) / (21 * 14 / 21), 0.1 / (10 * 0.9)])


def test_a_projection_by_hand():
    found = cohort_rates(HAND, np.array([0.0, 1.0, 2.0]), 3)
    assert found.complete == pytest.approx([1, 0.9, 0.6])
    assert found.rate.value == pytest.approx([10 / 100, 12 / 90, 10 / 120])
    assert found.n_linked.tolist() == [10, 12, 10]
    # a complete cohort: Garwood's interval for the rate, and nothing left to predict
    assert (found.rate.low[0], found.rate.high[0]) == pytest.approx((0.047954, 0.183904), abs=1e-5)
    assert (found.final.low[0], found.final.high[0]) == (0.1, 0.1)
    # what has come is certain
    assert (found.final.low >= found.n_linked / found.n_orders).all()
    assert (found.final.low <= found.rate.value).all()
    assert (found.rate.value <= found.final.high).all()


def test_days_in_no_cohort_and_cohorts_without_orders():
    found = cohort_rates(HAND, np.array([-1.0, 0.0, 0.0]), 2)
    assert found.n_orders.tolist() == [300, 0]
    assert np.isnan(found.rate.value[1])
    assert np.isnan(found.complete[1])


def test_contacts_of_no_order_are_shared_out_and_none_is_lost():
    unlinked = np.array([5.0, 9.0, 14.0])
    found = cohort_rates(HAND, np.array([0.0, 1.0, 2.0]), 3, unlinked)
    assert found.n_shared.sum() == pytest.approx(28)
    # on the first day there is no other order to have come from
    assert found.n_shared[0] > 5
    alone = cohort_rates(HAND, np.array([0.0, 1.0, 2.0]), 3)
    assert (found.rate.value > alone.rate.value).all()


def simulate(seed, repeats=1, slower=1.0):
    """Return a triangle of 120 days, 300 orders each, and the true final counts by day."""
    rng = np.random.default_rng(seed)
    n_days, n_ages = 120, 31
    writers = rng.poisson(300 * 0.15, n_days)
    day = np.repeat(np.arange(n_days), writers)
    pace = np.where(day >= 107, slower, 1.0)
    delay = np.minimum((rng.gamma(2.0, 3.0, len(day)) * pace).astype(int), n_ages - 1)
    day, delay = np.repeat(day, repeats), np.repeat(delay, repeats)
    came = day + delay < n_days
    contacts = np.zeros((n_days, n_ages))
    np.add.at(contacts, (day[came], delay[came]), 1)
    return Triangle(np.full(n_days, 300.0), contacts, 0), np.bincount(day, minlength=n_days)


@pytest.mark.parametrize("repeats", [1, 2])
def test_both_intervals_cover_what_they_say(repeats):
    week = np.arange(120) // 7.0
    hits, final_hits = [], []
    for seed in range(150):
        triangle, final = simulate(seed, repeats)
        found = cohort_rates(triangle, week, 18, clustering=float(repeats))
        truth = np.bincount(week.astype(int), final) / found.n_orders
        recent = (found.complete > 0.3) & (found.complete < 0.95)
        level = 0.15 * repeats
        hits += ((found.rate.low <= level) & (level <= found.rate.high))[recent].tolist()
        inside = (found.final.low - 1e-9 <= truth) & (truth <= found.final.high + 1e-9)
        final_hits += inside[recent].tolist()
    # 95 %, less three binomial standard errors of some 300 cohorts
    assert len(hits) >= 250
    for covered in (np.mean(hits), np.mean(final_hits)):
        assert 0.91 <= covered <= 0.985


def test_slow_parcels_are_noticed_and_usual_ones_are_not():
    week = np.arange(120) // 7.0
    alarms = []
    for slower in (1.0, 1.8):
        triangle, _ = simulate(4, slower=slower)
        shift = delay_shift(triangle, delay_curve(triangle), week, 18)
        alarms.append(bool((shift[-4:] > 3).any()))
    assert alarms == [False, True]


def shop(n_days=70, a_day=20):
    """Return orders of one day each and a contact on every fifth, three days after."""
    start = pd.Timestamp("2026-01-01", tz="UTC")
    day = np.repeat(np.arange(n_days), a_day)
    orders = pd.DataFrame(
        {
            "order_id": [f"o{n}" for n in range(len(day))],
            "created_at": (start + pd.to_timedelta(day, unit="D")).as_unit("us"),
        }
    )
    about = orders.iloc[::5]
    tagged = pd.DataFrame(
        {
            "contact_id": "c" + about["order_id"],
            "created_at": about["created_at"] + pd.Timedelta(days=3),
            "order_id": about["order_id"],
            "topic": "late",
        }
    )
    return tagged[tagged["created_at"] < start + pd.Timedelta(days=n_days)], orders


def test_the_table_puts_period_and_cohort_side_by_side():
    with open_store(*shop()) as store:
        link_contacts(store)
        counts = count_periods(store, None, "month")
        made = build_cohorts(store, counts, "month")
    table = made.table[made.table["topic"] == "all"].set_index("period_start")
    assert made.basis["median_delay_days"] == 3
    assert made.basis["linked_share"] == 1
    # The first contacts came on 4 January: its cohort has the orders from then on.
    january = table.loc["2026-01-01"]
    assert january["n_orders"] == 28 * 20
    assert january["cohort_contacts_per_order"] == pytest.approx(0.2)
    assert january["contacts_per_order"] == pytest.approx(28 * 4 / (31 * 20))
    # 1 to 11 March: eight of eleven days have their contacts
    march = table.loc["2026-03-01"]
    assert march["complete_share"] == pytest.approx(8 / 11)
    assert march["cohort_contacts_per_order"] == pytest.approx(0.2)
    assert bool(march["projected"])
    assert set(made.table["topic"]) == {"all", "late"}


def test_without_links_there_is_a_reason():
    tagged, orders = shop()
    with open_store(tagged.drop(columns="order_id"), orders) as store:
        link_contacts(store)
        made = build_cohorts(store, count_periods(store), "month")
    assert made.table.empty
    assert "no contact is linked" in made.basis["reason"]
