"""Flipped labels are doubted first, with their true topic suggested."""

import numpy as np

from cxtopics.classify.label_noise import doubt_labels


def test_flipped_labels_are_the_most_doubtful() -> None:
    rng = np.random.default_rng(0)
    truth = np.repeat(np.arange(4), 50)
    vectors = rng.normal(size=(4, 8))[truth] + rng.normal(scale=0.3, size=(200, 8))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    given = truth.copy()
    flipped = rng.choice(200, 10, replace=False)
    given[flipped] = (truth[flipped] + 1) % 4
    chances = np.full((200, 4), 0.1)
    chances[np.arange(200), truth] = 0.7
    found = doubt_labels(vectors, given, chances)
    assert set(np.argsort(-found.doubt)[:10]) == set(flipped)
    assert (found.suggested[flipped] == truth[flipped]).all()
    assert (found.doubt[flipped] > 0.5).all()
    np.testing.assert_allclose(found.p_given[flipped], 0.1)
    assert (found.neighbours != np.arange(200)[:, None]).all()
    assert (found.n_given + found.n_suggested <= 10).all()


def test_agreeing_witnesses_leave_no_doubt() -> None:
    vectors = np.repeat(np.eye(2), 12, axis=0)
    codes = np.repeat([0, 1], 12)
    found = doubt_labels(vectors, codes, np.eye(2)[codes])
    assert (found.doubt == 0).all()
