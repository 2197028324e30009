"""P-values that are uniform where nothing changed, and small where something did."""

import numpy as np
import scipy.sparse as sp
from scipy.stats import fisher_exact

from cxtopics.classify.change_tests import confidence_change, share_change, wording_change


def bags(n: int, rng: np.random.Generator, chances: np.ndarray) -> sp.csr_matrix:
    counts = rng.multinomial(6, chances, size=n).astype(np.float64)
    return sp.csr_matrix(counts / np.linalg.norm(counts, axis=1, keepdims=True))


def test_share_change_is_fishers_exact_test() -> None:
    assert share_change(10, 100, 10, 100) == 1.0
    for x0, x1 in ((3, 12), (20, 5)):
        one_sided = min(
            fisher_exact([[x0, 100 - x0], [x1, 150 - x1]], side).pvalue
            for side in ("less", "greater")
        )
        assert abs(share_change(x0, 100, x1, 150) - 2 * one_sided) < 1e-9


def test_equal_confidence_is_no_change() -> None:
    assert confidence_change(np.ones(30), np.ones(30)) == 1.0
    assert confidence_change(np.linspace(0.5, 1, 40), np.linspace(0.2, 0.7, 40)) < 1e-6


def test_false_alarms_of_wording_are_as_many_as_stated() -> None:
    rng = np.random.default_rng(0)
    chances = rng.dirichlet(np.full(40, 0.3))
    found = np.array(
        [wording_change(bags(40, rng, chances), bags(25, rng, chances)) for _ in range(200)]
    )
    assert (found < 0.05).sum() <= 20  # 200 at 5 %: 21 and more have p < 0.002
    assert 0.4 < found.mean() < 0.6


def test_other_words_are_seen() -> None:
    rng = np.random.default_rng(0)
    before, after = rng.dirichlet(np.full(40, 0.3), size=2)
    assert wording_change(bags(40, rng, before), bags(40, rng, after)) < 1e-6
