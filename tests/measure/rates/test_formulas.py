"""Rates, counts and changes on numbers worked by hand."""

import numpy as np
import pandas as pd
import pytest

from cxtopics.measure.estimate import Estimate
from cxtopics.measure.rates.changes import rate_changes
from cxtopics.measure.rates.formulas import contacts_per_order, customer_contact_rate, topic_share


def test_contacts_per_order_is_garwood_over_orders():
    band, by_hand = contacts_per_order(10, 40), [0.25, 4.7954 / 40, 18.3904 / 40]
    assert [float(end) for end in band] == pytest.approx(by_hand, abs=1e-5)


def test_no_orders_no_rate():
    assert all(np.isnan(end) for end in contacts_per_order(10, 0))
    assert all(np.isnan(end) for end in topic_share(0, 0))


def test_more_writers_than_active_customers_is_no_share():
    assert all(np.isnan(end) for end in customer_contact_rate(3, 2))
    assert float(customer_contact_rate(1, 2).value) == 0.5


def test_an_estimate_in_another_unit():
    cpo = Estimate.of(contacts_per_order(10, 40), confidence=0.95, unit="x", method="m", n=10)
    per_100 = cpo.times(100, "contacts per 100 orders")
    assert (per_100.value, per_100.unit, per_100.n) == (25, "contacts per 100 orders", 10)
    assert per_100.low == pytest.approx(11.9885, abs=1e-4)


def test_changes_by_hand():
    before, after = pd.Series({"a": 10.0, "b": 0.0}), pd.Series({"a": 30.0, "b": 0.0})
    changes = rate_changes(before, after, 100, 100)
    assert changes.loc["a", "ratio"] == 3
    # Given 40 contacts, half of them expected later: P(X >= 30) = .001110, two-sided, 2 topics
    assert changes.loc["a", "q_value"] == pytest.approx(2 * 2 * 0.0011106, rel=1e-3)
    assert changes.loc["b"].drop(["rate_before", "rate_after", "q_value"]).isna().all()
    assert changes.loc["b", "q_value"] == 1


def test_changes_know_that_orders_doubled():
    changes = rate_changes(pd.Series({"a": 50.0}), pd.Series({"a": 100.0}), 1000, 2000)
    assert changes.loc["a", "ratio"] == pytest.approx(1)
    assert changes.loc["a", "q_value"] == 1


def test_intervals_of_a_small_and_a_large_topic_cover_their_truth():
    rng = np.random.default_rng(7)
    n_orders, n_trials = 2_000, 20_000
    for truth in (0.002, 0.15):
        band = contacts_per_order(rng.poisson(truth * n_orders, n_trials), n_orders)
        covered = float(np.mean((band.low <= truth) & (truth <= band.high)))
        # At least 95 %, less four binomial standard errors: 4 sqrt(.95 x .05 / 20000) = .0062
        assert covered >= 0.95 - 0.0062
    # Wilson's coverage swings about its confidence, so it is judged on average over shares.
    shares = rng.uniform(0.01, 0.5, n_trials)
    band = topic_share(rng.binomial(400, shares), 400)
    covered = float(np.mean((band.low <= shares) & (shares <= band.high)))
    assert covered == pytest.approx(0.95, abs=0.0062)
