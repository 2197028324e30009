"""How long after an order its contacts come: the delay curve, by chain ladder.

Recent orders have not had all their contacts yet. Older ones show which share of a cohort's
contacts has come by which age, and that share tells how much is still to come. The method
is the actuaries' development triangle (chain ladder), the epidemiologists' nowcasting.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxtopics.measure.estimate import FloatArray

__all__ = ["DelayCurve", "Triangle", "delay_curve", "delay_shift"]


@dataclass(frozen=True)
class Triangle:
    """Contacts by the day of their order and the age of the order when they came.

    Attributes
    ----------
    orders
        Orders by day, shape (n_days,).
    contacts
        Contacts linked to the orders of a day (row) by age in days (column), shape
        (n_days, n_ages).
    first
        Row of the first day on which contacts were recorded at all; the days before only
        show where the first contacts may have come from.
    """

    orders: FloatArray
    contacts: FloatArray
    first: int

    @property
    def ages_seen(self) -> FloatArray:
        """The greatest age that each day's orders have reached at the end of the table."""
        n_days, n_ages = self.contacts.shape
        return np.asarray(np.minimum(np.arange(n_days)[::-1], n_ages - 1), dtype=float)


@dataclass(frozen=True)
class DelayCurve:
    """The share of a cohort's contacts that has come by each age.

    Attributes
    ----------
    share
        Shares 0-1 by age in days, the last of them 1: later contacts are in no cohort.
    step_variance
        Variance of the logarithm of each step of the curve (from age - 1 to age);
        independent of one another.
    """

    share: FloatArray
    step_variance: FloatArray

    def __call__(self, ages: FloatArray) -> FloatArray:
        """Return the share that has come by some ages."""
        return np.asarray(self.share[ages.astype(int)])

    @property
    def density(self) -> FloatArray:
        """The share of contacts that comes at each age."""
        return np.diff(self.share, prepend=0.0)


def delay_curve(triangle: Triangle) -> DelayCurve:
    r"""Estimate the delay curve from a triangle, with the variance of each of its steps.

    .. math::

        h_j = \frac{\sum_{d: A_d \ge j} c_{d,j}}{\sum_{d: A_d \ge j} \sum_{i \le j} c_{d,i}},
        \qquad F(a) = \prod_{j > a} (1 - h_j), \qquad
        \mathrm{Var} \log(1 - h_j) \approx \hat\phi \frac{h_j}{n_j (1 - h_j)}

    Notes
    -----
    :math:`A_d` is the age that the orders of day d have reached, :math:`n_j` the
    denominator of :math:`h_j`. This is the nonparametric maximum likelihood of a delay seen
    only up to the present (right-truncated), and the same as volume-weighted chain ladder.
    :math:`\hat\phi \ge 1` is Pearson's dispersion of the cells within their rows: weekdays
    and busy depots make delays scatter more than chance would.

    References
    ----------
    T. Mack (1993), ASTIN Bulletin 23, 213-225; J. F. Lawless (1994), Adjustments for
    reporting delays and the prediction of occurred but not reported events, Canadian
    J. Statistics 22, 15-31.
    """
    seen = triangle.ages_seen[triangle.first :]
    counts = triangle.contacts[triangle.first :]
    ages = np.arange(counts.shape[1])
    observed = ages[None, :] <= seen[:, None]
    counts = np.where(observed, counts, 0.0)
    hits = counts.sum(axis=0)
    upto = np.where(observed, counts.cumsum(axis=1), 0.0).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard = np.where(upto > 0, hits / upto, 0.0)
    hazard = np.where(ages > 0, np.minimum(hazard, 1 - 1e-9), 0.0)
    tail = np.cumprod((1 - hazard)[::-1])[::-1]
    share = np.append(tail[1:], 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.where(upto > 0, hazard / (upto * (1 - hazard)), 0.0)
    return DelayCurve(share, variance * _dispersion(counts, observed, share))


def _dispersion(counts: FloatArray, observed: np.ndarray, share: FloatArray) -> float:
    """Return Pearson's dispersion of cells given their row's total, at least 1."""
    density = np.diff(share, prepend=0.0)
    reached = np.where(observed, density, 0.0).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = counts.sum(axis=1)[:, None] * density / reached[:, None]
    usable = observed & (expected > 0.1)  # emptier cells say nothing of scatter
    freedom = usable.sum() - usable.any(axis=1).sum() - usable.any(axis=0).sum()
    if freedom < 10:
        return 1.0
    chi2 = ((counts - expected)[usable] ** 2 / expected[usable]).sum()
    return max(1.0, float(chi2 / freedom))


def delay_shift(
    triangle: Triangle, curve: DelayCurve, cohort: FloatArray, n_cohorts: int
) -> FloatArray:
    r"""Return how far each cohort's delays lie from the curve, in standard errors.

    .. math::

        z = \frac{\sum_d \sum_{a \le A_d} c_{d,a} \left(a - E[a \mid a \le A_d]\right)}
        {\sqrt{\sum_d C_d \mathrm{Var}[a \mid a \le A_d]}}

    Notes
    -----
    A projection trusts that this cohort's contacts come as those before it did. Where z is
    above 3 they come later (parcels are slow), and the projection is too low. NaN for
    cohorts without a contact.
    """
    ages = np.arange(len(curve.share))
    share = np.maximum(curve.share, 1e-12)
    mean = np.cumsum(curve.density * ages) / share
    variance = np.maximum(np.cumsum(curve.density * ages**2) / share - mean**2, 0.0)
    seen = triangle.ages_seen.astype(int)
    n = triangle.contacts.sum(axis=1)
    off = (triangle.contacts * ages).sum(axis=1) - n * mean[seen]
    inside = cohort >= 0
    which = cohort[inside].astype(int)
    total = np.bincount(which, off[inside], minlength=n_cohorts)
    scale = np.bincount(which, (n * variance[seen])[inside], minlength=n_cohorts)
    return np.where(scale > 0, total / np.sqrt(np.where(scale > 0, scale, 1.0)), np.nan)
