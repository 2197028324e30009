"""The audit's estimator: by hand, unbiased, and covering what it says."""

import numpy as np
import pytest

from cxtopics.measure.prevalence.audit_design import (
    guard_scores,
    inclusion_probabilities,
    systematic_draw,
)
from cxtopics.measure.prevalence.audit_estimate import estimate_from_audit


def month(rng, n=2000, k=8, trust=1.0):
    """Return guarded scores and true topics; `trust` 1 makes the scores right, 3 too sure."""
    mix = rng.dirichlet(np.full(k, 0.7))
    honest = rng.dirichlet(np.maximum(mix, 0.005) * 2.0, n) + 1e-6
    honest /= honest.sum(axis=1, keepdims=True)
    truth = (honest.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)
    claimed = honest**trust
    return guard_scores(claimed / claimed.sum(axis=1, keepdims=True)), truth


def test_difference_estimator_by_hand():
    scores = np.array([[0.8, 0.2], [0.6, 0.4], [0.3, 0.7], [0.1, 0.9]])
    pi = np.array([0.5, 0.5, 0.5, 0.5])
    found = estimate_from_audit(scores, pi, np.array([0, 2]), np.array([0, 0]))
    # mean A = (.45, .55); residuals (.2, -.2) and (.7, -.7), weights 2: + 2 x .9 / 4
    assert found.share.value == pytest.approx([0.9, 0.1])
    # Vd = (.5 / .25) x (.04 + .49) / 16 = .06625; Vm before m: (.16 + .24 + .21 + .09) / 16
    # = .04375, so m = .06625 / .04375 and Vm = Vd: nothing to shrink
    assert np.diag(found.covariance) == pytest.approx([0.06625, 0.06625])
    assert found.covariance[0, 1] == pytest.approx(-0.06625)
    assert found.inflation == pytest.approx(0.06625 / 0.04375)
    # the audit found the first topic twice among four contacts
    assert found.share.low[0] == pytest.approx(0.5)
    assert found.share.high[0] == 1


def test_a_variance_is_shrunk_towards_what_the_scores_promise():
    scores = np.array([[0.9, 0.1]] * 100)
    pi = np.full(100, 0.2)
    found = estimate_from_audit(scores, pi, np.arange(20), np.zeros(20, dtype=int))
    # no mistake seen in 20: Vd = (.8 / .04) x 20 x .01 / 100^2 = .0004;
    # Vm = (.8 / .2) x 100 x .09 / 100^2 = .0036, m = 1;
    # v1 = (.64 / .008) x 9 / 100^4 / .0036 = .002
    expected = 0.0036 * (4 + 0.0004 / 0.002) / (4 + 0.0036 / 0.002)
    assert np.diag(found.covariance) == pytest.approx([expected, expected])


def test_checking_everything_leaves_no_doubt():
    scores, truth = month(np.random.default_rng(0), n=50)
    found = estimate_from_audit(scores, np.ones(50), np.arange(50), truth)
    true = np.bincount(truth, minlength=8) / 50
    for end in found.share:
        assert end == pytest.approx(true)
    assert np.abs(found.covariance).max() == 0


@pytest.mark.parametrize("trust", [0.5, 1.0, 3.0])
def test_estimates_are_right_on_average_and_intervals_cover(trust):
    rng = np.random.default_rng(int(10 * trust))
    hits, errors = [], []
    for _ in range(120):
        scores, truth = month(rng, trust=trust)
        true = np.bincount(truth, minlength=8) / len(truth)
        pi = inclusion_probabilities(scores, 300)
        drawn = systematic_draw(scores, pi, rng)
        found = estimate_from_audit(scores, pi, drawn, truth[drawn])
        assert found.share.value.sum() == pytest.approx(1)
        assert (found.share.low >= np.bincount(truth[drawn], minlength=8) / len(truth)).all()
        assert np.linalg.eigvalsh(found.covariance).min() > -1e-12
        kept = true * len(truth) >= 5
        hits.append(((found.share.low <= true) & (true <= found.share.high))[kept])
        errors.append((found.share.value - true)[kept])
    hits, errors = np.concatenate(hits), np.concatenate(errors)
    assert abs(errors.mean()) < 4 * errors.std() / np.sqrt(len(errors))
    assert hits.mean() > 0.95 - 2.5 * np.sqrt(0.95 * 0.05 / len(hits))


def test_one_draw_over_a_year_estimates_each_month_in_it():
    rng = np.random.default_rng(4)
    hits = []
    for _ in range(40):
        parts = [month(rng, n=700) for _ in range(4)]
        scores, truth = (np.concatenate(part) for part in zip(*parts, strict=True))
        pi = inclusion_probabilities(scores, 500)
        drawn = systematic_draw(scores, pi, rng)
        for quarter in range(4):
            inside = slice(700 * quarter, 700 * (quarter + 1))
            mine = drawn[(drawn >= inside.start) & (drawn < inside.stop)]
            found = estimate_from_audit(
                scores[inside], pi[inside], mine - inside.start, truth[mine]
            )
            true = np.bincount(truth[inside], minlength=8) / 700
            hits.append(((found.share.low <= true) & (true <= found.share.high))[true >= 5 / 700])
    hits = np.concatenate(hits)
    assert hits.mean() > 0.95 - 2.5 * np.sqrt(0.95 * 0.05 / len(hits))


@pytest.mark.parametrize(
    ("share", "n_audited"), [(0.005, 200), (0.03, 200), (0.03, 500), (0.2, 500)]
)
@pytest.mark.parametrize("doubted", [True, False])
def test_what_no_topic_covers_is_counted_as_honestly_as_the_topics(share, n_audited, doubted):
    """The model files it under its topics, with or without a doubt; only the audit tells."""
    rng = np.random.default_rng([n_audited, int(1000 * share), doubted])
    hits, errors = [], []
    for _ in range(100):
        scores, truth = month(rng, n=3000)
        unknown = rng.random(len(truth)) < share
        truth[unknown] = 8
        claimed = np.where(unknown[:, None], scores ** (0.3 if doubted else 3), scores)
        claimed = np.column_stack([claimed, np.zeros(len(claimed))])
        guarded = guard_scores(claimed / claimed.sum(axis=1, keepdims=True))
        pi = inclusion_probabilities(guarded, n_audited)
        drawn = systematic_draw(guarded, pi, rng)
        found = estimate_from_audit(guarded, pi, drawn, truth[drawn]).share
        true = unknown.mean()
        hits.append(found.low[8] <= true <= found.high[8])
        errors.append(found.value[8] - true)
    assert np.mean(hits) > 0.95 - 2.5 * np.sqrt(0.95 * 0.05 / len(hits))
    assert abs(np.mean(errors)) < 4 * np.std(errors) / np.sqrt(len(errors))


def test_mistakes_that_were_seen_are_never_talked_down():
    scores = np.array([[0.98, 0.01, 0.01]] * 1000)
    truth = np.zeros(40, dtype=int)
    truth[:8] = 1  # a fifth, where the scores promise a hundredth
    found = estimate_from_audit(scores, np.full(1000, 0.04), np.arange(40), truth)
    # Vd = (.96 / .0016) (8 x .99^2 + 32 x .01^2) / 1000^2
    assert found.covariance[1, 1] == pytest.approx(0.96 / 0.0016 * (8 * 0.9801 + 0.0032) / 1e6)
