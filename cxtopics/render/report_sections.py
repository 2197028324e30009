"""What the report's page says of key figures, slices and cohorts."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cxtopics.measure.counting import ALL
from cxtopics.measure.rates.over_represented import over_represented
from cxtopics.render.words import number, percent, period
from cxtopics.report import Report

__all__ = [
    "KPI_NAMES",
    "absent_figures",
    "amount",
    "cohort_rows",
    "key_figures",
    "link_words",
    "slice_rows",
]

KPI_NAMES = {
    "contacted_order_rate": "Orders with a contact (net)",
    "average_order_value": "Average order value",
    "return_rate": "Orders returned",
    "response_rate": "Contacts answered",
    "resolution_rate": "Contacts resolved",
    "conversation_abandonment_rate": "Conversations given up",
    "csat": "Satisfied, of those surveyed",
    "first_response_time_s": "First response, median",
    "resolution_time_s": "Resolution, median",
    "handle_time_s": "Handling, median",
    "nps": "Net promoter score",
    "ces": "Customer effort (easy less hard)",
    "repeat_contact_rate": "Back on the same topic within 7 days",
    "first_contact_resolution": "Not back within 7 days",
    "conversion_after_contact": "Ordered within 7 days of a contact",
    "revenue_per_contact": "Revenue within 7 days, per contact",
    "repeat_customer_rate": "Customers with a second order",
    "revenue_per_customer": "Revenue per customer",
    "customer_retention_rate": "Customers kept",
    "support_cost_share": "Cost of contacts / revenue",
    "visit_contact_rate": "Contacts per visit",
    "conversion_rate": "Orders per visit",
}


def key_figures(report: Report) -> list[dict[str, Any]]:
    """Return the overall key figures that there are, as words."""
    if "value" not in report.kpis:
        return []
    rows = _overall(report.kpis)
    rows = rows[rows["value"].notna() & rows["kpi"].isin(list(KPI_NAMES))]
    return [
        {
            "name": KPI_NAMES[row["kpi"]],
            "value": amount(row["value"], row["unit"]),
            "low": amount(row["low"], row["unit"]),
            "high": amount(row["high"], row["unit"]),
            "n": row["n"],
        }
        for row in rows.to_dict(orient="records")
    ]


def absent_figures(report: Report) -> list[tuple[str, str]]:
    """Return the key figures that cannot be told, each with its reason."""
    if "value" not in report.kpis:
        return []
    rows = _overall(report.kpis)
    rows = rows[rows["value"].isna() & rows["reason"].notna()]
    return [
        (KPI_NAMES.get(name, name), reason)
        for name, reason in zip(rows["kpi"], rows["reason"], strict=True)
    ]


def _overall(kpis: pd.DataFrame) -> pd.DataFrame:
    return kpis[(kpis["period"] == ALL) & (kpis["topic"] == ALL)]


def amount(value: float, unit: str) -> str:
    """Return a key figure in the form of its unit: a duration, a share, a score, an amount."""
    if unit.startswith("s,"):
        return _duration(value)
    if unit == "0-1":
        return percent(value, 1)
    return number(100 * value) if unit.startswith("score") else number(value, 2)


def _duration(seconds: float) -> str:
    for length, word in ((172_800, "days"), (5_400, "h"), (90, "min")):
        if seconds >= length:
            scale = {"days": 86_400, "h": 3_600, "min": 60}[word]
            return f"{number(seconds / scale, 1)} {word}"
    return f"{number(seconds)} s"


def slice_rows(report: Report, names: dict[str, str]) -> list[dict[str, Any]]:
    """Return where topics are clearly more frequent than elsewhere."""
    found = over_represented(report.slices)
    return [
        {
            **{str(key): cell for key, cell in row.items()},
            "name": names.get(row["topic"], row["topic"]),
            "slice": row["slice"].replace("_", " "),
        }
        for row in found.to_dict(orient="records")
    ]


def cohort_rows(report: Report) -> list[dict[str, Any]]:
    """Return the cohorts of all topics together, each beside its period."""
    table = report.cohorts.table
    if "cohort_contacts_per_order" not in table:
        return []
    whole = table[(table["topic"] == ALL) & (table["n_orders"] > 0)]
    return [
        {
            **{str(key): cell for key, cell in row.items()},
            "name": period(row["period_start"], row["period_end"]),
        }
        for row in whole.to_dict(orient="records")
    ]


def link_words(report: Report) -> str:
    """Return how contacts are linked to orders, in one sentence; empty where nothing says."""
    if not report.links:
        return ""
    n = report.links["n_contacts"]
    words = {
        "field": "by a field of the helpdesk",
        "text": "by an order number in the text",
        "customer_window": "by customer and time",
        "none": "not linked",
    }
    parts = [
        f"{percent(report.links['by_method'][method] / n)} {word}"
        for method, word in words.items()
        if report.links["by_method"][method]
    ]
    return f"Contacts and their orders: {', '.join(parts)}."
