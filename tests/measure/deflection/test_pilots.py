"""Shares learnt from ranges and pilots."""

import numpy as np
import pytest

from cxtopics.measure.costs import Pilot
from cxtopics.measure.deflection.pilots import learn_shares
from cxtopics.measure.deflection.ranges import beta_from_range
from cxtopics.taxonomy import Topic


def topics(n, low=0.3, high=0.7):
    share = {"low": low, "likely": (low + high) / 2, "high": high, "source": "a guess"}
    content = {"label": "-", "description": "-", "lever": "proactive", "deflectable": share}
    return [Topic.model_validate({"id": f"topic_{k}", **content}) for k in range(n)]


def pilot(number, offered, deflected):
    return Pilot(topic=f"topic_{number}", contacts_offered=offered, contacts_deflected=deflected)


def test_without_pilots_a_share_is_its_range():
    assert learn_shares(topics(2), []) == [beta_from_range(0.3, 0.7)] * 2


def test_a_small_pilot_is_drawn_to_the_range_and_a_large_one_is_not():
    small, large = (learn_shares(topics(1), [pilot(0, n, n // 5)])[0] for n in (10, 10_000))
    assert 0.3 < small.mean < 0.5
    assert large.mean == pytest.approx(0.2, abs=0.005)


def test_pilots_that_all_disappoint_lower_the_others():
    learnt = learn_shares(topics(8), [pilot(k, 200, 60) for k in range(6)])
    assert learnt[7].mean < 0.42


def test_a_single_number_stands_until_a_pilot_contradicts_it():
    fixed = topics(2, 0.5, 0.5)
    learnt = learn_shares(fixed, [pilot(0, 100, 20)])
    assert learnt[0].mean == pytest.approx(20.5 / 101)
    assert learnt[1].mean == 0.5


def test_the_luckiest_pilots_are_not_overstated():
    # 30 topics with small pilots: choose the five best, and compare with the truth
    rng = np.random.default_rng(1)
    raw, learnt = [], []
    prior = beta_from_range(0.3, 0.7)
    for _ in range(60):
        truth = rng.beta(prior.a, prior.b, 30)
        hits = rng.binomial(40, truth)
        shares = learn_shares(topics(30), [pilot(k, 40, int(hit)) for k, hit in enumerate(hits)])
        means = np.array([share.mean for share in shares])
        for kept, estimate in ((raw, hits / 40), (learnt, means)):
            top = np.argsort(-estimate)[:5]
            kept.append(estimate[top].sum() / truth[top].sum() - 1)
    assert np.mean(raw) > 0.05
    assert abs(np.mean(learnt)) < 0.02
