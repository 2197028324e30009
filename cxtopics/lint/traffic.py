"""What customers write: topics without a contact, and topics that hold too much."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from cxtopics.errors import Fault
from cxtopics.lint.source import TopicsSource
from cxtopics.measure.store.inputs import read_tagged
from cxtopics.measure.store.lineage import follow_topics

__all__ = ["lint_traffic"]

SWOLLEN = 0.2  # share of the contacts of the last days
DAYS = 90


def lint_traffic(file: TopicsSource, tagged: str | Path) -> Iterator[Fault]:
    """Warn of topics without a contact in the last 90 days of a tagged table, and of huge ones."""
    contacts = follow_topics(read_tagged(tagged), file.taxonomy)
    last = contacts["created_at"].max()
    recent = contacts[contacts["created_at"] > last - pd.Timedelta(days=DAYS)]
    counts = recent["topic"].value_counts()
    for topic in file.taxonomy.topics:
        n = int(counts.get(topic.id, 0))
        if n == 0:
            message = f"no contact in the {DAYS} days up to {last:%Y-%m-%d}"
            hint = "retire it, or merge it into a neighbour"
            yield file.warn(file.place(topic.id), message, hint)
        elif n > SWOLLEN * len(recent):
            message = f"{n / len(recent):.0%} of the contacts of {DAYS} days are on this topic"
            hint = "is it more than one problem? `cxtopics topics split` parts it"
            yield file.warn(file.place(topic.id), message, hint)
