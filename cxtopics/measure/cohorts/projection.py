"""Contacts about the orders of a period, whenever they came: cohort contacts per order.

Contacts follow orders by days. In the week of a sale orders jump first and contacts come
after, so that contacts / orders of the same week dips and then overshoots. A cohort follows
the orders instead. Its contacts are still coming for a while; until then they are projected
by the delay curve:

    C / sum over the cohort's days d of  orders_d x F(age of d)

Contacts about no known order are shared out over the days they may belong to, in proportion
to orders x contacts per order x the share of contacts that comes at that delay.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import nbinom, norm, poisson

from cxtopics.measure.cohorts.delays import DelayCurve, Triangle, delay_curve
from cxtopics.measure.estimate import Band, FloatArray
from cxtopics.measure.intervals import garwood

__all__ = ["TOO_EARLY", "CohortRates", "Shared", "cohort_rates", "share_out"]

TOO_EARLY = 0.30
"""Share of a cohort's contacts that must have come before it is shown as a figure."""


@dataclass(frozen=True)
class Shared:
    """Contacts about no known order, shared out over cohorts; arrays by cohort.

    Attributes
    ----------
    n
        Contacts that come to the cohort.
    squared
        Sum over days of contacts x share x share.
    """

    n: FloatArray
    squared: FloatArray

    @property
    def spread(self) -> FloatArray:
        """Sum over days of contacts x share x (1 - share): what sharing out may get wrong."""
        return np.maximum(self.n - self.squared, 0.0)


@dataclass(frozen=True)
class CohortRates:
    """Cohort contacts per order; arrays by cohort.

    Attributes
    ----------
    n_orders, n_linked, n_shared
        Orders, contacts linked to them, and contacts shared out to them.
    complete
        Share of the cohort's contacts that has come, 0-1, by the delay curve.
    rate
        Contacts per order, projected; the interval is for the rate behind it, as that of
        every other rate: which contacts happened to come, and the delay curve.
    final
        The same figure with the interval of what it will come to when all contacts are in
        (a prediction: what has come is certain, so it closes as the cohort fills).
    """

    n_orders: FloatArray
    n_linked: FloatArray
    n_shared: FloatArray
    complete: FloatArray
    rate: Band
    final: Band


def cohort_rates(
    triangle: Triangle,
    cohort: FloatArray,
    n_cohorts: int,
    unlinked: FloatArray | None = None,
    clustering: float = 1.0,
    curve: DelayCurve | None = None,
    confidence: float = 0.95,
) -> CohortRates:
    r"""Project each cohort's contacts per order, with two intervals.

    Parameters
    ----------
    triangle
        Orders, and contacts linked to them, by day.
    cohort
        The cohort of each day of the triangle, -1 for none.
    unlinked
        Contacts about no known order, by the day they came; same days.
    clustering
        Variance of a count of contacts over what independent contacts would have:
        :math:`\sum n_c^2 / \sum n_c` over customers c; 1 where nobody writes twice.
    curve
        Default: that of the triangle.

    Notes
    -----
    With T contacts come, N = sum of orders x F, O orders and :math:`\hat\mu = T/N`:

    .. math::

        \frac{\mathrm{Var}\,\hat\mu}{\hat\mu^2} = \frac{\phi\,[C(1 + S/C)^2 + Q]}{T^2}
        + \frac{\mathrm{Var} N}{N^2}

    where C of the T are linked, and S, Q are `Shared.spread`, `Shared.squared`. The curve's
    steps are independent, and each moves the days that have not reached it:
    :math:`\mathrm{Var} N = \sum_j v_j (\sum_{d: A_d < j} O_d F(A_d))^2`. The ends are
    Garwood's at an effective count of :math:`\hat\mu^2 / \mathrm{Var}\,\hat\mu`.

    What is still to come has mean :math:`R = \hat\mu (O - N)` and, with what was shared
    out, the variance

    .. math::

        \phi \frac{O}{N} R + \phi \frac{O^2}{N^2} \left(S + \frac{2 S^2}{C}\right)
        + \frac{T^2 O^2}{N^2} \frac{\mathrm{Var} N}{N^2}

    (chance in what came and in what comes; sharing out, with the error of the rates it goes
    by; the curve). Its ends are those of the negative binomial distribution with that mean
    and variance, or of the normal one where the variance is smaller than the mean.
    """
    curve = curve or delay_curve(triangle)
    seen = triangle.ages_seen
    reached = triangle.orders * curve(seen)

    def by_cohort(days: FloatArray) -> FloatArray:
        inside = cohort >= 0
        counts = np.bincount(cohort[inside].astype(int), days[inside], minlength=n_cohorts)
        return counts.astype(float)

    n_orders, n_linked = by_cohort(triangle.orders), by_cohort(triangle.contacts.sum(axis=1))
    n_reached = by_cohort(reached)
    slopes = np.array([by_cohort(reached * (seen < age)) for age in range(len(curve.share))])
    curve_variance = (curve.step_variance[:, None] * slopes**2).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        shared = share_out(triangle, cohort, n_cohorts, unlinked, n_linked / n_reached, curve)
        total = n_linked + shared.n
        rate = total / n_reached
        of_curve = curve_variance / n_reached**2
        pull = 1 + np.where(n_linked > 0, shared.spread / n_linked, 0.0)
        of_counts = clustering * (n_linked * pull**2 + shared.squared) / total**2
        low, high = _ends(rate, of_counts + of_curve, n_reached, confidence)
        coming = rate * (n_orders - n_reached)
        up = n_orders / n_reached
        error = shared.spread + np.where(n_linked > 0, 2 * shared.spread**2 / n_linked, 0.0)
        spread = clustering * (coming * up + error * up**2) + (total * up) ** 2 * of_curve
        uncertain = _prediction(coming + shared.n, spread, confidence)
        final = [(n_linked + end) / n_orders for end in uncertain]
    return CohortRates(
        n_orders, n_linked, shared.n, n_reached / np.where(n_orders > 0, n_orders, np.nan),
        Band(rate, low, high), Band(rate, np.minimum(final[0], rate), np.maximum(final[1], rate)),
    )  # fmt: skip


def share_out(
    triangle: Triangle,
    cohort: FloatArray,
    n_cohorts: int,
    unlinked: FloatArray | None,
    rates: FloatArray,
    curve: DelayCurve,
) -> Shared:
    """Share out contacts about no known order over the cohorts they may belong to.

    A contact of day t goes to the orders of day d in proportion to orders x the cohort's
    linked contacts per order x the share of contacts that comes after t - d days. Days in no
    cohort take their part, at the mean rate, which is then in no figure.
    """
    nothing = np.zeros(n_cohorts)
    if unlinked is None or not unlinked.any():
        return Shared(nothing, nothing)
    inside = cohort >= 0
    usual = triangle.contacts.sum() / max(
        float((triangle.orders * curve(triangle.ages_seen)).sum()), 1.0
    )
    known = np.where(np.isfinite(rates) & (rates > 0), rates, usual)
    level = np.where(inside, known[np.maximum(cohort, 0).astype(int)], usual)
    n_days, n_ages = triangle.contacts.shape
    weight = np.zeros((n_cohorts + 1, n_days))  # by cohort and day of the contact
    row = np.where(inside, cohort, n_cohorts).astype(int)
    for age in range(min(n_ages, n_days)):
        days = np.arange(n_days - age)
        np.add.at(weight, (row[days], days + age),
                  (triangle.orders * level)[days] * curve.density[age])  # fmt: skip
    total = weight.sum(axis=0)
    share = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)[:n_cohorts]
    return Shared(share @ unlinked, share**2 @ unlinked)


def _ends(
    rate: FloatArray, relative_variance: FloatArray, n_reached: FloatArray, confidence: float
) -> tuple[FloatArray, FloatArray]:
    """Return Garwood's ends at the effective count; without a contact, his for none."""
    count = np.where(rate > 0, 1 / relative_variance, 0.0)
    _, low, high = garwood(np.where(np.isfinite(count), count, 0.0), confidence)
    none = high / n_reached
    return (
        np.where(count > 0, rate * low / count, 0.0 * rate),
        np.where(count > 0, rate * high / count, none),
    )


def _prediction(
    mean: FloatArray, variance: FloatArray, confidence: float
) -> tuple[FloatArray, FloatArray]:
    """Return the ends of a count that is still to come, from its mean and variance."""
    tail = (1 - confidence) / 2
    more = variance > mean * (1 + 1e-9)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where(more, mean**2 / (variance - mean), 1.0)
        chance = np.where(more, mean / variance, 0.5)
        width = norm.ppf(1 - tail) * np.sqrt(variance)
    ends = []
    for level, sign in ((tail, -1.0), (1 - tail, 1.0)):
        spread = np.where(variance < 0.9 * mean, mean + sign * width, poisson.ppf(level, mean))
        ends.append(np.where(more, nbinom.ppf(level, size, chance), np.maximum(spread, 0.0)))
    return ends[0], ends[1]
