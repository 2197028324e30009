"""Watch: what rises is found, what everybody does is not, and false alarms are as stated."""

import json

import numpy as np
import pandas as pd
import pytest

from cxtopics.errors import InputError
from cxtopics.measure.trends.rising import find_rising
from cxtopics.measure.trends.topic_days import TopicDays
from cxtopics.watch import build_watch, watch_days

SHARES = np.array([0.2, 0.15, 0.15, 0.1, 0.1, 0.08, 0.06, 0.05, 0.05, 0.03, 0.02, 0.01])


def days(seed=0, per_week=1000, factor=1.0, topic=10, all_factor=1.0, n_weeks=30):
    """Return contacts by day; in the last two weeks one topic, or all, come more often."""
    rng = np.random.default_rng(seed)
    mean = np.tile(per_week / 7 * SHARES, (7 * n_weeks, 1))
    mean[-14:, topic] *= factor
    mean[-14:] *= all_factor
    index = pd.date_range("2025-02-03", periods=7 * n_weeks)
    names = [f"topic_{number}" for number in range(len(SHARES))]
    return TopicDays(pd.DataFrame(rng.poisson(mean).astype(float), index=index, columns=names))


def test_a_doubling_is_found_and_named():
    found = watch_days(days(factor=2.5))
    assert found.rising["topic"].tolist() == ["topic_10"]
    row = found.rising.iloc[0]
    assert row["n_contacts"] > row["expected_high"] > row["expected"] > row["expected_low"]
    assert row["times"] == pytest.approx(2.5, rel=0.35)
    assert found.week == ("2025-08-25", "2025-08-31")
    json.dumps(found.to_dict(), allow_nan=False)


def test_a_week_in_which_everybody_writes_more_is_no_topic_s_rise():
    assert watch_days(days(all_factor=2.0)).rising.empty


def test_a_new_problem_is_found_from_nothing():
    calm = days()
    calm.contacts["topic_11"] = 0.0
    calm.contacts.iloc[-6:, 11] = 2.0
    assert "topic_11" in set(watch_days(calm).rising["topic"])


def test_false_alarms_are_as_stated():
    rng = np.random.default_rng(2)
    stated, alarms, n_runs = [], 0, 1200
    for _ in range(n_runs):
        weeks = rng.poisson(np.tile(400 * SHARES, (28, 1))).astype(float)
        found = find_rising(weeks[:26], weeks[26:], 0.02, n_draws=100)
        stated.append(found.false_alarms.mean())
        alarms += int(found.rising.sum())
    expected = np.mean(stated) * n_runs * len(SHARES)
    assert np.mean(stated) <= 0.02
    # about 200 alarms: three standard errors of a count, and the 20 % that is claimed
    assert abs(alarms - expected) < 0.2 * expected + 3 * np.sqrt(expected)


def test_where_all_topics_scatter_much_alarms_are_as_stated_too():
    rng = np.random.default_rng(6)
    stated, alarms, n_runs = [], 0, 1200
    for run in range(n_runs):
        mean = np.tile(300 * SHARES, (28, 1))
        weeks = rng.poisson(rng.gamma(mean / 2, 2)).astype(float)  # variance 3 times the mean
        found = find_rising(weeks[:26], weeks[26:], 0.02, n_draws=10 if run % 60 else 20_000)
        if not run % 60:
            stated.append(found.false_alarms.mean())
        alarms += int(found.rising.sum())
    expected = np.mean(stated) * n_runs * len(SHARES)
    assert abs(alarms - expected) < 0.2 * expected + 3 * np.sqrt(expected)


def test_past_outbreaks_make_a_topic_deaf_to_chance_only():
    noisy = days()
    noisy.contacts.iloc[70:77, 10] *= 8
    assert watch_days(noisy).rising.empty


def test_the_alarm_rate_asked_for_is_an_upper_end():
    for rate in (0.001, 0.01):
        found = watch_days(days(), rate=rate)
        assert found.false_alarms.value <= rate
        assert found.false_alarm_rate_asked == rate


def test_orders_add_all_contacts_per_order():
    rng = np.random.default_rng(3)
    at = pd.Timestamp("2025-02-03", tz="UTC") + pd.to_timedelta(rng.integers(0, 210, 5000), "D")
    orders = pd.DataFrame({"order_id": [f"o{k}" for k in range(5000)], "created_at": at})
    wrote = pd.concat([pd.Series(at[:2000]), pd.Series(at[at >= "2025-08-25"])] * 2)
    tagged = pd.DataFrame(
        {"contact_id": [f"c{k}" for k in range(len(wrote))], "created_at": wrote.to_numpy(),
         "topic": rng.choice(["late", "size"], len(wrote))}
    )  # fmt: skip
    tagged["created_at"] = pd.to_datetime(tagged["created_at"], utc=True)
    found = build_watch(tagged, orders)
    assert found.rising["topic"].tolist()[0] == "all"
    assert any("as a whole rise" in caveat for caveat in found.caveats)


def test_too_little_to_watch_is_refused():
    with pytest.raises(InputError, match="usable weeks"):
        watch_days(days(n_weeks=9))
    with pytest.raises(InputError, match="no date"):
        watch_days(days(), until="soon")
