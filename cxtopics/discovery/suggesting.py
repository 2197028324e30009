"""Contacts + model -> new topics, topics to split, topics to merge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxtopics.classify import TopicModel
from cxtopics.classify.gaps import find_groups
from cxtopics.classify.topic_groups import group_coordinates, grow_groups
from cxtopics.classify.topic_space import TopicSpace, fit_topic_space
from cxtopics.discovery.candidates import Suggestions
from cxtopics.discovery.describing import Describer
from cxtopics.discovery.evidence import Evidence
from cxtopics.discovery.table import in_fixed_order
from cxtopics.errors import InputError
from cxtopics.taxonomy import RESERVED

__all__ = ["suggest_topics"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

MIN_SIZE = 8
_MOST_TEXTS = 20_000
_SPLIT_SHARE = 0.25  # of a topic that its second group must hold to be worth a split


def suggest_topics(
    tagged: pd.DataFrame, model: TopicModel, *, min_size: int = MIN_SIZE
) -> Suggestions:
    """Group the contacts that no topic fits, and look for topics to split or merge.

    Parameters
    ----------
    tagged
        Contacts with `contact_id` and `text`; `created_at` gives the trend. Equal texts are
        one text. Of more than 20,000 different texts every k-th is looked at.
    min_size
        Fewest different texts of a candidate.

    Raises
    ------
    InputError
        No column `contact_id` or `text`, or fewer than `min_size` texts.
    """
    contacts = in_fixed_order(tagged)
    texts = contacts.drop_duplicates("key")["text"].tolist()
    texts = texts[:: -(-len(texts) // _MOST_TEXTS)] if texts else texts
    if len(texts) < max(min_size, 3):
        raise InputError(f"got {len(texts)} different texts, expected more", "give more contacts")
    seen = Evidence.of(texts, model)
    found = find_groups(
        seen.vectors, seen.known, seen.familiarity, seen.labelled, seen.surplus, min_size=min_size
    )
    groups = [group.rows for group in found]
    describe = Describer(contacts, texts, seen, model)
    parts = [
        replace(describe(rows), part_of=number)
        for number, group in enumerate(found, start=1)
        for rows in group.parts
    ]
    return Suggestions(
        (*(describe(rows) for rows in groups), *parts),
        {
            topic: tuple(describe(rows) for rows in parts)
            for topic, parts in _splits(seen, model.classes, groups, min_size).items()
        },
        tuple(_merges(seen, model.classes, groups, min_size)),
        len(contacts),
    )


def _space_of_topics(
    seen: Evidence, classes: Sequence[str], groups: Sequence[IntArray]
) -> tuple[TopicSpace, FloatArray, dict[str, IntArray]]:
    """Return a space, the places of all texts in it, and the rows filed under each topic."""
    free = np.ones(len(seen.forced), dtype=bool)
    for rows in groups:
        free[rows] = False
    coordinates = group_coordinates(seen.vectors, seen.words, seen.logits)
    space = fit_topic_space(coordinates, seen.known * free[:, None])
    filed = {
        topic: np.flatnonzero(free & (seen.forced == code))
        for code, topic in enumerate(classes)
        if topic not in RESERVED
    }
    return space, space.place(coordinates), filed


def _splits(
    seen: Evidence, classes: Sequence[str], groups: Sequence[IntArray], min_size: int
) -> dict[str, tuple[IntArray, ...]]:
    """Return the topics whose contacts form two clear groups rather than one."""
    space, places, filed = _space_of_topics(seen, classes, groups)
    found = {}
    for topic, rows in filed.items():
        rows = rows[:: -(-len(rows) // 400)] if len(rows) else rows
        if len(rows) < 4 * min_size:
            continue
        parts = sorted(grow_groups(places[rows], space), key=lambda part: -len(part))
        if len(parts) > 1 and len(parts[1]) >= max(min_size, _SPLIT_SHARE * len(rows)):
            found[topic] = tuple(np.sort(rows[part]) for part in parts[:2])
    return found


def _merges(
    seen: Evidence, classes: Sequence[str], groups: Sequence[IntArray], min_size: int
) -> list[tuple[str, str]]:
    """Return the pairs of topics that one common centre explains better than two."""
    space, places, filed = _space_of_topics(seen, classes, groups)
    names = [topic for topic, rows in filed.items() if len(rows) >= min_size]
    if len(names) < 2:
        return []
    n = np.array([len(filed[topic]) for topic in names], dtype=np.float64)
    sums = np.array([places[filed[topic]].sum(axis=0) for topic in names])
    own = space.evidence(n, sums)
    gain = space.evidence(n[:, None] + n, sums[:, None] + sums) - own[:, None] - own
    pairs = [
        (gain[one, two], names[one], names[two])
        for one in range(len(names))
        for two in range(one + 1, len(names))
        if gain[one, two] > 0
    ]
    return [(a, b) for _, a, b in sorted(pairs, key=lambda pair: (-pair[0], pair[1:]))]
