r"""The level of a rate that drifts, and what it says of the periods to come.

Contacts of a period are Poisson-like with mean rate x exposure (the orders they rest on), the
rate wanders, and what was seen long ago counts less: with a discount :math:`\delta` and a
dispersion :math:`\varphi`

.. math::

    a_t = \delta a_{t-1} + (1 - \delta) a_0 + y_t / \varphi, \qquad
    b_t = \delta b_{t-1} + (1 - \delta) b_0 + e_t / \varphi, \qquad
    \text{rate}_{t+h} \sim \mathrm{Gamma}(\delta^h a_t,\; \delta^h b_t)

so the expected rate is :math:`a_t / b_t` and grows less certain with every period ahead. What is
forgotten is replaced by what was held before the first period, half a contact's worth
(:math:`a_0`): else a topic without contacts for a year would be certain to stay so. And one
period in a hundred is taken to begin with a new level: how likely that is, given its count, is
by how much the state goes back to :math:`a_0, b_0` before the count is added, so that a new
problem is followed at once instead of being drawn out over months.

References: A. C. Harvey and C. Fernandes (1989), J. Bus. Econ. Stat. 7, 407-417 (counts with a
discounted gamma level); M. West and J. Harrison (1997), Bayesian Forecasting and Dynamic
Models, ch. 12 (breaks as a second model) and 14; R. Kulhavý and M. B. Zarrop (1993), Int. J.
Control 58, 905-924 (forgetting that goes back to an alternative, not to nothing).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import gamma, nbinom

from cxtopics.measure.estimate import FloatArray

__all__ = ["Levels", "draw_ahead", "fit_levels"]

_DISCOUNTS = (0.6, 0.7, 0.8, 0.87, 0.92, 0.95, 0.975, 1.0)
_DISPERSIONS = (1.0, 1.3, 1.7, 2.3, 3.0, 4.5, 7.0, 12.0, 20.0)
_SETTINGS = np.array([(d, f) for d in _DISCOUNTS for f in _DISPERSIONS])
_SKIP = 1  # first periods, in which the level is still being found
_WEIGHT = 15.0  # periods that all topics together speak for
_BREAKS = 0.01  # of periods begin with a level that has nothing to do with the one before
_START = 0.5  # contacts that the level before the first period is worth


@dataclass(frozen=True)
class Levels:
    """State after the last period, of shape (n_settings, n_topics).

    Attributes
    ----------
    a, b
        Of the gamma distribution of the rate.
    weight
        How well each setting of discount and dispersion foretold the record; sums to 1.
    """

    a: FloatArray
    b: FloatArray
    weight: FloatArray

    @property
    def rate(self) -> FloatArray:
        """Expected contacts per order, by topic."""
        return np.asarray((self.weight * self.a / self.b).sum(axis=0))


def fit_levels(contacts: FloatArray, exposure: FloatArray) -> Levels:
    """Follow every topic's level through its periods, for every discount and dispersion.

    Parameters
    ----------
    contacts, exposure
        Of shape (n_periods, n_topics); a missing (NaN) count is passed over.

    Notes
    -----
    Settings are weighted by how well they foretold each next period (negative binomial
    likelihood, all settings alike beforehand); what is not settled by a short record so widens
    the forecast. With many topics, the mean of their log likelihoods over 15 periods is added
    to each topic's own.
    """
    discount, dispersion = _SETTINGS[:, :1], _SETTINGS[:, 1:]
    a = np.full((len(_SETTINGS), contacts.shape[1]), _START)
    b = _START * exposure.sum(axis=0) / (np.nansum(contacts, axis=0) + _START)
    b = np.maximum(np.tile(b, (len(_SETTINGS), 1)), 1e-9)
    fresh_a, fresh_b = a, b
    likelihood = np.zeros_like(a)
    for number, (y, e) in enumerate(zip(contacts, exposure, strict=True)):
        a, b = (
            discount * kept + (1 - discount) * new for kept, new in ((a, fresh_a), (b, fresh_b))
        )
        seen = ~np.isnan(y) & (e > 0)
        y, e = np.where(seen, y, 0.0), np.where(seen, e, 0.0)
        if number >= _SKIP:
            drifted = nbinom.pmf(y, *_predictive(a, b, e, dispersion))
            broken = nbinom.pmf(y, *_predictive(fresh_a, fresh_b, e, dispersion))
            both = (1 - _BREAKS) * drifted + _BREAKS * broken + 1e-300
            likelihood += np.where(seen, np.log(both), 0)
            share = np.where(seen, _BREAKS * broken / both, 0)
            a, b = (1 - share) * a + share * fresh_a, (1 - share) * b + share * fresh_b
        a, b = a + y / dispersion, b + e / dispersion
    if contacts.shape[1] > 1:
        periods = max(len(contacts) - _SKIP, 1)
        likelihood += _WEIGHT / periods * likelihood.mean(axis=1, keepdims=True)
    weight = np.exp(_power(len(contacts)) * (likelihood - likelihood.max(axis=0)))
    return Levels(a, b, weight / weight.sum(axis=0))


def _power(n_periods: int) -> float:
    """Return the power that the likelihood is taken to: 1/4 for short records, 1 for long ones.

    No setting is quite right, and a short record does not show how wrong they are (safe Bayes:
    P. Grünwald (2012), Algorithmic Learning Theory 23, 169-183).
    """
    return min(max(0.25, n_periods / 80), 1.0)


def _predictive(
    a: FloatArray, b: FloatArray, exposure: FloatArray, dispersion: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return scipy's (size, p) of the count of a period: its mean and variance matched."""
    mean = np.maximum(exposure * a / b, 1e-9)
    variance = dispersion * mean + mean**2 / a
    excess = np.maximum(variance - mean, 1e-9)
    return mean**2 / excess, mean / variance


def draw_ahead(
    levels: Levels,
    exposure: FloatArray,
    n_draws: int,
    rng: np.random.Generator,
    season: FloatArray,
) -> FloatArray:
    """Draw contacts of the periods ahead.

    Parameters
    ----------
    exposure
        Of shape (n_ahead, n_topics).
    season
        What the rate is multiplied with, of shape (n_ahead, n_topics, n_draws).

    Returns
    -------
    array of shape (n_ahead, n_topics, n_draws)
        In one draw a topic has one setting, and is high or low in all periods, as a wandering
        level is; the counts are spread by up to half a contact, so that quantiles do not jump.
    """
    n_ahead, n_topics = exposure.shape
    draws = np.empty((n_ahead, n_topics, n_draws))
    for topic in range(n_topics):
        chosen = rng.choice(len(_SETTINGS), size=n_draws, p=levels.weight[:, topic])
        a, b = levels.a[chosen, topic], levels.b[chosen, topic]
        discount, phi = _SETTINGS[chosen].T
        # One standard gamma quantile for all periods: the shape shrinks as the level fades.
        u = rng.random(n_draws)
        for ahead in range(n_ahead):
            fade = discount ** (ahead + 1)
            rate = gamma.ppf(u, fade * a) / (fade * b)
            mean = np.maximum(rate * exposure[ahead, topic] * season[ahead, topic], 1e-9)
            excess = np.maximum((phi - 1) * mean, 1e-9 * mean)
            counts = rng.negative_binomial(mean**2 / excess, mean / (mean + excess))
            draws[ahead, topic] = np.maximum(counts + rng.random(n_draws) - 0.5, 0)
    return draws
