"""A range becomes the Beta distribution that has it, also at the edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxtopics.measure.deflection.ranges import beta_from_range


def test_uniform_distribution_is_found():
    share = beta_from_range(0.05, 0.95)  # the 5th and 95th percentile of Beta(1, 1)
    assert (share.a, share.b) == pytest.approx((1, 1), abs=1e-6)


def test_equal_ends_are_a_number():
    share = beta_from_range(0.4, 0.4)
    assert share.quantile(0.05) == share.quantile(0.95) == 0.4
    assert set(share.draw(5, np.random.default_rng(0))) == {0.4}


@pytest.mark.parametrize(("low", "high"), [(0, 0), (0, 1), (1, 1), (0, 0.1), (0.9, 1), (0, 1e-5)])
def test_edges_give_shares(low, high):
    draws = beta_from_range(low, high).draw(200, np.random.default_rng(0))
    assert ((draws >= 0) & (draws <= 1)).all()


@given(st.floats(0.001, 0.97), st.floats(0.01, 0.99))
def test_percentiles_are_met(low, width):
    high = low + width * (0.999 - low)
    share = beta_from_range(low, high)
    assert share.quantile(0.05) == pytest.approx(low, abs=1e-5)
    assert share.quantile(0.95) == pytest.approx(high, abs=1e-5)


def test_turned_range_is_refused():
    with pytest.raises(ValueError, match="low <= high"):
        beta_from_range(0.6, 0.4)
