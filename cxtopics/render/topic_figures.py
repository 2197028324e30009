"""Time, cost, satisfaction and money of one topic's contacts, beside those of all."""

from __future__ import annotations

from typing import Any

from cxtopics.measure.costs import Costs
from cxtopics.measure.counting import ALL
from cxtopics.render.report_sections import KPI_NAMES, amount
from cxtopics.render.words import number
from cxtopics.report import Report

__all__ = ["cost_of_contact", "figure_rows"]

_SHOWN = (
    "first_response_time_s", "resolution_time_s", "handle_time_s", "csat",
    "repeat_contact_rate", "conversion_after_contact", "revenue_per_contact",
)  # fmt: skip


def figure_rows(report: Report, topic: str) -> list[dict[str, Any]]:
    """Return the topic's key figures in words, each beside that of all contacts, or its reason."""
    table = report.kpis
    if "value" not in table:
        return []
    rows = table[(table["period"] == ALL) & table["topic"].isin([ALL, topic])]
    found = {(row["kpi"], row["topic"]): row for row in rows.to_dict(orient="records")}
    shown = []
    for kpi in _SHOWN:
        everyone, own = found.get((kpi, ALL)), found.get((kpi, topic))
        line: dict[str, Any] = {"name": KPI_NAMES[kpi], "reason": ""}
        if own is not None and own["value"] == own["value"]:
            line |= {name: amount(own[name], own["unit"]) for name in ("value", "low", "high")}
            line["n"] = number(own["n"])
            if everyone is not None:
                line["all"] = amount(everyone["value"], everyone["unit"])
        else:
            reason = everyone["reason"] if everyone is not None else None
            line["reason"] = reason if isinstance(reason, str) else "no such contact on this topic"
        shown.append(line)
    return shown


def cost_of_contact(report: Report, topic: str, costs: Costs | None) -> dict[str, str]:
    """Return what a contact costs and what all of the topic's did, or why that is not known."""
    if costs is None or "cost_per_contact" in costs.defaults:
        return {"reason": "the cost of a contact is not given (--costs)"}
    each = costs.cost_of_contact(_channels(report, topic))
    n = float(report.by_topic.set_index("topic")["n_contacts"][topic])
    return {
        "each": f"{costs.currency} {number(each, 2)}",
        "all": f"{costs.currency} {number(each * n)}",
        "reason": "",
    }


def _channels(report: Report, topic: str) -> dict[str, float]:
    """Return the topic's share of contacts by channel; empty where the report has no channels."""
    rows = report.slices
    rows = rows[(rows["slice"] == "channel") & (rows["topic"] == topic)]
    counts = rows.groupby("slice_value")["n_contacts"].sum()
    return {str(name): float(n / counts.sum()) for name, n in counts.items() if counts.sum()}
