"""Intervals of sums, from the intervals of their parts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxtopics.measure.estimate import Band
from cxtopics.measure.intervals import garwood

__all__ = ["add_chance", "sum_dependent", "sum_independent"]


def sum_independent(parts: Sequence[Band]) -> Band:
    r"""Add up bands whose errors have nothing to do with one another.

    .. math:: L = \sum x_i - \sqrt{\sum (x_i - l_i)^2}, \qquad
              U = \sum x_i + \sqrt{\sum (u_i - x_i)^2}

    References
    ----------
    G. Y. Zou and A. Donner (2008), Construction of confidence limits about effect measures,
    Statistics in Medicine 27, 1693-1702 (MOVER): skewed intervals stay skewed.
    """
    value = np.sum([part.value for part in parts], axis=0)
    down = np.sum([(part.value - part.low) ** 2 for part in parts], axis=0)
    up = np.sum([(part.high - part.value) ** 2 for part in parts], axis=0)
    return Band(value, np.maximum(value - np.sqrt(down), 0), value + np.sqrt(up))


def sum_dependent(parts: Sequence[Band]) -> Band:
    """Add up bands that may all be off in the same direction, such as one model's errors."""
    value, low, high = (np.sum([part[end] for part in parts], axis=0) for end in range(3))
    return Band(value, low, high)


def add_chance(count: Band, clustering: float | np.ndarray = 1.0) -> Band:
    """Widen an estimated count by which contacts happened to come.

    Parameters
    ----------
    clustering
        Variance / mean of the count (>= 1): Garwood's Poisson deviations times its root.
    """
    chance = garwood(np.maximum(count.value, 0))
    root = np.sqrt(clustering)
    own = Band(
        count.value,
        count.value - (chance.value - chance.low) * root,
        count.value + (chance.high - chance.value) * root,
    )
    still = Band(np.zeros_like(count.value), count.low - count.value, count.high - count.value)
    return sum_independent([own, still])
