"""What `train` does around training: older labels before it, an older model after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cxtopics.cli.output import say

if TYPE_CHECKING:
    from cxtopics.classify import TopicModel
    from cxtopics.classify.succession import Succession
    from cxtopics.taxonomy import Taxonomy
    from cxtopics.training import LabelledTexts

__all__ = ["carry_over", "queue_waiting", "tell_change"]

Waiting = Sequence[tuple[str, str]]


def carry_over(
    labels: LabelledTexts | None, taxonomy: Taxonomy | None
) -> tuple[LabelledTexts | None, Waiting]:
    """Carry labels over to today's topics, and say what became of which."""
    from cxtopics.classify.carrying import carry_labels

    if labels is None or taxonomy is None:
        return labels, ()
    carried = carry_labels(labels.texts, labels.topics, taxonomy)
    for (old, new), n in carried.moved.items():
        say(f"Note: {n:,} labels of '{old}' are carried over to '{new}'")
    for topic, n in carried.retired.items():
        say(f"Note: {n:,} labels of '{topic}', which is retired, were left out")
    return replace(labels, texts=carried.texts, topics=carried.topics), carried.waiting


def tell_change(succession: Succession, model: TopicModel) -> None:
    """Print how the new model compares with the one it replaced, and log it."""
    from cxtopics.classify.versions import log_version
    from cxtopics.render.retraining import comparison_text, log_lines

    if succession.comparison:
        typer.echo(comparison_text(succession.comparison))
    if succession.kept:
        log_version(succession.folder, succession.kept, log_lines(model, succession.comparison))
        say(f"The older model is kept in {succession.kept}")


def queue_waiting(model: TopicModel, waiting: Waiting, path: Path) -> None:
    """Write the labels that people must give anew, with the model's proposal."""
    import pandas as pd

    from cxtopics.classify.carrying import propose_labels
    from cxtopics.tables import read_table, write_table

    if not waiting or model.taxonomy is None:
        return
    sheet = propose_labels(model, waiting, model.taxonomy)
    if path.is_file():  # what people filled in before stays
        filled = read_table(path)
        filled = filled[filled["topic"].notna()]
        fresh = sheet[~sheet["text"].isin(filled["text"])]
        sheet = pd.concat([filled, fresh], ignore_index=True)
    write_table(sheet, path)
    say(
        f"{path}: {len(waiting):,} texts of topics that were split; fill the column 'topic' and"
        " train with this file too"
    )
