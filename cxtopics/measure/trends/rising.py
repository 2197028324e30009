r"""Topics that rise beyond chance in the latest week, with a false-alarm rate that is known.

A topic's contacts n are held against those of all other topics together, m: whatever moves
everybody (season, weekday, a sale, an outage of the helpdesk) cancels out. With N contacts of
the topic and M of the others in the weeks of the baseline, the latest week should bring

.. math::

    \mathrm{E}\, y = \frac{N}{M} m, \qquad
    \mathrm{Var}\, y = \varphi\, \mathrm{E}y \left(1 + \frac{\mathrm{E}y}{m}\right)
        + \varphi\, (\mathrm{E}y)^2 \left(\frac1N + \frac1M\right)

and is read as negative binomial. The latest week and the latest two weeks together are tested,
so that both together keep to the rate asked for (Bonferroni; what whole numbers leave unspent of
the first one's half, the second may have). Counts being whole numbers, the rate reached is lower
than that, most of all for small topics; what it truly is, is computed from the same distribution
and stated.

References: C. P. Farrington et al. (1996), J. R. Stat. Soc. A 159, 547-563, and A. Noufaily et
al. (2013), Stat. Med. 32, 1206-1222 (outbreak detection in many weekly series).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, gammaincinv
from scipy.stats import nbinom

from cxtopics.measure.estimate import FloatArray

__all__ = ["WINDOWS", "Rising", "find_rising"]

WINDOWS = (1, 2)
"""Latest weeks that are looked at together."""
_LEAST = 3  # contacts in a window below which nothing is called a rise
_LEAST_SPREAD = 0.75  # least coefficient of variation of phi - 1 over the topics
_OUTBREAK = 6.0  # times the median from which a topic's dispersion is an outbreak's
_TELLING = 1.0  # contacts a week from which a topic speaks on the dispersion of all
_MIDDLES = (np.arange(16) + 0.5) / 16  # of equal parts of what the dispersion may be


@dataclass(frozen=True)
class Rising:
    """By window (rows, see `WINDOWS`) and topic (columns), but for `false_alarms`.

    Attributes
    ----------
    observed, expected
        Contacts in the window, and those expected from the baseline.
    low, high
        95 % of windows lie in here if nothing changed.
    threshold
        Contacts from which a rise is called one.
    p_value
        Chance of so many contacts or more, if nothing changed.
    dispersion
        phi by topic, at least 1; of shape (n_topics,).
    false_alarms
        Chance that a topic is called rising this week if nothing changed, by topic.
    """

    observed: FloatArray
    expected: FloatArray
    low: FloatArray
    high: FloatArray
    threshold: FloatArray
    p_value: FloatArray
    dispersion: FloatArray
    false_alarms: FloatArray

    @property
    def rising(self) -> npt.NDArray[np.bool_]:
        """Which topics rise, by either window."""
        return np.asarray((self.observed >= self.threshold).any(axis=0))


def find_rising(
    baseline: FloatArray,
    latest: FloatArray,
    rate: float,
    *,
    others: FloatArray | None = None,
    n_draws: int = 20_000,
) -> Rising:
    """Hold the latest two weeks against the weeks of a baseline.

    Parameters
    ----------
    baseline
        Contacts of shape (n_weeks, n_topics).
    latest
        The week before the latest, and the latest; shape (2, n_topics).
    rate
        Wanted false alarms per topic and week, such as 0.002; at most so many are made.
    others
        What each topic is held against, of shape (n_weeks + 2, n_topics) with the latest weeks
        last; default: the contacts of all other topics.
    n_draws
        For the false alarms that are to be expected.
    """
    weeks = np.vstack([baseline, latest])
    if others is None:
        others = weeks.sum(axis=1, keepdims=True) - weeks
    others = np.maximum(others, 1.0)
    excess, excess_variance = _dispersion(baseline, others[:-2])
    phi = 1 + excess
    # Half a count more (Jeffreys), of counts that are worth 1 / phi each.
    n, m = baseline.sum(axis=0) + phi / 2, others[:-2].sum(axis=0)
    level_variance = phi * (1 / n + 1 / m)
    against = [others[-window:].sum(axis=0) for window in WINDOWS]
    expected = np.array([n / m * size for size in against])
    by_chance = expected * (1 + expected / np.array(against))
    of_level = expected**2 * level_variance
    size, p = _negative_binomial(expected, phi * by_chance + of_level)
    shape, scale = _gamma(excess, excess_variance)
    may_be = 1 + scale * gammaincinv(shape, _MIDDLES[:, None, None])
    tails = _negative_binomial(expected, may_be * by_chance + of_level)
    threshold = _thresholds(rate, *tails)
    observed = np.array([latest[-window:].sum(axis=0) for window in WINDOWS])
    return Rising(
        observed=observed,
        expected=expected,
        low=nbinom.ppf(0.025, size, p),
        high=nbinom.ppf(0.975, size, p),
        threshold=threshold,
        p_value=_tail(observed, *tails),
        dispersion=phi,
        false_alarms=_false_alarms(
            n / m, level_variance, (shape, scale), others[-2:], threshold, n_draws
        ),
    )


def _thresholds(rate: float, size: FloatArray, p: FloatArray) -> FloatArray:
    """Return the contacts that are a rise, by window, so that both together keep to the rate.

    Parameters
    ----------
    size, p
        Of shape (n_dispersions, n_windows, n_topics).
    """
    one = _upper(np.full(size.shape[2], rate / len(WINDOWS)), size[:, 0], p[:, 0])
    # Whole numbers leave some of the half unspent: the other window may have it.
    left = rate - _tail(one, size[:, 0], p[:, 0])
    return np.array([one, _upper(left, size[:, 1], p[:, 1])])


def _tail(least: FloatArray, size: FloatArray, p: FloatArray) -> FloatArray:
    """Return the chance of at least so many contacts, whatever the dispersion is."""
    return np.asarray(betainc(np.maximum(least, 1e-9), size, 1 - p).mean(axis=0))


def _upper(rate: FloatArray, size: FloatArray, p: FloatArray) -> FloatArray:
    """Return the fewest contacts that are reached no more often than the rate, by bisection."""
    low, high = np.full((2, size.shape[1]), [[_LEAST - 1.0], [_LEAST]])
    while (often := _tail(high, size, p) > rate).any():
        low, high = np.where(often, high, low), np.where(often, 2 * high, high)
    while (high - low > 1).any():
        middle = np.ceil((low + high) / 2)
        enough = _tail(middle, size, p) <= rate
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return high


def _dispersion(baseline: FloatArray, others: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return phi - 1 by topic, drawn towards that of all topics, and its variance.

    Linear empirical Bayes: a topic's own phi has the variance of chance, the topics differ by
    what their spread has beyond it (C. N. Morris 1983, J. Am. Stat. Assoc. 78, 47-55).
    """
    expected = others * (baseline.sum(axis=0) + 0.5) / others.sum(axis=0)
    pearson = (baseline - expected) ** 2 / (expected * (1 + expected / others))
    own = pearson.sum(axis=0) / max(len(baseline) - 1, 1)
    mean = baseline.mean(axis=0)
    telling = mean >= _TELLING
    # A topic with an outbreak in its baseline must not make all others deaf.
    usual = own[telling] if telling.any() else np.ones(1)
    usual = np.minimum(usual, _OUTBREAK * np.median(usual))
    common = max(float(usual.mean()), 1.0)
    # A squared deviation has the variance 2 + the excess kurtosis of a negative binomial count:
    # of few contacts a week, the spread says little.
    kurtosis = (6 * (common - 1) + 1 / common) / np.maximum(mean, 0.01)
    chance = common**2 * (2 + kurtosis) / max(len(baseline) - 1, 1)
    least = (_LEAST_SPREAD * (common - 1)) ** 2
    seen = float(np.mean((usual - common) ** 2 - chance[telling])) if telling.any() else 0.0
    between = max(seen, least)
    kept = between / (between + chance)
    return np.maximum(kept * own + (1 - kept) * common - 1, 0.0), kept * chance


def _gamma(mean: FloatArray, variance: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return shape and scale of the gamma distribution with a mean and a variance."""
    mean, variance = np.maximum(mean, 1e-6), np.maximum(variance, 1e-12)
    return mean**2 / variance, variance / mean


def _negative_binomial(mean: FloatArray, variance: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return scipy's (size, p) of the distribution with a mean and a variance above it."""
    excess = np.maximum(variance - mean, 1e-6 * mean)
    return mean**2 / excess, mean / (mean + excess)


def _false_alarms(
    level: FloatArray,
    level_variance: FloatArray,
    excess: tuple[FloatArray, FloatArray],
    others: FloatArray,
    threshold: FloatArray,
    n_draws: int,
) -> FloatArray:
    """Return the chance of an alarm by either window, by simulation from a fixed seed.

    The level is drawn, and so is what the dispersion has above that of chance (a gamma
    distribution, its shape and scale): where it is larger than was thought, more alarms are
    added than a smaller one spares.
    """
    rng = np.random.default_rng(0)
    shape = (n_draws, len(level))
    phi = 1 + rng.gamma(*excess, shape)
    drawn = level * rng.gamma(1 / level_variance, level_variance, shape)
    counts = []
    for against in others:
        mean = drawn * against
        variance = phi * mean * (1 + mean / against)
        counts.append(rng.negative_binomial(*_negative_binomial(mean, variance)))
    alarm = (counts[1] >= threshold[0]) | (counts[0] + counts[1] >= threshold[1])
    return np.asarray(alarm.mean(axis=0))
