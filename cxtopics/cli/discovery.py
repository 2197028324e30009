"""`cxtopics topics suggest|overlap`, `cxtopics labels check`, `cxtopics drift`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from cxtopics.cli.options import Model, TextColumn, TopicColumn
from cxtopics.cli.output import say
from cxtopics.cli.topics import topics_app

__all__ = ["drift", "labels_app"]

labels_app = typer.Typer(help="Look at labelled contacts.", no_args_is_help=True)
Tagged = Annotated[Path, typer.Argument(help="Table that `tag` wrote.", show_default=False)]


@topics_app.command("suggest")
def topics_suggest(
    tagged: Tagged,
    model: Model,
    topics: Annotated[
        Optional[Path], typer.Option("--topics", help="Topics file; default: the model's.")
    ] = None,
    min_size: Annotated[int, typer.Option(min=4, help="Fewest texts of a candidate.")] = 8,
    contacts: Annotated[
        Optional[str], typer.Option(help="Table to write: which contacts each candidate holds.")
    ] = None,
    out: Annotated[Path, typer.Option("-o", help="YAML to write.")] = Path("suggestions.yaml"),
) -> None:
    """Look for new topics among contacts that none fits, for splits and for merges."""
    from cxtopics.classify import load_model
    from cxtopics.discovery import suggest_topics
    from cxtopics.tables import check_output, read_table, write_table, writing
    from cxtopics.taxonomy import load_taxonomy

    if contacts:
        check_output(contacts)
    trained = load_model(model)
    taxonomy = load_taxonomy(topics) if topics else trained.taxonomy
    found = suggest_topics(read_table(tagged), trained, min_size=min_size)
    with writing(out) as beside:
        beside.write_text(found.to_yaml(taxonomy), "utf-8")
    if contacts:
        write_table(found.contacts(), contacts)
    for group in found.new:
        about = ", ".join(group.words)
        what = f"part of {group.part_of}" if group.part_of else "new"
        typer.echo(f"{what}\t{group.n}\t{group.share:.1%}\tnear {group.nearest}\t{about}")
    for topic in found.splits:
        typer.echo(f"split\t{topic}")
    for one, two in found.merges:
        typer.echo(f"merge\t{one}\t{two}")
    say(f"{out}: {found.verdict} in {found.n_contacts:,} contacts")


@topics_app.command("overlap")
def topics_overlap(
    model: Annotated[Path, typer.Argument(help="Folder that `train` wrote.", show_default=False)],
    tagged: Annotated[
        Optional[Path], typer.Option("--tagged", help="Contacts to weigh the pairs by.")
    ] = None,
    most: Annotated[int, typer.Option("-n", min=1, help="How many pairs to print.")] = 20,
) -> None:
    """Rank topics that are taken for one another by what that costs (CSV on stdout)."""
    from cxtopics.classify import load_model
    from cxtopics.discovery import rank_topic_overlaps
    from cxtopics.tables import read_table, write_table

    table = read_table(tagged) if tagged else None
    found = rank_topic_overlaps(load_model(model), table, folder=model)
    write_table(found.head(most).round(3), "-")


@labels_app.command("check")
def labels_check(
    labels: Annotated[Path, typer.Argument(help="Table with text and topic.", show_default=False)],
    model: Annotated[
        Optional[Path], typer.Option("--model", help="Its encoder and topics are used.")
    ] = None,
    topics: Annotated[
        Optional[Path], typer.Option("--topics", help="Topics file, instead of a model.")
    ] = None,
    text_column: TextColumn = "text",
    topic_column: TopicColumn = "topic",
    out: Annotated[str, typer.Option("-o", help="Table to write; - is stdout.")] = "-",
) -> None:
    """List labels that are probably wrong, the worst first, with the evidence."""
    from cxtopics.classify import OnnxEncoder, load_model
    from cxtopics.discovery import check_labels
    from cxtopics.tables import read_table, write_table
    from cxtopics.taxonomy import load_taxonomy

    if not model and not topics:
        raise typer.BadParameter("give --model or --topics")
    trained = load_model(model) if model else None
    taxonomy = load_taxonomy(topics) if topics else trained.taxonomy if trained else None
    if trained:
        encoder = trained.features.encoder
    else:
        from cxtopics.classify.export import export_encoder

        encoder = OnnxEncoder(export_encoder())
    table = read_table(labels)
    found = check_labels(
        table, encoder, taxonomy=taxonomy, text_column=text_column, topic_column=topic_column
    )
    write_table(found, out)
    say(f"{labels}: {len(found):,} labels are probably wrong")


def drift(
    tagged: Tagged,
    reference: Annotated[
        Optional[str],
        typer.Option(help="2026-01 or 2026-01..2026-03; default: the 3 months before each."),
    ] = None,
    out: Annotated[str, typer.Option("-o", help="All tests; - is stdout (CSV).")] = "drift.csv",
) -> None:
    """Compare each month's topics, confidence and wording with earlier ones."""
    from cxtopics.drift import find_drift
    from cxtopics.tables import read_table, write_table

    found = find_drift(read_table(tagged), reference=reference)
    write_table(found, out)
    for row in found[found["alert"]].sort_values(["month", "q_value"]).to_dict("records"):
        what = f"{row['month']}: {row['kind']} of {row['topic']}"
        if row["kind"] != "wording":
            what += f": {row['value_reference']:.1%} -> {row['value']:.1%}"
        say(f"{what} (q = {row['q_value']:.1g})")
    say(
        f"{out}: {len(found):,} tests, {int(found['alert'].sum()):,} alerts; 5 % of the alerts may"
        " be chance (Benjamini-Hochberg over all tests)"
    )
