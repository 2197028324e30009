"""What changed between two spans of time, and what may be chance.

Looking at fifty topics at once finds "changes" where there are none, so p-values are
adjusted over all topics before anything is called a change.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import beta, binom, false_discovery_control

from cxtopics.measure.estimate import FloatArray

__all__ = ["rate_changes"]


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


def _clopper_pearson(
    hits: FloatArray, n: FloatArray, confidence: float
) -> tuple[FloatArray, FloatArray]:
    tail = (1 - confidence) / 2
    low = np.where(hits > 0, beta.ppf(tail, np.maximum(hits, 1), n - hits + 1), 0.0)
    high = np.where(hits < n, beta.ppf(1 - tail, hits + 1, np.maximum(n - hits, 1)), 1.0)
    empty = n == 0
    return np.where(empty, np.nan, low), np.where(empty, np.nan, high)
