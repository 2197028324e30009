"""Temperature, threshold and calibration error against numbers worked by hand."""

import numpy as np
import pytest
from scipy.special import softmax

from cxtopics.classify.calibration import (
    abstention_threshold,
    expected_calibration_error,
    fit_temperature,
)


def test_temperature_of_logits_that_were_scaled_is_found() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(scale=2, size=(20_000, 4))
    chances = softmax(logits, axis=1)
    labels = (chances.cumsum(axis=1) < rng.random((20_000, 1))).sum(axis=1)
    assert fit_temperature(logits, labels)[0] == pytest.approx(1, abs=0.05)
    assert fit_temperature(logits * 3, labels)[0] == pytest.approx(3, abs=0.15)


def test_threshold_is_the_lowest_that_meets_the_precision() -> None:
    confidence = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    right = np.array([True, True, True, False, True])
    assert abstention_threshold(confidence, right, 0.8) == 0.0  # 4 of 5
    assert abstention_threshold(confidence, right, 0.9) == pytest.approx(0.65)  # 3 of 3
    assert abstention_threshold(confidence, right, 0.75) == 0.0


def test_threshold_never_falls_between_equal_confidences() -> None:
    confidence = np.array([0.9, 0.5, 0.5, 0.5])
    right = np.array([True, True, False, False])
    assert abstention_threshold(confidence, right, 0.99) == pytest.approx(0.7)


def test_threshold_where_no_cut_meets_the_target_takes_the_best_share() -> None:
    confidence = np.linspace(1, 0.01, 100)
    right = np.zeros(100, dtype=bool)
    right[[3, 5, 7, 9, 11, 13, 15, 17]] = True
    cut = abstention_threshold(confidence, right, 0.99)
    assert right[confidence >= cut].mean() == pytest.approx(8 / 18)


def test_calibration_error_by_hand() -> None:
    # bin of 0.95: 2 texts, 1 right, gap .45; bin of 0.55: 2 texts, 1 right, gap .05
    confidence = np.array([0.95, 0.95, 0.55, 0.55])
    right = np.array([True, False, True, False])
    assert expected_calibration_error(confidence, right) == pytest.approx(0.25)
    assert expected_calibration_error(np.array([1.0, 1.0]), np.array([True, True])) == 0
    assert np.isnan(expected_calibration_error(np.array([]), np.array([], dtype=bool)))
