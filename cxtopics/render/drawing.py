"""A topic's rate over time as SVG.

Drawn by hand: there is one per topic, and Vega would take a sixth of a second for each.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from cxtopics.render.canvas import COLOURS, FONT, Figure

__all__ = ["rate_figure"]

_LEFT, _RIGHT, _TOP = 44, 12, 22
_CROWDED = 12  # pixels per period from which points are drawn large
_SLANT = 4.6  # pixels that a character of a slanted name goes down
_INK = "#1c2126"
_SIZES = {"wide": (900, 280), "narrow": (340, 230)}


def rate_figure(
    title: str, note: str, rows: Sequence[Mapping[str, Any]], marks: Mapping[int, str]
) -> Figure:
    """Draw a rate by period with its interval.

    Parameters
    ----------
    rows
        One per period: `period` (its name), `value`, `low`, `high` (NaN where there is none),
        `complete`.
    marks
        What to write above a period, by its place: numbers of changes.
    """
    drawn = {name: _draw(rows, marks, title, *size) for name, size in _SIZES.items()}
    wide = drawn["wide"]
    return Figure(title, note, {}, wide, drawn["narrow"], lambda: _alone(str(wide), title, note))


def _alone(drawing: str, title: str, note: str) -> str:
    """Return the drawing with its title and note above it, on white."""
    width, height = _SIZES["wide"]
    heads = [(line, 17, 600) for line in textwrap.wrap(title, 92)]
    heads += [(line, 12, 400) for line in textwrap.wrap(note, 130)]
    lines, at = [], 8
    for line, size, weight in heads:
        at += round(size * 1.4)
        lines.append(
            f'<text x="12" y="{at}" font-size="{size}" font-weight="{weight}">{escape(line)}</text>'
        )
    room = at + 12
    inner = drawing.replace("<svg ", f'<svg y="{room}" ', 1)
    whole = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {room + height}" '
        f'width="{width}" height="{room + height}" font-family="{FONT}" fill="{_INK}">'
        f'<rect width="100%" height="100%" fill="white"/>{"".join(lines)}{inner}</svg>'
    )
    return whole.replace("currentColor", _INK)


def _draw(
    rows: Sequence[Mapping[str, Any]],
    marks: Mapping[int, str],
    title: str,
    width: int,
    height: int,
) -> Markup:
    ends = [row[key] for row in rows for key in ("value", "high") if math.isfinite(row[key])]
    step, n_steps = _ticks(max(ends, default=0.0))
    names = [row["period"].removeprefix("week of ") for row in rows]
    below = 18 + _SLANT * max(map(len, names), default=0)
    inner = (width - _LEFT - _RIGHT) / max(len(rows), 1)

    def x(place: int) -> float:
        return _LEFT + inner * (place + 0.5)

    def y(value: float) -> float:
        return _TOP + (height - _TOP - below) * (1 - value / (step * n_steps))

    parts = [
        *_grid(step, n_steps, y, width),
        *_names(names, x, height - below, inner),
        *_band(rows, x, y),
        *_line(rows, x, y, 3.4 if inner > _CROWDED else 2),
        *_marks(marks, x, height - below),
    ]
    return Markup(  # noqa: S704 (numbers, and texts that were escaped)
        f'<svg role="img" aria-label="{escape(title)}" xmlns="http://www.w3.org/2000/svg" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="{FONT}" font-size="12" fill="currentColor">{"".join(parts)}</svg>'
    )


def _ticks(top: float) -> tuple[float, int]:
    """Return a round step, and how many of them reach the top."""
    if top <= 0:
        return 1.0, 1
    rough = top / 4
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= rough * (1 - 1e-9))
    return step, max(1, math.ceil(top / step - 1e-9))


def _grid(step: float, n_steps: int, y: Any, width: int) -> list[str]:
    digits = max(0, -math.floor(math.log10(step)))
    lines = []
    for number in range(n_steps + 1):
        at = f"{y(step * number):.1f}"
        strong = 0.4 if number == 0 else 0.12
        lines.append(
            f'<line x1="{_LEFT}" x2="{width - _RIGHT}" y1="{at}" y2="{at}" '
            f'stroke="currentColor" stroke-opacity="{strong}"/>'
            f'<text x="{_LEFT - 6}" y="{at}" dy="4" text-anchor="end">'
            f"{step * number:,.{digits}f}</text>"
        )
    return lines


def _names(names: Sequence[str], x: Any, bottom: float, inner: float) -> list[str]:
    """Write as many names of periods as have room, the last one always."""
    every = max(1, math.ceil(24 / inner))
    last = len(names) - 1
    return [
        f'<text transform="translate({x(place) + 4:.1f} {bottom + 16:.1f}) rotate(-45)" '
        f'text-anchor="end">{escape(name)}</text>'
        for place, name in enumerate(names)
        if (last - place) % every == 0
    ]


def _band(rows: Sequence[Mapping[str, Any]], x: Any, y: Any) -> list[str]:
    known = [(x(k), row) for k, row in enumerate(rows) if math.isfinite(row["low"] + row["high"])]
    if len(known) < 2:
        return []
    upper = [f"{at:.1f},{y(row['high']):.1f}" for at, row in known]
    lower = [f"{at:.1f},{y(row['low']):.1f}" for at, row in reversed(known)]
    points = " ".join([*upper, *lower])
    return [f'<polygon points="{points}" fill="{COLOURS[0]}" fill-opacity="0.22"/>']


def _line(rows: Sequence[Mapping[str, Any]], x: Any, y: Any, radius: float) -> list[str]:
    known = [(x(k), y(row["value"]), row) for k, row in enumerate(rows) if row["value"] >= 0]
    whole = " ".join(f"{at:.1f},{high:.1f}" for at, high, row in known if row["complete"])
    points = [
        f'<circle cx="{at:.1f}" cy="{high:.1f}" r="{radius}" stroke="{COLOURS[0]}" '
        f'stroke-width="1.6" fill="{COLOURS[0] if row["complete"] else "none"}"/>'
        for at, high, row in known
    ]
    line = f'<polyline points="{whole}" fill="none" stroke="{COLOURS[0]}" stroke-width="2.2"/>'
    return [line, *points]


def _marks(marks: Mapping[int, str], x: Any, bottom: float) -> list[str]:
    return [
        f'<line x1="{x(place):.1f}" x2="{x(place):.1f}" y1="{_TOP - 6}" y2="{bottom:.1f}" '
        f'stroke="{COLOURS[5]}" stroke-width="1.5" stroke-dasharray="4 3"/>'
        f'<text x="{x(place):.1f}" y="{_TOP - 9}" text-anchor="middle" font-weight="600">'
        f"{escape(text)}</text>"
        for place, text in marks.items()
    ]
