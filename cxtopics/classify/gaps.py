"""Contacts that no topic fits -> groups that may be new topics.

The labelled texts say how far contacts of one topic lie apart (`topic_space`), and how many
contacts to expect where. With that measure:

1. A contact may seed a group where the model is unsure of its surroundings, where words or
   contacts are more frequent than the labelled texts explain, or where nothing known is near
   (`unfamiliar`). Means over neighbourhoods count, since new problems come in groups and odd
   wording does not.
2. Seeds are clustered (average linkage) by how much likelier two contacts are of one topic
   than of two; clusters part where that is no longer likelier. No number of groups is given.
3. Every contact of the file then goes where it fits best: to a topic the model knows, to one
   of the groups, or to none; and again, a few times.
4. The labelled texts are put to the same choice. A group where they go too, as often as the
   contacts, is no news: only what is left over counts.
5. A group that may be two near topics is listed in two parts as well (`group_parts`).

Nothing is drawn at random: the same contacts give the same groups in any order.

References
----------
F. Landini, J. Profant, M. Diez and L. Burget (2022), Comput. Speech Lang. 71, 101254, cluster
voices so: likelihood ratios of a two-covariance model, average linkage.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage

from cxtopics.classify.group_parts import cut_in_two, parts_of_a_usual_topic
from cxtopics.classify.topic_space import TopicSpace, fit_topic_space
from cxtopics.classify.unfamiliar import neighbour_mean, unexplained_by_neighbours

__all__ = ["Group", "Labelled", "find_groups"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

_UNSURE = 0.25  # mean over the neighbourhood from which a contact may seed a group
_UNEXPLAINED = 0.45  # the same of contacts that the labelled texts do not explain
_UNKNOWN = 0.1  # and of familiarity, from which downwards
_MOST_SEEDS = 2000  # clustering looks at all pairs of them
_FEWEST_SEEDS = 4
_LEFT_OVER = 0.3  # part of a group that must be news
_STRAY = 0.1
"""How far the mean of a group strays from its topic's, as variance within a topic.

Contacts of one topic come in runs of like wording (templates, one product, one campaign) and
are not independent.
"""
_ROUNDS = 5


@dataclass(frozen=True)
class Labelled:
    """Texts whose topic is known.

    Attributes
    ----------
    vectors
        Unit vectors (n_labelled, n_dims).
    codes
        Topic of each, as a column of the probabilities (n_labelled,).
    tell_how_many
        They came about apart from the contacts, so that their numbers tell what to expect;
        False for contacts that the model itself put there.
    """

    vectors: FloatArray
    codes: IntArray
    tell_how_many: bool = True


@dataclass(frozen=True)
class Group:
    """Contacts that no topic fits.

    Attributes
    ----------
    rows
        Its contacts, ascending.
    parts
        The same, cut into the two topics that it may be; nothing where it is clearly one.
    """

    rows: IntArray
    parts: tuple[IntArray, ...] = ()


def find_groups(
    vectors: FloatArray,
    probabilities: FloatArray,
    familiarity: FloatArray,
    labelled: Labelled,
    surplus: FloatArray | None = None,
    *,
    min_size: int = 8,
) -> list[Group]:
    """Find groups of contacts that no topic fits, the one with most news first.

    Parameters
    ----------
    vectors
        Unit vectors (n_contacts, n_dims).
    probabilities
        Calibrated probabilities of the topics that count as known (n_contacts, n_topics).
    familiarity
        Share of the training texts that are less familiar, 0-1 (n_contacts,).
    labelled
        What the model learnt from, or an even part of it.
    surplus
        Part of a contact that new words speak for, 0-1, see `surplus_words` (n_contacts,).
    min_size
        Groups of fewer contacts are no candidates.
    """
    strange = 1 - probabilities.max(axis=1) * (1 - (0.0 if surplus is None else surplus))
    field = _Field.of(vectors, probabilities, labelled)
    seeds, odds = _seeds(field, strange, familiarity)
    groups = _cluster(field.places[seeds], field.space)
    groups = [seeds[rows] for rows in groups if len(rows) >= _FEWEST_SEEDS]
    for _ in range(_ROUNDS - 1):
        groups = [rows for rows in field.settle(groups, odds) if len(rows) >= _FEWEST_SEEDS]
    if labelled.tell_how_many:
        news = field.left_over(groups)
        groups = field.settle(groups, odds)
    else:
        groups = field.settle(groups, odds)
        news = np.array([strange[rows].mean() if len(rows) else 0.0 for rows in groups])
    found = [
        (-len(rows) * share, int(rows[0]), rows)
        for rows, share in zip(groups, news, strict=True)
        if len(rows) >= min_size and share > _LEFT_OVER
    ]
    chosen = [rows for _, _, rows in sorted(found, key=lambda group: group[:2])]
    if not chosen:
        return []
    usual = parts_of_a_usual_topic(field.known_places, field.codes, field.space, min_size)
    return [_group(rows, field, min_size, usual) for rows in chosen]


def _group(rows: IntArray, field: _Field, min_size: int, usual: float) -> Group:
    between, parts = cut_in_two(field.places[rows], field.space, min_size)
    return Group(rows, tuple(rows[part] for part in parts) if between < usual else ())


def _seeds(
    field: _Field, strange: FloatArray, familiarity: FloatArray
) -> tuple[IntArray, FloatArray]:
    """Return the rows that may seed a group, and each contact's log odds of being news."""
    near = field.unit(field.places)
    unexplained = np.zeros(len(strange))
    if field.tell_how_many:
        known = field.unit(field.known_places)
        unexplained = unexplained_by_neighbours(near, known, field.stands_for)
    left, known_by = neighbour_mean(near, np.column_stack([unexplained, familiarity])).T
    # in a space that knows no topics: what the model doubts must not be smoothed by what it knows
    unsure = neighbour_mean(field.vectors, strange[:, None])[:, 0]
    signs = (unsure / _UNSURE, left / _UNEXPLAINED, _UNKNOWN / np.maximum(known_by, 1e-3))
    sign = np.max(signs, axis=0)
    rows = np.flatnonzero(sign > 1)
    most = min(_MOST_SEEDS, len(sign) // 2)  # a model that knows less than half is no measure
    chosen = np.sort(rows[np.argsort(-sign[rows], kind="stable")][:most])
    news = np.clip((unsure + left) / 2 if field.tell_how_many else unsure, 0.01, 0.99)
    return chosen, np.log(news / (1 - news))


def _cluster(places: FloatArray, space: TopicSpace) -> list[IntArray]:
    """Return clusters within which two contacts are, in the mean, rather one topic than two."""
    if len(places) < 2:
        return []
    evidence = space.pair_evidence(places)
    top = float(evidence.max())
    apart = top - evidence[np.triu_indices(len(places), 1)]
    cluster = fcluster(linkage(apart, "average"), top, "distance")
    return [np.flatnonzero(cluster == name) for name in np.unique(cluster)]


@dataclass(frozen=True)
class _Field:
    """Contacts, labelled texts and the known topics in one space."""

    space: TopicSpace
    vectors: FloatArray
    places: FloatArray
    known_places: FloatArray
    codes: IntArray
    counts: FloatArray
    stands_for: FloatArray
    tell_how_many: bool

    @classmethod
    def of(cls, vectors: FloatArray, probabilities: FloatArray, labelled: Labelled) -> _Field:
        member = np.eye(probabilities.shape[1])[labelled.codes]
        space = fit_topic_space(labelled.vectors, member)
        counts = member.sum(axis=0)
        # of a topic with few labels each stands for many contacts
        each = (probabilities.sum(axis=0) + 1) / (counts + 1)
        return cls(
            space=space,
            vectors=vectors,
            places=space.place(vectors),
            known_places=space.place(labelled.vectors),
            codes=labelled.codes,
            counts=counts,
            stands_for=each[labelled.codes],
            tell_how_many=labelled.tell_how_many,
        )

    def unit(self, places: FloatArray) -> FloatArray:
        """Return directions, those in which topics differ more counting more."""
        weighed = places * np.sqrt(self.space.between / (1 + self.space.between))
        return np.asarray(weighed / np.maximum(np.linalg.norm(weighed, axis=1)[:, None], 1e-12))

    def settle(self, groups: list[IntArray], odds: FloatArray) -> list[IntArray]:
        """Let every contact go where it fits best; a group may lose all of its own."""
        if not groups:
            return []
        fit, best = self._fit_to(groups, self.places, own=True)
        stays = (fit + odds <= self._fit_to_known) | (fit <= self._fit_to_none(self.places))
        return [np.flatnonzero(~stays & (best == number)) for number in range(len(groups))]

    def left_over(self, groups: list[IntArray]) -> FloatArray:
        """Return what part of each group the labelled texts that go there do not explain."""
        if not groups:
            return np.zeros(0)
        fit, best = self._fit_to(groups, self.places, own=True)
        goes = (fit > self._fit_to_known) & (fit > self._fit_to_none(self.places))
        there = np.bincount(best[goes], minlength=len(groups))
        fit, best = self._fit_to(groups, self.known_places, own=False)
        goes = (fit > self._labelled_fit()) & (fit > self._fit_to_none(self.known_places))
        explained = np.bincount(best[goes], self.stands_for[goes], len(groups))
        return np.asarray(1 - (explained + np.sqrt(explained) + 1) / np.maximum(there, 1))

    def _fit_to(
        self, groups: list[IntArray], places: FloatArray, *, own: bool
    ) -> tuple[FloatArray, IntArray]:
        """Return each text's fit to the group it fits best, and which that is."""
        n = np.array([len(rows) for rows in groups], dtype=np.float64)
        sums = np.array([self.places[rows].sum(axis=0) for rows in groups])
        fit = self.space.likelihood(places, *_discounted(n, sums))
        for number, rows in enumerate(groups if own else ()):  # nobody vouches for himself
            rest = _discounted(n[[number]] - 1, sums[number] - places[rows])
            fit[rows, number] = self.space.likelihood_each(places[rows], *rest)
        return fit.max(axis=1), fit.argmax(axis=1)

    @cached_property
    def _sums(self) -> FloatArray:
        sums = np.zeros((len(self.counts), self.places.shape[1]))
        np.add.at(sums, self.codes, self.known_places)
        return sums

    @cached_property
    def _fit_to_known(self) -> FloatArray:
        known = self.counts > 0
        topics = _discounted(self.counts[known], self._sums[known])
        return np.asarray(self.space.likelihood(self.places, *topics).max(axis=1))

    def _labelled_fit(self) -> FloatArray:
        """Return each labelled text's fit to the topic it fits best, itself left out."""
        fit = self.space.likelihood(self.known_places, *_discounted(self.counts, self._sums))
        fit[:, self.counts == 0] = -np.inf
        n, sums = self.counts[self.codes] - 1, self._sums[self.codes] - self.known_places
        rows = np.arange(len(fit))
        fit[rows, self.codes] = self.space.likelihood_each(self.known_places, *_discounted(n, sums))
        return np.asarray(fit.max(axis=1))

    def _fit_to_none(self, places: FloatArray) -> FloatArray:
        nobody = np.zeros((1, places.shape[1]))
        return self.space.likelihood_each(places, np.zeros(1), nobody)


def _discounted(n: FloatArray, sums: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return counts and sums as if the mean were known no better than to `_STRAY`."""
    known = 1 / (1 + _STRAY * n)
    return n * known, sums * known[..., None]
