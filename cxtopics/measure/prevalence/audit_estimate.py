"""Topic shares from a score-guided audit: the model's sum, corrected by what people found.

The difference estimator is unbiased whatever the model is worth; a good model makes its
interval narrow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxtopics.measure.estimate import Band, FloatArray
from cxtopics.measure.intervals import weighted_garwood
from cxtopics.measure.prevalence.audit_design import Z95, anticipated_variance, weighted_variance

__all__ = ["AuditEstimate", "estimate_from_audit"]

_WEIGHT = 4.0  # audited mistakes' worth of trust in the variance that the scores promise
_TINY = 1e-30


@dataclass(frozen=True)
class AuditEstimate:
    """Shares with their joint uncertainty.

    Attributes
    ----------
    share
        By column, 0-1; values sum to 1.
    covariance
        Of the shares (n_columns, n_columns).
    inflation
        Variance seen / variance that the scores promise, at least 1: the next audit is
        planned with its root.
    """

    share: Band
    covariance: FloatArray
    inflation: float


def estimate_from_audit(
    scores: FloatArray,
    pi: FloatArray,
    rows: npt.NDArray[np.intp],
    codes: npt.NDArray[np.intp],
) -> AuditEstimate:
    r"""Estimate topic shares from the contacts that people checked.

    .. math::

        \hat p &= \bar A + \frac1N \sum_{i \in S} (y_i - A_i) / \pi_i \\
        V_d &= N^{-2} \sum_{i \in S} \frac{1-\pi_i}{\pi_i^2} (y_i - A_i)^2, \qquad
        V_m = m N^{-2} \sum_i \frac{1-\pi_i}{\pi_i} A_i (1 - A_i) \\
        v_1 &= N^{-4} \sum_i \frac{(1-\pi_i)^2}{\pi_i^3} A_i (1 - A_i) \Big/ (V_m / m), \qquad
        V = \max\left(V_d,\; V_m \frac{4 + V_d / v_1}{4 + V_m / v_1}\right)

    with :math:`m = \max(1, \sum V_d / \sum V_m)`. The shrinkage is what rescues small
    topics: an audit that happened to see no mistake must not claim a variance of nought. Nor
    is the scores' promise ever held against mistakes that were seen.

    Parameters
    ----------
    scores
        Guarded scores A of all contacts of the period (n_contacts, n_columns); the last
        column is `other`, what no topic of the model covers.
    pi
        Probability of each contact to be drawn and answered (n_contacts,), in (0, 1]. They
        may come from a draw over a longer time: then this period is a domain of it.
    rows, codes
        The audited contacts of the period, and the column of the topic people gave them.

    Notes
    -----
    Shares below what the audit itself found, found / N, are raised to it; the others make
    room in proportion to what they hold beyond theirs, so that the sum stays 1. The interval
    is p +- 1.96 sqrt(V), from at least found / N. What no topic covers the scores know nothing
    of: there the reach is also at least that of the events found, as a weighted Poisson sum.

    References
    ----------
    D. G. Horvitz and D. J. Thompson (1952), JASA 47, 663-685; C.-E. Särndal, B. Swensson
    and J. Wretman (1992), Model Assisted Survey Sampling, sections 6.3 and 10.
    """
    n, columns = scores.shape
    truth = np.zeros((len(rows), columns))
    truth[np.arange(len(rows)), codes] = 1
    weight = 1 / pi[rows]
    misses = truth - scores[rows]
    raw = scores.mean(axis=0) + weight @ misses / n
    weighted = misses * (weight * np.sqrt(1 - pi[rows]))[:, None] / n
    seen = weighted.T @ weighted
    variance, inflation = _shrunk(scores, pi, np.diag(seen))
    found = truth.sum(axis=0) / n
    value = _at_least(raw, found)
    down = up = Z95 * np.sqrt(variance)
    if len(rows):
        ends = _reach_of_other(pi[rows], misses[:, -1], codes == columns - 1, n)
        down, up = (np.append(down[:-1], np.maximum(down[-1], end)) for end in ends)
    low = np.minimum(np.maximum(raw - down, found), value)
    high = np.maximum(np.minimum(raw + up, 1), value)
    return AuditEstimate(Band(value, low, high), _joint(seen, variance), inflation)


def _shrunk(scores: FloatArray, pi: FloatArray, seen: FloatArray) -> tuple[FloatArray, float]:
    promised = anticipated_variance(scores, pi)
    if promised.sum() <= _TINY:  # everything was checked
        return seen, 1.0
    inflation = max(1.0, float(seen.sum() / promised.sum()))
    cubes = weighted_variance((1 - pi) ** 2 / pi**3, scores) / len(scores) ** 4
    one_miss = np.maximum(cubes / np.maximum(promised, _TINY), _TINY)
    expected = promised * inflation
    share = (_WEIGHT + seen / one_miss) / (_WEIGHT + expected / one_miss)
    return np.asarray(np.maximum(expected * share, seen)), inflation


def _reach_of_other(
    pi: FloatArray, misses: FloatArray, is_other: npt.NDArray[np.bool_], n: int
) -> tuple[float, float]:
    """Return how far the share of `other` may lie below and above, by what was found of it.

    Parameters
    ----------
    pi, misses, is_other
        Of the audited contacts: y - A in the column of `other` (n_audited,).
    n
        Contacts of the period.
    """
    parts = (misses / pi / n)[is_other]
    total, variance = float(parts.sum()), float(parts**2 @ (1 - pi[is_other]))
    low, high = weighted_garwood(total, variance, float(((1 - pi) / pi).mean()) / n)
    return total - low, high - total


def _at_least(raw: FloatArray, found: FloatArray) -> FloatArray:
    """Return shares of sum 1, none below what was found."""
    beyond = np.maximum(raw - found, 0)
    room = 1 - found.sum()
    return np.asarray(found + beyond * (room / beyond.sum() if beyond.sum() > 0 else 0))


def _joint(seen: FloatArray, variance: FloatArray) -> FloatArray:
    """Return the covariance seen, scaled to the shrunk variances; unseen ones stand alone."""
    diagonal = np.diag(seen)
    scale = np.sqrt(np.where(diagonal > _TINY, variance / np.maximum(diagonal, _TINY), 0))
    joint = seen * np.outer(scale, scale)
    np.fill_diagonal(joint, variance)
    return np.asarray(joint)
