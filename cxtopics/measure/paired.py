"""Two answers to the same questions: whether one is right more often, beyond chance."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import bdtr, ndtri  # scipy.stats takes a second to load

from cxtopics.measure.estimate import Band

__all__ = ["mcnemar", "paired_difference"]


def mcnemar(won: int, lost: int) -> float:
    """Return the p-value (two-sided, exact) that neither of two is right more often.

    Parameters
    ----------
    won, lost
        Questions that only the second, and only the first, answered right.

    References
    ----------
    Q. McNemar (1947), Psychometrika 12, 153-157; exact as the sign test.

    Examples
    --------
    >>> round(mcnemar(2, 10), 4)
    0.0386
    """
    return min(1.0, 2 * float(bdtr(min(lost, won), lost + won, 0.5)))


def paired_difference(won: int, lost: int, n: int, confidence: float = 0.95) -> Band:
    r"""Return the difference of two shares right on the same n questions, with its interval.

    Half a question is added to each of the four cells, :math:`n^* = n + 2`:

    .. math::

        \frac{b - c}{n^*} \pm z \frac{\sqrt{b + c + 1 - (b - c)^2 / n^*}}{n^*}

    Parameters
    ----------
    won, lost
        b and c: questions that only the second, and only the first, answered right.

    References
    ----------
    A. Agresti and Y. Min (2005), Statistics in Medicine 24, 729-740.

    Examples
    --------
    >>> [round(float(end), 4) for end in paired_difference(16, 3, 100)]
    [0.13, 0.0436, 0.2113]
    """
    size = n + 2
    centre = (won - lost) / size
    half = math.sqrt(won + lost + 1 - (won - lost) ** 2 / size) / size
    half *= float(ndtri(0.5 + confidence / 2))
    ends = ((won - lost) / n, centre - half, centre + half)
    return Band(*(np.asarray(end) for end in ends))
