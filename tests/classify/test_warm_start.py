"""Starting from an earlier training: no leaks, the same end, nothing that did not change."""

from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.special import log_softmax

from cxtopics.classify.classifier import TopicClassifier
from cxtopics.classify.features import Features
from cxtopics.classify.warm_start import MOST_TRAININGS, WarmStart

WORDS = np.arange(5, dtype=np.int64) * 10


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setenv("CXTOPICS_CACHE", str(tmp_path))
    return tmp_path / "heads"


def blobs(n_topics: int = 6, n_each: int = 40, noise: float = 1.5):
    rng = np.random.default_rng(3)
    codes = np.repeat(np.arange(n_topics), n_each)
    x = rng.normal(size=(n_topics, 12))[codes] + rng.normal(scale=noise, size=(len(codes), 12))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    words = sp.random(len(codes), len(WORDS), 0.3, "csr", np.float32, random_state=1)
    groups = [f"text {number}" for number in range(len(codes))]
    return Features(x.astype(np.float32), words), [f"topic_{code}" for code in codes], groups


def fit(x: Features, topics: list[str], groups: list[str], settings: str = "same", c: float = 3.0):
    weights = np.ones(len(topics))
    warm = WarmStart(groups, topics, weights, WORDS, settings)
    start = warm.of("full")
    head = TopicClassifier(c, nearest_weight=0.0).fit(x, topics, groups, weights, start)
    warm.keep({"full": head})
    return head, start


def objective(head: TopicClassifier, x: Features, topics: list[str]) -> float:
    """What the linear part of the head of all texts minimises."""
    own = np.searchsorted(head.classes_, topics)
    chance = log_softmax(head.head_.linear(x), axis=1)[np.arange(len(own)), own]
    coef = head.head_.coef.copy()
    coef[: x.vectors.shape[1]] /= head.scale_
    return float(-chance.sum() + (coef**2).sum() / (2 * head.C))


def test_the_same_labels_give_the_same_heads_whatever_was_trained_between() -> None:
    x, topics, groups = blobs()
    first, start = fit(x, topics, groups)
    assert start is None
    fit(x, ["topic_0" if topic == "topic_1" else topic for topic in topics], groups)
    again, start = fit(x, topics, groups)
    assert start is not None
    assert not any(one.changed.any() for one in start.starts)
    np.testing.assert_array_equal(again.head_.coef, first.head_.coef)
    np.testing.assert_array_equal(again.out_of_fold_, first.out_of_fold_)


def test_topics_that_a_revision_does_not_touch_stay_as_they_are() -> None:
    x, topics, groups = blobs()
    first, _ = fit(x, topics, groups)
    name = {"topic_0": "merged", "topic_1": "merged", "topic_2": "renamed"}
    revised = [name.get(topic, topic) for topic in topics]
    revised = [
        f"{topic}_{row % 2}" if topic == "topic_5" else topic for row, topic in enumerate(revised)
    ]
    again, start = fit(x, revised, groups)
    assert start is not None
    changed = again.classes_[start.starts[-1].changed]
    assert list(changed) == ["merged", "topic_5_0", "topic_5_1"]
    same = {"renamed": "topic_2", "topic_3": "topic_3", "topic_4": "topic_4"}
    for new, old in same.items():
        now, then = np.flatnonzero(again.classes_ == new), np.flatnonzero(first.classes_ == old)
        np.testing.assert_array_equal(again.head_.coef[:, now], first.head_.coef[:, then])
    fresh, _ = fit(x, revised, groups, settings="from nothing")
    assert objective(again, x, revised) < 1.03 * objective(fresh, x, revised)


def test_labels_moved_about_come_out_as_if_from_nothing() -> None:
    x, topics, groups = blobs()
    rng = np.random.default_rng(0)
    noisy = [str(rng.choice(topics)) if rng.random() < 0.2 else topic for topic in topics]
    fit(x, noisy, groups)
    again, start = fit(x, topics, groups)
    assert start is not None and start.starts[0].changed.all()
    fresh, _ = fit(x, topics, groups, settings="from nothing")
    assert objective(again, x, topics) < 1.05 * objective(fresh, x, topics)


def test_no_head_is_judged_on_a_text_that_an_earlier_one_has_seen() -> None:
    """Labels without a pattern, learnt by heart: only a leak could know them again.

    A free head (C = 100) does not forget in four steps: if texts changed folds, 0.9 would be right.
    """
    rng = np.random.default_rng(1)
    x = rng.normal(size=(200, 400)).astype(np.float32)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    features = Features(x, sp.csr_matrix((200, len(WORDS)), dtype=np.float32))
    groups = [f"text {number}" for number in range(200)]
    topics = [str(topic) for topic in rng.choice(["a", "b"], 200)]
    fit(features, topics, groups, c=100.0)
    for _ in range(3):  # new labels for every tenth text
        topics = [str(rng.choice(["a", "b"])) if rng.random() < 0.1 else own for own in topics]
    order = rng.permutation(200)
    head, start = fit(
        features[order], [topics[row] for row in order], [groups[row] for row in order], c=100.0
    )
    assert start is not None
    own = np.array(topics)[order]
    assert (head.predict(features[order]) == own).mean() > 0.95
    assert 0.35 < (head.classes_[head.out_of_fold_.argmax(axis=1)] == own).mean() < 0.65


def test_new_texts_and_words_join_in() -> None:
    x, topics, groups = blobs()
    few = np.arange(len(topics)) % 20 != 0
    known = [group for group, one in zip(groups, few, strict=True) if one]
    earlier = Features(x.vectors[few], x.words[few][:, 1:])
    weights = np.ones(few.sum())
    warm = WarmStart(known, list(np.array(topics)[few]), weights, WORDS[1:], "same")
    head = TopicClassifier(nearest_weight=0.0)
    head.fit(earlier, list(np.array(topics)[few]), known, weights)
    warm.keep({"full": head})
    again, start = fit(x, topics, groups)
    assert start is not None
    np.testing.assert_array_equal(start.folds[few], head.folds_)
    fresh, _ = fit(x, topics, groups, settings="from nothing")
    assert objective(again, x, topics) < 1.05 * objective(fresh, x, topics)


def test_a_training_on_other_texts_or_settings_is_of_no_use() -> None:
    x, topics, groups = blobs()
    fit(x, topics, groups)
    assert fit(x, topics, [f"other {group}" for group in groups])[1] is None
    assert fit(x, topics, groups, settings="another encoder")[1] is None


def test_only_the_latest_trainings_are_kept_and_no_text_is(cache: Path) -> None:
    x, topics, groups = blobs(n_each=10)
    for number in range(MOST_TRAININGS + 2):
        fit(x, topics, [f"{group} of shop {number}" for group in groups])
    files = list(cache.iterdir())
    assert len(files) == MOST_TRAININGS
    assert not any(b"shop" in file.read_bytes() for file in files)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 half of one"])
def test_a_broken_file_in_the_cache_costs_time_only(cache: Path, content: bytes) -> None:
    x, topics, groups = blobs()
    fit(x, topics, groups)
    for file in cache.iterdir():
        file.write_bytes(content)
    assert fit(x, topics, groups)[1] is None


def test_a_cache_that_cannot_be_written_to_costs_time_only(cache: Path) -> None:
    cache.write_text("a file where a folder should be")
    x, topics, groups = blobs()
    assert fit(x, topics, groups)[1] is None


def test_a_model_says_what_it_started_from_unless_that_makes_no_difference() -> None:
    x, topics, groups = blobs()
    weights = np.ones(len(topics))

    def source(labels: list[str]) -> str | None:
        return WarmStart(groups, labels, weights, WORDS, "same").source

    assert source(topics) is None
    fit(x, topics, groups)
    assert source(topics) is None
    assert source([topic.upper() for topic in topics]) is None  # renamed
    assert source(["topic_0" if topic == "topic_1" else topic for topic in topics]) is not None
