"""Intervals for counts and shares that hold for small numbers too.

Both cover chance alone: which contacts happened to come. They treat contacts as
independent of one another, so several contacts of one customer make them a little too
narrow, and they know nothing of a classifier's mistakes.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv, ndtri  # scipy.stats takes a second to load

from cxtopics.measure.estimate import Band

__all__ = ["garwood", "weighted_garwood", "wilson"]


def garwood(count: npt.ArrayLike, confidence: float = 0.95) -> Band:
    r"""Return counts with the exact interval of a Poisson mean.

    .. math::

        low = \tfrac12 \chi^2_{\alpha/2,\;2x}, \qquad
        high = \tfrac12 \chi^2_{1-\alpha/2,\;2x+2}

    Parameters
    ----------
    count
        Numbers of events x >= 0; a missing count (NaN) stays missing.
    confidence
        Least coverage, 0-1; the interval is conservative.

    References
    ----------
    F. Garwood (1936), Fiducial limits for the Poisson distribution, Biometrika 28,
    437-442; in chi-square form, K. Ulm (1990), Am. J. Epidemiol. 131, 373-375.

    Examples
    --------
    >>> [round(float(end), 3) for end in garwood(10)]
    [10.0, 4.795, 18.39]
    """
    x = np.asarray(count, dtype=float)
    _refuse_negative(x)
    tail = (1 - confidence) / 2
    low = np.where(x == 0, 0.0, gammaincinv(np.where(x == 0, 1, x), tail))
    return Band(x, low, gammaincinv(x + 1, 1 - tail))


def weighted_garwood(
    total: float, variance: float, weight: float, confidence: float = 0.95
) -> tuple[float, float]:
    r"""Return the ends of the interval of a weighted sum of Poisson counts.

    .. math::

        low = \frac{v}{2y} \chi^2_{\alpha/2,\;2y^2/v}, \qquad
        high = \frac{v + w^2}{2(y + w)} \chi^2_{1-\alpha/2,\;2(y+w)^2/(v+w^2)}

    Parameters
    ----------
    total, variance
        The sum y >= 0 and the sum of the squared weights of its events v; both 0 without any.
    weight
        Weight w of an event that was missed; where it is 0, so is the doubt.
    confidence
        Nominal coverage, 0-1.

    References
    ----------
    M. P. Fay and E. J. Feuer (1997), Statistics in Medicine 16, 791-801; with the mean weight
    for w, R. C. Tiwari, L. X. Clegg and Z. Zou (2006), Stat. Methods Med. Res. 15, 547-569.

    Examples
    --------
    >>> [round(end, 3) for end in weighted_garwood(10, 10, 1)]
    [4.795, 18.39]
    """
    tail = (1 - confidence) / 2
    low, high = total, total
    if total > 0 and variance > 0:
        low = variance / total * float(gammaincinv(total**2 / variance, tail))
    if weight > 0:
        y, v = total + weight, variance + weight**2
        high = v / y * float(gammaincinv(y**2 / v, 1 - tail))
    return low, high


def wilson(count: npt.ArrayLike, n: npt.ArrayLike, confidence: float = 0.95) -> Band:
    r"""Return shares with Wilson's score interval of a binomial proportion.

    .. math::

        \frac{\hat p + z^2/2n \pm z\sqrt{\hat p(1-\hat p)/n + z^2/4n^2}}{1 + z^2/n}

    Parameters
    ----------
    count
        Numbers of hits, 0 <= count <= n.
    n
        Numbers of trials; where n is 0 or missing, the share and its ends are NaN.
    confidence
        Nominal coverage, 0-1.

    References
    ----------
    E. B. Wilson (1927), J. Am. Stat. Assoc. 22, 209-212; method 3 of R. G. Newcombe
    (1998), Statistics in Medicine 17, 857-872.

    Examples
    --------
    >>> [round(float(end), 4) for end in wilson(81, 263)]
    [0.308, 0.2553, 0.3662]
    """
    k, size = np.broadcast_arrays(np.asarray(count, dtype=float), np.asarray(n, dtype=float))
    _refuse_negative(k)
    if np.any(k > size):
        raise ValueError("got more hits than trials")
    size = np.where(size > 0, size, np.nan)
    z2 = float(ndtri(0.5 + confidence / 2)) ** 2
    share = k / size
    centre = (share + z2 / (2 * size)) / (1 + z2 / size)
    half = np.sqrt(z2 * share * (1 - share) / size + (z2 / (2 * size)) ** 2) / (1 + z2 / size)
    # At 0 and n the formula meets the bound exactly; rounding must not push it past.
    return Band(
        share,
        np.where(k == 0, 0.0 * share, centre - half),
        np.where(k == size, share, centre + half),
    )


def _refuse_negative(count: npt.NDArray[np.float64]) -> None:
    if np.any(count < 0):
        raise ValueError("got a negative count")
