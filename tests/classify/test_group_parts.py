"""Two near topics taken for one are cut in two, and lie further apart than the parts of one."""

import numpy as np
import pytest

from cxtopics.classify.group_parts import cut_in_two, parts_of_a_usual_topic
from cxtopics.classify.topic_space import fit_topic_space


def world(n_each: int, seed: int = 0):
    """Return labelled texts of eight topics, their space, and places of two topics unseen."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(10, 24))
    codes = np.repeat(np.arange(8), 60)
    known = centres[codes] + rng.normal(scale=0.5, size=(len(codes), 24))
    space = fit_topic_space(known, np.eye(8)[codes])
    new = centres[np.repeat([8, 9], n_each)] + rng.normal(scale=0.5, size=(2 * n_each, 24))
    return space, space.place(known), codes, space.place(new)


@pytest.mark.parametrize("n_each", [12, 700])  # of 1,400 not all are clustered
def test_two_topics_are_told_apart(n_each: int) -> None:
    space, known, codes, places = world(n_each)
    between, parts = cut_in_two(places, space, 8)
    assert {frozenset(part) for part in parts} == {
        frozenset(range(n_each)),
        frozenset(range(n_each, 2 * n_each)),
    }
    assert between < parts_of_a_usual_topic(known, codes, space, 8)


def test_parts_of_one_topic_lie_as_near_as_usual() -> None:
    wrong = 0
    for seed in range(20):
        space, known, codes, places = world(60, seed)
        usual = parts_of_a_usual_topic(known, codes, space, 8)
        wrong += cut_in_two(places[:60], space, 8)[0] < usual
        assert cut_in_two(places, space, 8)[0] < usual
    assert wrong == 0


def test_a_part_has_the_fewest_contacts_asked_for() -> None:
    space, _, _, places = world(30)
    few = np.vstack([places[:30], places[30:35]])
    assert [len(part) for part in cut_in_two(few, space, 5)[1]] == [30, 5]
    assert cut_in_two(few, space, 18) == (np.inf, [])
    assert all(len(part) >= 8 for part in cut_in_two(few, space, 8)[1])


def test_topics_too_small_to_be_cut_tell_nothing() -> None:
    space, known, codes, _ = world(30)
    assert parts_of_a_usual_topic(known[::10], codes[::10], space, 8) == 0


def test_the_order_does_not_matter() -> None:
    space, _, _, places = world(20)
    order = np.random.default_rng(1).permutation(40)
    (one, straight), (two, mixed) = (
        cut_in_two(given, space, 8) for given in (places, places[order])
    )
    assert one == pytest.approx(two)
    assert {frozenset(part) for part in straight} == {frozenset(order[part]) for part in mixed}
