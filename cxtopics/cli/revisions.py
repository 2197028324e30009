"""`cxtopics topics rename | merge | split | retire | add | diff`: first shown, then written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Optional

import typer

from cxtopics.cli.output import say
from cxtopics.cli.topics import topics_app

if TYPE_CHECKING:
    from cxtopics.revisions import Revision

__all__: list[str] = []

File = Annotated[Path, typer.Option("--topics", help="Topics file to revise.")]
Labels = Annotated[Optional[list[Path]], typer.Option(help="Labels to look through (repeatable).")]
Tagged = Annotated[
    Optional[list[Path]], typer.Option(help="Tagged contacts to look through (repeatable).")
]
Reports = Annotated[
    Optional[list[Path]], typer.Option("--report", help="Report folder to look through (rep.).")
]
Column = Annotated[str, typer.Option("--topic-column", help="Column with the topic of the labels.")]
Reason = Annotated[Optional[str], typer.Option(help="Why; kept in the file.")]
On = Annotated[
    Optional[datetime],
    typer.Option(formats=["%Y-%m-%d"], help="Day of the change; default: today."),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Write the file, after showing the change.")]
Id = Annotated[str, typer.Argument(help="Topic id.", show_default=False)]

_TOPICS = Path("topics/ecommerce.yaml")


@topics_app.command("rename")
def topics_rename(
    old: Id,
    new: Annotated[str, typer.Argument(help="Its new id.", show_default=False)],
    label: Annotated[Optional[str], typer.Option(help="Its new label.")] = None,
    topics: File = _TOPICS,
    labels: Labels = None,
    tagged: Tagged = None,
    report: Reports = None,
    topic_column: Column = "topic",
    reason: Reason = None,
    on: On = None,
    yes: Yes = False,
) -> None:
    """Give a topic another id; its history follows."""
    from cxtopics.revisions import rename_topic

    _revise(
        topics,
        lambda text: rename_topic(text, old, new, label=label, on=_day(on), reason=reason),
        [*_each(labels, topic_column), *_each(tagged), *_each(report)],
        yes,
    )


@topics_app.command("merge")
def topics_merge(
    merged: Annotated[list[str], typer.Argument(help="Topics that end.", show_default=False)],
    into: Annotated[str, typer.Option(help="The topic that takes them in.")],
    topics: File = _TOPICS,
    labels: Labels = None,
    tagged: Tagged = None,
    report: Reports = None,
    topic_column: Column = "topic",
    reason: Reason = None,
    on: On = None,
    yes: Yes = False,
) -> None:
    """Put topics together; history, labels and examples join those of the one that stays."""
    from cxtopics.revisions import merge_topics

    _revise(
        topics,
        lambda text: merge_topics(text, merged, into, on=_day(on), reason=reason),
        [*_each(labels, topic_column), *_each(tagged), *_each(report)],
        yes,
    )


@topics_app.command("split")
def topics_split(
    words: Annotated[
        list[str], typer.Argument(metavar="ID", help="Topic to split.", show_default=False)
    ],
    into: Annotated[list[str], typer.Option(help="Its parts: --into A B.")],
    label: Annotated[
        Optional[list[str]], typer.Option(help="Label of each new part, in turn (repeatable).")
    ] = None,
    topics: File = _TOPICS,
    labels: Labels = None,
    tagged: Tagged = None,
    report: Reports = None,
    topic_column: Column = "topic",
    reason: Reason = None,
    on: On = None,
    yes: Yes = False,
) -> None:
    """Split a topic into parts; what was tagged before stays under it, marked."""
    from cxtopics.revisions import split_topic

    topic, parts = words[0], [*into, *words[1:]]  # `--into A B`: the shell's B comes as a word
    labelled = dict.fromkeys(parts) | dict(zip(parts, label or [], strict=False))
    _revise(
        topics,
        lambda text: split_topic(text, topic, labelled, on=_day(on), reason=reason),
        [*_each(labels, topic_column), *_each(tagged), *_each(report)],
        yes,
    )


@topics_app.command("retire")
def topics_retire(
    topic: Id,
    topics: File = _TOPICS,
    labels: Labels = None,
    tagged: Tagged = None,
    report: Reports = None,
    topic_column: Column = "topic",
    reason: Reason = None,
    on: On = None,
    yes: Yes = False,
) -> None:
    """End a topic that nothing takes the place of."""
    from cxtopics.revisions import retire_topic

    _revise(
        topics,
        lambda text: retire_topic(text, topic, on=_day(on), reason=reason),
        [*_each(labels, topic_column), *_each(tagged), *_each(report)],
        yes,
    )


@topics_app.command("add")
def topics_add(
    topic: Id,
    label: Annotated[str, typer.Option(help="The problem in the customer's voice.")],
    group: Annotated[Optional[str], typer.Option(help="Key under 'groups'.")] = None,
    description: Annotated[Optional[str], typer.Option(help="Default: the label.")] = None,
    lever: Annotated[
        Literal["self_service", "proactive", "fix_root", "keep_human"], typer.Option(help="Lever.")
    ] = "keep_human",
    example: Annotated[
        Optional[list[str]], typer.Option(help="A message as customers write (repeatable).")
    ] = None,
    topics: File = _TOPICS,
    reason: Reason = None,
    on: On = None,
    yes: Yes = False,
) -> None:
    """Add a topic behind the last one of its group."""
    from cxtopics.revisions import add_topic

    _revise(
        topics,
        lambda text: add_topic(
            text,
            topic,
            label,
            group=group,
            description=description,
            lever=lever,
            examples=example or (),
            on=_day(on),
            reason=reason,
        ),
        [],
        yes,
    )


@topics_app.command("diff")
def topics_diff(
    old: Annotated[str, typer.Argument(help="File, or REVISION:PATH.", show_default=False)],
    new: Annotated[str, typer.Argument(help="File, or REVISION:PATH.", show_default=False)],
    form: Annotated[
        Literal["text", "json"], typer.Option("--format", help="How to print.")
    ] = "text",
) -> None:
    """Say what changed between two topics files; a topic gone without lineage is an error."""
    import json

    from cxtopics.errors import InputError
    from cxtopics.render.revisions import changes_text
    from cxtopics.revisions import compare_topics, read_topics

    changes = compare_topics(read_topics(old), read_topics(new))
    typer.echo(json.dumps(changes.to_dict(), indent=1) if form == "json" else changes_text(changes))
    if changes.unexplained:
        raise InputError(
            f"{new}: gone without a word of what became of them: {', '.join(changes.unexplained)}",
            "bring their entries back and use `cxtopics topics rename`, merge, split or retire,"
            " or write 'replaces' at the topic that took over",
        )


def _revise(
    path: Path, revise: Callable[[str], Revision], tables: list[tuple[Path, str]], yes: bool
) -> None:
    """Show what a revision would do; write the file only where it was said yes to."""
    from cxtopics.render.revisions import revision_text, touched_text
    from cxtopics.revisions import count_touched
    from cxtopics.tables import writing
    from cxtopics.taxonomy import load_taxonomy

    load_taxonomy(path)  # all faults of the file as it is, by their lines
    made = revise(path.read_bytes().decode("utf-8"))
    typer.echo(revision_text(made, path))
    for table, column in tables:
        touched = count_touched(table, made.topics, topic_column=column)
        typer.echo(touched_text(touched, made))
    if not yes:
        say("Nothing was written: add --yes to do it.")
        return
    with writing(path) as beside:
        beside.write_bytes(made.after.encode("utf-8"))
    say(f"{path}: written; `git diff` shows the change, `git revert` takes it back once committed")


def _each(paths: list[Path] | None, column: str = "topic") -> list[tuple[Path, str]]:
    return [(path, column) for path in paths or ()]


def _day(on: datetime | None) -> date | None:
    return on.date() if on else None
