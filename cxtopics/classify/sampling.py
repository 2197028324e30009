"""Which contacts to show to people: uncertain ones, spread out, with known chances.

A draw that takes only what the model is least sure of sees one corner of the contacts and
can never be used for counting. Here every contact keeps a chance above zero of being
drawn, written down as its inclusion probability; unsure and unusual ones have a larger
one; and neighbours make room for each other, so that near-duplicates are not drawn twice.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["draw_spread", "inclusion_probabilities", "labelling_value"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

_FLOOR = 0.25  # part of the draw that ignores the scores, so that no contact is out of reach
_RARE = 0.002  # share below which a topic's rarity counts no further
_POOL = 20_000  # contacts that the spread is worked out on; larger pools are thinned first
_SPREAD_DIMS = 32  # principal directions in which neighbours are looked for


def labelling_value(probabilities: FloatArray) -> FloatArray:
    r"""Return how much a label of each contact would tell (n_contacts,), mean 1.

    .. math:: v_i \propto \sqrt{\sum_t A_{it}(1 - A_{it}) / (P_t + 0.002)}, \quad
              P_t = \operatorname{mean}_i A_{it}

    This is the anticipated error of the topics' shares: contacts between topics score
    high, rare topics count more, and so do contacts that fit no topic (all topics alike).
    `A` is the probability, held off 0 and 1 so that no contact is taken for certain.

    Parameters
    ----------
    probabilities
        Calibrated (n_contacts, n_topics).
    """
    n_topics = probabilities.shape[1]
    guarded = 0.99 * probabilities + 0.005 * probabilities.mean(axis=0) + 0.005 / n_topics
    share = guarded.mean(axis=0)
    score = np.sqrt((guarded * (1 - guarded) / (share + _RARE)).sum(axis=1))
    return np.asarray(_FLOOR + (1 - _FLOOR) * score / score.mean())


def inclusion_probabilities(value: FloatArray, n: int) -> FloatArray:
    """Return each contact's chance of being drawn, proportional to `value`, at most 1.

    They sum to `n`; what is cut off at 1 goes to the others.
    """
    if n >= len(value):
        return np.ones(len(value))
    chance = n * value / value.sum()
    while (chance > 1).any():
        sure = chance >= 1
        chance[sure] = 1.0
        chance[~sure] = (n - sure.sum()) * value[~sure] / value[~sure].sum()
    return np.asarray(chance)


def draw_spread(vectors: FloatArray, chance: FloatArray, seed: int = 0) -> IntArray:
    """Draw contacts with given chances, well spread over the vectors.

    The local pivotal method: two neighbours decide between them which of the two chances
    is used up and which is kept, until every chance is 0 or 1.

    Parameters
    ----------
    vectors
        Unit vectors (n_contacts, n_dims).
    chance
        Inclusion probabilities (n_contacts,); they hold exactly.

    Returns
    -------
    ndarray
        Rows drawn, ascending; as many as the chances sum to (to the next whole number).

    References
    ----------
    A. Grafstrom, N. Lundstrom and L. Schelin (2012), Biometrics 68, 514-520.
    """
    rng = np.random.default_rng(seed)
    rows = np.arange(len(chance))
    if len(rows) > _POOL and chance.sum() < _POOL:
        first = inclusion_probabilities(chance, _POOL)
        rows = _systematic(first, rng)
        chance = chance[rows] / first[rows]
    return np.asarray(rows[_pivotal(_principal(vectors[rows]), chance, rng)])


def _systematic(chance: FloatArray, rng: np.random.Generator) -> IntArray:
    steps = np.floor(np.cumsum(chance) - rng.random() + 1e-9)
    return np.flatnonzero(np.diff(steps, prepend=-1) > 0)


def _principal(vectors: FloatArray) -> npt.NDArray[np.float32]:
    centred = np.asarray(vectors - vectors.mean(axis=0), dtype=np.float64)
    directions = np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, :_SPREAD_DIMS]
    return np.asarray(centred @ directions, dtype=np.float32)


def _pivotal(
    points: npt.NDArray[np.float32], chance: FloatArray, rng: np.random.Generator
) -> IntArray:
    """Return the rows that the local pivotal method chooses (LPM2)."""
    left = chance.astype(np.float64).copy()
    open_ = np.flatnonzero((left > 1e-9) & (left < 1 - 1e-9))
    place, norms = points[open_], (points[open_] ** 2).sum(axis=1)
    alive = np.ones(len(open_), dtype=bool)
    while alive.sum() > 1:
        if alive.mean() < 0.7:  # forget what is decided: later rounds get cheaper
            open_, place, norms = open_[alive], place[alive], norms[alive]
            alive = np.ones(len(open_), dtype=bool)
        one = int(rng.choice(np.flatnonzero(alive)))
        distance = norms - 2 * (place @ place[one])
        distance[~alive] = np.inf
        distance[one] = np.inf
        two = int(distance.argmin())
        left[open_[[one, two]]] = _settle(left[open_[one]], left[open_[two]], rng)
        for unit in (one, two):
            alive[unit] = 1e-9 < left[open_[unit]] < 1 - 1e-9
    for unit in open_[alive]:  # the chances did not sum to a whole number
        left[unit] = float(rng.random() < left[unit])
    return np.flatnonzero(left > 0.5)


def _settle(a: float, b: float, rng: np.random.Generator) -> tuple[float, float]:
    """Move chance from one of two to the other until one of them is 0 or 1."""
    both = a + b
    if both < 1:
        return (both, 0.0) if rng.random() < a / both else (0.0, both)
    return (1.0, both - 1) if rng.random() < (1 - b) / (2 - both) else (both - 1, 1.0)
