"""Holiday weeks: learnt from those of the year before, whatever began or ended since."""

import numpy as np
import pytest

from cxtopics.measure.trends.holiday_factors import draw_holiday_factors

N = 100
TOUCHED = np.zeros(N, dtype=bool)
TOUCHED[[46, 47, 48, 49]] = True
AHEAD = np.array([True, False])  # weeks 100 and 101; week 48 lies a year before the first


def factors(contacts, touched=TOUCHED, to_come=AHEAD, n_draws=4000):
    exposure = np.full(contacts.shape, 100.0)
    rng = np.random.default_rng(0)
    return draw_holiday_factors(contacts, exposure, touched, to_come, n_draws, rng)


def test_a_topic_that_began_after_the_last_holidays_follows_all_others():
    contacts = np.full((N, 3), 50.0)
    contacts[TOUCHED] *= 2
    contacts[:80, 2] = 0  # held against the whole record, holidays would seem to spare it
    made = factors(contacts)
    assert made[0].mean(axis=1) == pytest.approx([2, 2, 2], rel=0.1)
    assert (made[1] == 1).all()


def test_a_topic_whose_level_changed_is_held_against_the_weeks_around():
    contacts = np.full((N, 2), 50.0)
    contacts[60:, 1] = 5  # mended in spring, after holidays like any other week
    assert factors(contacts)[0].mean(axis=1) == pytest.approx([1, 1], rel=0.1)


def test_weeks_of_one_season_are_high_together():
    contacts = np.full((N, 1), 400.0)
    made = factors(contacts, to_come=np.array([True, True]))[:, 0]
    assert 0.13 < made.std(axis=1).mean() / made.mean() < 0.19  # 15 %, and chance
    assert np.corrcoef(made)[0, 1] > 0.7


def test_this_season_s_first_weeks_speak_for_the_next():
    touched = TOUCHED.copy()
    touched[[98, 99]] = True
    contacts = np.full((N, 1), 100.0)
    calm = factors(contacts, touched)[0].mean()
    contacts[[98, 99]] *= 2
    assert calm == pytest.approx(1, abs=0.1)
    assert factors(contacts, touched)[0].mean() > 1.4


def test_without_holiday_weeks_nothing_is_multiplied():
    assert (factors(np.full((N, 2), 3.0), np.zeros(N, dtype=bool)) == 1).all()
    empty = np.full((N, 2), 3.0)
    empty[TOUCHED] = 0
    assert np.isfinite(factors(empty)).all()
