"""What changed between two spans of time, and what may be chance.

Looking at fifty topics at once finds "changes" where there are none, so p-values are
adjusted over all topics before anything is called a change.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import beta, binom, false_discovery_control, norm

from cxtopics.measure.estimate import Band, FloatArray
from cxtopics.measure.prevalence.audit_design import Z95

__all__ = ["estimated_changes", "rate_changes"]


def rate_changes(
    before: pd.Series[float],
    after: pd.Series[float],
    n_orders_before: float,
    n_orders_after: float,
    confidence: float = 0.95,
) -> pd.DataFrame:
    r"""Compare contacts per order before and after, topic by topic.

    Given the sum of two Poisson counts, the later one is binomial with the share of
    exposure that is later; this gives an exact test and an exact interval of the ratio:

    .. math::

        x_1 \mid x_0 + x_1 \sim \mathrm{Binomial}\!\left(x_0 + x_1,\; \pi\right), \qquad
        \text{ratio} = \frac{\pi}{1 - \pi} \cdot \frac{O_0}{O_1}

    Parameters
    ----------
    before, after
        Contacts by topic, over spans with `n_orders_before` and `n_orders_after` orders (> 0).
    confidence
        Least coverage of the interval, for each topic taken alone.

    Returns
    -------
    DataFrame
        By topic: `rate_before`, `rate_after` (contacts per order), `ratio` with ends (NaN
        where neither span has a contact, infinite where only the later one has), and
        `q_value`: the share of false alarms to expect among topics at least as clear.

    References
    ----------
    J. Przyborowski and H. Wilenski (1940), Biometrika 31, 313-323; C. J. Clopper and
    E. S. Pearson (1934), Biometrika 26, 404-413; Y. Benjamini and Y. Hochberg (1995),
    J. R. Stat. Soc. B 57, 289-300.
    """
    x0 = np.asarray(before, dtype=np.float64)
    x1 = np.asarray(after.reindex(before.index), dtype=np.float64)
    total, later = x0 + x1, n_orders_after / (n_orders_before + n_orders_after)
    tails = np.minimum(binom.cdf(x1, total, later), binom.sf(x1 - 1, total, later))
    low, high = _clopper_pearson(x1, total, confidence)
    scale = n_orders_before / n_orders_after
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = {
            "ratio": x1 / x0 * scale,
            "ratio_low": low / (1 - low) * scale,
            "ratio_high": high / (1 - high) * scale,
        }
    return pd.DataFrame(
        {
            "rate_before": x0 / n_orders_before,
            "rate_after": x1 / n_orders_after,
            **ratios,
            "q_value": false_discovery_control(np.minimum(2 * tails, 1)) if len(x0) else x0,
        },
        index=before.index,
    )


def estimated_changes(before: Band, after: Band, topics: pd.Index) -> pd.DataFrame:
    r"""Compare contacts per order before and after where they were estimated, topic by topic.

    The two spans are independent, so variances add (as squared deviations of the ends, so
    that skewed intervals stay skewed; `combining.sum_independent`):

    .. math::

        d = r_1 - r_0, \qquad
        d - \sqrt{(r_1 - l_1)^2 + (u_0 - r_0)^2} \;\ldots\;
        d + \sqrt{(u_1 - r_1)^2 + (r_0 - l_0)^2}

    Parameters
    ----------
    before, after
        Contacts per order by topic, with 95 % intervals that hold both the mistakes of
        the classifier or the chance of the audit, and which contacts happened to come.

    Returns
    -------
    DataFrame
        As `rate_changes` returns it. The ratio's interval takes the same deviations on the
        log scale, ends at 0 and infinity where an end is 0. `q_value` is worked out from
        the deviation that faces no change, as normal.
    """
    (r0, l0, u0), (r1, l1, u1) = before, after
    difference = r1 - r0
    down = np.sqrt((r1 - l1) ** 2 + (u0 - r0) ** 2)
    up = np.sqrt((u1 - r1) ** 2 + (r0 - l0) ** 2)
    facing = np.maximum(np.where(difference > 0, down, up), 1e-15)
    p_value = np.where(np.isnan(difference), 1, 2 * norm.sf(np.abs(difference) / facing * Z95))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = r1 / r0
        shrink = np.sqrt(np.log(r1 / l1) ** 2 + np.log(u0 / r0) ** 2)
        grow = np.sqrt(np.log(u1 / r1) ** 2 + np.log(r0 / l0) ** 2)
        ends = {"ratio_low": ratio * np.exp(-shrink), "ratio_high": ratio * np.exp(grow)}
    return pd.DataFrame(
        {
            "rate_before": r0,
            "rate_after": r1,
            "ratio": ratio,
            **ends,
            "q_value": false_discovery_control(p_value) if len(r0) else r0,
            "difference": difference,
            "difference_low": difference - down,
            "difference_high": difference + up,
        },
        index=topics,
    )


def _clopper_pearson(
    hits: FloatArray, n: FloatArray, confidence: float
) -> tuple[FloatArray, FloatArray]:
    tail = (1 - confidence) / 2
    low = np.where(hits > 0, beta.ppf(tail, np.maximum(hits, 1), n - hits + 1), 0.0)
    high = np.where(hits < n, beta.ppf(1 - tail, hits + 1, np.maximum(n - hits, 1)), 1.0)
    empty = n == 0
    return np.where(empty, np.nan, low), np.where(empty, np.nan, high)
