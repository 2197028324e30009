"""The pseudo-month interval covers what it says, and is honest about few texts."""

import json

import numpy as np
import pytest

from cxtopics.measure.prevalence.emq import estimate_mix
from cxtopics.measure.prevalence.prevalence_error import PrevalenceError, fit_prevalence_error
from measure.prevalence.test_emq import calibrated_month

K = 6
PRIOR = np.array([0.3, 0.25, 0.2, 0.15, 0.07, 0.03])


@pytest.fixture(scope="module")
def error():
    rng = np.random.default_rng(0)
    g, topics = calibrated_month(rng, 600, PRIOR, PRIOR, noise=1.5)
    return fit_prevalence_error(g, topics, PRIOR)


@pytest.mark.parametrize("n", [40, 150, 1000])
def test_months_of_another_mix_are_covered(error, n):
    rng = np.random.default_rng(n)
    hits = []
    for _ in range(150):
        g, topics = calibrated_month(rng, n, PRIOR, rng.dirichlet(np.ones(K)), noise=1.5)
        share = estimate_mix(g, PRIOR).share
        true = np.bincount(topics, minlength=K) / n
        hits.append(np.abs(share - true) <= error.half_width(share, n))
    # 900 topic-months, six to a month: 2.5 binomial deviations of 150 months below 95 %
    assert np.mean(hits) > 0.95 - 2.5 * np.sqrt(0.95 * 0.05 / 150)
    assert np.mean(hits, axis=0).min() > 0.85


def test_it_says_how_well_it_covers_months_it_has_not_seen(error):
    assert len(error.coverage["overall"]) == len(error.sizes)
    assert min(error.coverage["overall"]) > 0.9
    assert error.coverage["worst_topic"] > 0.8


def test_longer_months_are_not_less_sure_and_tiny_ones_much_less(error):
    widths = [error.half_width(PRIOR, n) for n in (10, 50, 300, 1000, 5000, 100_000)]
    assert (widths[0] > 2 * widths[1]).all()
    assert (widths[1] >= widths[2]).all()
    assert (widths[2] >= widths[3]).all()
    assert (widths[3] >= widths[4]).all()
    assert (widths[4] == widths[5]).all()  # what is left is not chance


def test_no_mistake_among_few_labels_is_no_promise():
    codes = np.repeat(np.arange(4), 10)
    sure = np.full((40, 4), 0.001) + 0.996 * np.eye(4)[codes]
    few = fit_prevalence_error(sure, codes, np.full(4, 0.25), n_months=30)
    many = fit_prevalence_error(
        np.tile(sure, (20, 1)), np.tile(codes, 20), np.full(4, 0.25), n_months=30
    )
    share = np.full(4, 0.25)
    assert (few.half_width(share, 5000) > 0.01).all()
    assert few.half_width(share, 5000).mean() > 2 * many.half_width(share, 5000).mean()


def test_a_topic_without_labels_is_as_unsure_as_the_worst():
    rng = np.random.default_rng(3)
    g, topics = calibrated_month(rng, 400, PRIOR, PRIOR)
    kept = topics != 5
    error = fit_prevalence_error(g[kept], topics[kept], PRIOR, n_months=20)
    assert (error.scale[:, 5] == error.scale[:, :5].max(axis=1)).all()
    assert error.n_texts[5] == 0


def test_it_travels_as_json_and_is_the_same_every_time(error):
    again = PrevalenceError.from_dict(json.loads(json.dumps(error.to_dict())))
    assert again.half_width(PRIOR, 700) == pytest.approx(error.half_width(PRIOR, 700), rel=1e-3)
    assert again.to_dict() == error.to_dict()
    rng = np.random.default_rng(0)
    g, topics = calibrated_month(rng, 600, PRIOR, PRIOR, noise=1.5)
    assert fit_prevalence_error(g, topics, PRIOR).to_dict() == error.to_dict()


def test_a_month_doubted_more_than_the_labels_is_less_sure(error):
    promised = float(PRIOR @ error.doubt)
    as_promised, twice = (error.half_width(PRIOR, 5000, k * promised) for k in (1, 2))
    assert (as_promised == error.half_width(PRIOR, 5000)).all()
    assert (error.half_width(PRIOR, 5000, promised / 2) == as_promised).all()
    assert twice == pytest.approx(2 * as_promised, rel=0.01)
    few = error.half_width(PRIOR, 20, 2 * promised) / error.half_width(PRIOR, 20, promised)
    assert (few < 1.8).all()  # two doubted contacts in a short month show little


def test_models_of_earlier_versions_have_no_doubt(error):
    old = error.to_dict()
    del old["doubt"]
    again = PrevalenceError.from_dict(old)
    assert again.half_width(PRIOR, 700, 0.9) == pytest.approx(again.half_width(PRIOR, 700))
