"""Altair charts to static SVG: two widths, text that follows the page's colours, no script."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import altair as alt
import vl_convert
from markupsafe import Markup

__all__ = ["COLOURS", "GREY", "Figure", "figure", "sparkline"]

# Okabe and Ito (2008), told apart by colour-blind readers; black is left to the text.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
GREY = "#999999"
_WIDE, _NARROW = 900, 340
_FONT = "system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif"


@dataclass(frozen=True)
class Figure:
    """A chart whose title answers a question; `wide` and `narrow` are inline SVG.

    `legend` maps what is shown to its colour; the page writes it, where text can wrap.
    """

    title: str
    note: str
    legend: dict[str, str]
    wide: Markup
    narrow: Markup


def figure(
    title: str, note: str, draw: Callable[[int], Any], legend: dict[str, str] | None = None
) -> Figure:
    """Draw a chart for a desk and for a phone.

    Parameters
    ----------
    draw
        Gets a width in pixels, returns an Altair chart.
    """
    return Figure(title, note, legend or {}, _svg(draw(_WIDE), title), _svg(draw(_NARROW), title))


def _svg(chart: Any, title: str) -> Markup:
    fit = alt.AutoSizeParams(type="fit-x", contains="padding")
    styled = (
        chart.properties(background="transparent")
        .configure(font=_FONT, padding=4, autosize=fit)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor="currentColor", titleColor="currentColor", labelFontSize=12,
            titleFontSize=12, titleFontWeight="normal", gridColor="currentColor", gridOpacity=0.12,
            domainColor="currentColor", domainOpacity=0.3, tickColor="currentColor",
            tickOpacity=0.3, labelLimit=400,
        )
        .configure_text(color="currentColor", fontSize=12)
    )  # fmt: skip
    svg = vl_convert.vegalite_to_svg(styled.to_json())
    # Ids of clip paths would clash between the charts of one page.
    prefix = f"f{hashlib.sha256(svg.encode()).hexdigest()[:8]}-"
    svg = re.sub(r'(id="|url\(#)(?=\w)', rf"\g<1>{prefix}", svg)
    label = Markup.escape(title)
    return Markup(svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1))  # noqa: S704


def sparkline(values: list[float]) -> Markup:
    """Return a small line of a topic's rate over the complete periods, from 0 to its maximum.

    Missing values are passed over; fewer than two leave nothing to draw.
    """
    known = [(x, value) for x, value in enumerate(values) if value == value]
    top = max((value for _, value in known), default=0)
    if len(known) < 2 or top <= 0:
        return Markup("")
    last = len(values) - 1
    points = [(2 + 86 * x / last, 20 - 17 * value / top) for x, value in known]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    return Markup(  # noqa: S704 (numbers only)
        '<svg class="spark" viewBox="0 0 92 24" aria-hidden="true"><polyline points="'
        f'{path}"/><circle cx="{x:.1f}" cy="{y:.1f}" r="2.4"/></svg>'
    )
