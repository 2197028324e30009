"""Tagged contacts and orders -> the folders of a report and of its ranking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from cxtopics.audit import read_audit
from cxtopics.errors import InputError
from cxtopics.flow.inputs import travelling_topics, travelling_zone
from cxtopics.impact import measure_changes
from cxtopics.measure.audits.labels import AuditLabels
from cxtopics.measure.costs import Costs
from cxtopics.measure.trends.change_log import load_change_log
from cxtopics.ranking import Ranking, build_ranking
from cxtopics.render.evidence import Evidence, choose_messages, read_mistakes
from cxtopics.render.files import write_ranking, write_report
from cxtopics.render.reading import read_report
from cxtopics.report import Report, build_report
from cxtopics.tables import read_provenance, read_table
from cxtopics.taxonomy import Taxonomy, load_taxonomy

__all__ = ["rank_folder", "report_folder"]


def report_folder(
    tagged: str | Path,
    orders: str | Path,
    out: str | Path,
    *,
    by: Any = "month",
    timezone: str | None = None,
    topics: str | Path | None = None,
    audits: Sequence[str | Path] = (),
    changes: str | Path | None = None,
    model: str | Path | None = None,
    n_messages: int = 0,
    workbook: bool = False,
    costs: Costs | None = None,
    **options: Any,
) -> Report:
    """Make a report from files and write its folder.

    Parameters
    ----------
    tagged, orders
        Files of any format, or folders of Parquet parts; Parquet is never held in memory.
    timezone
        The zone of months and weeks; default: the one the orders were read with, else UTC.
    topics
        A topics file; default: the topics that travel with the tagged table.
    audits
        Filled audit sheets.
    changes
        A log of changes: marked in the trends, each with what followed.
    model
        The folder of the model that tagged: topic pages say which topics it mixes up.
    n_messages
        Redacted messages to show on each topic's page.
    workbook
        Write the tables as report.xlsx too.
    costs
        For the cost share, the cost of a topic's contacts, and what changes have saved.
    options
        Passed to `build_report` (slices, holidays, visits, ...).

    Raises
    ------
    InputError
        Among other things, if a sheet holds two different answers to one contact.
    """
    about, about_orders = read_provenance(tagged), read_provenance(orders)
    taxonomy = load_taxonomy(topics) if topics else travelling_topics(about)
    zone = timezone or travelling_zone(about_orders)
    log = load_change_log(changes, taxonomy) if changes else ()
    mistakes = read_mistakes(model) if model else {}
    report = build_report(
        tagged,
        orders,
        taxonomy=taxonomy,
        by=by,
        timezone=zone,
        audits=[_usable_labels(path, taxonomy) for path in audits],
        costs=costs,
        provenance={**about_orders, **about},
        **options,
    )
    if log:
        measured = measure_changes(
            tagged, orders, log, taxonomy=taxonomy, costs=costs, timezone=zone
        )
        report = replace(report, change_log=measured)
    messages = choose_messages(tagged, taxonomy, n_messages) if n_messages else None
    evidence = Evidence(messages=messages, costs=costs, **mistakes)
    write_report(report, out, taxonomy, evidence=evidence, workbook=workbook)
    return report


def rank_folder(
    report: str | Path,
    out: str | Path,
    *,
    costs: Costs | None = None,
    topics: str | Path | None = None,
    n_periods: int = 3,
    workbook: bool = False,
) -> Ranking:
    """Rank the topics of a report's folder and write the ranking's folder."""
    found, taxonomy = read_report(report)
    ranking = build_ranking(
        pd.concat([found.whole_rates, found.slices], ignore_index=True),  # costs by channel
        load_taxonomy(topics) if topics else taxonomy,
        costs,
        covariance=found.covariance,
        kpis=_kpis(Path(report)),
        n_periods=n_periods,
        partial=found.partial_periods,
    )
    write_ranking(ranking, out, found, report_folder=report, workbook=workbook)
    return ranking


def _usable_labels(path: str | Path, taxonomy: Taxonomy | None) -> AuditLabels:
    found = read_audit(path, taxonomy=taxonomy)
    if found.faults:
        raise InputError(found.faults[0], "`cxtopics audit read` lists all faults of a sheet")
    return found.labels


def _kpis(report: Path) -> pd.DataFrame | None:
    """Return the KPIs of a report's folder, where it has any."""
    path = report / "kpis.csv"
    return read_table(path) if path.exists() else None
