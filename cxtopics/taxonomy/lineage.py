"""What became of an id: history tagged under older topics, counted under today's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from cxtopics.taxonomy.topics import Taxonomy

__all__ = ["Change", "Fate", "fate_of"]

Change = Literal["none", "renamed", "merged", "split", "retired", "unknown"]


@dataclass(frozen=True)
class Fate:
    """What became of a topic.

    Attributes
    ----------
    current
        The id to count it under. A topic that was split or retired, or that the taxonomy
        never knew, stays under its own: nobody can say what its contacts would be today.
    change
        The change that matters for its history: `split` and `retired` where the way ends
        there, `merged` where its contacts joined those of another topic.
    parts
        What a split topic was split into, as these are called today.
    on
        Day on which it ended, where known.
    """

    current: str
    change: Change = "none"
    parts: tuple[str, ...] = ()
    on: date | None = None


def fate_of(topic: str, taxonomy: Taxonomy) -> Fate:
    """Follow a topic through renames and merges, however many, to what it is called today.

    Examples
    --------
    >>> from cxtopics.taxonomy import Taxonomy
    >>> one = {"id": "order_late", "label": "Late", "description": "-", "replaces": ["late"]}
    >>> shop = Taxonomy(name="shop", version=1, groups={}, topics=(one,))
    >>> fate_of("late", shop)
    Fate(current='order_late', change='renamed', parts=(), on=None)
    """
    change: Change = "none"
    on: date | None = None
    renamed = {old: new.id for new in (*taxonomy, *taxonomy.retired) for old in new.replaces}
    for _ in range(len(renamed) + len(taxonomy.retired) + 1):  # a loaded file has no cycle
        if topic in taxonomy.by_id:
            return Fate(topic, change, on=on)
        if topic in renamed:
            topic, change = renamed[topic], "renamed" if change == "none" else change
            continue
        former = taxonomy.ended.get(topic)
        if former is None:
            break
        if former.merged_into is None:
            parts = (fate_of(part, taxonomy).current for part in former.split_into)
            ended: Change = "split" if former.split_into else "retired"
            return Fate(topic, ended, tuple(dict.fromkeys(parts)), former.retired_on)
        topic, change, on = former.merged_into, "merged", former.retired_on
    return Fate(topic, "unknown")
