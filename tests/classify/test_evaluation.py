"""Evaluation figures worked by hand."""

import json

import numpy as np
import pytest

from cxtopics.classify import Predictions, evaluate_predictions

CLASSES = ["late", "refund"]


def said(chances: list[list[float]], familiarity: list[float] | None = None) -> Predictions:
    known = np.ones(len(chances)) if familiarity is None else np.array(familiarity)
    return Predictions(np.array(chances), known, np.zeros(len(chances), dtype=bool))


def at(threshold: float) -> np.ndarray:
    return np.full(2, threshold)


def test_figures_by_hand() -> None:
    labels = ["late", "late", "refund", "refund"]
    chances = said([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.1, 0.9]])
    found = evaluate_predictions(labels, chances, CLASSES, at(0.7))
    assert found.n == 4
    assert found.accuracy == 0.75
    assert (found.accuracy_low, found.accuracy_high) == pytest.approx((0.3006, 0.9544), abs=1e-4)
    assert found.coverage == 0.75
    assert found.accuracy_covered == 1.0
    # F1: late 2*1*.5/1.5 = 2/3; refund 2*(2/3)*1/(5/3) = .8
    assert found.macro_f1 == pytest.approx((2 / 3 + 0.8) / 2)
    assert found.per_topic["late"].recall == 0.5
    assert found.per_topic["refund"].precision == pytest.approx(2 / 3)
    assert found.confused == (("late", "refund", 1),)
    assert found.oos_auroc is None
    # most confident first: right, right, right, wrong
    assert [point[1:] for point in found.curve] == [(0.25, 1), (0.5, 1), (0.75, 1), (1.0, 0.75)]
    assert sum(n for _, _, n in found.calibration) == 4


def test_out_of_scope_rows_count_for_scope_only() -> None:
    labels = ["late", "refund", "junk", "junk"]
    chances = said([[0.9, 0.1], [0.2, 0.8], [0.5, 0.5], [0.1, 0.9]], [0.9, 0.8, 0.5, 0.01])
    found = evaluate_predictions(labels, chances, CLASSES, at(0.7), out_of_scope="junk")
    assert (found.n, found.n_out_of_scope) == (2, 2)
    assert found.accuracy == 1.0
    assert found.oos_auroc == 1.0
    assert found.mcc == 1.0


def test_labels_the_model_does_not_know_are_counted_as_wrong() -> None:
    found = evaluate_predictions(["late", "new"], said([[0.9, 0.1]] * 2), CLASSES, at(0.0))
    assert found.n_unknown == 1
    assert found.accuracy == 0.5


def test_result_is_json_without_nan() -> None:
    found = evaluate_predictions(["late"], said([[0.9, 0.1]]), CLASSES, at(0.95))
    content = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert content["accuracy_covered"] is None
    assert content["coverage"] == 0
    assert "mcc" not in content
