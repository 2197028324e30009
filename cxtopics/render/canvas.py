"""Altair charts to static SVG: two widths, text that follows the page's colours, no script.

And each once more as a picture that stands alone: title, note and legend in it, on white.
"""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import vl_convert
from markupsafe import Markup

__all__ = ["COLOURS", "FONT", "GREY", "Figure", "figure", "sparkline", "to_png"]

# Okabe and Ito (2008), told apart by colour-blind readers; black is left to the text.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
GREY = "#999999"
_WIDE, _NARROW, _ALONE = 900, 340, 720
_INK = "#1c2126"
# Vega labels every mark; a picture with a label of its own is one thing to a screen reader.
_LABELS = re.compile(
    r' (?:role="graphics-[a-z]+"|aria-roledescription="[^"<]*"|aria-label="[^"<]*")(?=[ />])'
)
FONT = "system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif"


@dataclass(frozen=True)
class Figure:
    """A chart whose title answers a question; `wide` and `narrow` are inline SVG.

    `legend` maps what is shown to its colour; the page writes it, where text can wrap.
    `alone` draws the picture that stands alone, as SVG.
    """

    title: str
    note: str
    legend: dict[str, str]
    wide: Markup
    narrow: Markup
    alone: Callable[[], str]


def figure(
    title: str, note: str, draw: Callable[[int], Any], legend: dict[str, str] | None = None
) -> Figure:
    """Draw a chart for a desk and for a phone.

    Parameters
    ----------
    draw
        Gets a width in pixels, returns an Altair chart.
    """

    def alone() -> str:
        return _alone(draw(_ALONE), title, note, bool(legend))

    wide, narrow = _svg(draw(_WIDE), title), _svg(draw(_NARROW), title)
    return Figure(title, note, legend or {}, wide, narrow, alone)


def _alone(chart: Any, title: str, note: str, legend: bool) -> str:
    import altair as alt  # slow to load: not for the picture of a training

    head = alt.TitleParams(
        text=textwrap.wrap(title, 78), subtitle=textwrap.wrap(note, 104), anchor="start",
        frame="group", fontSize=16, subtitleFontSize=12, color=_INK, subtitleColor="#5a6570",
        offset=14,
    )  # fmt: skip
    spec = _spec(chart.properties(title=head))
    if legend:
        below = {"orient": "bottom", "columns": 2, "title": None, "labelLimit": 340}
        spec["encoding"]["color"]["legend"] = {**below, "labelColor": _INK}
    spec |= {"background": "white", "padding": 16}
    return _in_ink(vl_convert.vegalite_to_svg(spec))


def _in_ink(svg: str) -> str:
    return svg.replace("currentColor", _INK)


def to_png(svg: str) -> bytes:
    """Return a picture that stands alone as PNG, at twice its size for sharp print."""
    return bytes(vl_convert.svg_to_png(svg, scale=2))


def _spec(chart: Any) -> dict[str, Any]:
    """Return a chart as Vega-Lite, unvalidated: that takes as long as drawing it."""
    content: dict[str, Any] = _styled(chart).to_dict(validate=False)
    return content


def _styled(chart: Any) -> Any:
    import altair as alt

    fit = alt.AutoSizeParams(type="fit-x", contains="padding")
    return (
        chart.properties(background="transparent")
        .configure(font=FONT, padding=4, autosize=fit)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor="currentColor", titleColor="currentColor", labelFontSize=12,
            titleFontSize=12, titleFontWeight="normal", gridColor="currentColor", gridOpacity=0.12,
            domainColor="currentColor", domainOpacity=0.3, tickColor="currentColor",
            tickOpacity=0.3, labelLimit=400,
        )
        .configure_text(color="currentColor", fontSize=12)
    )  # fmt: skip


def _svg(chart: Any, title: str) -> Markup:
    svg = vl_convert.vegalite_to_svg(_spec(chart))
    # Ids of clip paths would clash between the charts of one page.
    prefix = f"f{hashlib.sha256(svg.encode()).hexdigest()[:8]}-"
    svg = re.sub(r'(id="|url\(#)(?=\w)', rf"\g<1>{prefix}", svg)
    svg = _LABELS.sub("", svg)
    label = Markup.escape(title)
    return Markup(svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1))  # noqa: S704


def sparkline(values: list[float], marks: Collection[int] = ()) -> Markup:
    """Return a small line of a topic's rate over the complete periods, from 0 to its maximum.

    Missing values are passed over; fewer than two leave nothing to draw. `marks` are places of
    periods in which something was changed.
    """
    known = [(x, value) for x, value in enumerate(values) if value == value]
    top = max((value for _, value in known), default=0)
    if len(known) < 2 or top <= 0:
        return Markup("")
    last = len(values) - 1
    points = [(2 + 86 * x / last, 20 - 17 * value / top) for x, value in known]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    lines = "".join(
        f'<line x1="{at:.1f}" x2="{at:.1f}" y1="1" y2="23"/>'
        for at in (2 + 86 * place / last for place in marks)
    )
    return Markup(  # noqa: S704 (numbers only)
        f'<svg class="spark" viewBox="0 0 92 24" aria-hidden="true">{lines}<polyline points="'
        f'{path}"/><circle cx="{x:.1f}" cy="{y:.1f}" r="2.4"/></svg>'
    )
