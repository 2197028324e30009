"""The log of changes as a report shows it: marks in trends, and what became of each topic."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from cxtopics.measure.counting import ALL
from cxtopics.render.words import LEVERS, interval, money, number
from cxtopics.report import Report

__all__ = ["change_marks", "change_rows", "legend_of_marks"]


def change_rows(report: Report, names: Mapping[str, str], topic: str = ALL) -> list[dict[str, Any]]:
    """Return the logged changes in words, numbered by date; one topic's, or all."""
    rows = []
    for place, row in enumerate(report.change_log.to_dict(orient="records"), start=1):
        if topic not in (ALL, row["topic"]):
            continue
        rows.append(
            {
                "number": place,
                "date": row["date"],
                "topic": row["topic"],
                "name": names.get(row["topic"], row["topic"]),
                "what": row["what"],
                "lever": LEVERS.get(row["lever"], ""),
                "verdict": row["verdict"],
                "why": row["why"],
                "until": row["until"] if isinstance(row["until"], str) else "",
                "avoided": _avoided(row),
                "n_avoided": row["contacts_avoided"] if _is_told(row) else None,
                "money": _money(row),
            }
        )
    return rows


def _avoided(row: Mapping[Any, Any]) -> str:
    if not _is_told(row):
        return ""
    ends = (row["contacts_avoided_low"], row["contacts_avoided_high"])
    return f"{number(row['contacts_avoided'])} {interval(*ends)}"


def _money(row: Mapping[Any, Any]) -> str:
    if not _is_told(row):
        return ""
    ends = interval(row["money_saved_low"], row["money_saved_high"])
    return f"{money(row['money_saved'], row['currency'])} {ends}"


def _is_told(row: Mapping[Any, Any]) -> bool:
    """Whether there are contacts avoided to show: not where nothing can be told of them."""
    value = row["contacts_avoided"]
    known = isinstance(value, int | float) and math.isfinite(value)
    return known and row["verdict"] != "cannot_tell"


def change_marks(report: Report, topic: str = ALL) -> dict[int, str]:
    """Return the numbers of the changes by the place of the period they fall into."""
    marks: dict[int, str] = {}
    periods = list(
        zip(report.by_period["period_start"], report.by_period["period_end"], strict=True)
    )
    for row in change_rows(report, {}, topic):
        for place, (start, end) in enumerate(periods):
            if start <= row["date"] <= end:
                before = f"{marks[place]}, " if place in marks else ""
                marks[place] = f"{before}{row['number']}"
    return marks


def legend_of_marks(report: Report, topic: str = ALL) -> str:
    """Return what the marks mean, as a sentence for a note; empty without any."""
    if not change_marks(report, topic):
        return ""
    return " Dashed lines: changes, numbered as in the table of changes."
