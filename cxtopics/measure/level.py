r"""The level of a rate that drifts, and what it says of the periods to come.

Contacts of a period are Poisson-like with mean rate x exposure (the orders they rest on), the
rate wanders, and what was seen long ago counts less: with a discount :math:`\delta` and a
dispersion :math:`\varphi`

.. math::

    a_t = \delta a_{t-1} + y_t / \varphi, \qquad b_t = \delta b_{t-1} + e_t / \varphi, \qquad
    \text{rate}_{t+h} \sim \mathrm{Gamma}(\delta^h a_t,\; \delta^h b_t)

so the expected rate is :math:`a_t / b_t` and grows less certain with every period ahead.

References: A. C. Harvey and C. Fernandes (1989), J. Bus. Econ. Stat. 7, 407-417 (counts with a
discounted gamma level); M. West and J. Harrison (1997), Bayesian Forecasting and Dynamic
Models, ch. 14.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import gamma, nbinom

from cxtopics.measure.estimate import FloatArray

__all__ = ["Level", "draw_ahead", "fit_levels"]

_DISCOUNTS = (0.7, 0.8, 0.86, 0.9, 0.94, 0.97, 0.985, 1.0)
_DISPERSIONS = (1.0, 1.3, 1.7, 2.3, 3.0, 4.5, 7.0, 12.0, 20.0)
_SKIP = 4  # first periods, in which the level is still being found
_WEIGHT = 15.0  # periods that all topics together speak for
_START = 0.5  # contacts that the level before the first period is worth


@dataclass(frozen=True)
class Level:
    """State after the last period, by topic: a, b, discount, dispersion."""

    a: FloatArray
    b: FloatArray
    discount: FloatArray
    dispersion: FloatArray

    @property
    def rate(self) -> FloatArray:
        """Expected contacts per order."""
        return np.asarray(self.a / self.b)


def fit_levels(contacts: FloatArray, exposure: FloatArray, *, pool: bool = True) -> Level:
    """Follow every topic's level through its periods.

    Parameters
    ----------
    contacts, exposure
        Of shape (n_periods, n_topics); a missing (NaN) count is passed over.
    pool
        Let the topics share what they say of discount and dispersion.

    Notes
    -----
    Discount and dispersion are those that predicted each next period best (negative binomial
    log likelihood), a topic's own record and the mean over all topics taken together.
    """
    settings = [(d, f) for d in _DISCOUNTS for f in _DISPERSIONS]
    runs = [_follow(contacts, exposure, d, f) for d, f in settings]
    likelihood = np.array([run[2] for run in runs])
    if pool:
        likelihood = likelihood + _WEIGHT * likelihood.mean(axis=1, keepdims=True) / max(
            len(contacts) - _SKIP, 1
        )
    best = likelihood.argmax(axis=0)
    topics = np.arange(contacts.shape[1])
    return Level(
        np.array([run[0] for run in runs])[best, topics],
        np.array([run[1] for run in runs])[best, topics],
        np.array([d for d, _ in settings])[best],
        np.array([f for _, f in settings])[best],
    )


def _follow(
    contacts: FloatArray, exposure: FloatArray, discount: float, dispersion: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the last a and b, and the log likelihood of the periods on the way, by topic."""
    overall = np.nansum(contacts, axis=0) + _START
    a = np.full(contacts.shape[1], _START)
    b = _START * exposure.sum(axis=0) / overall
    b = np.maximum(b, 1e-9)
    likelihood = np.zeros(contacts.shape[1])
    for number, (y, e) in enumerate(zip(contacts, exposure, strict=True)):
        a, b = discount * a, discount * b
        seen = ~np.isnan(y) & (e > 0)
        if number >= _SKIP:
            size, p = _predictive(a, b, e, dispersion)
            scored = nbinom.logpmf(np.where(seen, y, 0), size, p)
            likelihood += np.where(seen, scored, 0)
        a = a + np.where(seen, np.nan_to_num(y), 0) / dispersion
        b = b + np.where(seen, e, 0) / dispersion
    return a, b, likelihood


def _predictive(
    a: FloatArray, b: FloatArray, exposure: FloatArray, dispersion: float
) -> tuple[FloatArray, FloatArray]:
    """Return scipy's (size, p) of the count of a period: its mean and variance matched."""
    mean = np.maximum(exposure * a / b, 1e-9)
    variance = dispersion * mean + mean**2 / a
    excess = np.maximum(variance - mean, 1e-9)
    return mean**2 / excess, mean / variance


def draw_ahead(
    level: Level, exposure: FloatArray, n_draws: int, rng: np.random.Generator
) -> FloatArray:
    """Draw contacts of the periods ahead.

    Parameters
    ----------
    exposure
        Of shape (n_ahead, n_topics).

    Returns
    -------
    array of shape (n_ahead, n_topics, n_draws)
        In one draw a topic is high or low in all periods, as a wandering level is; the
        counts are spread by up to half a contact, so that quantiles do not jump.
    """
    n_ahead, n_topics = exposure.shape
    u = rng.random((n_topics, n_draws))
    draws = np.empty((n_ahead, n_topics, n_draws))
    phi = level.dispersion[:, None]
    for number in range(n_ahead):
        fade = level.discount[:, None] ** (number + 1)
        rate = gamma.ppf(u, fade * level.a[:, None], scale=1 / (fade * level.b[:, None]))
        mean = np.maximum(rate * exposure[number][:, None], 1e-9)
        excess = np.maximum((phi - 1) * mean, 1e-9 * mean)
        counts = rng.negative_binomial(mean**2 / excess, mean / (mean + excess))
        draws[number] = np.maximum(counts + rng.random(counts.shape) - 0.5, 0)
    return draws
