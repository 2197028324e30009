"""Evidence for one topic or two is what the model of two covariances says."""

import numpy as np

from cxtopics.classify.topic_space import fit_topic_space


def topics(seed: int = 0):
    """Return contacts of six topics."""
    rng = np.random.default_rng(seed)
    codes = np.repeat(np.arange(6), 40)
    vectors = rng.normal(size=(7, 24))[codes] + rng.normal(scale=0.5, size=(len(codes), 24))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), codes


def test_evidence_is_the_marginal_likelihood() -> None:
    """Against a multivariate normal worked out in full (scipy), one dimension."""
    from scipy.stats import multivariate_normal

    vectors, codes = topics()
    space = fit_topic_space(vectors, np.eye(6)[codes])
    points, b = np.array([0.3, -1.2, 0.8]), float(space.between[0])
    joint = multivariate_normal(cov=np.eye(3) + b).logpdf(points)
    alone = multivariate_normal(cov=np.eye(3)).logpdf(points)  # the centre fixed at 0
    spread = 1 + 3 * b
    expected = 0.5 * (b * points.sum() ** 2 / spread - np.log(spread))
    assert abs((joint - alone) - expected) < 1e-9
    only_first = np.zeros((1, len(space.between)))
    only_first[0, 0] = points.sum()
    rest = -0.5 * np.log(1 + 3 * space.between[1:]).sum()
    assert abs(space.evidence(np.array([3.0]), only_first)[0] - rest - expected) < 1e-9


def test_a_space_without_topics_still_measures() -> None:
    vectors, _ = topics()
    space = fit_topic_space(vectors, np.zeros((len(vectors), 3)))
    assert np.isfinite(space.place(vectors)).all()
    assert np.isfinite(space.evidence(np.ones(1), space.place(vectors[:1]))).all()


def test_evidence_of_a_pair_is_that_of_both_less_that_of_each() -> None:
    vectors, codes = topics()
    space = fit_topic_space(vectors, np.eye(6)[codes])
    places = space.place(vectors[[0, 1, 50]])
    alone = space.evidence(np.ones(3), places)
    both = space.evidence(np.full((3, 3), 2.0), places[:, None] + places)
    expected = both - alone[:, None] - alone
    np.testing.assert_allclose(space.pair_evidence(places), expected, atol=1e-9)
    assert expected[0, 1] > 0 > expected[0, 2]
