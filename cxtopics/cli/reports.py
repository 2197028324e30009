"""`cxtopics report` and `rank`: tagged contacts and orders to what to fix first."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Optional

import typer

from cxtopics.cli.options import Changes, CostsFile, Messages, Slices, Topics, Xlsx
from cxtopics.cli.output import say

__all__ = ["costs_of", "print_ranking", "rank", "report"]


def report(
    tagged: Annotated[Path, typer.Argument(help="What `tag` wrote.", show_default=False)],
    orders: Annotated[Path, typer.Option(help="What `orders` wrote.", show_default=False)],
    by: Annotated[Literal["month", "week", "quarter"], typer.Option(help="Periods.")] = "month",
    timezone: Annotated[
        Optional[str], typer.Option(help="The shop's zone; default: as the orders were read.")
    ] = None,
    topics: Topics = None,
    audit: Annotated[
        Optional[list[Path]], typer.Option(help="Filled sheet of `audit draw` (repeatable).")
    ] = None,
    cuts: Slices = None,
    costs: CostsFile = None,
    visits: Annotated[
        Optional[Path], typer.Option(help="Table of site visits: day, visits.")
    ] = None,
    holidays: Annotated[
        Optional[Path], typer.Option(help="YAML file of holiday windows; default: the bundled one.")
    ] = None,
    link_days: Annotated[
        int, typer.Option(min=0, help="A contact may be about an order so many days old.")
    ] = 30,
    changes: Changes = None,
    model: Annotated[
        Optional[Path], typer.Option("--model", help="The model that tagged: what it mixes up.")
    ] = None,
    messages: Messages = 0,
    xlsx: Xlsx = False,
    out: Annotated[Path, typer.Option("-o", help="Folder to write.")] = Path("report"),
) -> None:
    """Contacts per order by topic, period and slice, as pages and as tables."""
    from cxtopics.flow import report_folder
    from cxtopics.measure.calendar.holidays import load_holidays
    from cxtopics.measure.kpis.visits import read_visits

    made = report_folder(
        tagged,
        orders,
        out,
        by=by,
        timezone=timezone,
        topics=topics,
        audits=audit or (),
        slices=cuts,
        costs=costs_of(costs),
        visits=read_visits(visits) if visits else None,
        holidays=load_holidays(holidays),
        link_window_days=link_days,
        changes=changes,
        model=model,
        n_messages=messages,
        workbook=xlsx,
    )
    for caveat in made.caveats:
        say(f"Note: {caveat}")
    typer.echo(out / "report.html")


def rank(
    report: Annotated[Path, typer.Argument(help="Folder of a report.", show_default=False)],
    costs: CostsFile = None,
    topics: Annotated[
        Optional[Path], typer.Option("--topics", help="Topics file; default: the report's.")
    ] = None,
    xlsx: Xlsx = False,
    out: Annotated[Path, typer.Option("-o", help="Folder to write.")] = Path("ranking"),
) -> None:
    """Rank topics by what a lever could save, and print the first ten."""
    from cxtopics.flow import rank_folder

    made = rank_folder(report, out, costs=costs_of(costs), topics=topics, workbook=xlsx)
    print_ranking(made, out)


def print_ranking(ranking: Any, out: Path) -> None:
    """Print the first ten topics and where the page is."""
    from cxtopics.render.terminal import ranking_text

    typer.echo(ranking_text(ranking))
    typer.echo(out / "ranking.html")


def costs_of(path: Path | None) -> Any:
    """Return the costs of a file; None, for the defaults, without one."""
    from cxtopics.measure.costs import load_costs

    return load_costs(path) if path else None
