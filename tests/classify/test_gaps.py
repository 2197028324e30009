"""A group apart from all topics is found; noise and known topics are not."""

import numpy as np
import scipy.sparse as sp

from cxtopics.classify.gaps import find_groups, grow_groups, neighbour_mean, surplus_words
from cxtopics.classify.topic_space import fit_topic_space


def world(n_hidden: int, seed: int = 0):
    """Return six topics of 40, a group without topic, and a model that is unsure of the group."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(7, 24))
    codes = np.r_[np.repeat(np.arange(6), 40), np.full(n_hidden, 6)]
    vectors = centres[codes] + rng.normal(scale=0.5, size=(len(codes), 24))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    probabilities = np.full((len(codes), 6), 0.01)
    probabilities[np.arange(len(codes)), np.minimum(codes, 5)] = 0.95
    probabilities[codes == 6] = [0.2, 0.2, 0.2, 0.15, 0.15, 0.1]
    words = sp.identity(len(codes), format="csr")
    return vectors, words, np.log(probabilities), probabilities, codes


def test_a_group_without_topic_is_found_whole_and_pure() -> None:
    *given, codes = world(25)
    (rows,) = find_groups(*given)
    assert set(rows) == set(np.flatnonzero(codes == 6))


def test_nothing_is_found_where_nothing_is_missing() -> None:
    assert find_groups(*world(0)[:4]) == []


def test_few_strangers_are_no_topic() -> None:
    assert find_groups(*world(5)[:4]) == []


def test_the_order_of_the_contacts_does_not_matter() -> None:
    vectors, words, logits, probabilities, _ = world(25)
    order = np.random.default_rng(1).permutation(len(vectors))
    (straight,) = find_groups(vectors, words, logits, probabilities)
    (mixed,) = find_groups(vectors[order], words[order], logits[order], probabilities[order])
    assert set(order[mixed]) == set(straight)


def test_words_beyond_their_earlier_rate_speak_for_something_new() -> None:
    holds = sp.csr_matrix(np.array([[1, 1]] * 40 + [[0, 1]] * 60))
    by_word, by_contact = surplus_words(holds, np.array([2.0, 100.0]))
    # 2 expected: 2 + 3 sqrt(2) + 3 of 40 are explained
    np.testing.assert_allclose(by_word, [1 - (5 + 3 * 2**0.5) / 40, 0])
    np.testing.assert_allclose(by_contact, [by_word[0]] * 40 + [0] * 60)


def test_neighbours_share_their_values() -> None:
    vectors = np.repeat(np.eye(2), 4, axis=0)
    values = np.array([1.0, 0, 0, 1, 5, 5, 5, 5])
    np.testing.assert_allclose(neighbour_mean(vectors, values, n=3), [0.5] * 4 + [5.0] * 4)


def test_evidence_merges_one_topic_and_keeps_two_apart() -> None:
    vectors, *_, codes = world(0)
    space = fit_topic_space(vectors, np.eye(6)[codes])
    some = np.flatnonzero(codes < 2)
    groups = grow_groups(space.place(vectors[some]), space)
    large = sorted(groups, key=len)[-2:]
    assert [len(set(codes[some[rows]])) for rows in large] == [1, 1]
    assert sum(map(len, large)) >= 60


def test_evidence_is_the_marginal_likelihood() -> None:
    """Against a multivariate normal worked out in full (scipy), one dimension."""
    from scipy.stats import multivariate_normal

    vectors, *_, codes = world(0)
    space = fit_topic_space(vectors, np.eye(6)[codes])
    points, b = np.array([0.3, -1.2, 0.8]), float(space.between[0])
    joint = multivariate_normal(cov=np.eye(3) + b).logpdf(points)
    alone = multivariate_normal(cov=np.eye(3)).logpdf(points)  # the centre fixed at 0
    spread = 1 + 3 * b
    expected = 0.5 * (b * points.sum() ** 2 / spread - np.log(spread))
    assert abs((joint - alone) - expected) < 1e-9
    only_first = np.zeros((1, len(space.between)))
    only_first[0, 0] = points.sum()
    rest = -0.5 * np.log(1 + 3 * space.between[1:]).sum()
    assert abs(space.evidence(np.array([3.0]), only_first)[0] - rest - expected) < 1e-9


def test_a_space_without_topics_still_measures() -> None:
    vectors, *_ = world(0)
    space = fit_topic_space(vectors, np.zeros((len(vectors), 3)))
    assert np.isfinite(space.place(vectors)).all()
    assert np.isfinite(space.evidence(np.ones(1), space.place(vectors[:1]))).all()
