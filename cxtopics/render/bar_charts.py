"""Charts over topics: the most frequent, those that moved, and bars for the ranking."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from cxtopics.render.canvas import COLOURS, Figure, figure
from cxtopics.render.charts import Draw, most_frequent, real_topics
from cxtopics.render.words import number, percent, quoted
from cxtopics.report import Report

__all__ = ["bars", "movers_chart", "top_chart"]

_N_BARS = 10
_N_MOVERS = 8
_SIGNIFICANT = 0.05
_ROW = 42  # pixels: a label above a bar, so that long labels fit on a phone


def top_chart(report: Report, names: dict[str, str]) -> Figure | None:
    """Draw the most frequent topics over the whole range; None where there is none."""
    rows = most_frequent(report, _N_BARS)
    if rows.empty:
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
    note = "Contacts per 100 orders over all periods; the lines are 95 % intervals."
    return figure(_top_title(rows, names), note, bars(data, COLOURS[0], 1))


def _top_title(rows: pd.DataFrame, names: dict[str, str]) -> str:
    """Name one topic only where chance would hardly have put another one first."""
    first = rows.iloc[0]
    name = quoted(names[first["topic"]])
    if len(rows) > 1 and rows.iloc[1]["n_contacts_high"] >= first["n_contacts_low"]:
        second = quoted(names[rows.iloc[1]["topic"]])
        return f"{name} and {second} are the most frequent topics"
    return f"{name} is the most frequent topic: {percent(first['topic_share'])} of contacts"


def bars(data: list[dict[str, Any]], colour: str, digits: int) -> Draw:
    """Return a drawer of horizontal bars with their ranges.

    Parameters
    ----------
    data
        Rows with `name`, `value`, `low`, `high`.
    digits
        Decimals of the number written at each bar.
    """
    rows = [{**row, "end": max(row["high"], row["value"], 0)} for row in data]
    low = min(0.0, *(row["low"] for row in rows))
    span = max(row["end"] for row in rows) - low
    scale = alt.Scale(domain=[low, low + 1.15 * span], nice=False)

    def draw(width: int) -> Any:
        base = _labelled(rows)
        x = alt.X("value:Q", title=None, scale=scale, axis=alt.Axis(tickCount=5))
        text = base.mark_text(align="left", dx=6, dy=7).encode(
            x="end:Q", text=alt.Text("value:Q", format=f",.{digits}f")
        )
        return alt.layer(
            base.mark_bar(color=colour, height=14, yOffset=7).encode(x=x),
            base.mark_rule(color="currentColor", strokeWidth=1.5, yOffset=7).encode(
                x="low:Q", x2="high:Q"
            ),
            text,
            _names(base, width),
        ).properties(width=width, height=_ROW * len(rows))

    return draw


def movers_chart(report: Report, names: dict[str, str]) -> Figure | None:
    """Draw the topics that moved most per 100 orders; None where none clearly did."""
    changes = real_topics(report.changes)
    clear = changes if changes.empty else changes[changes["q_value"] < _SIGNIFICANT]
    if clear.empty:
        return None
    gap = (clear["rate_after"] - clear["rate_before"]).abs()
    rows = clear.loc[gap.sort_values(ascending=False).index].head(_N_MOVERS)
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
        f"Contacts per 100 orders: hollow {before}, filled {after}. Shown are topics whose "
        "change is more than chance explains (false discovery rate 5 %); a season is not ruled out."
    )
    return figure(_movers_title(data, len(clear)), note, _draw_movers(data))


def _movers_title(data: list[dict[str, Any]], n_clear: int) -> str:
    first = data[0]
    verb = "rose" if first["after"] > first["before"] else "fell"
    ends = f"from {number(first['before'], 1)} to {number(first['after'], 1)} per 100 orders"
    title = f"{quoted(first['name'])} {verb} most, {ends}"
    if n_clear == 1:
        return title
    return f"{title}; {n_clear - 1} other topic{'s' if n_clear > 2 else ''} changed too"


def _draw_movers(data: list[dict[str, Any]]) -> Draw:
    rows = [{**row, "up": row["after"] > row["before"]} for row in data]

    def draw(width: int) -> Any:
        colour = alt.condition("datum.up", alt.value(COLOURS[5]), alt.value(COLOURS[2]))
        base = _labelled(rows)
        shown = base.encode(color=colour)
        x = alt.X("before:Q", title=None, scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=5))
        return alt.layer(
            shown.mark_rule(strokeWidth=3, yOffset=7).encode(x=x, x2="after:Q"),
            shown.mark_point(size=60, opacity=1, yOffset=7).encode(x="before:Q"),
            shown.mark_point(size=80, filled=True, opacity=1, yOffset=7).encode(x="after:Q"),
            _names(base, width),
        ).properties(width=width, height=_ROW * len(rows))

    return draw


def _labelled(rows: list[dict[str, Any]]) -> Any:
    y = alt.Y("name:N", sort=None, title=None, axis=None)
    return alt.Chart(alt.Data(values=rows)).encode(y=y)


def _names(base: Any, width: int) -> Any:
    """Write each row's label above it, from the left edge on."""
    return base.mark_text(align="left", dy=-10, limit=width).encode(
        x=alt.value(0), text=alt.Text("name:N")
    )
