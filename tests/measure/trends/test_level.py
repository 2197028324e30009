"""Levels: what is steady is known well, what begins anew is followed at once."""

import numpy as np
import pytest

from cxtopics.measure.trends.level import draw_ahead, fit_levels


def test_a_steady_rate_is_the_mean():
    rng = np.random.default_rng(1)
    contacts = rng.poisson(20, (60, 1)).astype(float)
    levels = fit_levels(contacts, np.full((60, 1), 100.0))
    assert levels.rate == pytest.approx([0.2], rel=0.1)
    assert levels.weight.sum() == pytest.approx(1)


def test_a_new_problem_is_followed_within_weeks():
    rng = np.random.default_rng(2)
    contacts = rng.poisson(8, (90, 12)).astype(float)
    contacts[:, 0] = np.append(np.zeros(86), [15, 13, 17, 14])
    levels = fit_levels(contacts, np.full(contacts.shape, 100.0))
    assert levels.rate[0] == pytest.approx(0.15, rel=0.3)
    assert levels.rate[1:] == pytest.approx(np.full(11, 0.08), rel=0.2)


def test_one_week_out_of_line_is_no_new_level():
    rng = np.random.default_rng(3)
    contacts = rng.poisson(20, (60, 1)).astype(float)
    contacts[40] = 60
    levels = fit_levels(contacts, np.full((60, 1), 100.0))
    assert levels.rate == pytest.approx([0.2], rel=0.2)


def test_missing_periods_are_passed_over_and_draws_have_the_rate():
    contacts = np.full((40, 1), 50.0)
    contacts[10:14] = np.nan
    levels = fit_levels(contacts, np.full((40, 1), 100.0))
    rng = np.random.default_rng(4)
    drawn = draw_ahead(levels, np.full((2, 1), 300.0), 2000, rng, np.ones((2, 1, 2000)))
    assert drawn.mean(axis=2) == pytest.approx(np.full((2, 1), 150.0), rel=0.05)
