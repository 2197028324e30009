"""`cxtopics review`: contacts worth labelling out, people's answers in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from cxtopics.cli.options import Model
from cxtopics.cli.output import say

__all__ = ["review_app"]

review_app = typer.Typer(help="Label the contacts that teach most.", no_args_is_help=True)


@review_app.command("draw")
def review_draw(
    tagged: Annotated[
        Path, typer.Argument(help="Table with contact_id and text.", show_default=False)
    ],
    model: Model,
    n: Annotated[int, typer.Option("-n", min=1, help="How many contacts.")] = 300,
    labels: Annotated[
        Optional[Path], typer.Option("--labels", help="Labels so far: not drawn again.")
    ] = None,
    redact: Annotated[bool, typer.Option(help="Mask personal data in the sheet.")] = True,
    seed: Annotated[int, typer.Option(help="Another seed, another draw.")] = 0,
    out: Annotated[Path, typer.Option("-o", help="The sheet to write.")] = Path("review.csv"),
) -> None:
    """Draw contacts worth labelling: uncertain, new, unlike each other."""
    from cxtopics.classify import load_model
    from cxtopics.review import draw_review
    from cxtopics.tables import check_output, read_table, write_table

    check_output(out)
    known = read_table(labels) if labels and labels.exists() else None
    sheet = draw_review(
        read_table(tagged), load_model(model), n, known=known, redacted=redact, seed=seed
    )
    write_table(sheet, out)
    say(f"{out}: {len(sheet):,} contacts; fill `topic`, then: cxtopics review read {out}")


@review_app.command("read")
def review_read(
    sheet: Annotated[Path, typer.Argument(help="A filled sheet.", show_default=False)],
    into: Annotated[Path, typer.Option("--into", help="Labels file to add to.")] = Path(
        "labels.csv"
    ),
    topics: Annotated[
        Optional[Path], typer.Option("--topics", help="Topics file; unknown answers are refused.")
    ] = None,
    by: Annotated[
        Optional[str], typer.Option("--by", help="Who answered, where `labelled_by` is empty.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Let the sheet win over labels it contradicts.")
    ] = False,
) -> None:
    """Add a sheet's answers to the labels; contradictions are shown, not settled."""
    from cxtopics.review import merge_review, read_sheet
    from cxtopics.tables import check_output, read_table, write_table
    from cxtopics.taxonomy import load_taxonomy

    check_output(into)
    found = merge_review(
        read_sheet(sheet, by=by),
        read_table(into) if into.exists() else None,
        taxonomy=load_taxonomy(topics) if topics else None,
        replace=replace,
    )
    write_table(found.labels, into)
    for row in found.conflicts.to_dict("records"):
        what = "replaced" if row["taken"] else "not taken"
        before = row["topic_in_labels"] or "another answer of the sheet"
        say(f"Conflict: {row['contact_id']}: '{row['topic']}' against {before}: {what}")
    say(
        f"{into}: {len(found.labels):,} labels; {found.n_added:,} added, {found.n_same:,} there"
        f" already, {found.conflicts['contact_id'].nunique():,} in conflict,"
        f" {found.n_blank:,} rows not answered"
    )
