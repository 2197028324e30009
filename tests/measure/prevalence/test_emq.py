"""EMQ against ten lines of plain EM, and on mixes that are known."""

import time

import numpy as np
import pytest

from cxtopics.measure.prevalence.emq import TOLERANCE, estimate_mix


def plain_em(g, prior, n_steps=4_000):
    """Saerens, Latinne and Decaestecker (2002), equation 2.8, word for word."""
    share = prior.copy()
    for _ in range(n_steps):
        posterior = g * (share / prior)
        posterior /= posterior.sum(axis=1, keepdims=True)
        share = posterior.mean(axis=0)
    return share, posterior


def calibrated_month(rng, n, prior, mix, noise=1.0):
    """Return exact posteriors under `prior` of contacts whose topics come in `mix`."""
    k = len(prior)
    topics = rng.choice(k, n, p=mix)
    x = np.eye(k)[topics] * 3 + rng.normal(0, noise * 1.5, (n, k))
    logits = 3 * x / (noise * 1.5) ** 2 + np.log(prior)  # Bayes for these normal features
    g = np.exp(logits - logits.max(axis=1, keepdims=True))
    return g / g.sum(axis=1, keepdims=True), topics


def test_two_topics_by_hand():
    # .9/.1 from equal training: 30 contacts look like the first, 70 like the second, so
    # .9 p + .1 (1 - p) = .3 gives p = .25
    mix = estimate_mix(np.repeat([[0.9, 0.1], [0.1, 0.9]], [30, 70], axis=0), [0.5, 0.5])
    assert mix.share == pytest.approx([0.25, 0.75], abs=1e-5)
    assert mix.converged
    # Bayes: .9 x .5 / (.9 x .5 + .1 x 1.5) = .75
    assert mix.posterior([[0.9, 0.1]]) == pytest.approx(np.array([[0.75, 0.25]]), abs=1e-4)


@pytest.mark.parametrize("seed", range(3))
def test_the_result_is_that_of_plain_em(seed):
    rng = np.random.default_rng(seed)
    prior = rng.dirichlet(np.full(6, 2.0))
    g, _ = calibrated_month(rng, 300, prior, rng.dirichlet(np.full(6, 0.7)), noise=1.5)
    mix = estimate_mix(g, prior)
    share, posterior = plain_em(g, prior)
    assert mix.share == pytest.approx(share, abs=200 * TOLERANCE)
    assert mix.posterior(g) == pytest.approx(posterior, abs=0.005)
    assert mix.posterior(g).mean(axis=0) == pytest.approx(mix.share, abs=1e-4)


def test_it_undoes_the_mix_of_the_training_where_counting_cannot():
    rng = np.random.default_rng(1)
    prior, mix = np.array([0.6, 0.3, 0.09, 0.01]), np.array([0.1, 0.1, 0.3, 0.5])
    g, topics = calibrated_month(rng, 20_000, prior, mix, noise=1.6)
    true = np.bincount(topics, minlength=4) / len(topics)
    counted = np.bincount(g.argmax(axis=1), minlength=4) / len(topics)
    assert np.abs(estimate_mix(g, prior).share - true).max() < 0.01
    assert np.abs(counted - true).max() > 0.1


def test_a_topic_never_trained_on_breaks_nothing():
    g = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    mix = estimate_mix(g, [0.5, 0.5, 0.0])
    assert mix.share == pytest.approx([0.5, 0.5, 0.0], abs=1e-6)
    assert np.isfinite(mix.posterior(g)).all()


def test_fifty_topics_and_100_000_contacts_take_less_than_two_seconds():
    rng = np.random.default_rng(2)
    prior = rng.dirichlet(np.ones(50))
    g = rng.dirichlet(np.full(50, 0.05), 100_000) + 1e-9
    g /= g.sum(axis=1, keepdims=True)
    start = time.process_time()
    assert estimate_mix(g, prior).converged
    assert time.process_time() - start < 2
