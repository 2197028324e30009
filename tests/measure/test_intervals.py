"""Intervals against cited tables and by simulation."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxtopics.measure.intervals import garwood, weighted_garwood, wilson


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [  # Newcombe (1998), Statistics in Medicine 17, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_agrees_with_newcombe(k, n, low, high):
    band = wilson(k, n)
    assert (round(float(band.low), 4), round(float(band.high), 4)) == (low, high)


def test_wilson_by_hand():
    # 5 of 10, z = 1.96: centre .5, half = sqrt(.025 + .0096) / 1.3842 ... = .2634
    z2 = 1.959964**2
    half = math.sqrt(z2) * math.sqrt(0.25 / 10 + z2 / 400) / (1 + z2 / 10)
    band = wilson(5, 10)
    assert float(band.low) == pytest.approx(0.5 - half, abs=1e-6)
    assert float(band.high) == pytest.approx(0.5 + half, abs=1e-6)


@pytest.mark.parametrize(
    ("x", "low", "high"),
    [  # exact 95 % Poisson limits, as in Ulm (1990) and the tables of Pearson and Hartley
        (0, 0.000, 3.689),
        (1, 0.025, 5.572),
        (5, 1.623, 11.668),
        (10, 4.795, 18.390),
        (100, 81.364, 121.627),
    ],
)
def test_garwood_agrees_with_the_tables(x, low, high):
    band = garwood(x)
    assert float(band.low) == pytest.approx(low, abs=6e-4)
    assert float(band.high) == pytest.approx(high, abs=6e-4)


def test_no_trials_is_missing_and_never_nought():
    assert all(np.isnan(end) for end in wilson(0, 0))
    assert all(np.isnan(end) for end in wilson(0, float("nan")))
    assert all(np.isnan(end) for end in garwood(float("nan")))


def test_impossible_counts_are_refused():
    with pytest.raises(ValueError, match="more hits"):
        wilson(3, 2)
    with pytest.raises(ValueError, match="negative"):
        garwood(-1)


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_intervals_hold_their_value_and_stay_in_bounds(k, more):
    n = k + more
    band = wilson(k, n)
    if n:
        assert 0 <= band.low <= band.value <= band.high <= 1
    count = garwood(k)
    assert 0 <= count.low <= k <= count.high


@pytest.mark.parametrize("mean", [0.7, 4.0, 60.0])
def test_garwood_covers_at_least_its_confidence(mean):
    n = 20_000
    band = garwood(np.random.default_rng(1).poisson(mean, n))
    covered = float(np.mean((band.low <= mean) & (mean <= band.high)))
    # At least 95 %: tolerance of four binomial standard errors, sqrt(.95 x .05 / 20000) = .0015
    assert covered >= 0.95 - 4 * 0.0015


@pytest.mark.parametrize("count", [0, 1, 7, 40])
def test_equal_weights_are_garwoods_interval(count):
    band = garwood(count)
    ends = weighted_garwood(0.5 * count, 0.25 * count, 0.5)
    assert ends == pytest.approx((0.5 * float(band.low), 0.5 * float(band.high)))


def test_unequal_weights_by_hand():
    # events of weight 1 and 3: y = 4, v = 10, a missed one weighs 2; chi-square tables give
    # the 2.5 % point at 3.2 degrees, 0.2621, and the 97.5 % point at 72/14 degrees, 13.067
    low, high = weighted_garwood(4, 10, 2)
    assert low == pytest.approx(10 / 8 * 0.2621, rel=1e-3)
    assert high == pytest.approx(14 / 12 * 13.067, rel=1e-3)


def test_nothing_left_to_miss_leaves_no_doubt():
    assert weighted_garwood(0.2, 0.0, 0.0) == (0.2, 0.2)
