"""A report's folder read back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from cxtopics.errors import InputError
from cxtopics.measure.cohorts.long_table import Cohorts
from cxtopics.measure.estimate import Estimate
from cxtopics.measure.rates.long_table import no_rates
from cxtopics.render.folders import is_marked
from cxtopics.report import Overall, Report
from cxtopics.schemas import TOPIC_RATES
from cxtopics.tables import check_table, read_table
from cxtopics.taxonomy import Taxonomy, load_taxonomy

__all__ = ["read_report"]


def read_report(folder: str | Path) -> tuple[Report, Taxonomy | None]:
    """Read a report folder back, with the taxonomy it was made with, if any.

    Raises
    ------
    InputError
        If the folder is no report of this program.
    """
    folder = Path(folder)
    if not is_marked(folder / "report.json"):
        raise InputError(
            f"{folder}: not a report folder (report.json is missing or another program's)",
            "make one with `cxtopics report TAGGED --orders ORDERS -o DIR`",
        )
    content = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    rates, slices = _read_rates(folder / "rates.csv"), folder / "slices.csv"
    try:
        report = replace(
            _report(content, rates),
            slices=_read_rates(slices) if slices.exists() else no_rates(),
            covariance=_covariance(folder / "covariance.parquet"),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{folder}: report.json is incomplete or of another version ({error})",
            "make the report again",
        ) from None
    topics = folder / "taxonomy.yaml"
    return report, load_taxonomy(topics) if topics.exists() else None


def _covariance(path: Path) -> pd.DataFrame:
    return read_table(path) if path.exists() else pd.DataFrame()


def _report(content: dict[str, Any], rates: pd.DataFrame) -> Report:
    return Report(
        rates=rates,
        overall=_overall(content["overall"]),
        by_topic=_table(content["by_topic"]),
        by_period=_table(content["by_period"]),
        changes=_table(content["changes"]),
        compared=content["compared"],
        reconciliation=content["reconciliation"],
        caveats=tuple(content["caveats"]),
        provenance=content["provenance"],
        basis=content["basis"],
        kpis=_table(content["kpis"]),
        cohorts=Cohorts(_table(content["cohorts"]), content["cohort_basis"]),
        year_over_year=_table(content["year_over_year"]),
        years_compared=content["years_compared"],
        links=content["links"],
        delays=_table(content["delays"]),
        change_log=_table(content["change_log"]),
    )


def _read_rates(path: Path) -> pd.DataFrame:
    rates = read_table(path)
    text = {"period_start", "period_end", "slice", "slice_value", "topic", "method"}
    for name in rates.columns.difference(list(text)):
        rates[name] = pd.to_numeric(rates[name]).astype(float)
    return check_table(rates, TOPIC_RATES, str(path))


def _table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(rows)
    for name in table.columns:
        kinds = {type(cell) for cell in table[name]} - {type(None)}
        if kinds <= {int, float}:
            table[name] = table[name].astype(float)
    return table if len(table.columns) else pd.DataFrame({"topic": []})


def _overall(content: dict[str, Any]) -> Overall:
    def estimate(name: str, unit: str) -> Estimate:
        ends = (content[name + end] for end in ("", "_low", "_high"))
        value, low, high = (float("nan") if end is None else float(end) for end in ends)
        return Estimate(
            value,
            low,
            high,
            content["confidence"],
            unit,
            content["method"],
            int(content["n_contacts"]),
        )

    return Overall(
        n_contacts=estimate("n_contacts", "contacts"),
        n_orders=content["n_orders"],
        contacts_per_order=estimate("contacts_per_order", "contacts per order"),
    )
