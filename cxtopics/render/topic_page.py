"""Report -> one page per topic: what is known of it, and what to do next."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cxtopics import __version__
from cxtopics.measure.rates.over_represented import over_represented
from cxtopics.render.canvas import Figure
from cxtopics.render.change_words import change_marks, change_rows, legend_of_marks
from cxtopics.render.charts import real_topics
from cxtopics.render.drawing import rate_figure
from cxtopics.render.evidence import Evidence
from cxtopics.render.next_steps import next_steps
from cxtopics.render.pages import page
from cxtopics.render.topic_figures import cost_of_contact, figure_rows
from cxtopics.render.topic_neighbours import Neighbours, neighbour_rows, score_words
from cxtopics.render.words import LEVERS, number, period, quoted, topic_names
from cxtopics.report import Report
from cxtopics.taxonomy import Taxonomy

__all__ = ["TopicPage", "topic_pages", "topics_with_page"]

_ID = re.compile(r"[a-z][a-z0-9_]{1,47}")  # of a topics file; what a file may be called
_SIGNIFICANT = 0.05
_EVERY = 1_000_000


@dataclass(frozen=True)
class TopicPage:
    """A topic's page and its chart; the id is safe as the name of a file."""

    topic: str
    html: str
    figure: Figure


def topics_with_page(report: Report) -> list[str]:
    """Return the topics that get a page: those with contacts whose id is a topic id.

    Labels of other people's tables may hold anything; only what a topics file would allow
    becomes the name of a file.
    """
    rows = real_topics(report.by_topic)
    with_contacts = rows.loc[rows["n_contacts"] > 0, "topic"]
    return [str(topic) for topic in with_contacts if _ID.fullmatch(str(topic))]


def topic_pages(
    report: Report, taxonomy: Taxonomy | None = None, evidence: Evidence | None = None
) -> list[TopicPage]:
    """Return the pages of all topics that get one, in the order of the report."""
    about = _About.gather(report, taxonomy, evidence or Evidence())
    return [_page(topic, about) for topic in topics_with_page(report)]


@dataclass(frozen=True)
class _About:
    """What every page draws on, looked up once.

    Attributes
    ----------
    rows, rates, where, delays
        By topic: its row of `by_topic`, its rates by period, where it is over-represented,
        and its days from order to contact.
    cuts
        What the report is cut by.
    """

    report: Report
    taxonomy: Taxonomy | None
    evidence: Evidence
    neighbours: Neighbours
    rows: dict[str, dict[Any, Any]]
    rates: dict[str, dict[str, dict[Any, Any]]]
    where: dict[str, list[dict[Any, Any]]]
    delays: dict[str, dict[Any, Any]]
    cuts: set[str]

    @classmethod
    def gather(cls, report: Report, taxonomy: Taxonomy | None, evidence: Evidence) -> _About:
        names = topic_names(report.by_topic["topic"], taxonomy)
        rates: dict[str, dict[str, dict[Any, Any]]] = {}
        for row in report.whole_rates.to_dict(orient="records"):
            rates.setdefault(row["topic"], {})[row["period_start"]] = row
        where: dict[str, list[dict[Any, Any]]] = {}
        for row in over_represented(report.slices, _EVERY).to_dict(orient="records"):
            where.setdefault(row["topic"], []).append(row)
        return cls(
            report=report,
            taxonomy=taxonomy,
            evidence=evidence,
            neighbours=Neighbours(names, set(topics_with_page(report)), evidence.confused),
            rows={row["topic"]: row for row in report.by_topic.to_dict(orient="records")},
            rates=rates,
            where=where,
            delays={row["topic"]: row for row in report.delays.to_dict(orient="records")},
            cuts=set(report.slices["slice"]),
        )


def _page(topic: str, about: _About) -> TopicPage:
    report, taxonomy, evidence = about.report, about.taxonomy, about.evidence
    name = about.neighbours.names[topic]
    known = taxonomy.by_id.get(topic) if taxonomy else None
    where = about.where.get(topic, [])
    figure = _trend(topic, about.rates.get(topic, {}), report, name)
    html = page(
        "topic.html.j2",
        version=__version__,
        name=name,
        known=known,
        lever=LEVERS.get(known.lever or "", "") if known else "",
        group=taxonomy.groups.get(known.group or "", "") if taxonomy and known else "",
        report=report,
        row=about.rows[topic],
        first=report.by_period["period_start"].iloc[0],
        last=report.by_period["period_end"].iloc[-1],
        figure=figure,
        changes=change_rows(report, about.neighbours.names, topic),
        any_log=len(report.change_log) > 0,
        slices=where,
        no_slices=not about.cuts,
        figures=figure_rows(report, topic),
        cost=cost_of_contact(report, topic, evidence.costs),
        messages=_messages(topic, evidence),
        neighbours=neighbour_rows(about.neighbours, known, topic),
        has_model=evidence.confused is not None,
        scores=score_words(evidence.scores.get(topic)),
        steps=next_steps(known, about.delays.get(topic), where, about.cuts) if known else [],
        no_steps="" if taxonomy else "the report was made without a topics file (--topics)",
    )
    return TopicPage(topic, html, figure)


def _messages(topic: str, evidence: Evidence) -> dict[str, Any]:
    if evidence.messages is None:
        return {"rows": [], "why": "not asked for (report --messages 5)"}
    if not evidence.messages:
        return {"rows": [], "why": "the tagged table has no texts"}
    rows = list(evidence.messages.get(topic, ()))
    return {"rows": rows, "why": "" if rows else "none with more than a few words"}


def _trend(topic: str, rates: Mapping[str, Mapping[Any, Any]], report: Report, name: str) -> Figure:
    rows = [
        {
            "period": period(line["period_start"], line["period_end"]),
            **{key: _per_100(rates.get(line["period_start"]), end) for key, end in _ENDS.items()},
            "complete": bool(line["complete"]),
        }
        for line in report.by_period.to_dict(orient="records")
    ]
    partial = "" if report.by_period["complete"].all() else " Hollow points: partial periods."
    note = f"Contacts per 100 orders; the band is the 95 % interval.{partial}"
    note += _compared(topic, report) + legend_of_marks(report, topic)
    return rate_figure(_title(topic, report, name), note, rows, change_marks(report, topic))


_ENDS = {"value": "", "low": "_low", "high": "_high"}


def _per_100(row: Mapping[Any, Any] | None, end: str) -> float:
    return float("nan") if row is None else 100 * float(row[f"contacts_per_order{end}"])


def _change(topic: str, report: Report) -> dict[str, Any] | None:
    rows = report.changes
    rows = rows[rows["topic"] == topic] if "q_value" in rows else rows.head(0)
    return {str(k): v for k, v in rows.iloc[0].items()} if len(rows) else None


def _title(topic: str, report: Report, name: str) -> str:
    """Say whether it rose or fell; a change that chance explains is none."""
    found = _change(topic, report)
    if found is None:
        return f"{quoted(name)}: too few complete periods for a trend"
    ends = [number(100 * found[key], 2) for key in ("rate_before", "rate_after")]
    clear = found["q_value"] < _SIGNIFICANT
    if not clear:
        return f"{quoted(name)} shows no clear change: {ends[0]}, then {ends[1]} per 100 orders"
    verb = "rose" if found["rate_after"] > found["rate_before"] else "fell"
    return f"{quoted(name)} {verb} from {ends[0]} to {ends[1]} per 100 orders"


def _compared(topic: str, report: Report) -> str:
    if not report.compared or _change(topic, report) is None:
        return ""
    before, after = (" to ".join(report.compared[side]) for side in ("before", "after"))
    return (
        f" Compared: {before} with {after}; clear changes at a false discovery rate of 5 % over "
        "all topics."
    )
