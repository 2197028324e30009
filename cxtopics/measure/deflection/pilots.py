"""What pilots teach about the share a lever can spare: of their own topic, and of the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, expit, logit

from cxtopics.measure.costs import Pilot
from cxtopics.measure.deflection.ranges import BetaShare, beta_from_range
from cxtopics.measure.estimate import FloatArray
from cxtopics.taxonomy import Topic

__all__ = ["learn_shares"]

# Of the common error of ranges, on the logit scale, and of the log of their weight.
_PRIOR_SD = 0.5


def learn_shares(topics: Sequence[Topic], pilots: Iterable[Pilot]) -> list[BetaShare]:
    r"""Return each topic's deflectable share, learnt from its range and from all pilots.

    Each range is a Beta distribution with mean :math:`m_i` and weight :math:`n_i = a_i + b_i`.
    Over the topics, ranges may be off together (by c on the logit scale) and be worth more or
    less than they say (f):

    .. math::

        d_i \sim \mathrm{Beta}(f n_i \mu_i,\; f n_i (1 - \mu_i)), \quad
        \mathrm{logit}\,\mu_i = \mathrm{logit}\,m_i + c, \quad
        k_i \mid d_i \sim \mathrm{Binomial}(N_i, d_i)

    Parameters
    ----------
    topics
        With a deflectable range each.
    pilots
        :math:`k_i` contacts spared of :math:`N_i` offered; several of a topic are added up.

    Notes
    -----
    c and log f take their most probable values under N(0, 0.5^2) priors and the beta-binomial
    likelihood of the pilots (parametric empirical Bayes: B. Efron and C. Morris (1975), J. Am.
    Stat. Assoc. 70, 311-319; the beta-binomial: J. G. Skellam (1948), J. R. Stat. Soc. B 10,
    257-261). A piloted share is so drawn towards its range, which keeps the luckiest of many
    pilots from leading the ranking; topics without a pilot follow c and f. Without any pilot
    every share is its range. A range of a single number is kept unless the topic has a pilot:
    then the pilot alone counts (Jeffreys' prior).
    """
    priors = [_prior(topic) for topic in topics]
    spared, offered = _sums(topics, pilots)
    ranged = np.array([not np.isinf(prior.a) for prior in priors], dtype=bool)
    used = ranged & (offered > 0)
    if not offered.any():
        return priors
    mean = np.array([prior.mean for prior in priors])
    weight = np.array([prior.a + prior.b for prior in priors])
    shift, factor = _common_error(mean[used], weight[used], spared[used], offered[used])
    centre = expit(logit(np.where(ranged, mean, 0.5)) + shift)
    weight = np.where(ranged, factor * weight, 1.0)
    a, b = weight * centre + spared, weight * (1 - centre) + offered - spared
    return [
        BetaShare(float(a[row]), float(b[row])) if ranged[row] or offered[row] else prior
        for row, prior in enumerate(priors)
    ]


def _prior(topic: Topic) -> BetaShare:
    if topic.deflectable is None:
        raise ValueError(f"topic {topic.id} has no deflectable range")
    return beta_from_range(topic.deflectable.low, topic.deflectable.high)


def _sums(topics: Sequence[Topic], pilots: Iterable[Pilot]) -> tuple[FloatArray, FloatArray]:
    """Return contacts spared and offered by topic, over all pilots."""
    place = {topic.id: row for row, topic in enumerate(topics)}
    sums = np.zeros((2, len(topics)))
    for pilot in pilots:
        if pilot.topic in place:
            sums[:, place[pilot.topic]] += (pilot.contacts_deflected, pilot.contacts_offered)
    return sums[0], sums[1]


def _common_error(
    mean: FloatArray, weight: FloatArray, spared: FloatArray, offered: FloatArray
) -> tuple[float, float]:
    """Return the most probable (c, f) of `learn_shares`."""

    def cost(point: FloatArray) -> float:
        centre, size = expit(logit(mean) + point[0]), weight * np.exp(point[1])
        a, b = size * centre, size * (1 - centre)
        fit = betaln(a + spared, b + offered - spared) - betaln(a, b)
        return float((point**2).sum() / (2 * _PRIOR_SD**2) - fit.sum())

    found = minimize(cost, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-6})
    return float(found.x[0]), float(np.exp(found.x[1]))
