"""Report -> report.html."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

import pandas as pd

from cxtopics import __version__
from cxtopics.measure.counting import ABSTAINED, ALL, NO_TEXT
from cxtopics.measure.prevalence.topic_estimates import AUDIT, EMQ
from cxtopics.measure.rates.bands import METHOD
from cxtopics.measure.rates.caveats import SMALL_CELL
from cxtopics.render.bar_charts import movers_chart, top_chart
from cxtopics.render.canvas import Figure, sparkline
from cxtopics.render.change_words import change_marks, change_rows
from cxtopics.render.charts import composition_chart, trend_chart
from cxtopics.render.pages import page
from cxtopics.render.report_sections import (
    absent_figures,
    cohort_rows,
    key_figures,
    link_words,
    slice_rows,
)
from cxtopics.render.topic_page import topics_with_page
from cxtopics.render.words import contacts_of, number, percent, period, topic_names
from cxtopics.report import Report
from cxtopics.taxonomy import OTHER, Taxonomy

__all__ = ["complete_rates", "report_figures", "report_page"]


def report_figures(report: Report, taxonomy: Taxonomy | None = None) -> dict[str, Figure]:
    """Return the report's charts by the name of their file, those that there is data for."""
    names = topic_names(report.by_topic["topic"], taxonomy)
    charts = {
        "trend": trend_chart(report),
        "most_frequent": top_chart(report, names),
        "movers": movers_chart(report, names),
        "composition": composition_chart(report, names),
    }
    return {name: chart for name, chart in charts.items() if chart}


def report_page(
    report: Report, taxonomy: Taxonomy | None = None, figures: Mapping[str, Figure] | None = None
) -> str:
    """Return the report as one HTML page; labels and groups come from the taxonomy."""
    names = topic_names(report.by_topic["topic"], taxonomy)
    drawn = report_figures(report, taxonomy) if figures is None else figures
    return page(
        "report.html.j2",
        version=__version__,
        report=report,
        overall=report.overall,
        first=report.by_period["period_start"].iloc[0],
        last=report.by_period["period_end"].iloc[-1],
        figures=list(drawn.values()),
        changes=change_rows(report, names),
        linked_topics=set(topics_with_page(report)),
        groups=_groups(report, names, taxonomy),
        n_silent=int((report.by_topic["n_contacts"] == 0).sum()),
        periods=[
            {**row, "name": period(row["period_start"], row["period_end"])}
            for row in report.by_period.to_dict(orient="records")
        ],
        cohorts=cohort_rows(report),
        links=link_words(report),
        slices=slice_rows(report, names),
        kpis=key_figures(report),
        absent=absent_figures(report),
        reconciliation=report.reconciliation,
        origin=_origin(report),
        rests_on=_rests_on(report),
        covers=_covers(report),
        small=SMALL_CELL,
    )


def complete_rates(report: Report) -> pd.DataFrame:
    """Return contacts per order by complete period (rows) and topic row (columns)."""
    rates = report.whole_rates[~report.whole_rates["period_start"].isin(report.partial_periods)]
    return rates.pivot_table(
        index="period_start", columns="topic", values="contacts_per_order", dropna=False
    )


def _groups(
    report: Report, names: dict[str, str], taxonomy: Taxonomy | None
) -> list[dict[str, Any]]:
    """Return topics with contacts by group, groups and topics by their contacts."""
    trends, changed = complete_rates(report), _changed(report)
    groups: dict[str, list[dict[str, Any]]] = {}
    rows = report.by_topic[report.by_topic["n_contacts"] > 0]
    rows = rows[rows["topic"] != ALL].sort_values("n_contacts", ascending=False, kind="stable")
    for row in rows.to_dict(orient="records"):
        topic = str(row["topic"])
        values = trends[topic].tolist() if topic in trends else []
        line = {str(name): cell for name, cell in row.items()}
        marks = [at for at, day in enumerate(trends.index) if day in changed.get(topic, ())]
        line |= {"name": names[topic], "spark": sparkline(values, marks)}
        line["contacts"] = contacts_of(line) if _estimated(report) else number(line["n_contacts"])
        groups.setdefault(_group(topic, taxonomy), []).append(line)
    shown = [
        {"name": name, "rows": rows, "n_contacts": sum(row["n_contacts"] for row in rows)}
        for name, rows in groups.items()
    ]
    shown.sort(key=lambda group: (group["name"] == _NO_TOPIC, -group["n_contacts"]))
    return shown


def _changed(report: Report) -> dict[str, set[str]]:
    """Return the first days of the periods in which something was changed, by topic."""
    starts = report.by_period["period_start"].tolist()
    return {
        topic: {starts[place] for place in change_marks(report, topic)}
        for topic in set(report.change_log["topic"])
    }


_NO_TOPIC = "Without a topic"


def _group(topic: str, taxonomy: Taxonomy | None) -> str:
    if topic in (OTHER, ABSTAINED, NO_TEXT):
        return _NO_TOPIC
    known = taxonomy.by_id.get(topic) if taxonomy else None
    if taxonomy and known and known.group:
        return taxonomy.groups.get(known.group, known.group)
    if taxonomy and topic in taxonomy.ended:
        return "No longer in use"
    return "Not in the topics file" if taxonomy else "Topics"


def _rests_on(report: Report) -> list[tuple[str, str]]:
    """Return estimators, audit, coverage, topics and model in a line each."""
    basis = report.basis
    if not basis:
        return []
    used = ", ".join(f"{_ESTIMATORS.get(k, k)} in {n}" for k, n in basis["estimators"].items())
    lines = [("Periods by estimator", used)]
    if basis["n_drawn"]:
        share = f"{number(basis['n_audited'])} of {number(basis['n_drawn'])} drawn contacts checked"
        lines.append(("Audit", share))
    if basis["coverage"] is not None:
        lines.append(("Coverage", f"the model named a topic for {percent(basis['coverage'], 1)}"))
    if topics := basis["taxonomy"]:
        lines.append(("Topics", f"{topics['name']}, version {topics['version']}"))
    if print_ := basis["model"].get("model_fingerprint"):
        n_labels = basis["model"].get("n_labels") or 0
        lines.append(("Model", f"{print_[:12]}, trained on {number(n_labels)} labelled contacts"))
    return lines


_ESTIMATORS = {
    AUDIT: "checked by people (score-guided audit)",
    EMQ: "from the model's probabilities (EMQ)",
    METHOD.split(";")[0]: "counts of tags",
}


def _estimated(report: Report) -> bool:
    return bool({AUDIT, EMQ} & set(report.basis.get("estimators", ())))


def _covers(report: Report) -> str:
    """Say what the intervals of the topics cover."""
    if not _estimated(report):
        return "of chance"
    counted = set(report.basis["estimators"]) - {AUDIT, EMQ}
    also = ", where counted of chance alone" if counted else ""
    return f"of the classifier's mistakes (per 100 orders: and of chance){also}"


def _origin(report: Report) -> list[tuple[str, str]]:
    """Return what the numbers were made from, as pairs for a list; no paths but file names."""
    provenance = report.provenance
    topics = provenance.get("taxonomy")
    pairs = [
        ("Periods", f"by {provenance.get('by')}, in the time zone {provenance.get('timezone')}"),
        ("Active customers", f"an order in the last {provenance.get('active_months')} months"),
        ("Method", report.overall.contacts_per_order.method),
    ]
    if topics:
        name = f"{topics['name']}, version {topics['version']}, {topics['fingerprint'][:12]}"
        pairs.append(("Topics", name))
    for station in ("contacts", "orders"):
        files = (provenance.get(station) or {}).get("files") or []
        if files:
            pairs.append((station.capitalize(), ", ".join(_name(file) for file in files)))
    return pairs


def _name(file: Any) -> str:
    if isinstance(file, dict):
        file = file.get("name") or file.get("path") or file.get("file") or "?"
    return PurePath(str(file)).name
