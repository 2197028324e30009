"""Cohen's kappa by hand."""

import math

import pytest

from cxtopics.measure.audits.agreement import cohens_kappa


def test_kappa_of_cohens_kind_by_hand():
    # 50 contacts: 20 both yes, 15 both no, 5 + 10 apart. po = .7, pe = .5 x .6 + .5 x .4 = .5
    one = ["yes"] * 25 + ["no"] * 25
    two = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    found = cohens_kappa(one, two)
    assert found.agreed.value == pytest.approx(0.7)
    assert found.kappa.value == pytest.approx(0.4)
    assert found.kappa.low == pytest.approx(0.4 - 1.96 * math.sqrt(0.21 / 50) / 0.5, abs=1e-4)
    assert found.kappa.n == 50


def test_full_agreement_and_agreement_that_says_nothing():
    assert cohens_kappa(list("abc"), list("abc")).kappa.value == pytest.approx(1)
    assert math.isnan(cohens_kappa(list("aaa"), list("aaa")).kappa.value)
    assert cohens_kappa(list("ab"), list("ba")).kappa.value == pytest.approx(-1)
