"""What to do next about a topic: concrete, by its lever, from what the report knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cxtopics.measure.store.slices import REST
from cxtopics.render.words import LEVERS, number, percent
from cxtopics.taxonomy import Topic

__all__ = ["Step", "next_steps"]

_ENOUGH = 10  # contacts that name their order, from which a day can be named
_PARTNERS = ("sku", "carrier", "country")
_CALLED = {"sku": "product", "carrier": "carrier", "country": "country"}


@dataclass(frozen=True)
class Step:
    """One lever's next step: what it is, sentences, and points to go through."""

    title: str
    sentences: tuple[str, ...]
    points: tuple[str, ...] = ()


def next_steps(
    topic: Topic,
    delay: Mapping[Any, Any] | None,
    where: Sequence[Mapping[Any, Any]],
    cuts: set[str],
) -> list[Step]:
    """Return the next step of the topic's lever, then of its second one.

    Parameters
    ----------
    delay
        The topic's row of `Report.delays`.
    where
        Rows of `over_represented` for this topic.
    cuts
        What the report is cut by.
    """
    makers = {
        "self_service": lambda: _article(topic),
        "proactive": lambda: _message(topic, delay),
        "fix_root": lambda: _cause(where, cuts),
        "keep_human": lambda: _people(topic),
    }
    steps = [makers[lever]() for lever in (topic.lever, topic.also) if lever]
    if len(steps) == 2 and steps[0].points == steps[1].points:
        last = (*steps[1].sentences[:-1], "It deals with the same points as the step above.")
        steps[1] = replace(steps[1], sentences=last, points=())
    return steps


def _article(topic: Topic) -> Step:
    return Step(
        f"{LEVERS['self_service']}: write one help article",
        (
            f"Its title is the customer's own question: {topic.label}",
            "It must answer, in this order, what these customers ask:",
        ),
        topic.includes or (topic.description,),
    )


def _message(topic: Topic, delay: Mapping[Any, Any] | None) -> Step:
    return Step(
        f"{LEVERS['proactive']}: send a message before they write",
        (_when(delay), "It must say what they would otherwise ask:"),
        topic.includes or (topic.description,),
    )


def _when(delay: Mapping[Any, Any] | None) -> str:
    """Return by which day after the order the message must be out."""
    n = int(delay["n"]) if delay else 0
    if delay is None or n < _ENOUGH:
        return (
            f"When: not known. Only {n} contacts name their order; {_ENOUGH} are needed to tell "
            "how long after it they come."
        )
    due = max(int(delay["days_p10"]) - 1, 0)
    return (
        f"When: by day {due} after the order. A tenth of these contacts have come by day "
        f"{delay['days_p10']:.0f}, a quarter by day {delay['days_p25']:.0f}, half by day "
        f"{delay['days_median']:.0f} (from {number(n)} contacts that name their order)."
    )


def _cause(where: Sequence[Mapping[Any, Any]], cuts: set[str]) -> Step:
    title = f"{LEVERS['fix_root']}: talk to those where it happens"
    found = [row for row in where if row["slice"] in _PARTNERS and row["slice_value"] != REST]
    if found:
        return Step(
            title, ("Beyond chance it is more frequent with:",), tuple(map(_partner, found))
        )
    cut = [name for name in _PARTNERS if name in cuts]
    if not cut:
        why = "The orders name no product, carrier or country, so nothing says where it happens."
        return Step(title, (why, "Give `orders` an export with those columns."))
    named = " or ".join(_CALLED[name] for name in cut)
    why = f"No {named} stands out beyond chance: look for a cause that all orders share."
    return Step(title, (why,))


def _partner(row: Mapping[Any, Any]) -> str:
    return (
        f"{_CALLED[row['slice']]} {row['slice_value']}: {percent(row['share'], 1)} of the contacts "
        f"about its orders, elsewhere {percent(row['share_elsewhere'], 1)}; "
        f"about {number(row['excess'])} contacts too many"
    )


def _people(topic: Topic) -> Step:
    return Step(
        f"{LEVERS['keep_human']}: make the way to a person short",
        (
            "Nothing here is to be deflected. Let these contacts past every bot, put them at the "
            "front of the queue, and have ready what people need to answer them:",
        ),
        topic.includes or (topic.description,),
    )
