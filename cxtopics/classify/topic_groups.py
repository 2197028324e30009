"""Contacts of a topic, grouped from the bottom up: whether it is one topic or several.

Two groups are merged as long as one common topic explains them better than two topics do.
The topics already there set the scale.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.utils.extmath import randomized_svd

from cxtopics.classify.topic_space import TopicSpace

__all__ = ["group_coordinates", "grow_groups"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

_STRAY = 0.3
"""How far the mean of a group strays from its topic's, as variance within a topic.

Contacts of one topic come in runs of like wording (templates, one product, one campaign) and
are not independent: without this, every run would count as a topic of its own.
"""
_N_DIMS = 128
_MEANING = 1.5  # length of the embedding beside the words


def group_coordinates(vectors: FloatArray, words: sp.csr_matrix, logits: FloatArray) -> FloatArray:
    """Return what groups are told apart by (n_contacts, n_coordinates).

    Principal directions of meaning and words together, beside the model's scores. Both
    parts have length 1: neither the sentence nor the topics it recalls decides alone.
    """
    side_by_side = sp.hstack([sp.csr_matrix(vectors) * _MEANING, words], format="csr")
    n_dims = min(_N_DIMS, min(side_by_side.shape) - 1)
    # not transposed: the random start then depends on the columns only, not on the rows' order
    left, size, _ = randomized_svd(
        side_by_side, n_dims, n_iter=3, transpose=False, random_state=0, flip_sign=False
    )
    return np.hstack([_unit(left * size), _unit(logits - logits.mean(axis=1, keepdims=True))])


def _unit(rows: FloatArray) -> FloatArray:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12))


def grow_groups(places: FloatArray, space: TopicSpace) -> list[IntArray]:
    """Merge the pair of groups that is most clearly one topic, while any pair is."""
    n, sums = np.ones(len(places)), places.copy()
    members = [[row] for row in range(len(places))]
    alive = np.ones(len(places), dtype=bool)
    own = _evidence(space, n, sums)
    gain = np.full((len(places), len(places)), -np.inf)
    for row in range(len(places) - 1):
        rest = np.arange(row + 1, len(places))
        joint = _joint_evidence(space, n, sums, np.array([row]), rest)
        gain[row, rest] = gain[rest, row] = joint - own[row] - own[rest]
    while True:
        kept, gone = divmod(int(gain.argmax()), len(places))
        if gain[kept, gone] <= 0:
            return [np.array(members[row]) for row in np.flatnonzero(alive)]
        n[kept] += n[gone]
        sums[kept] += sums[gone]
        members[kept] += members[gone]
        alive[gone] = False
        own[kept] = _evidence(space, n[kept], sums[kept])
        gain[gone, :] = gain[:, gone] = -np.inf
        rest = np.flatnonzero(alive)
        rest = rest[rest != kept]
        joint = _joint_evidence(space, n, sums, np.array([kept]), rest)
        gain[kept, rest] = gain[rest, kept] = joint - own[kept] - own[rest]


def _discounted(n: FloatArray, sums: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return counts and sums as if the mean were known no better than to `_STRAY`."""
    known = 1 / (1 + _STRAY * n)
    return n * known, sums * known[..., None]


def _evidence(space: TopicSpace, n: FloatArray, sums: FloatArray) -> FloatArray:
    return space.evidence(*_discounted(n, sums))


def _joint_evidence(
    space: TopicSpace, n: FloatArray, sums: FloatArray, one: IntArray, others: IntArray
) -> FloatArray:
    """Return the evidence that a group and each of some others are one topic."""
    n, sums = _discounted(n, sums)
    return space.evidence(n[one] + n[others], sums[one] + sums[others])
