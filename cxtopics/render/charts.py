"""Charts over time: all contacts per 100 orders, and what they are made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import altair as alt
import pandas as pd

from cxtopics.measure.counting import ABSTAINED, ALL, NO_TEXT
from cxtopics.render.canvas import COLOURS, GREY, Figure, figure
from cxtopics.render.change_words import change_marks, legend_of_marks
from cxtopics.render.words import number, percent, period
from cxtopics.report import Report
from cxtopics.taxonomy import OTHER

__all__ = ["Draw", "composition_chart", "most_frequent", "real_topics", "trend_chart"]

Draw = Callable[[int], Any]
"""From a width in pixels to an Altair chart."""
_REST = "All the rest"


def real_topics(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that are a topic of the shop's own: not `all`, `other` or no topic."""
    return table[~table["topic"].isin([ALL, OTHER, ABSTAINED, NO_TEXT])]


def most_frequent(report: Report, n: int) -> pd.DataFrame:
    """Return the n topics with most contacts over the whole range, those without left out."""
    rows = real_topics(report.by_topic)
    rows = rows[rows["n_contacts"] > 0]
    return rows.sort_values("n_contacts", ascending=False, kind="stable").head(n)


def trend_chart(report: Report) -> Figure | None:
    """Draw contacts per 100 orders by period; None where no period has orders."""
    periods = report.by_period[report.by_period["contacts_per_order"].notna()]
    if periods.empty:
        return None
    rows = [
        {
            "period": period(row["period_start"], row["period_end"]),
            "value": 100 * row["contacts_per_order"],
            "low": 100 * row["contacts_per_order_low"],
            "high": 100 * row["contacts_per_order_high"],
            "complete": bool(row["complete"]),
        }
        for row in periods.to_dict(orient="records")
    ]
    partial = "" if periods["complete"].all() else " Hollow points: partial periods."
    days = report.by_period[["period_start", "period_end"]].to_numpy()
    marks = [
        {"period": period(*days[place]), "mark": mark}
        for place, mark in change_marks(report).items()
    ]
    note = f"Contacts per 100 orders; the band is the 95 % interval of chance.{partial}"
    title = _trend_title([row for row in rows if row["complete"]])
    return figure(title, note + legend_of_marks(report), _draw_trend(rows, marks))


def _trend_title(rows: list[dict[str, Any]]) -> str:
    """Compare the first complete period with the last; overlapping intervals are no change."""
    if len(rows) < 2:
        return "Contacts per 100 orders: too few complete periods for a trend"
    first, last = rows[0], rows[-1]
    verb = "show no clear change"
    if first["high"] < last["low"]:
        verb = "rose"
    elif last["high"] < first["low"]:
        verb = "fell"
    values = ", ".join(f"{number(row['value'], 1)} in {row['period']}" for row in (first, last))
    return f"Contacts per 100 orders {verb}: {values}"


def _draw_trend(rows: list[dict[str, Any]], marks: list[dict[str, Any]]) -> Draw:
    def draw(width: int) -> Any:
        y = alt.Y("value:Q", title=None, scale=alt.Scale(zero=True))
        base = alt.Chart(alt.Data(values=rows)).encode(x=_time_axis())
        band = base.mark_area(opacity=0.2, color=COLOURS[0])
        whole = base.transform_filter("datum.complete").encode(y=y)
        hollow = base.transform_filter("!datum.complete").encode(y=y)
        return alt.layer(
            band.encode(y=alt.Y("low:Q", title=None), y2="high:Q"),
            whole.mark_line(color=COLOURS[0], strokeWidth=2.5),
            whole.mark_point(color=COLOURS[0], filled=True, size=50, opacity=1),
            hollow.mark_point(color=COLOURS[0], size=50, opacity=1),
            *_changes(marks),
        ).properties(width=width, height=260 if width > 500 else 200)

    return draw


def _changes(marks: list[dict[str, Any]]) -> list[Any]:
    """Draw a dashed line where something was changed, and its number above it."""
    if not marks:
        return []
    base = alt.Chart(alt.Data(values=marks)).encode(x=_time_axis())
    return [
        base.mark_rule(color=COLOURS[5], strokeWidth=1.5, strokeDash=[4, 3]),
        base.mark_text(dy=-6, fontWeight=600).encode(y=alt.value(0), text="mark:N"),
    ]


def composition_chart(report: Report, names: dict[str, str]) -> Figure | None:
    """Draw what contacts per 100 orders are made of, by period: seven topics and the rest."""
    top = most_frequent(report, len(COLOURS))
    if top.empty or report.whole_rates["contacts_per_order"].isna().all():
        return None
    shown = {topic: names[topic] for topic in top["topic"]}
    data = [
        {
            "period": period(row["period_start"], row["period_end"]),
            "name": row["name"],
            "value": 100 * row["contacts_per_order"],
        }
        for row in _by_name(report.whole_rates, shown).to_dict(orient="records")
    ]
    legend = {**dict(zip(shown.values(), COLOURS, strict=False)), _REST: GREY}
    head = top.head(3)
    share = percent(head["topic_share"].sum())
    title = f"The {len(head)} most frequent topics make up {share} of contacts"
    note = "Contacts per 100 orders, stacked; the rest includes contacts without a topic."
    return figure(title, note, _draw_composition(data, legend), legend)


def _by_name(rates: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Sum the rates by period and by the topics shown, everything else under one name."""
    rows = rates[(rates["topic"] != ALL) & rates["contacts_per_order"].notna()]
    named = rows.assign(name=[names.get(topic, _REST) for topic in rows["topic"]])
    keys = ["period_start", "period_end", "name"]
    return named.groupby(keys)["contacts_per_order"].sum().reset_index()


def _draw_composition(data: list[dict[str, Any]], legend: dict[str, str]) -> Draw:
    order = list(legend)
    rows = [{**row, "place": order.index(row["name"])} for row in data]
    colours = alt.Scale(domain=order, range=list(legend.values()))

    def draw(width: int) -> Any:
        return (
            alt.Chart(alt.Data(values=rows))
            .mark_bar()
            .encode(
                x=_time_axis(),
                y=alt.Y("value:Q", title=None),
                color=alt.Color("name:N", scale=colours, legend=None),
                order=alt.Order("place:Q"),
            )
            .properties(width=width, height=260 if width > 500 else 200)
        )

    return draw


def _time_axis() -> Any:
    short = "replace(datum.label, 'week of ', '')"
    axis = alt.Axis(labelAngle=-45, labelOverlap=True, labelExpr=short)
    return alt.X("period:N", sort=None, title=None, axis=axis)
