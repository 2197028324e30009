"""What becomes of estimates: slices of columns, customers, sums, changes; by hand."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest

from cxtopics.measure.combining import add_chance, sum_dependent, sum_independent
from cxtopics.measure.estimate import Band
from cxtopics.measure.intervals import garwood
from cxtopics.measure.prevalence.customer_estimates import clustering, estimate_customers
from cxtopics.measure.prevalence.topic_estimates import AuditSample, TopicEstimates, estimate_topics
from cxtopics.measure.prevalence.topic_scores import TopicScores, read_scores, scores_of_vectors
from cxtopics.measure.rates.changes import estimated_changes


def band(*triples):
    return Band(*(np.array(end, dtype=float) for end in zip(*triples, strict=True)))


def test_independent_errors_add_as_squares_and_a_models_own_as_they_are():
    parts = [band((10, 7, 14)), band((20, 16, 23))]
    total = sum_independent(parts)
    assert (total.value[0], total.low[0], total.high[0]) == (30, 25, 35)  # 3-4-5 both ways
    alone = sum_dependent(parts)
    assert (alone.low[0], alone.high[0]) == (23, 37)


def test_chance_is_garwoods_where_nothing_else_is_in_doubt():
    exact = band((10, 10, 10))
    for end, expected in zip(add_chance(exact), garwood(10), strict=True):
        assert end[0] == pytest.approx(float(expected))
    wide = add_chance(exact, 4.0)  # four times the variance, twice the deviation
    assert wide.high[0] - 10 == pytest.approx(2 * (18.390 - 10), abs=1e-3)


def test_changes_by_hand():
    before = band((0.10, 0.07, 0.14), (0.2, 0.1, 0.3), (0.0, 0.0, 0.01))
    after = band((0.20, 0.17, 0.24), (0.2, 0.1, 0.3), (0.0, 0.0, 0.01))
    found = estimated_changes(before, after, pd.Index(["up", "same", "none"]))
    up = found.loc["up"]
    # + .1; down sqrt(.03² + .04²) = .05, up the same
    assert up[["difference", "difference_low", "difference_high"]].tolist() == pytest.approx(
        [0.1, 0.05, 0.15]
    )
    assert up["ratio"] == pytest.approx(2)
    # z = .1 / .05 x 1.96 = 3.92, p = 8.9e-5, times three topics
    assert up["q_value"] == pytest.approx(3 * 8.86e-5, rel=0.01)
    assert found.loc["same", "q_value"] == found.loc["none", "q_value"] == 1


def test_customers_by_hand():
    # one customer with two contacts that may be on topic a, one with one, one without id
    scores = np.array([[0.5, 0.5], [0.5, 0.5], [0.9, 0.1], [0.9, 0.1]])
    customers = np.array([0, 0, 1, -1])
    share = band((0.5, 0.4, 0.6), (0.5, 0.4, 0.6))
    found = estimate_customers(
        scores, customers, TopicEstimates(("a", "other"), 4, share, np.eye(2), "by hand")
    )
    # a: (1 - .25) + .9 = 1.65 customers for 1.9 contacts; 3 contacts with id x .5
    assert found.value[0] == pytest.approx(1.5 * 1.65 / 1.9)
    # by best topic: 3 contacts of 2 customers, so the ratio may be as low as 2/3
    assert found.low[0] == pytest.approx(3 * 0.4 * 2 / 3)
    assert found.high[0] == pytest.approx(3 * 0.6 * 1.65 / 1.9)
    # two contacts of one, one, one: (4 + 1 + 1) / 4
    assert clustering(scores, customers)[0] == pytest.approx(1.5)
    nobody = estimate_customers(
        scores, np.full(4, -1), TopicEstimates(("a", "other"), 4, share, np.eye(2), "by hand")
    )
    assert np.isnan(nobody.value).all()


def test_customers_who_write_often_are_counted_by_the_formula():
    rng = np.random.default_rng(3)
    scores = rng.dirichlet([0.5, 0.5, 1], 500)
    customers = rng.integers(-1, 120, 500)
    share = Band(*np.full((3, 3), 1 / 3))
    found = estimate_customers(
        scores, customers, TopicEstimates(("a", "b", "other"), 500, share, np.eye(3), "by hand")
    )
    own = [scores[customers == who] for who in range(120) if (customers == who).any()]
    soft = sum(1 - np.prod(1 - a, axis=0) for a in own) / sum(a.sum(axis=0) for a in own)
    best = [np.bincount(a.argmax(axis=1), minlength=3) for a in own]
    hard = np.sum(np.array(best) > 0, axis=0) / np.sum(best, axis=0)
    n = (customers >= 0).sum()
    np.testing.assert_allclose(found.value, n / 3 * soft, rtol=1e-12)
    np.testing.assert_allclose(found.low, n / 3 * np.minimum(soft, hard), rtol=1e-12)
    np.testing.assert_allclose(
        found.high, np.minimum(n / 3 * np.maximum(soft, hard), len(own)), rtol=1e-12
    )


def test_classes_that_do_not_count_are_part_of_other():
    classes = ("late", "no_reply_needed", "other")
    g = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8], [np.nan] * 3, [0.0, 1.0, 0.0]])
    scores = TopicScores(classes, g)
    found = scores.population(np.array([True, True, True, False]))
    assert found.topics == ("late", "other")
    assert found.mix == pytest.approx([0.4, 0.6])
    assert found.scores.sum(axis=1) == pytest.approx([1, 1])


def test_two_best_topics_are_completed_to_probabilities():
    table = pd.DataFrame(
        {
            "topic_forced": ["late", "size", None],
            "confidence": [0.7, 0.6, None],
            "runner_up": ["size", None, None],
            "runner_up_confidence": [0.2, None, None],
        }
    )
    scores = read_scores(table, None)
    assert scores.classes == ("late", "size", "other")
    assert scores.probabilities[0] == pytest.approx([0.7, 0.2, 0.1])
    assert scores.probabilities[:2].sum(axis=1) == pytest.approx([1, 1])
    assert scores.has_text.tolist() == [True, True, False]


def test_nothing_is_estimated_where_nothing_is_known_of_the_error():
    scores = TopicScores(("a", "b"), np.full((10, 2), 0.5))
    population = scores.population(np.ones(10, dtype=bool))
    assert estimate_topics(population) is None
    pi = np.full(10, 0.5)
    pi[:2] = 0  # a fifth that no audit could draw
    sample = AuditSample(pi, np.array([5, 6]), np.array([0, 1]))
    assert estimate_topics(population, sample) is None


def test_single_precision_costs_no_digit_that_counts_and_is_never_copied():
    rng = np.random.default_rng(8)
    n, k = 30_000, 40
    double = rng.dirichlet(np.full(k, 0.1), n)
    single = double.astype(np.float32)
    prior, counted = rng.dirichlet(np.ones(k)), rng.random(n) < 0.9
    about = {"classes": [f"t{column:02d}" for column in range(k)], "training_prior": list(prior)}
    exact = scores_of_vectors(double, about).population(counted)
    scores = scores_of_vectors(single, about)
    tracemalloc.start()
    found = scores.population(counted)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    np.testing.assert_allclose(found.mix, exact.mix, atol=1e-6)
    np.testing.assert_allclose(found.scores, exact.scores, atol=1e-5)
    assert peak < found.scores.nbytes + 8e6
