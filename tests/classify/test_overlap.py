"""Confusion by hand: who is filed where, and whose lever gets the credit."""

import numpy as np
import pytest

from cxtopics.classify.overlap import confusion_mass, rank_overlaps


def test_expected_confusions_by_hand() -> None:
    mass = confusion_mass(np.array([[0.7, 0.3], [0.6, 0.4], [0.2, 0.8]]))
    np.testing.assert_allclose(mass, [[0, 0.2], [0.7, 0]])


def test_cost_is_what_the_wrong_lever_is_credited_with(few_topics) -> None:
    classes = ["arrived_damaged", "cannot_log_in", "order_on_the_way", "thing"]
    mass = np.zeros((4, 4))
    mass[0, 2], mass[1, 2], mass[0, 3] = 10, 20, 3
    found = rank_overlaps(mass, classes, few_topics, {("cannot_log_in", "order_on_the_way"): 4})
    pairs = {(row.topic_a, row.topic_b): row for row in found.itertuples()}
    assert len(pairs) == 3
    topics = few_topics.by_id
    damaged, login, order = (topics[name] for name in classes[:3])
    assert damaged.lever != order.lever
    assert login.lever == order.lever
    assert pairs["arrived_damaged", "order_on_the_way"].cost == pytest.approx(
        10 * damaged.deflectable.likely
    )
    both = abs(login.deflectable.likely - order.deflectable.likely)
    assert pairs["cannot_log_in", "order_on_the_way"].cost == pytest.approx(20 * both)
    assert pairs["cannot_log_in", "order_on_the_way"].out_of_fold == 4
    assert pairs["arrived_damaged", "thing"].cost == 3
    assert found["cost"].is_monotonic_decreasing
