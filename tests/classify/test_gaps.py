"""A group apart from all topics is found; noise, known topics and old news are not."""

import numpy as np

from cxtopics.classify.gaps import Labelled, find_groups


def world(n_hidden: int, seed: int = 0, n_labelled: int = 60):
    """Return labelled texts of six topics, contacts of these and of a seventh, and a model.

    The model is unsure of the seventh topic.
    """
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(7, 24))

    def drawn(codes):
        vectors = centres[codes] + rng.normal(scale=0.5, size=(len(codes), 24))
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    known = np.repeat(np.arange(6), n_labelled)
    labelled = Labelled(drawn(known), known)
    codes = np.r_[np.repeat(np.arange(6), 40), np.full(n_hidden, 6)]
    vectors = drawn(codes)
    probabilities = np.full((len(codes), 6), 0.01)
    probabilities[np.arange(len(codes)), np.minimum(codes, 5)] = 0.95
    probabilities[codes == 6] = [0.2, 0.2, 0.2, 0.15, 0.15, 0.1]
    familiarity = np.where(codes == 6, 0.05, 0.5)
    return (vectors, probabilities, familiarity, labelled), codes


def rows_of(*given):
    return [group.rows for group in find_groups(*given)]


def test_a_group_without_topic_is_found_whole_and_pure() -> None:
    given, codes = world(25)
    (rows,) = rows_of(*given)
    assert set(rows) == set(np.flatnonzero(codes == 6))


def test_a_group_filed_with_confidence_is_found_by_what_is_missing_among_the_labels() -> None:
    (vectors, probabilities, _, labelled), codes = world(25)
    probabilities[codes == 6] = [0.95, 0.01, 0.01, 0.01, 0.01, 0.01]
    (rows,) = rows_of(vectors, probabilities, np.full(len(codes), 0.5), labelled)
    assert set(rows) == set(np.flatnonzero(codes == 6))


def test_what_the_labels_hold_as_often_is_no_news() -> None:
    (vectors, probabilities, familiarity, labelled), codes = world(25)
    mine = vectors[codes == 6] + np.random.default_rng(1).normal(scale=0.02, size=(25, 24))
    mine /= np.linalg.norm(mine, axis=1, keepdims=True)
    # the model is unsure of them, and yet they were labelled, all as the first topic
    more = Labelled(
        np.vstack([labelled.vectors, mine]), np.r_[labelled.codes, np.zeros(25, dtype=int)]
    )
    assert find_groups(vectors, probabilities, familiarity, more) == []


def test_examples_say_nothing_of_how_often() -> None:
    (vectors, probabilities, familiarity, labelled), codes = world(25)
    few = Labelled(labelled.vectors[::6], labelled.codes[::6], tell_how_many=False)
    (rows,) = rows_of(vectors, probabilities, familiarity, few)
    assert set(rows) == set(np.flatnonzero(codes == 6))


def test_nothing_is_found_where_nothing_is_missing() -> None:
    assert find_groups(*world(0)[0]) == []


def test_few_strangers_are_no_topic() -> None:
    assert find_groups(*world(5)[0]) == []


def test_the_order_of_the_contacts_does_not_matter() -> None:
    (vectors, probabilities, familiarity, labelled), _ = world(25)
    order = np.random.default_rng(1).permutation(len(vectors))
    (straight,) = rows_of(vectors, probabilities, familiarity, labelled)
    (mixed,) = rows_of(vectors[order], probabilities[order], familiarity[order], labelled)
    assert set(order[mixed]) == set(straight)
