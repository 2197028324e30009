"""`cxtopics train`, `evaluate` and `tag`: labels in, tagged contacts out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Optional

import typer

from cxtopics.cli.options import EffortOption, Model, TextColumn, TopicColumn, Workers
from cxtopics.cli.output import bar, say, say_blank

__all__ = ["evaluate", "tag", "train"]


def train(
    out: Annotated[Path, typer.Option("-o", help="The model's folder, e.g. models/shop.")],
    labels: Annotated[
        Optional[list[Path]], typer.Argument(help="Tables with a text and a topic column.")
    ] = None,
    topics: Annotated[
        Optional[Path], typer.Option("--topics", help="Topics file; its examples join in.")
    ] = None,
    encoder: Annotated[
        Optional[str], typer.Option(help="Sentence-transformers model: a name or a folder.")
    ] = None,
    text_column: TextColumn = "text",
    topic_column: TopicColumn = "topic",
    precision: Annotated[
        Optional[float],
        typer.Option(
            min=0.5,
            max=0.999,
            show_default=False,
            help="Wanted where it does not abstain; default: 0.95, without labels 0.9.",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a better model too.")] = False,
    queue: Annotated[
        Optional[Path],
        typer.Option(
            help="Sheet for labels of split topics; default: the folder's name + .queue.csv."
        ),
    ] = None,
) -> None:
    """Train a model from labels, from a topics file's examples, or from both."""
    from cxtopics.classify.export import DEFAULT_ENCODER
    from cxtopics.classify.succession import Succession
    from cxtopics.cli.retraining import carry_over, queue_waiting, tell_change
    from cxtopics.render.evaluation_chart import evaluation_svg
    from cxtopics.taxonomy import load_taxonomy
    from cxtopics.training import read_labels, train_model

    if not labels and not topics:
        raise typer.BadParameter("give LABELS, --topics, or both")
    taxonomy = load_taxonomy(topics) if topics else None
    given = (
        read_labels(labels, text_column=text_column, topic_column=topic_column) if labels else None
    )
    given, waiting = carry_over(given, taxonomy)
    succession = Succession(out, force)
    with bar("encode texts") as step:
        model = train_model(
            out,
            labels=given,
            taxonomy=taxonomy,
            encoder=encoder or DEFAULT_ENCODER,
            target_precision=precision,
            draw=evaluation_svg,
            progress=step,
            succession=succession,
        )
    say_blank(given)
    tell_change(succession, model)
    queue_waiting(model, waiting, queue or out.with_name(f"{out.name}.queue.csv"))
    say(f"{out}: {len(model.classes)} topics; {out / 'README.md'} says how good it is")


def evaluate(
    model: Annotated[Path, typer.Argument(help="Folder that `train` wrote.", show_default=False)],
    labels: Annotated[Path, typer.Argument(help="Table with text and topic.", show_default=False)],
    text_column: TextColumn = "text",
    topic_column: TopicColumn = "topic",
    out_of_scope: Annotated[str, typer.Option(help="Label of what no topic covers.")] = "other",
    effort: EffortOption = "balanced",
    form: Annotated[
        Literal["table", "json"], typer.Option("--format", help="How to print.")
    ] = "table",
) -> None:
    """Hold a model against labelled contacts it was not trained on."""
    import json

    from cxtopics.classify import load_model
    from cxtopics.render.evaluation import evaluation_text
    from cxtopics.training import evaluate_model, read_labels

    given = read_labels([labels], text_column=text_column, topic_column=topic_column)
    loaded = load_model(model)
    with bar("evaluate") as step:
        found = evaluate_model(
            loaded, given, out_of_scope=out_of_scope, effort=effort, progress=step
        )
    say_blank(given)
    typer.echo(json.dumps(found.to_dict(), indent=1) if form == "json" else evaluation_text(found))


def tag(
    contacts: Annotated[
        Path, typer.Argument(help="Any table with a text; a folder of them.", show_default=False)
    ],
    model: Model,
    text_column: TextColumn = "text",
    id_column: Annotated[Optional[str], typer.Option(help="Column with the contact's id.")] = None,
    engine: Annotated[
        Literal["local", "spark"], typer.Option(help="Where to run; spark: folders of Parquet.")
    ] = "local",
    master: Annotated[
        str, typer.Option(help="Where Spark runs, e.g. yarn, spark://host:7077.")
    ] = "local[*,4]",
    workers: Workers = None,
    effort: EffortOption = "balanced",
    out: Annotated[
        str, typer.Option("-o", help="By its ending; - is stdout (CSV); of a folder, a folder.")
    ] = "tagged.parquet",
) -> None:
    """Tag contacts with topics; row order is kept, an interrupted run goes on."""
    from cxtopics.tagging import tag_any

    with bar("tag") as step:
        done = tag_any(
            contacts,
            model,
            out,
            engine=engine,
            master=master,
            workers=workers,
            text_column=text_column,
            id_column=id_column,
            effort=effort,
            progress=step,
        )
    say(
        f"{out}: {done.n_rows:,} rows; {done.n_tagged:,} tagged, {done.n_abstained:,} abstained"
        f" (needs_review), {done.n_no_text:,} without text, {done.n_rejected:,} rejected"
    )
