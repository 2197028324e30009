"""Which topics are taken for one another: by the model's mistakes, and by definition."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cxtopics.render.words import interval, percent
from cxtopics.taxonomy import Topic

__all__ = ["Neighbours", "neighbour_rows", "score_words"]


@dataclass(frozen=True)
class Neighbours:
    """What to call topics, which have a page, and which the model took for which how often."""

    names: Mapping[str, str]
    linked: set[str]
    confused: Sequence[tuple[str, str, int]] | None


def neighbour_rows(around: Neighbours, known: Topic | None, topic: str) -> list[dict[str, Any]]:
    """Return the topic's neighbours: those it is confused with first, then those it excludes.

    Rows with `topic`, `name`, `taken` (of this topic, taken for the neighbour), `given` (the
    neighbour's, taken for this one), `rule` (when it is the neighbour) and `linked`.
    """
    taken: dict[str, int] = {}
    given: dict[str, int] = {}
    for true, said, n in around.confused or ():
        if true == topic:
            taken[said] = taken.get(said, 0) + n
        elif said == topic:
            given[true] = given.get(true, 0) + n
    rules = known.excludes if known else {}
    every = dict.fromkeys([*taken, *given, *rules])
    rows = [
        {
            "topic": other,
            "name": around.names.get(other, other),
            "taken": taken.get(other, 0),
            "given": given.get(other, 0),
            "rule": rules.get(other, ""),
            "linked": other in around.linked,
        }
        for other in every
    ]
    return sorted(rows, key=lambda row: -(row["taken"] + row["given"]))


def score_words(score: Mapping[str, float] | None) -> str:
    """Return how sure the model is of a topic, out of fold; empty where nothing is known."""
    if not score:
        return ""
    parts = []
    for name, words in (
        ("recall", "of its messages the model found {}"),
        ("precision", "of those it named so {} were right"),
    ):
        value, low, high = (_number(score.get(f"{name}{end}")) for end in ("", "_low", "_high"))
        if math.isfinite(value):
            parts.append(
                words.format(f"{percent(value)} {interval(100 * low, 100 * high)}".strip())
            )
    return "; ".join(parts)


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)
