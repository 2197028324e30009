"""`cxtopics impact`: what became of a topic after a change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from cxtopics.cli.options import CostsFile, Topics

__all__ = ["impact"]


def impact(
    tagged: Annotated[Path, typer.Argument(help="What `tag` wrote.", show_default=False)],
    orders: Annotated[Path, typer.Option(help="What `orders` wrote.", show_default=False)],
    topic: Annotated[str, typer.Option(help="Id of the topic.", show_default=False)],
    changed_on: Annotated[str, typer.Option(help="YYYY-MM-DD, first day.", show_default=False)],
    until: Annotated[
        Optional[str], typer.Option(help="Last day to look at; default: of the contacts.")
    ] = None,
    settle_days: Annotated[
        int, typer.Option(min=0, help="Days after the change to pass over.")
    ] = 0,
    topics: Topics = None,
    costs: CostsFile = None,
    timezone: Annotated[
        Optional[str], typer.Option(help="The shop's zone; default: as the orders were read.")
    ] = None,
    out: Annotated[Path, typer.Option("-o", help="JSON file to write; a page beside it.")] = Path(
        "impact.json"
    ),
) -> None:
    """Contacts per order before and after a change, and what it has saved so far."""
    from cxtopics.flow import impact_files
    from cxtopics.render.impact_text import impact_text

    made = impact_files(
        tagged,
        orders,
        out,
        topic=topic,
        changed_on=changed_on,
        until=until,
        settle_days=settle_days,
        topics=topics,
        costs=costs,
        timezone=timezone,
    )
    typer.echo(impact_text(made), nl=False)
    if out.suffix != ".html":
        typer.echo(out.with_suffix(".html"))
    typer.echo(out)
