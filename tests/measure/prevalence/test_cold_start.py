"""Intervals of a cold start's counts."""

import numpy as np
import pandas as pd
import pytest

from cxtopics.measure.estimate import Band
from cxtopics.measure.intervals import garwood
from cxtopics.measure.prevalence.cold_start import COLD_METHOD, widen_counts
from cxtopics.measure.rates.topic_covariance import topic_covariance

ROWS = ["all", "order_late", "item_missing", "abstained"]


def test_half_or_twice_and_a_tenth_of_the_untold() -> None:
    counts = np.array([[130.0, 40.0, 0.0, 90.0]])
    wide = widen_counts(garwood(counts), 90.0, ROWS)
    plain = garwood(counts)
    assert (wide.value == counts).all()
    assert wide.low[0, 1] == pytest.approx((plain.low[0, 1] - 9) / 2)
    assert wide.high[0, 1] == pytest.approx(2 * plain.high[0, 1] + 9)
    assert wide.low[0, 2] == 0
    assert wide.high[0, 2] == pytest.approx(2 * plain.high[0, 2] + 9)
    for row in (0, 3):  # no topics: known exactly but for chance
        assert wide.low[0, row] == plain.low[0, row]
        assert wide.high[0, row] == plain.high[0, row]


def test_a_cold_starts_errors_do_not_cancel_over_months() -> None:
    rows = pd.DataFrame(
        {
            "topic": ["order_late"] * 4,
            "n_contacts": 100.0,
            "n_contacts_low": 50.0,
            "n_contacts_high": 200.0,
            "method": COLD_METHOD,
        }
    )
    alike = topic_covariance(rows).loc["order_late", "order_late"]
    chance = topic_covariance(rows.assign(method="other")).loc["order_late", "order_late"]
    assert alike == pytest.approx((4 * 50 / 1.96) ** 2, rel=1e-3)
    assert chance == pytest.approx(4 * (75 / 1.96) ** 2, rel=1e-3)


def test_bands_keep_their_values() -> None:
    band = Band(np.array([0.2]), np.array([0.1]), np.array([0.3]))
    assert widen_counts(band, 0.5, ["order_late"]).value[0] == 0.2
