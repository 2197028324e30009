"""Tokens and TF-IDF worked by hand."""

import numpy as np
import pytest

from cxtopics.classify.tokens import Tokens
from cxtopics.classify.words import WordWeights


def test_tokens_of_some_texts_keep_their_order() -> None:
    tokens = Tokens.of([[5, 6], [], [7], [8, 9, 9]])
    assert [list(text) for text in tokens] == [[5, 6], [], [7], [8, 9, 9]]
    some = tokens.take(np.array([3, 1, 0]))
    assert [list(text) for text in some] == [[8, 9, 9], [], [5, 6]]
    assert len(Tokens.of([])) == 0


def test_weights_by_hand() -> None:
    words = WordWeights.fit(Tokens.of([[1, 2], [1, 3]]))
    # 1, 2, 3 and the pairs (1, 2), (1, 3); 1 is in both texts, the rest in one of two
    assert len(words.keys) == 5
    rare = np.log(3 / 2) + 1
    found = words.transform(Tokens.of([[1, 1, 2], [4]])).toarray()
    expected = np.array([1 + np.log(2), rare, rare])  # 1 twice, 2, the pair (1, 2)
    assert np.sort(found[0][found[0] > 0]) == pytest.approx(
        np.sort(expected / np.linalg.norm(expected)), rel=1e-6
    )
    assert not found[1].any()


def test_pairs_do_not_straddle_texts_and_rare_ones_are_left_out() -> None:
    texts = [[1, 2]] * 150 + [[3, 4]] * 150 + [[5, 6]]
    words = WordWeights.fit(Tokens.of(texts))
    assert len(words.keys) == 6  # 1, 2, 3, 4, (1, 2), (3, 4); not (2, 3), nor what is in one text
    assert words.transform(Tokens.of([[2, 3]])).nnz == 2


def test_no_words_at_all() -> None:
    words = WordWeights.fit(Tokens.of([[], []]))
    assert words.transform(Tokens.of([[], [1]])).shape == (2, 0)
