"""`cxtopics forecast`: contacts and hours for planned orders."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from cxtopics.cli.options import CostsFile, Topics

__all__ = ["forecast"]


def forecast(
    tagged: Annotated[Path, typer.Argument(help="What `tag` wrote.", show_default=False)],
    orders: Annotated[Path, typer.Option(help="What `orders` wrote.", show_default=False)],
    planned_orders: Annotated[
        str,
        typer.Option(help="Orders a week, or a table with date and orders.", show_default=False),
    ],
    weeks: Annotated[
        Optional[int], typer.Option(min=1, max=104, help="Default: 8, or what the table covers.")
    ] = None,
    topics: Topics = None,
    costs: CostsFile = None,
    timezone: Annotated[
        Optional[str], typer.Option(help="The shop's zone; default: as the orders were read.")
    ] = None,
    out: Annotated[
        Path, typer.Option("-o", help="Table to write; a JSON file goes beside it.")
    ] = Path("forecast.csv"),
) -> None:
    """Contacts by topic and hours of work for planned orders, with 90 % intervals."""
    from cxtopics.flow import forecast_files
    from cxtopics.render.forecast_text import forecast_text
    from cxtopics.tables import check_output

    check_output(out)
    made = forecast_files(
        tagged,
        orders,
        _number(planned_orders),
        out,
        n_weeks=weeks,
        topics=topics,
        costs=costs,
        timezone=timezone,
    )
    typer.echo(forecast_text(made), nl=False)
    typer.echo(out)


def _number(planned: str) -> str | float:
    """Return a number of orders, or the name of a file."""
    try:
        number = float(planned)
    except ValueError:
        return planned
    if not 0 <= number < 1e12:
        raise typer.BadParameter("--planned-orders: expected a number of orders a week, 0 or more")
    return number
