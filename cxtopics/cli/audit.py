"""`cxtopics audit`: let people check some contacts, so that every figure has its interval."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from cxtopics.cli.output import say

__all__ = ["audit_app"]

audit_app = typer.Typer(
    help="Draw contacts for people to check, and read their answers.", no_args_is_help=True
)

Tagged = Annotated[Path, typer.Argument(help="What `tag` wrote.", show_default=False)]
Period = Annotated[
    Optional[str], typer.Option(help="2026-03, 2026-W10, 2026-Q1; default: the whole table.")
]
Zone = Annotated[
    Optional[str],
    typer.Option("--timezone", help="The shop's zone; default: as the contacts were read."),
]


@audit_app.command("plan")
def audit_plan(
    tagged: Tagged,
    period: Period = None,
    topic: Annotated[Optional[str], typer.Option(help="Only this topic.")] = None,
    half_width: Annotated[
        float, typer.Option(min=0.01, max=1, help="Wanted: 0.3 is +-30 % of a topic's count.")
    ] = 0.3,
    n: Annotated[Optional[int], typer.Option("-n", min=1, help="Contacts to check.")] = None,
    audit: Annotated[
        Optional[Path], typer.Option(help="Last audit's filled sheet: replaces the factor 1.4.")
    ] = None,
    timezone: Zone = None,
) -> None:
    """Print how many contacts to check for which topic's precision."""
    from cxtopics.cli.audit_files import plan_from_file
    from cxtopics.render.audit_plan import plan_text

    sizes = (n,) if n else (200, 500, 1000)
    table, factor = plan_from_file(
        tagged, audit, sizes=sizes, half_width=half_width, topic=topic, period=period,
        timezone=timezone,
    )  # fmt: skip
    typer.echo(plan_text(table, half_width, factor))


@audit_app.command("draw")
def audit_draw(
    tagged: Tagged,
    n: Annotated[int, typer.Option("-n", min=1, help="Contacts to draw.", show_default=False)],
    period: Period = None,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another draw.")] = 0,
    double: Annotated[
        float, typer.Option(min=0, max=1, help="Share for a second person to label too.")
    ] = 0.0,
    redact: Annotated[bool, typer.Option(help="Show texts without personal data.")] = True,
    timezone: Zone = None,
    out: Annotated[str, typer.Option("-o", help="The sheet; - is stdout.")] = "audit.csv",
) -> None:
    """Write the contacts to check; people fill the column `topic` in a spreadsheet."""
    from cxtopics.cli.audit_files import draw_to_file

    sheet, frame = draw_to_file(
        tagged,
        out,
        n=n,
        period=period,
        seed=seed,
        double=double,
        redacted=redact,
        timezone=timezone,
    )
    n_double = len(sheet) - len(sheet.drop_duplicates("contact_id"))
    twice = f", {n_double:,} of them twice (labeller: second)" if n_double else ""
    say(
        f"{out}: {len(sheet) - n_double:,} of {frame.n_contacts:,} contacts to check{twice}; fill "
        f"every cell of `topic`, then `cxtopics report TAGGED --audit {out}`"
    )


@audit_app.command("read")
def audit_read(
    sheet: Annotated[Path, typer.Argument(help="The filled sheet.", show_default=False)],
    tagged: Annotated[Optional[Path], typer.Argument(help="What it was drawn from.")] = None,
    topics: Annotated[
        Optional[Path], typer.Option("--topics", help="Topics file; default: the table's own.")
    ] = None,
) -> None:
    """Check a filled sheet: answers, topics, probabilities, agreement."""
    from cxtopics.cli.audit_files import read_sheet_file

    found = read_sheet_file(sheet, tagged, topics=topics)
    _tell(found)
    for fault in found.faults:
        say(f"Error: {fault}")
    if found.faults:
        raise typer.Exit(1)


def _tell(found: Any) -> None:
    n = len(found.labels.contact_ids)
    typer.echo(f"{n:,} contacts, {n - found.n_unfilled:,} answered, {found.n_unfilled:,} not")
    for topic, (rows, nearest) in found.unknown.items():
        near = f"; nearest: {', '.join(nearest)}" if nearest else ""
        typer.echo(f"unknown topic '{topic}' in {rows:,} rows (counts as other){near}")
    if found.agreement:
        kappa, agreed = found.agreement.kappa, found.agreement.agreed
        typer.echo(
            f"labelled twice: {kappa.n:,}; agreed on {agreed.value:.0%}; Cohen's kappa "
            f"{kappa.value:.2f} ({kappa.low:.2f} to {kappa.high:.2f})"
        )
    for note in found.notes:
        say(f"Note: {note}")
