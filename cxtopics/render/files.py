"""The folders that `report` and `rank` write.

A folder appears whole or not at all. What a user put beside our files stays; a folder that
is not one of ours is never touched.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd

from cxtopics.ranking import Ranking
from cxtopics.render.canvas import Figure, to_png
from cxtopics.render.evidence import Evidence
from cxtopics.render.folders import replace_files
from cxtopics.render.ranking_page import ranking_page, savings_figure
from cxtopics.render.report_page import report_figures, report_page
from cxtopics.render.topic_page import topic_pages, topics_with_page
from cxtopics.report import Report
from cxtopics.tables import write_sheets, write_table
from cxtopics.taxonomy import Taxonomy

__all__ = ["write_ranking", "write_report"]

_REPORT = re.compile(
    r"report\.(html|json|xlsx)|(rates|slices|kpis|cohorts|changes)\.csv|taxonomy\.yaml|"
    r"covariance\.parquet|topics/[a-z][a-z0-9_]{1,47}\.(html|svg)|"
    r"charts/(trend|most_frequent|movers|composition)\.(svg|png)"
)
_RANKING = re.compile(r"ranking\.(html|csv|json|xlsx)|charts/savings\.(svg|png)")


def write_report(
    report: Report,
    folder: str | Path,
    taxonomy: Taxonomy | None = None,
    *,
    evidence: Evidence | None = None,
    workbook: bool = False,
) -> None:
    """Write report.html, a page per topic, the charts, the tables, report.json, taxonomy.yaml.

    The tables are rates.csv, slices.csv, kpis.csv, cohorts.csv, changes.csv and, where something
    was estimated, covariance.parquet, which holds how the errors hang together. A table without
    rows is not written, and no taxonomy where none was given. Topic pages lie in `topics/`, one
    for each topic with contacts, with its chart as SVG beside it; the report's charts lie in
    `charts/`, as SVG and PNG.

    Parameters
    ----------
    folder
        New, empty, or written by this program before; then only our files are replaced.
    evidence
        What topic pages show beyond the report.
    workbook
        Write the CSV tables as the sheets of report.xlsx too.

    Raises
    ------
    InputError
        If the folder holds something else, or cannot be written.
    """
    tables = {
        "rates": report.rates,
        "slices": report.slices,
        "kpis": report.kpis,
        "cohorts": report.cohorts.table,
        "changes": report.change_log,
    }
    tables = {name: table for name, table in tables.items() if len(table) or name == "rates"}

    def fill(room: Path) -> None:
        figures = report_figures(report, taxonomy)
        html = report_page(report, taxonomy, figures)
        (room / "report.html").write_text(html, encoding="utf-8")
        _write_charts(figures, room)
        _write_topics(report, taxonomy, evidence, room)
        _write_tables(tables, room, "report.xlsx" if workbook else None)
        if len(report.covariance):
            write_table(report.covariance, room / "covariance.parquet")
        _write_json(report.to_dict(), room / "report.json")
        if taxonomy:
            (room / "taxonomy.yaml").write_text(taxonomy.dump(), encoding="utf-8")

    replace_files(Path(folder), lambda name: bool(_REPORT.fullmatch(name)), fill)


def write_ranking(
    ranking: Ranking,
    folder: str | Path,
    report: Report | None = None,
    *,
    report_folder: str | Path | None = None,
    workbook: bool = False,
) -> None:
    """Write ranking.html, its chart, ranking.csv and ranking.json.

    Parameters
    ----------
    folder
        As for `write_report`; may be the report's own folder.
    report
        Adds trends to the page.
    report_folder
        Where the report lies: the page links to its topic pages if both folders lie side by
        side, or one in the other.
    workbook
        Write ranking.xlsx too.

    Raises
    ------
    InputError
        If the folder holds something else, or cannot be written.
    """
    links = _links(report, report_folder, Path(folder)) if report and report_folder else {}

    def fill(room: Path) -> None:
        chart = savings_figure(ranking)
        html = ranking_page(ranking, report, chart, links)
        (room / "ranking.html").write_text(html, encoding="utf-8")
        _write_charts({"savings": chart} if chart else {}, room)
        _write_tables({"ranking": ranking.ranks}, room, "ranking.xlsx" if workbook else None)
        _write_json(ranking.to_dict(), room / "ranking.json")

    replace_files(Path(folder), lambda name: bool(_RANKING.fullmatch(name)), fill)


def _links(report: Report, report_folder: str | Path, folder: Path) -> dict[str, str]:
    """Return where the topic pages lie, seen from a folder; none where it leads far away.

    A path over several folders would tell strangers how this disk is laid out.
    """
    try:
        way = Path(os.path.relpath(Path(report_folder).resolve(), folder.resolve()))
    except ValueError:  # another drive
        return {}
    pages = Path(report_folder) / "topics"
    if way.parts.count("..") > 1:
        return {}
    return {
        topic: quote((way / "topics" / f"{topic}.html").as_posix())
        for topic in topics_with_page(report)
        if (pages / f"{topic}.html").exists()
    }


def _write_charts(figures: Mapping[str, Figure], room: Path) -> None:
    charts = room / "charts"
    charts.mkdir(exist_ok=True)
    for name, figure in figures.items():
        picture = figure.alone()
        (charts / f"{name}.svg").write_text(picture, encoding="utf-8")
        (charts / f"{name}.png").write_bytes(to_png(picture))
    if not any(charts.iterdir()):
        charts.rmdir()


def _write_topics(
    report: Report, taxonomy: Taxonomy | None, evidence: Evidence | None, room: Path
) -> None:
    folder = room / "topics"
    for made in topic_pages(report, taxonomy, evidence):
        folder.mkdir(exist_ok=True)
        (folder / f"{made.topic}.html").write_text(made.html, encoding="utf-8")
        (folder / f"{made.topic}.svg").write_text(made.figure.alone(), encoding="utf-8")


def _write_tables(tables: Mapping[str, pd.DataFrame], room: Path, workbook: str | None) -> None:
    for name, table in tables.items():
        write_table(table, room / f"{name}.csv")
    if workbook:
        write_sheets(tables, room / workbook)


def _write_json(content: dict[str, Any], path: Path) -> None:
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
