r"""What holiday weeks ahead are multiplied with, learnt from those of the record.

A holiday week is held against the usual weeks around it, not against those of the whole record:
a topic that began or ended since must not pass for one that holidays make or spare. With
contacts :math:`n_w` in it and :math:`m_w` as the weeks around would give, the week a year later
is multiplied with

.. math::

    g_w \sim \mathrm{Gamma}(n_w + k\, f c_w / c,\; m_w + k), \qquad
    f = \frac{\sum n_w + k\,c}{\sum m_w + k}

where c and :math:`c_w` are what holiday weeks, and that very week, did to all topics together, and
k = 10 contacts draws a topic towards them. Holidays differ from year to year: one factor for all
holiday weeks ahead, with a standard deviation of 0.15 beforehand, is learnt from as many as have
come this season (gamma-Poisson), so that weeks of a bad season are high together.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cxtopics.measure.estimate import FloatArray

__all__ = ["YEAR", "draw_holiday_factors"]

YEAR = 52
"""Weeks from a holiday week to the same one of the next year."""
_AROUND = 8  # usual weeks on either side that a holiday week is held against
_WEIGHT = 10.0  # contacts by which a topic is drawn towards all topics
_YEAR_SD = 0.15  # how differently holidays turn out a year later, assumed
_SEASON = 26  # weeks before the present in which holiday weeks are this season's
Flags = npt.NDArray[np.bool_]


def draw_holiday_factors(
    contacts: FloatArray,
    exposure: FloatArray,
    touched: Flags,
    to_come: Flags,
    n_draws: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Draw the factors of the weeks ahead.

    Parameters
    ----------
    contacts, exposure
        Of the record, shape (n_weeks, n_topics).
    touched, to_come
        Which weeks of the record, and which ahead, are holiday weeks.

    Returns
    -------
    array of shape (n_ahead, n_topics, n_draws)
        1 for usual weeks, and everywhere if the record holds no holiday week.
    """
    n_weeks, n_topics = contacts.shape
    factors = np.ones((len(to_come), n_topics, n_draws))
    if not touched.any() or not to_come.any():
        return factors
    expected = exposure * _usual(contacts, exposure, touched)
    this_year = _this_year(contacts, expected, touched, n_draws, rng)
    for number in np.flatnonzero(to_come):
        n, m = _like(contacts, expected, touched, n_weeks + number)
        factors[number] = this_year * rng.gamma(n, 1 / m, (n_draws, n_topics)).T
    return factors


def _usual(contacts: FloatArray, exposure: FloatArray, touched: Flags) -> FloatArray:
    """Return the rate of the usual weeks around each holiday week; 0 for other weeks."""
    rates = np.zeros_like(contacts)
    usual = np.flatnonzero(~touched)
    for week in np.flatnonzero(touched):
        near = np.append(usual[usual < week][-_AROUND:], usual[usual > week][:_AROUND])
        rates[week] = contacts[near].sum(axis=0) / np.maximum(exposure[near].sum(axis=0), 1e-9)
    return rates


def _like(
    contacts: FloatArray, expected: FloatArray, touched: Flags, week: int
) -> tuple[FloatArray, FloatArray]:
    """Return shape and rate of the gamma factor of a holiday week, from those of the record.

    The week one year before tells it best, its earlier holiday weeks on the whole the rest.
    """
    known = touched & (np.arange(len(touched)) < week)
    n, m = contacts[known].sum(axis=0), expected[known].sum(axis=0)
    common = max(float(n.sum()) / max(float(m.sum()), 1e-9), 1e-9)
    own = (n + _WEIGHT * common) / (m + _WEIGHT)
    before = week - YEAR
    if not (0 <= before < len(touched) and touched[before]):
        return _WEIGHT * own, np.full(len(own), _WEIGHT)
    then = contacts[before].sum() / max(float(expected[before].sum()), 1e-9)
    return _WEIGHT * own * then / common + contacts[before], _WEIGHT + expected[before]


def _this_year(
    contacts: FloatArray,
    expected: FloatArray,
    touched: Flags,
    n_draws: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Draw by how much this season exceeds what the record would say, of shape (n_topics, n)."""
    n = np.full(contacts.shape[1], _YEAR_SD**-2)
    m = n.copy()
    for week in range(max(len(touched) - _SEASON, YEAR), len(touched)):
        if touched[week] and touched[week - YEAR]:
            like_n, like_m = _like(contacts[:week], expected[:week], touched[:week], week)
            n += contacts[week]
            m += expected[week] * like_n / like_m
    return rng.gamma(n[:, None], 1 / m[:, None], (len(n), n_draws))
