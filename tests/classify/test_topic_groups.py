"""Contacts of two topics become two groups."""

import numpy as np

from cxtopics.classify.topic_groups import grow_groups
from cxtopics.classify.topic_space import fit_topic_space


def topics(seed: int = 0):
    """Return contacts of six topics."""
    rng = np.random.default_rng(seed)
    codes = np.repeat(np.arange(6), 40)
    vectors = rng.normal(size=(7, 24))[codes] + rng.normal(scale=0.5, size=(len(codes), 24))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), codes


def test_evidence_merges_one_topic_and_keeps_two_apart() -> None:
    vectors, codes = topics()
    space = fit_topic_space(vectors, np.eye(6)[codes])
    some = np.flatnonzero(codes < 2)
    groups = grow_groups(space.place(vectors[some]), space)
    large = sorted(groups, key=len)[-2:]
    assert [len(set(codes[some[rows]])) for rows in large] == [1, 1]
    assert sum(map(len, large)) >= 60
