"""What the labelled texts do not explain: words, and contacts in one place."""

import numpy as np
import scipy.sparse as sp

from cxtopics.classify.unfamiliar import neighbour_mean, surplus_words, unexplained_by_neighbours


def test_words_beyond_their_earlier_rate_speak_for_something_new() -> None:
    holds = sp.csr_matrix(np.array([[1, 1]] * 40 + [[0, 1]] * 60))
    by_word, by_contact = surplus_words(holds, np.array([2.0, 100.0]))
    # 2 expected: 2 + 3 sqrt(2) + 3 of 40 are explained
    np.testing.assert_allclose(by_word, [1 - (5 + 3 * 2**0.5) / 40, 0])
    np.testing.assert_allclose(by_contact, [by_word[0]] * 40 + [0] * 60)


def test_contacts_beyond_what_labelled_texts_stand_for_are_unexplained() -> None:
    here, there = np.tile([1.0, 0.0], (12, 1)), np.tile([0.0, 1.0], (12, 1))
    labelled = np.tile([0.0, 1.0], (12, 1))
    found = unexplained_by_neighbours(np.vstack([here, there]), labelled, np.full(12, 1.0), n=11)
    np.testing.assert_allclose(found[:12], 1)  # nobody labelled is near
    each = unexplained_by_neighbours(there, labelled, np.full(12, 0.25), n=23)
    # 11 other contacts and itself; twelve labelled texts stand for three: 3 + sqrt(3) of 12
    np.testing.assert_allclose(each, 1 - (3 + 3**0.5) / 12)


def test_neighbours_share_their_values() -> None:
    vectors = np.repeat(np.eye(2), 4, axis=0)
    values = np.array([1.0, 0, 0, 1, 5, 5, 5, 5])[:, None]
    np.testing.assert_allclose(neighbour_mean(vectors, values, n=3)[:, 0], [0.5] * 4 + [5.0] * 4)
