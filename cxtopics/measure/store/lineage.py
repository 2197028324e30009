"""History tagged under older topics, counted under today's.

A renamed or merged topic is one line from its first contact on. A topic that was split
stays a line of its own that ends where its parts begin: nobody knows which part its old
contacts would belong to. A retired one stays, and is called so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from cxtopics.measure.estimate import FloatArray
from cxtopics.taxonomy import Taxonomy, fate_of

__all__ = [
    "Break",
    "break_changes",
    "break_rates",
    "find_breaks",
    "follow_probabilities",
    "follow_topics",
    "lineage_caveats",
    "moved_topics",
]

_TOPIC_COLUMNS = ("topic", "topic_forced", "runner_up")


@dataclass(frozen=True)
class Break:
    """Where a line of the report ends and others begin.

    Attributes
    ----------
    on
        Day of the split as the topics file says, else the last day with the old topic.
    n_contacts
        Contacts that stay under the old topic.
    """

    topic: str
    parts: tuple[str, ...]
    on: date
    n_contacts: int


def follow_topics(table: pd.DataFrame, taxonomy: Taxonomy | None) -> pd.DataFrame:
    """Return a table of tags or labels with every topic column under today's ids.

    Ids that were split or retired, and such that the taxonomy never knew, stay. An
    abstention stays one, even between two topics that are one today.
    """
    if taxonomy is None:
        return table
    table = table.copy(deep=False)
    for column in table.columns.intersection(list(_TOPIC_COLUMNS)):
        if moved := moved_topics(table[column].dropna().unique(), taxonomy):
            table[column] = table[column].replace(moved)
    return table


def moved_topics(seen: Iterable[str], taxonomy: Taxonomy | None) -> dict[str, str]:
    """Return today's id of each topic that is called otherwise today."""
    if taxonomy is None:
        return {}
    moved = {old: fate_of(str(old), taxonomy).current for old in seen}
    return {old: new for old, new in moved.items() if old != new}


def follow_probabilities(
    probabilities: FloatArray, classes: Sequence[str], taxonomy: Taxonomy
) -> tuple[FloatArray, list[str]]:
    """Add up the columns of topics that are one today.

    Parameters
    ----------
    probabilities
        (n_contacts, n_topics).
    classes
        Topic of each column.

    Returns
    -------
    tuple
        Probabilities (n_contacts, n_topics today) and their topics, in the order in which
        they first came.
    """
    current = [fate_of(name, taxonomy).current for name in classes]
    names = list(dict.fromkeys(current))
    add_up = np.zeros((len(classes), len(names)))
    add_up[np.arange(len(classes)), [names.index(name) for name in current]] = 1
    return np.asarray(probabilities) @ add_up, names


def find_breaks(seen: pd.DataFrame, taxonomy: Taxonomy | None) -> list[Break]:
    """Return the splits that a table shows.

    Parameters
    ----------
    seen
        Its topics (index), with contacts `n` and the `last` local day of each, as
        `counts.seen_topics` returns them.
    """
    breaks = []
    for topic in taxonomy.retired if taxonomy else ():
        if topic.split_into and taxonomy and topic.id in seen.index:
            parts = fate_of(topic.id, taxonomy).parts
            on = topic.retired_on or seen["last"].dt.date[topic.id]
            breaks.append(Break(topic.id, parts, on, int(seen["n"][topic.id])))
    return breaks


def break_rates(rates: pd.DataFrame, breaks: Sequence[Break]) -> pd.DataFrame:
    """Return rates in which a line is missing, not 0, on the far side of its break."""
    rates = rates.copy()
    figures = [
        name
        for name in rates.columns
        if name.startswith(("n_contacts", "contacts_per_order", "topic_share", "customer_contact"))
    ]
    none = rates["n_contacts"] == 0
    for found in breaks:
        on = found.on.isoformat()
        ended = (rates["topic"] == found.topic) & (rates["period_start"] >= on)
        to_come = rates["topic"].isin(found.parts) & (rates["period_end"] < on)
        rates.loc[none & (ended | to_come), figures] = np.nan
    return rates


def break_changes(changes: pd.DataFrame, breaks: Sequence[Break]) -> pd.DataFrame:
    """Return changes in which none is claimed for topics whose line breaks in the spans."""
    if changes.empty:
        return changes
    changes = changes.copy()
    for found in breaks:
        whole = changes[changes["topic"] == found.topic]
        if (whole[["rate_before", "rate_after"]] > 0).to_numpy().any():
            changes.loc[changes["topic"].isin([found.topic, *found.parts]), "q_value"] = np.nan
    return changes


def lineage_caveats(
    seen: pd.DataFrame, breaks: Sequence[Break], taxonomy: Taxonomy | None
) -> tuple[str, ...]:
    """Return what a reader must know of topics that ended."""
    if taxonomy is None:
        return ()
    said = [
        f"{found.n_contacts:,} contacts are tagged with '{found.topic}', which was split into "
        f"{', '.join(found.parts)} on {found.on}: its line ends there, theirs begin, and no "
        "change is claimed across the break. Tag again with a new model to close it."
        for found in breaks
    ]
    retired = [
        topic.id for topic in taxonomy.retired if not topic.merged_into and not topic.split_into
    ]
    n = int(seen.loc[seen.index.isin(retired), "n"].sum())
    if n:
        said.append(f"{n:,} contacts are tagged with topics that are retired; they stay shown.")
    return tuple(said)
