"""`cxtopics contacts` and `orders`: exports in, tables out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Optional

import typer

from cxtopics.cli.options import (
    Dialect,
    Explain,
    Files,
    Keep,
    Mapping,
    MaxUnpacked,
    Redact,
    Workers,
    Zone,
    n_bytes,
)
from cxtopics.cli.output import bar, say_reconciled

__all__ = ["contacts", "orders"]


def contacts(
    files: Files,
    dialect: Dialect = None,
    mapping: Mapping = None,
    timezone: Zone = None,
    order_field: Annotated[
        Optional[str], typer.Option(help="Custom field with the order number; default: found out.")
    ] = None,
    messages: Annotated[
        Literal["first", "all"], typer.Option(help="Which of the customer's messages to read.")
    ] = "first",
    keep: Keep = None,
    redact: Redact = False,
    max_unpacked: MaxUnpacked = None,
    workers: Workers = None,
    explain: Explain = False,
    out: Annotated[Path, typer.Option("-o", help="The table to write.")] = Path("contacts.parquet"),
) -> None:
    """Read helpdesk exports: clean the texts, leave out what is no contact, and reconcile."""
    from cxtopics.contacts import ContactOptions, contacts_file, explain_contacts

    options: ContactOptions = {
        "dialect": dialect,
        "mapping": mapping,
        "timezone": timezone,
        "order_field": order_field,
        "messages": messages,
        "keep": keep or (),
        "redacted": redact,
        "workers": workers,
        "max_unpacked": n_bytes(max_unpacked),
    }
    if explain:
        _print_explanation(explain_contacts(files, **options))
        return
    with bar("contacts") as step:
        options["progress"] = step
        account = contacts_file(files, out, **options)
    say_reconciled(account, out)


def orders(
    files: Files,
    dialect: Dialect = None,
    mapping: Mapping = None,
    timezone: Zone = None,
    keep_cancelled: Annotated[bool, typer.Option(help="Count cancelled orders too.")] = False,
    max_unpacked: MaxUnpacked = None,
    explain: Explain = False,
    out: Annotated[Path, typer.Option("-o", help="The table to write.")] = Path("orders.parquet"),
) -> None:
    """Read a shop's orders, each counted once."""
    from cxtopics.orders import OrderOptions, explain_orders, orders_file

    options: OrderOptions = {
        "dialect": dialect,
        "mapping": mapping,
        "timezone": timezone,
        "keep_cancelled": keep_cancelled,
        "max_unpacked": n_bytes(max_unpacked),
    }
    if explain:
        _print_explanation(explain_orders(files, **options))
        return
    with bar("orders") as step:
        options["progress"] = step
        account = orders_file(files, out, **options)
    say_reconciled(account, out)


def _print_explanation(explanation: Any) -> None:
    from cxtopics.render.explanation import explanation_text

    typer.echo(explanation_text(explanation))
