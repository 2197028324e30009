"""`cxtopics topics`: look at the topics file and change it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from cxtopics.cli.options import TopicsFile
from cxtopics.cli.output import say

if TYPE_CHECKING:
    from cxtopics.classify import Encoder, TopicModel
    from cxtopics.errors import Fault
    from cxtopics.taxonomy import Taxonomy

__all__ = ["topics_app"]

topics_app = typer.Typer(help="Look at the topics file.", no_args_is_help=True)


@topics_app.command("check")
def topics_check(
    path: TopicsFile = None,
    model: Annotated[
        Optional[Path], typer.Option("--model", help="Also: examples it files elsewhere.")
    ] = None,
    tagged: Annotated[
        Optional[Path], typer.Option(help="Also: topics without contacts, and huge ones.")
    ] = None,
    deep: Annotated[
        bool, typer.Option("--deep", help="Also: labels and examples that overlap in meaning.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="A warning is a fault.")] = False,
) -> None:
    """Check a topics file: every fault by its line, and warnings of what will not work well."""
    from cxtopics.errors import TaxonomyError
    from cxtopics.taxonomy import load_taxonomy

    path = path or _bundled()
    try:
        taxonomy = load_taxonomy(path, with_examples=True)
    except TaxonomyError as error:
        for fault in error.faults:
            say(f"{path}: {fault.told}")
        raise
    warnings = _warnings(taxonomy, path, model, tagged, deep)
    for warning in warnings:
        say(f"{path}: {'' if strict else 'warning: '}{warning.told}")
    if strict and warnings:
        raise TaxonomyError(str(path), warnings)
    n_examples = sum(len(topic.examples) for topic in taxonomy)
    noted = f", {len(warnings)} warnings" if warnings else ""
    typer.echo(f"{path}: {len(taxonomy.topics)} topics, {n_examples} examples, no fault{noted}")


def _bundled() -> Path:
    from cxtopics.flow import bundled_topics

    return bundled_topics()


def _warnings(
    taxonomy: Taxonomy, path: Path, model: Path | None, tagged: Path | None, deep: bool
) -> list[Fault]:
    from cxtopics.lint.source import TopicsSource
    from cxtopics.lint.style import lint_style

    file = TopicsSource.read(taxonomy, path)
    found = list(lint_style(file))
    trained = _with_cache(model) if model else None
    if model and trained:
        from cxtopics.lint.meaning import lint_model

        found += lint_model(file, trained, model)
    if deep:
        from cxtopics.lint.meaning import lint_overlaps

        found += lint_overlaps(file, trained.features.encoder if trained else _default_encoder())
    if tagged:
        from cxtopics.lint.traffic import lint_traffic

        found += lint_traffic(file, tagged)
    return sorted(found, key=lambda fault: fault.line or 0)


def _with_cache(folder: Path) -> TopicModel:
    """Return a model that keeps the vectors of examples: a file is checked many times."""
    from dataclasses import replace

    from cxtopics.classify import OnnxEncoder, TextFeatures, load_model
    from cxtopics.classify.vector_cache import CachingEncoder

    model = load_model(folder)
    encoder, words = model.features.encoder, model.features.words
    if isinstance(encoder, OnnxEncoder):
        encoder = CachingEncoder(encoder)
    return replace(model, features=TextFeatures(encoder, words))


def _default_encoder() -> Encoder:
    from cxtopics.classify import OnnxEncoder
    from cxtopics.classify.export import export_encoder
    from cxtopics.classify.vector_cache import CachingEncoder

    return CachingEncoder(OnnxEncoder(export_encoder()))


@topics_app.command("list")
def topics_list(path: TopicsFile = None) -> None:
    """Print the topics: id, group, lever, label, tab-separated."""
    from cxtopics.flow import bundled_topics
    from cxtopics.taxonomy import load_taxonomy

    for topic in load_taxonomy(path or bundled_topics()):
        typer.echo(f"{topic.id}\t{topic.group or ''}\t{topic.lever or ''}\t{topic.label}")


@topics_app.command("show")
def topics_show() -> None:
    """Print the bundled topics file, to be saved and edited: cxtopics topics show > topics.yaml."""
    from cxtopics.flow import bundled_topics

    typer.echo(bundled_topics().read_text("utf-8"), nl=False)
