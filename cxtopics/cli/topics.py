"""`cxtopics topics`: look at the topics file and change it."""

from __future__ import annotations

import typer

from cxtopics.cli.options import TopicsFile
from cxtopics.cli.output import say

__all__ = ["topics_app"]

topics_app = typer.Typer(help="Look at the topics file.", no_args_is_help=True)


@topics_app.command("check")
def topics_check(path: TopicsFile = None) -> None:
    """Check a topics file and name every fault."""
    from cxtopics.errors import TaxonomyError
    from cxtopics.flow import bundled_topics
    from cxtopics.taxonomy import load_taxonomy

    path = path or bundled_topics()
    try:
        taxonomy = load_taxonomy(path)
    except TaxonomyError as error:
        for fault in error.faults:
            say(f"{path}: {fault.told}")
        raise
    n_examples = sum(len(topic.examples) for topic in taxonomy)
    typer.echo(f"{path}: {len(taxonomy.topics)} topics, {n_examples} examples, no fault")


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
