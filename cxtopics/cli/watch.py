"""`cxtopics watch`: topics that rise beyond chance this week."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from cxtopics.cli.options import Topics

__all__ = ["watch"]


def watch(
    tagged: Annotated[Path, typer.Argument(help="What `tag` wrote.", show_default=False)],
    orders: Annotated[
        Optional[Path], typer.Option(help="What `orders` wrote; adds all contacts per order.")
    ] = None,
    alarm_rate: Annotated[
        float, typer.Option(min=1e-6, max=0.2, help="False alarms per topic and week, at most.")
    ] = 0.002,
    until: Annotated[
        Optional[str], typer.Option(help="Last day to look at; default: of the contacts.")
    ] = None,
    topics: Topics = None,
    timezone: Annotated[
        Optional[str], typer.Option(help="The shop's zone; default: as the orders were read.")
    ] = None,
    out: Annotated[Path, typer.Option("-o", help="JSON file to write.")] = Path("watch.json"),
) -> None:
    """Topics that rise beyond chance in the last seven days, false-alarm rate stated."""
    from cxtopics.flow import watch_files
    from cxtopics.render.watch_text import watch_text

    made = watch_files(
        tagged,
        out,
        orders=orders,
        topics=topics,
        timezone=timezone,
        rate=alarm_rate,
        until=until,
    )
    typer.echo(watch_text(made), nl=False)
    typer.echo(out)
