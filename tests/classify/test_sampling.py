"""Chances hold exactly, sum to n, and neighbours make room for each other."""

import numpy as np
import pytest

from cxtopics.classify import sampling
from cxtopics.classify.sampling import draw_spread, inclusion_probabilities, labelling_value


def places(n: int, seed: int = 0) -> np.ndarray:
    found = np.random.default_rng(seed).normal(size=(n, 6))
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_chances_are_proportional_and_never_above_one() -> None:
    chance = inclusion_probabilities(np.array([1.0, 1.0, 2.0, 50.0]), 2)
    np.testing.assert_allclose(chance, [0.25, 0.25, 0.5, 1.0])
    assert inclusion_probabilities(np.ones(3), 5).tolist() == [1, 1, 1]


def test_unsure_contacts_and_rare_topics_are_worth_more() -> None:
    sure, unsure = [0.98, 0.01, 0.01], [0.5, 0.49, 0.01]
    rare = [0.01, 0.49, 0.5]
    value = labelling_value(np.array([sure] * 50 + [unsure, rare]))
    assert value[0] < value[50] < value[51]
    assert value.min() >= 0.25


@pytest.mark.parametrize("pool", [20_000, 40])
def test_every_contact_is_drawn_as_often_as_its_chance_says(monkeypatch, pool: int) -> None:
    monkeypatch.setattr(sampling, "_POOL", pool)  # with and without thinning first
    points, n_draws = places(60), 2000
    chance = inclusion_probabilities(np.linspace(1, 4, 60), 15)
    hits = np.zeros(60)
    for seed in range(n_draws):
        rows = draw_spread(points, chance, seed)
        assert len(rows) == len(set(rows)) == 15
        hits[rows] += 1
    error = np.sqrt(chance * (1 - chance) / n_draws)
    assert (np.abs(hits / n_draws - chance) < 4.5 * error).all()  # 60 tests, p < 0.001


def test_draws_are_spread_more_than_random_ones() -> None:
    centres = np.eye(6)[np.repeat(np.arange(6), 30)]
    points = centres + np.random.default_rng(0).normal(scale=0.05, size=centres.shape)
    for seed in range(20):
        rows = draw_spread(points, np.full(180, 6 / 180), seed)
        assert set(rows // 30) == set(range(6))  # a random draw of 6 does that in 1.5 %


def test_a_seed_repeats_and_another_draws_anew() -> None:
    points, chance = places(50), np.full(50, 0.2)
    assert draw_spread(points, chance, 3).tolist() == draw_spread(points, chance, 3).tolist()
    assert draw_spread(points, chance, 3).tolist() != draw_spread(points, chance, 4).tolist()
