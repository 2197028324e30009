"""How far the counts of a model that has seen no labelled contact may be off.

Nothing in the shop's own data tells. What is known is how far such models were off on other
shops. On three public data sets, in samples of 100 and 300 contacts, 98 - 100 % of the true
counts lay between (low - A / 10) / 2 and 2 high + A / 10 (90 - 100 % of those of 5 and more),
and 68 - 91 % between low and high, which are the ends of the count's own interval; A are the
contacts left without a topic (`benchmarks/cold_start.py --counts`). That is taken to hold
here. An audit replaces it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cxtopics.measure.counting import ABSTAINED, ALL, NO_TEXT
from cxtopics.measure.estimate import Band

__all__ = ["COLD_METHOD", "widen_counts"]

COLD_METHOD = (
    "classify_and_count; cold start: interval as wide as its errors on three public data sets"
)
_FACTOR = 2.0  # of a count, either way
_SHARE = 0.1  # of the contacts without a topic that may be one topic's


def widen_counts(
    band: Band, untold: npt.ArrayLike, rows: Sequence[str], *, most: float = np.inf
) -> Band:
    """Return counts (or rates) whose intervals cover a cold start's usual errors.

    Parameters
    ----------
    band
        By period and row, or by row (..., n_rows).
    untold
        The same figure for the contacts without a topic (..., 1).
    rows
        Topic rows; those that are no topic stay as they are.
    most
        What the figure cannot exceed: 1 for a share.
    """
    topics = np.array([row not in (ALL, ABSTAINED, NO_TEXT) for row in rows])
    spare = _SHARE * np.asarray(untold, dtype=np.float64)
    low = np.maximum(np.asarray(band.low) - spare, 0) / _FACTOR
    high = np.minimum(np.asarray(band.high) * _FACTOR + spare, most)
    return Band(
        np.asarray(band.value), np.where(topics, low, band.low), np.where(topics, high, band.high)
    )
