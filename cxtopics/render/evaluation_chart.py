"""How good is a model, as a picture: what abstaining buys, and whether confidence is honest."""

from __future__ import annotations

import altair as alt
import pandas as pd
import vl_convert

from cxtopics.classify import Evaluation
from cxtopics.render.canvas import COLOURS, GREY

__all__ = ["evaluation_svg"]

_SIDE = 320


def evaluation_svg(found: Evaluation) -> str:
    """Return an SVG file: accuracy against coverage on the left, calibration on the right."""
    both = alt.hconcat(_curve(found), _calibration(found), spacing=40)
    chart = both.properties(background="white", padding=12).configure_title(anchor="start")
    return str(vl_convert.vegalite_to_svg(chart.to_json()))


def _curve(found: Evaluation) -> alt.LayerChart:
    title = (
        f"The surest {found.coverage:.0%} are right {found.accuracy_covered:.0%} of the time,"
        f" all {found.accuracy:.0%}"
    )
    points = pd.DataFrame(found.curve, columns=["confidence", "coverage", "accuracy"])
    own = pd.DataFrame({"coverage": [found.coverage], "accuracy": [found.accuracy_covered]})
    scale = alt.Scale(domain=[min(0.5, *points["accuracy"]), 1])
    x = alt.X("coverage:Q", title="contacts tagged", axis=alt.Axis(format="%"))
    y = alt.Y("accuracy:Q", title="right among those", scale=scale, axis=alt.Axis(format="%"))
    line = alt.Chart(points).mark_line(color=COLOURS[0]).encode(x, y)
    dot = alt.Chart(own.dropna()).mark_point(size=90, filled=True, color=COLOURS[5]).encode(x, y)
    return alt.layer(line, dot).properties(width=_SIDE, height=_SIDE, title=title)


def _calibration(found: Evaluation) -> alt.LayerChart:
    bins = pd.DataFrame(found.calibration, columns=["confidence", "accuracy", "contacts"])
    even = pd.DataFrame({"confidence": [0, 1], "accuracy": [0, 1]})
    x = alt.X("confidence:Q", title="confidence said", axis=alt.Axis(format="%"))
    y = alt.Y("accuracy:Q", title="share right", axis=alt.Axis(format="%"))
    size = alt.Size("contacts:Q", legend=None, scale=alt.Scale(range=[20, 400]))
    line = alt.Chart(even).mark_line(color=GREY, strokeDash=[4, 4]).encode(x, y)
    dots = alt.Chart(bins).mark_point(filled=True, color=COLOURS[0]).encode(x, y, size)
    title = f"Confidence is off by {found.expected_calibration_error:.3f} on average"
    return alt.layer(line, dots).properties(width=_SIDE, height=_SIDE, title=title)
