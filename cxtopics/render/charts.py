"""The charts of the report, each under a title that answers a question from its data."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from cxtopics.measure.counting import ABSTAINED, ALL, NO_TEXT
from cxtopics.render.canvas import COLOURS, GREY, Figure, figure, wrapped
from cxtopics.render.words import number, percent, period, quoted
from cxtopics.report import Report
from cxtopics.taxonomy import OTHER

__all__ = ["composition_chart", "movers_chart", "real_topics", "top_chart", "trend_chart"]

_N_BARS = 10
_SIGNIFICANT = 0.05
_UNIT = "contacts per 100 orders"


def real_topics(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that are a topic of somebody's, the most frequent first."""
    rows = table[~table["topic"].isin([ALL, OTHER, ABSTAINED, NO_TEXT])]
    return (
        rows.sort_values("n_contacts", ascending=False, kind="stable")
        if "n_contacts" in rows
        else rows
    )


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
    partial = " Hollow points: partial periods." if not periods["complete"].all() else ""
    note = f"{_UNIT.capitalize()}; the band is the 95 % interval of chance.{partial}"
    return figure(_trend_title([row for row in rows if row["complete"]]), note, _draw_trend(rows))


def _trend_title(rows: list[dict[str, Any]]) -> str:
    if len(rows) < 2:
        return "Contacts per 100 orders: too few complete periods for a trend"
    first, last = rows[0], rows[-1]
    values = f"{number(first['value'], 1)} in {first['period']}, {number(last['value'], 1)} in {last['period']}"
    if first["high"] < last["low"]:
        return f"Contacts per 100 orders rose: {values}"
    if last["high"] < first["low"]:
        return f"Contacts per 100 orders fell: {values}"
    return f"Contacts per 100 orders show no clear change: {values}"


def _draw_trend(rows: list[dict[str, Any]]) -> Any:  # noqa: ANN401 (Altair has no stubs here)
    def draw(width: int) -> Any:  # noqa: ANN401
        x = alt.X(
            "period:N", sort=None, title=None, axis=alt.Axis(labelAngle=-45, labelOverlap=True)
        )
        y = alt.Y("value:Q", title=None, scale=alt.Scale(zero=True))
        base = alt.Chart(alt.Data(values=rows)).encode(x=x)
        band = base.mark_area(opacity=0.2, color=COLOURS[0]).encode(
            y=alt.Y("low:Q", title=None), y2="high:Q"
        )
        whole = alt.Chart(alt.Data(values=[row for row in rows if row["complete"]])).encode(
            x=x, y=y
        )
        hollow = alt.Chart(alt.Data(values=[row for row in rows if not row["complete"]]))
        return alt.layer(
            band,
            whole.mark_line(color=COLOURS[0], strokeWidth=2.5),
            whole.mark_point(color=COLOURS[0], filled=True, size=50, opacity=1),
            hollow.mark_point(color=COLOURS[0], size=50, opacity=1).encode(x=x, y=y),
        ).properties(width=width, height=250 if width > 500 else 200)

    return draw


def top_chart(report: Report, names: dict[str, str]) -> Figure | None:
    """Draw the most frequent topics over the whole range; None where there is none."""
    rows = real_topics(report.by_topic)
    rows = rows[rows["n_contacts"] > 0].head(_N_BARS)
    if rows.empty or rows["contacts_per_order"].isna().all():
        return None
    data = [
        {
            "name": names[row["topic"]],
            "value": 100 * row["contacts_per_order"],
            "low": 100 * row["contacts_per_order_low"],
            "high": 100 * row["contacts_per_order_high"],
        }
        for row in rows.to_dict(orient="records")
    ]
    note = f"{_UNIT.capitalize()} over all periods; the lines are 95 % intervals of chance."
    return figure(_top_title(rows, names), note, bars(data, COLOURS[0], 1))


def _top_title(rows: pd.DataFrame, names: dict[str, str]) -> str:
    first = rows.iloc[0]
    share = f"{percent(first['topic_share'])} of contacts"
    name = quoted(names[first["topic"]])
    if len(rows) > 1 and rows.iloc[1]["n_contacts_high"] >= first["n_contacts_low"]:
        return f"{name} and {quoted(names[rows.iloc[1]['topic']])} are the most frequent topics"
    return f"{name} is the most frequent topic: {share}"


def bars(data: list[dict[str, Any]], colour: str, digits: int) -> Any:  # noqa: ANN401
    """Return a drawer of horizontal bars with their intervals; rows hold name, value, low, high."""

    def draw(width: int) -> Any:  # noqa: ANN401
        rows = [{**row, "name": wrapped(row["name"], width)} for row in data]
        axis = alt.Axis(
            labelExpr="split(datum.label, '\\n')", labelLimit=300, ticks=False, domain=False
        )
        base = alt.Chart(alt.Data(values=rows)).encode(
            y=alt.Y("name:N", sort=None, title=None, axis=axis)
        )
        bar = base.mark_bar(color=colour, height=14).encode(x=alt.X("value:Q", title=None))
        rule = base.mark_rule(color="currentColor", strokeWidth=1.5).encode(x="low:Q", x2="high:Q")
        text = base.mark_text(align="left", dx=6).encode(
            x="high:Q", text=alt.Text("value:Q", format=f",.{digits}f")
        )
        return alt.layer(bar, rule, text).properties(width=width, height=34 * len(rows))

    return draw


def movers_chart(report: Report, names: dict[str, str]) -> Figure | None:
    """Draw the topics that moved most per 100 orders; None where none clearly did."""
    changes = real_topics(report.changes)
    if changes.empty:
        return None
    clear = changes[changes["q_value"] < _SIGNIFICANT]
    if clear.empty:
        return None
    gap = (clear["rate_after"] - clear["rate_before"]).abs()
    rows = clear.loc[gap.sort_values(ascending=False).index].head(8)
    data = [
        {
            "name": names[row["topic"]],
            "before": 100 * row["rate_before"],
            "after": 100 * row["rate_after"],
        }
        for row in rows.to_dict(orient="records")
    ]
    before, after = (" to ".join(report.compared[side]) for side in ("before", "after"))
    note = (
        f"{_UNIT.capitalize()}: hollow = {before}, filled = {after}. Shown are topics whose change "
        "is more than chance explains (5 % false alarms among them); a season is not ruled out."
    )
    return figure(_movers_title(data, len(clear)), note, _draw_movers(data))


def _movers_title(data: list[dict[str, Any]], n_clear: int) -> str:
    first = data[0]
    verb = "rose" if first["after"] > first["before"] else "fell"
    title = (
        f"{quoted(first['name'])} {verb} most, from {number(first['before'], 1)} "
        f"to {number(first['after'], 1)} per 100 orders"
    )
    others = n_clear - 1
    if not others:
        return title
    return f"{title}; {others} other topic{'s' if others > 1 else ''} changed too"


def _draw_movers(data: list[dict[str, Any]]) -> Any:  # noqa: ANN401
    def draw(width: int) -> Any:  # noqa: ANN401
        rows = [
            {**row, "name": wrapped(row["name"], width), "way": row["after"] > row["before"]}
            for row in data
        ]
        axis = alt.Axis(
            labelExpr="split(datum.label, '\\n')", labelLimit=300, ticks=False, domain=False
        )
        colour = alt.condition("datum.way", alt.value(COLOURS[5]), alt.value(COLOURS[2]))
        base = alt.Chart(alt.Data(values=rows)).encode(
            y=alt.Y("name:N", sort=None, title=None, axis=axis), color=colour
        )
        line = base.mark_rule(strokeWidth=3).encode(x=alt.X("before:Q", title=None), x2="after:Q")
        start = base.mark_point(size=60, opacity=1).encode(x="before:Q")
        end = base.mark_point(size=80, filled=True, opacity=1).encode(x="after:Q")
        return alt.layer(line, start, end).properties(width=width, height=34 * len(rows) + 10)

    return draw


def composition_chart(report: Report, names: dict[str, str]) -> Figure | None:
    """Draw what contacts per 100 orders are made of, period by period: 7 topics and the rest."""
    top = real_topics(report.by_topic).query("n_contacts > 0").head(len(COLOURS))
    rates = report.rates[
        (report.rates["topic"] != ALL) & report.rates["contacts_per_order"].notna()
    ]
    if top.empty or rates.empty:
        return None
    rest = "All the rest"
    shown = rates.assign(
        name=rates["topic"].where(rates["topic"].isin(top["topic"]), None).map(names)
    )
    shown["name"] = shown["name"].fillna(rest)
    shown["period"] = [
        period(start, end)
        for start, end in zip(shown["period_start"], shown["period_end"], strict=True)
    ]
    sums = shown.groupby(["period", "name"], sort=False)["contacts_per_order"].sum().mul(100)
    data = sums.reset_index().to_dict(orient="records")
    order = [*(names[topic] for topic in top["topic"]), rest]
    head = top.head(3)
    title = f"The {len(head)} most frequent topics make up {percent(head['topic_share'].sum())} of contacts"
    note = f"{_UNIT.capitalize()}, stacked; the rest includes contacts without a topic."
    return figure(title, note, _draw_composition(data, order))


def _draw_composition(data: list[dict[str, Any]], order: list[str]) -> Any:  # noqa: ANN401
    def draw(width: int) -> Any:  # noqa: ANN401
        colours = alt.Scale(domain=order, range=[*COLOURS[: len(order) - 1], GREY])
        legend = alt.Legend(
            title=None, orient="bottom", columns=2 if width > 500 else 1, direction="vertical"
        )
        rows = [{**row, "place": order.index(row["name"])} for row in data]
        return (
            alt.Chart(alt.Data(values=rows))
            .mark_bar()
            .encode(
                x=alt.X("period:N", sort=None, title=None,
                        axis=alt.Axis(labelAngle=-45, labelOverlap=True)),
                y=alt.Y("contacts_per_order:Q", title=None),
                color=alt.Color("name:N", scale=colours, legend=legend),
                order=alt.Order("place:Q"),
            )
            .properties(width=width, height=260)
        )  # fmt: skip

    return draw
