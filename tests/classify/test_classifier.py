"""The head: folds without leaks, calibrated out of fold, any number of topics."""

import numpy as np
import pytest
import scipy.sparse as sp

from cxtopics.classify.classifier import TopicClassifier, deal_folds
from cxtopics.classify.features import Features


def blobs(n_topics: int, n_each: int, noise: float, seed: int = 0):
    centres = np.random.default_rng(0).normal(size=(n_topics, 12))
    rng = np.random.default_rng([1, seed])
    codes = np.repeat(np.arange(n_topics), n_each)
    x = centres[codes] + rng.normal(scale=noise, size=(len(codes), 12))
    return features(x), np.array([f"topic_{code}" for code in codes])


def features(x: np.ndarray) -> Features:
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    return Features(unit.astype(np.float32), sp.csr_matrix((len(x), 0), dtype=np.float32))


def test_equal_texts_share_a_fold_and_folds_hold_all_topics() -> None:
    codes = np.repeat([0, 1, 2], 20)
    groups = [f"{code}-{n % 10}" for code, n in zip(codes, range(60), strict=True)]
    folds = deal_folds(codes, groups, 5, seed=0)
    for group in set(groups):
        assert len({fold for fold, name in zip(folds, groups, strict=True) if name == group}) == 1
    for fold in range(5):
        assert set(codes[folds == fold]) == {0, 1, 2}


@pytest.mark.parametrize("n_topics", [2, 3, 7])
def test_probabilities_are_calibrated_and_sum_to_one(n_topics: int) -> None:
    x, y = blobs(n_topics, 60, noise=1.8)
    head = TopicClassifier().fit(x, y)
    other, truth = blobs(n_topics, 300, noise=1.8, seed=1)
    chances = head.predict_proba(other)
    np.testing.assert_allclose(chances.sum(axis=1), 1, atol=1e-9)
    right = head.predict(other) == truth
    assert right.mean() > 0.55
    # fixed seeds; three standard errors of the mean
    assert chances.max(axis=1).mean() == pytest.approx(right.mean(), abs=3 * 0.5 / len(y) ** 0.5)
    assert (head.classes_[head.out_of_fold_.argmax(axis=1)] == y).mean() > 0.55


def test_out_of_fold_predictions_do_not_see_the_text_itself() -> None:
    rng = np.random.default_rng(1)
    x = features(rng.normal(size=(200, 400)))
    y = rng.choice(["a", "b"], size=200)  # labels without any pattern
    head = TopicClassifier(C=100.0).fit(x, y)
    assert (head.predict(x) == y).mean() == 1.0  # learnt by heart
    found = (head.classes_[head.out_of_fold_.argmax(axis=1)] == y).mean()
    assert 0.35 < found < 0.65  # 0.5 +- 4 standard errors


def test_topics_with_a_single_text_do_not_break_the_folds() -> None:
    x, y = blobs(3, 10, noise=0.5)
    y[0] = "lonely"
    head = TopicClassifier().fit(x, y)
    assert list(head.classes_) == ["lonely", "topic_0", "topic_1", "topic_2"]
    assert np.isfinite(head.predict_proba(x)).all()


def test_texts_unlike_any_topic_are_unfamiliar() -> None:
    x, y = blobs(4, 50, noise=0.5)
    head = TopicClassifier().fit(x, y)
    assert head.familiarity_out_of_fold_.mean() == pytest.approx(0.5, abs=0.01)
    strangers = features(np.random.default_rng(2).normal(size=(100, 12)))
    assert (head.score(strangers)[1] < 0.05).mean() > 0.5
    assert (head.score(blobs(4, 50, noise=0.5, seed=3)[0])[1] < 0.05).mean() < 0.2


def test_heads_that_compare_find_odd_texts_again() -> None:
    x, y = blobs(18, 4, noise=0.8)
    other, truth = blobs(18, 60, noise=0.8, seed=4)
    y, truth = (np.array([name[-1] for name in names]) for names in (y, truth))  # mixed topics
    right = [
        (TopicClassifier(nearest_weight=weight).fit(x, y).predict(other) == truth).mean()
        for weight in (0.0, None)
    ]
    assert right[1] > right[0]


def test_weights_decide_between_texts_that_disagree() -> None:
    x, y = blobs(2, 40, noise=0.3)
    both, topics = x[np.r_[:80, :80]], np.r_[y, y[::-1]]  # the second half says the opposite
    for believed, weights in ((y, [1.0] * 80 + [0.03] * 80), (y[::-1], [0.03] * 80 + [1.0] * 80)):
        head = TopicClassifier().fit(both, topics, weights=np.array(weights))
        assert (head.predict(x) == believed).mean() > 0.95
