"""How good is a model, as a picture: what abstaining buys, and whether confidence is honest.

Written as Vega-Lite itself: Altair would say it a little shorter, and take as long to load
as a tenth of a training takes.
"""

from __future__ import annotations

import math
from typing import Any

import vl_convert

from cxtopics.classify import Evaluation
from cxtopics.render.canvas import COLOURS, GREY

__all__ = ["evaluation_svg"]

_SIDE = 320

Spec = dict[str, Any]


def evaluation_svg(found: Evaluation) -> str:
    """Return an SVG file: accuracy against coverage on the left, calibration on the right."""
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "config": {"title": {"anchor": "start"}},
        "background": "white",
        "padding": 12,
        "spacing": 40,
        "hconcat": [_curve(found), _calibration(found)],
    }
    return str(vl_convert.vegalite_to_svg(spec))


def _curve(found: Evaluation) -> Spec:
    title = (
        f"The surest {found.coverage:.0%} are right {found.accuracy_covered:.0%} of the time,"
        f" all {found.accuracy:.0%}"
    )
    points = [{"coverage": share, "accuracy": right} for _, share, right in found.curve]
    own = (
        []
        if math.isnan(found.accuracy_covered)
        else [{"coverage": found.coverage, "accuracy": found.accuracy_covered}]
    )
    lowest = min([0.5, *(point["accuracy"] for point in points)])
    encoding = {
        "x": _axis("coverage", "contacts tagged"),
        "y": {**_axis("accuracy", "right among those"), "scale": {"domain": [lowest, 1]}},
    }
    line = {"data": {"values": points}, "mark": {"type": "line", "color": COLOURS[0]}}
    dot = {"data": {"values": own}, "mark": _dot(COLOURS[5], size=90)}
    return _panel(title, encoding, line, dot)


def _calibration(found: Evaluation) -> Spec:
    bins = [
        {"confidence": said, "accuracy": right, "contacts": n}
        for said, right, n in found.calibration
    ]
    encoding = {
        "x": _axis("confidence", "confidence said"),
        "y": _axis("accuracy", "share right"),
    }
    size = {
        "field": "contacts",
        "type": "quantitative",
        "legend": None,
        "scale": {"range": [20, 400]},
    }
    even = [{"confidence": end, "accuracy": end} for end in (0, 1)]
    line = {
        "data": {"values": even},
        "mark": {"type": "line", "color": GREY, "strokeDash": [4, 4]},
    }
    dots = {"data": {"values": bins}, "mark": _dot(COLOURS[0]), "encoding": {"size": size}}
    title = f"Confidence is off by {found.expected_calibration_error:.3f} on average"
    return _panel(title, encoding, line, dots)


def _panel(title: str, encoding: Spec, *layers: Spec) -> Spec:
    size = {"width": _SIDE, "height": _SIDE}
    return {**size, "title": title, "encoding": encoding, "layer": list(layers)}


def _axis(field: str, title: str) -> Spec:
    return {"field": field, "type": "quantitative", "title": title, "axis": {"format": "%"}}


def _dot(colour: str, **more: float) -> Spec:
    return {"type": "point", "filled": True, "color": colour, **more}
