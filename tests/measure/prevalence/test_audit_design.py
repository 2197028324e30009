"""Which contacts are drawn, with what probability, and what a plan promises."""

import numpy as np
import pytest

from cxtopics.measure.prevalence.audit_design import (
    contacts_needed,
    guard_scores,
    inclusion_probabilities,
    planned_half_width,
    systematic_draw,
)


def some_scores(n=400, k=5, seed=0):
    return guard_scores(np.random.default_rng(seed).dirichlet(np.full(k, 0.2), n))


def test_guard_by_hand():
    scores = guard_scores([[1.0, 0.0], [0.5, 0.5]])
    # .99 q + .005 mean + .005 / 2: .99 + .005 x .75 + .0025
    assert scores == pytest.approx(np.array([[0.99625, 0.00375], [0.50125, 0.49875]]))


def test_probabilities_by_hand():
    # P = (.7, .3); s_1 = sqrt(.09 / .702 + .09 / .302), s_2 = sqrt(.25 / .702 + .25 / .302)
    scores = np.array([[0.9, 0.1], [0.5, 0.5]])
    s = np.sqrt([0.09 / 0.702 + 0.09 / 0.302, 0.25 / 0.702 + 0.25 / 0.302])
    assert inclusion_probabilities(scores, 1) == pytest.approx((0.25 + 0.75 * s / s.mean()) / 2)


@pytest.mark.parametrize("n", [1, 50, 390])
def test_probabilities_add_up_to_the_number_drawn(n):
    scores = some_scores()
    pi = inclusion_probabilities(scores, n)
    assert pi.sum() == pytest.approx(n)
    assert pi.min() > 0
    assert pi.max() <= 1
    drawn = systematic_draw(scores, pi, np.random.default_rng(n))
    assert len(drawn) == len(set(drawn.tolist())) == n


def test_doubt_is_drawn_more_often_than_certainty():
    scores = guard_scores(np.array([[0.99, 0.01]] * 50 + [[0.55, 0.45]] * 50))
    pi = inclusion_probabilities(scores, 20)
    assert pi[50:].min() > 2 * pi[:50].max()


def test_asking_for_all_draws_all():
    scores = some_scores(30)
    for n in (30, 99):
        pi = inclusion_probabilities(scores, n)
        assert (pi == 1).all()
        assert systematic_draw(scores, pi, np.random.default_rng(0)).tolist() == list(range(30))


def test_contacts_are_drawn_as_often_as_their_probability_says():
    scores = some_scores(40)
    pi = inclusion_probabilities(scores, 12)
    rng, n_draws = np.random.default_rng(5), 3000
    often = np.zeros(40)
    for _ in range(n_draws):
        often[systematic_draw(scores, pi, rng)] += 1
    deviation = np.sqrt(pi * (1 - pi) / n_draws)
    assert (np.abs(often / n_draws - pi) < 4 * deviation + 1e-9).all()


def test_the_same_seed_draws_the_same_contacts():
    scores = some_scores()
    pi = inclusion_probabilities(scores, 50)
    one, two, other = (systematic_draw(scores, pi, np.random.default_rng(s)) for s in (1, 1, 2))
    assert one.tolist() == two.tolist() != other.tolist()


def test_more_contacts_promise_more_and_the_plan_finds_how_many():
    scores = some_scores(3000)
    share = scores.mean(axis=0)
    widths = [planned_half_width(scores, n) for n in (100, 300, 1000)]
    assert (widths[0] > widths[1]).all()
    assert (widths[1] > widths[2]).all()
    needed = contacts_needed(scores, 0.2)
    for column, n in enumerate(needed):
        assert planned_half_width(scores, int(n))[column] / share[column] == pytest.approx(
            0.2, rel=0.1
        )
    assert (contacts_needed(scores, 1e-6) > 2500).all()
    assert (contacts_needed(scores, 1e-12) == 3000).all()
