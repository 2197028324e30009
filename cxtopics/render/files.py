"""The folders that `report` and `rank` write, and reading a report back.

A folder appears whole or not at all. What a user put beside our files stays; a folder that
is not one of ours is never touched.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from cxtopics.errors import InputError
from cxtopics.measure.cohort_table import Cohorts
from cxtopics.measure.estimate import Estimate
from cxtopics.measure.rate_table import no_rates
from cxtopics.ranking import Ranking
from cxtopics.render.ranking_page import ranking_page
from cxtopics.render.report_page import report_page
from cxtopics.report import Overall, Report
from cxtopics.schemas import TOPIC_RATES
from cxtopics.tables import check_table, read_table, write_table, writing
from cxtopics.taxonomy import Taxonomy, load_taxonomy

__all__ = ["read_report", "write_ranking", "write_report"]

_REPORT = (
    "report.html", "rates.csv", "slices.csv", "kpis.csv", "cohorts.csv", "report.json",
    "taxonomy.yaml", "covariance.parquet",
)  # fmt: skip
_RANKING = ("ranking.html", "ranking.csv", "ranking.json")
_MARKS = {"report.json": "cxtopics report", "ranking.json": "cxtopics ranking"}


def write_report(report: Report, folder: str | Path, taxonomy: Taxonomy | None = None) -> None:
    """Write report.html, the tables of the report, report.json and taxonomy.yaml.

    rates.csv, slices.csv, kpis.csv, cohorts.csv and, where something was estimated,
    covariance.parquet, which holds how the errors hang together. A table without rows is
    not written, and no taxonomy where none was given.

    Parameters
    ----------
    folder
        New, empty, or written by this program before; then only our files are replaced.

    Raises
    ------
    InputError
        If the folder holds something else, or cannot be written.
    """

    def fill(room: Path) -> None:
        (room / "report.html").write_text(report_page(report, taxonomy), encoding="utf-8")
        write_table(report.rates, room / "rates.csv")
        for name, table in (
            ("slices.csv", report.slices),
            ("kpis.csv", report.kpis),
            ("cohorts.csv", report.cohorts.table),
            ("covariance.parquet", report.covariance),
        ):
            if len(table):
                write_table(table, room / name)
        _write_json(report.to_dict(), room / "report.json")
        if taxonomy:
            (room / "taxonomy.yaml").write_text(taxonomy.dump(), encoding="utf-8")

    _replace(Path(folder), _REPORT, fill)


def write_ranking(ranking: Ranking, folder: str | Path, report: Report | None = None) -> None:
    """Write ranking.html, ranking.csv and ranking.json; the report adds trends to the page.

    Parameters
    ----------
    folder
        As for `write_report`; may be the report's own folder.

    Raises
    ------
    InputError
        If the folder holds something else, or cannot be written.
    """

    def fill(room: Path) -> None:
        (room / "ranking.html").write_text(ranking_page(ranking, report), encoding="utf-8")
        write_table(ranking.ranks, room / "ranking.csv")
        _write_json(ranking.to_dict(), room / "ranking.json")

    _replace(Path(folder), _RANKING, fill)


def read_report(folder: str | Path) -> tuple[Report, Taxonomy | None]:
    """Read a report folder back, with the taxonomy it was made with, if any.

    Raises
    ------
    InputError
        If the folder is no report of this program.
    """
    folder = Path(folder)
    if not _is_marked(folder / "report.json"):
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


def _write_json(content: dict[str, Any], path: Path) -> None:
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def _replace(folder: Path, names: tuple[str, ...], fill: Callable[[Path], None]) -> None:
    """Put new files into a folder, all at once, and carry over what else lies there."""
    folder = folder.resolve()
    _refuse_strangers(folder)
    with writing(folder) as room:
        room.mkdir()
        if folder.is_dir():
            for entry in folder.iterdir():
                if entry.name not in names:
                    _carry(entry, room / entry.name)
        fill(room)


def _carry(entry: Path, to: Path) -> None:
    if entry.is_dir() and not entry.is_symlink():
        shutil.copytree(entry, to, symlinks=True)
    else:
        shutil.copy2(entry, to, follow_symlinks=False)


def _refuse_strangers(folder: Path) -> None:
    hint = "choose another folder with -o, or empty this one"
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: got a file, expected a folder to write", hint)
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    if not any(_is_marked(folder / name) for name in _MARKS):
        raise InputError(f"{folder}: holds files that this program did not write", hint)


def _is_marked(path: Path) -> bool:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and content.get("kind") == _MARKS[path.name]
