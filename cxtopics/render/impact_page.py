"""Impact -> one HTML page: the verdict, the weeks, the figures."""

from __future__ import annotations

import math

from cxtopics import __version__
from cxtopics.impact import Impact
from cxtopics.measure.estimate import Estimate
from cxtopics.render.canvas import Figure
from cxtopics.render.drawing import rate_figure
from cxtopics.render.pages import page
from cxtopics.render.words import interval, money, number

__all__ = ["impact_page"]


def impact_page(impact: Impact) -> str:
    """Return an impact as one HTML page."""
    return page(
        "impact.html.j2",
        version=__version__,
        impact=impact,
        figure=_weeks(impact),
        figures=_figures(impact),
        used=impact.provenance,
    )


def _weeks(impact: Impact) -> Figure:
    weeks = impact.weeks.to_dict(orient="records")
    rows = [
        {
            "period": week["week_start"],
            "value": 100 * week["contacts_per_order"],
            "low": math.nan,
            "high": math.nan,
            "complete": not week["left_out"],
        }
        for week in weeks
    ]
    after = [place for place, week in enumerate(weeks) if week["after"]]
    note = (
        "Contacts per 100 orders by week; hollow: weeks left out (holidays, settling, no orders). "
        "The season is not taken out here, but in the figures below."
    )
    return rate_figure(impact.why, note, rows, {after[0]: "change"} if after else {})


def _figures(impact: Impact) -> list[tuple[str, str, str]]:
    """Return name, value and interval of each figure."""
    rows = [
        _row("Per 100 orders before", impact.per_order_before.times(100, ""), 2),
        _row("Per 100 orders after", impact.per_order_after.times(100, ""), 2),
        _row("After / before, season taken out", impact.ratio, 2),
        _row("Share of contacts before, %", impact.share_before.times(100, ""), 1),
        _row("Share of contacts after, %", impact.share_after.times(100, ""), 1),
    ]
    if math.isfinite(impact.contacts_avoided.value):
        saved = impact.money_saved
        rows.append(_row("Contacts avoided so far", impact.contacts_avoided, 0))
        value = money(saved.value, saved.unit)
        rows.append(("Money saved so far", value, interval(saved.low, saved.high)))
    return rows


def _row(name: str, figure: Estimate, digits: int) -> tuple[str, str, str]:
    return name, number(figure.value, digits), interval(figure.low, figure.high, digits)
