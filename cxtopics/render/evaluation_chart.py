"""How good is a model, as a picture: what abstaining buys, and whether confidence is honest."""

from __future__ import annotations

import altair as alt
import pandas as pd

from cxtopics.classify import Evaluation
from cxtopics.render.canvas import COLOURS, GREY, figure

__all__ = ["evaluation_svg"]

_SIDE = 300


def evaluation_svg(found: Evaluation) -> str:
    """Return an SVG: accuracy against coverage on the left, calibration on the right."""
    title = (
        f"Tagging the surest {found.coverage:.0%} is right {found.accuracy_covered:.0%} of the"
        f" time; all of them, {found.accuracy:.0%}"
    )
    return str(figure(title, "", lambda _: _curve(found, title) | _calibration(found)).wide)


def _curve(found: Evaluation, title: str) -> alt.LayerChart:
    points = pd.DataFrame(found.curve, columns=["confidence", "coverage", "accuracy"])
    own = pd.DataFrame({"coverage": [found.coverage], "accuracy": [found.accuracy_covered]})
    x = alt.X("coverage:Q", title="contacts tagged", axis=alt.Axis(format="%"))
    scale = alt.Scale(domain=[min(0.5, *points["accuracy"]), 1])
    y = alt.Y("accuracy:Q", title="right among those", scale=scale, axis=alt.Axis(format="%"))
    line = alt.Chart(points).mark_line(color=COLOURS[0]).encode(x, y)
    dot = alt.Chart(own.dropna()).mark_point(size=90, filled=True, color=COLOURS[5]).encode(x, y)
    return alt.layer(line, dot).properties(width=_SIDE, height=_SIDE, title=title)


def _calibration(found: Evaluation) -> alt.LayerChart:
    bins = pd.DataFrame(found.calibration, columns=["confidence", "accuracy", "contacts"])
    x = alt.X("confidence:Q", title="confidence said", axis=alt.Axis(format="%"))
    y = alt.Y("accuracy:Q", title="share right", axis=alt.Axis(format="%"))
    even = pd.DataFrame({"confidence": [0, 1], "accuracy": [0, 1]})
    line = alt.Chart(even).mark_line(color=GREY, strokeDash=[4, 4]).encode(x, y)
    size = alt.Size("contacts:Q", legend=None, scale=alt.Scale(range=[20, 400]))
    dots = alt.Chart(bins).mark_point(filled=True, color=COLOURS[0]).encode(x, y, size)
    honest = f"Calibration error {found.expected_calibration_error:.3f}"
    return alt.layer(line, dots).properties(width=_SIDE, height=_SIDE, title=honest)
