"""The picture of a model's results shows something."""

import re

import numpy as np

from cxtopics.classify import Predictions, evaluate_predictions
from cxtopics.render.evaluation_chart import evaluation_svg


def test_picture_has_both_parts_and_a_size() -> None:
    rng = np.random.default_rng(0)
    sure = rng.uniform(0.5, 1, 200)
    chances = np.stack([sure, 1 - sure], axis=1)
    labels = np.where(rng.random(200) < sure, "late", "refund").tolist()
    said = Predictions(chances, np.ones(200), np.zeros(200, dtype=bool))
    svg = evaluation_svg(evaluate_predictions(labels, said, ["late", "refund"], np.full(2, 0.7)))
    width, height = map(float, re.findall(r'<svg [^>]*width="([\d.]+)" height="([\d.]+)"', svg)[0])
    assert width > 600
    assert height > 300
    assert "contacts tagged" in svg
    assert "confidence said" in svg
    assert svg.count("<path") > 10
