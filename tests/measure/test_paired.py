"""Two answers to the same questions, by hand and by simulation."""

import numpy as np
import pytest

from cxtopics.measure.paired import mcnemar, paired_difference


def test_the_exact_test_is_the_sign_test() -> None:
    assert mcnemar(0, 5) == pytest.approx(2 / 32)
    assert mcnemar(5, 0) == mcnemar(0, 5)
    assert mcnemar(3, 3) == mcnemar(0, 0) == 1


def test_the_interval_covers() -> None:
    """2,000 draws of n = 80; 95 % nominal, tolerance three binomial standard errors."""
    rng = np.random.default_rng(5)
    cells = rng.multinomial(80, [0.12, 0.05, 0.83], size=2000)
    inside = 0
    for won, lost, _ in cells:
        _, low, high = paired_difference(int(won), int(lost), 80)
        inside += low <= 0.07 <= high
    assert inside / 2000 >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / 2000)


def test_nothing_different_is_no_difference() -> None:
    value, low, high = paired_difference(0, 0, 50)
    assert value == 0
    assert low < 0 < high
