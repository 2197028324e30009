"""`cxtopics demo` and `run`: every station in one go."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from cxtopics.cli.options import (
    Changes,
    CostsFile,
    Files,
    Keep,
    Mapping,
    MaxUnpacked,
    Messages,
    Redact,
    Workers,
    Zone,
    n_bytes,
)
from cxtopics.cli.output import bar, say_reconciled
from cxtopics.cli.reports import costs_of, print_ranking

__all__ = ["demo", "run"]


def demo(
    out: Annotated[Path, typer.Option("-o", help="Folder for everything.")] = Path("cxtopics-demo"),
) -> None:
    """Run the whole flow on the bundled sample and print the ranking."""
    from cxtopics.flow import bundled

    sample = bundled("1-export")
    exports = sorted(sample.glob("zendesk_tickets_*.ndjson"))
    # every message of the sample is made up: here they may be shown
    _run(exports, [sample / "shopify_orders.csv"], out, timezone="Europe/London", n_messages=5)


def run(
    exports: Files,
    orders: Annotated[list[Path], typer.Option(help="The shop's orders (repeatable).")],
    model: Annotated[
        Optional[Path], typer.Option("--model", help="Default: trained from the bundled topics.")
    ] = None,
    mapping: Mapping = None,
    orders_mapping: Annotated[
        Optional[Path], typer.Option("--orders-map", help="The same for the orders.")
    ] = None,
    timezone: Zone = None,
    keep: Keep = None,
    redact: Redact = False,
    max_unpacked: MaxUnpacked = None,
    workers: Workers = None,
    costs: CostsFile = None,
    changes: Changes = None,
    messages: Messages = 0,
    out: Annotated[Path, typer.Option("-o", help="Folder for everything.")] = Path("cxtopics-run"),
) -> None:
    """From exports and orders to the ranking, in one go."""
    unpacked = {"max_unpacked": n_bytes(max_unpacked)}
    _run(
        exports,
        orders,
        out,
        model=model,
        contacts_options={"mapping": mapping, "keep": keep or (), "redacted": redact, **unpacked},
        orders_options={"mapping": orders_mapping, **unpacked},
        timezone=timezone,
        workers=workers,
        costs=costs_of(costs),
        changes=changes,
        n_messages=messages,
    )


def _run(exports: list[Path], orders: list[Path], out: Path, **options: Any) -> None:
    from cxtopics.flow import Folders, run_flow

    ranking = run_flow(exports, orders, out, bar=bar, tell=say_reconciled, **options)
    print_ranking(ranking, Folders.under(out).ranking)
    typer.echo(Folders.under(out).report / "report.html")
