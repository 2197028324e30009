"""Contacts that no topic fits -> groups that may be new topics.

1. A contact looks unfamiliar where the model is unsure of it, or where it holds words that
   occur far more often than in what the model learnt from; the mean over its nearest
   neighbours counts, since new problems come in groups and odd wording does not.
2. Unfamiliar contacts are grouped from the bottom up, as long as one common topic explains
   two groups better than two topics do. The topics already there set the scale.
3. Every contact of the file then goes where it fits best: to a topic the model knows, to
   one of the groups, or to none; and again, until that settles.

Nothing is drawn at random: the same contacts give the same groups in any order.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.special import logsumexp
from sklearn.utils.extmath import randomized_svd

from cxtopics.classify.topic_space import TopicSpace, fit_topic_space

__all__ = ["find_groups", "group_coordinates", "grow_groups", "neighbour_mean", "surplus_words"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

_N_NEIGHBOURS = 10
_UNFAMILIAR = 0.25  # mean over the neighbourhood from which a contact may seed a group
_MOST_SEEDS = 800  # the grouping looks at all pairs of them
_FEWEST_SEEDS = 4
_STRAY = 0.3
"""How far the mean of a group strays from its topic's, as variance within a topic.

Contacts of one topic come in runs of like wording (templates, one product, one campaign) and
are not independent: without this, every run would count as a topic of its own.
"""
_ROUNDS = 6
_N_DIMS = 128
_MEANING = 1.5  # length of the embedding beside the words


def surplus_words(
    holds: sp.csr_matrix, expected: FloatArray, n_errors: float = 3.0
) -> tuple[FloatArray, FloatArray]:
    """Return what part of each word's contacts its earlier frequency does not explain.

    Parameters
    ----------
    holds
        Whether a contact holds a word (n_contacts, n_words).
    expected
        In how many of these contacts each word would occur at its earlier rate (n_words,).
    n_errors
        How many standard errors (of a Poisson count) are forgiven, and 3 contacts more.

    Returns
    -------
    by_word, by_contact
        0-1 (n_words,); and the largest of a contact's words (n_contacts,).
    """
    found = np.asarray(holds.sum(axis=0), dtype=np.float64).ravel()
    explained = expected + n_errors * np.sqrt(expected) + 3
    by_word = np.clip(1 - explained / np.maximum(found, 1), 0, 1)
    by_contact = holds.multiply(by_word[None, :]).tocsr().max(axis=1)
    return by_word, np.asarray(by_contact.todense()).ravel()


def neighbour_mean(vectors: FloatArray, values: FloatArray, n: int = _N_NEIGHBOURS) -> FloatArray:
    """Return the mean of each contact's value and its `n` nearest neighbours' (n_contacts,)."""
    n = min(n, len(values) - 1)
    found = np.empty(len(values))
    for start in range(0, len(values), 2048):  # rows at once; memory 2048 x n_contacts
        near = vectors[start : start + 2048] @ vectors.T
        rows = np.arange(len(near))
        near[rows, start + rows] = np.inf  # itself, also among equal texts
        found[start : start + 2048] = values[np.argpartition(-near, n, axis=1)[:, : n + 1]].mean(
            axis=1
        )
    return found


def find_groups(
    vectors: FloatArray,
    words: sp.csr_matrix,
    logits: FloatArray,
    probabilities: FloatArray,
    surplus: FloatArray | None = None,
    *,
    min_size: int = 8,
    min_unfamiliar: float = 0.3,
) -> list[IntArray]:
    """Find groups of contacts that no topic fits, the one with most evidence first.

    Parameters
    ----------
    vectors
        Unit vectors (n_contacts, n_dims).
    words
        TF-IDF of these contacts' own words, rows of length 1 (n_contacts, n_words).
    logits
        Scores of the model's topics (n_contacts, n_topics): what it has learnt to tell apart.
    probabilities
        Calibrated probabilities of the topics that count as known (n_contacts, n_known).
    surplus
        Part of a contact that new words speak for, 0-1, see `surplus_words` (n_contacts,).
    min_size
        Groups of fewer contacts are no candidates.
    min_unfamiliar
        Nor are groups whose contacts are more familiar than this in the mean, 0-1.

    Returns
    -------
    list of ndarray
        Rows of each group, ascending.
    """
    best = probabilities.max(axis=1)
    strange = 1 - best * (1 - (surplus if surplus is not None else 0.0))
    around = neighbour_mean(vectors, strange)
    seeds = np.flatnonzero(around > _UNFAMILIAR)
    n_seeds = min(_MOST_SEEDS, len(around) // 2)  # a model that knows less than half is no measure
    seeds = np.sort(seeds[np.argsort(-around[seeds], kind="stable")][:n_seeds])
    if len(seeds) < min_size:
        return []
    reduced = group_coordinates(vectors, words, logits)
    known = probabilities.copy()
    known[seeds] = 0
    space = fit_topic_space(reduced, known)
    groups = [seeds[rows] for rows in grow_groups(space.place(reduced[seeds]), space)]
    groups = [rows for rows in groups if len(rows) >= _FEWEST_SEEDS]
    for _ in range(_ROUNDS):
        if not groups:
            return []
        groups = _settle(reduced, probabilities, groups)
    found = [np.sort(rows) for rows in groups if len(rows) >= min_size]
    found = [rows for rows in found if strange[rows].mean() > min_unfamiliar]
    return sorted(found, key=lambda rows: (-strange[rows].sum(), int(rows[0])))


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


def _settle(
    vectors: FloatArray, probabilities: FloatArray, groups: list[IntArray]
) -> list[IntArray]:
    """Let every contact go where it fits best, then merge groups that became one topic."""
    n_contacts, n_topics = probabilities.shape
    home = np.full(n_contacts, -1)
    for number, rows in enumerate(groups):
        home[rows] = number
    known = probabilities * (home < 0)[:, None]
    new = np.eye(len(groups))[home] * (home >= 0)[:, None]
    space = fit_topic_space(vectors, np.hstack([known, new]))
    places = space.place(vectors)
    to_known = _fit_to_known(space, places, probabilities, known)
    n, sums = new.sum(axis=0), new.T @ places
    to_new = space.likelihood(places, *_discounted(n, sums))
    rows = np.flatnonzero(home >= 0)  # a contact does not vouch for itself
    own = home[rows]
    without = _discounted(n[own] - 1, sums[own] - places[rows])
    to_new[rows, own] = space.likelihood_each(places[rows], *without)
    to_new += np.log(n * n_topics / n_contacts)
    to_none = space.likelihood_each(places, np.zeros(1), np.zeros((1, places.shape[1])))
    best = to_new.argmax(axis=1)
    wins = to_new.max(axis=1) > np.maximum(to_known, to_none)
    settled = [np.flatnonzero(wins & (best == number)) for number in range(len(groups))]
    settled = [rows for rows in settled if len(rows) >= _FEWEST_SEEDS]
    if len(settled) < 2:
        return settled
    sums = np.array([places[rows].sum(axis=0) for rows in settled])
    return _merged(settled, sums, space)


def _fit_to_known(
    space: TopicSpace, places: FloatArray, probabilities: FloatArray, known: FloatArray
) -> FloatArray:
    """Return each contact's fit to the known topics, which the model chooses among."""
    n, sums = known.sum(axis=0), known.T @ places
    fit = space.likelihood(places, *_discounted(n, sums))
    rows, best = np.arange(len(places)), probabilities.argmax(axis=1)
    own = known[rows, best]
    without = _discounted(n[best] - own, sums[best] - own[:, None] * places)
    fit[rows, best] = space.likelihood_each(places, *without)
    return np.asarray(logsumexp(fit + np.log(probabilities + 1e-6), axis=1))


def _merged(groups: list[IntArray], sums: FloatArray, space: TopicSpace) -> list[IntArray]:
    n = np.array([len(rows) for rows in groups], dtype=np.float64)
    while len(groups) > 1:
        own = _evidence(space, n, sums)
        every = np.arange(len(groups))
        gain = np.array([_joint_evidence(space, n, sums, every[[row]], every) for row in every])
        gain -= own[:, None] + own
        np.fill_diagonal(gain, -np.inf)
        kept, gone = sorted(divmod(int(gain.argmax()), len(groups)))
        if gain[kept, gone] <= 0:
            break
        groups = [*groups]
        groups[kept] = np.concatenate([groups[kept], groups.pop(gone)])
        n[kept] += n[gone]
        sums[kept] += sums[gone]
        n, sums = np.delete(n, gone), np.delete(sums, gone, axis=0)
    return groups
