"""What the file alone shows: framing, number of topics, thin examples, loose ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from cxtopics.errors import Fault
from cxtopics.lint.source import TopicsSource
from cxtopics.taxonomy import Topic, fate_of, normalise_text
from cxtopics.taxonomy.framing import framing_of

__all__ = ["lint_style"]

FEW_TOPICS, MANY_TOPICS = 30, 80
FEW_EXAMPLES = 8
SAME_START = 0.5  # share of a topic's examples that begin with the same two words
_FRAMED = {
    "resolution": ("says what was done", "say what went wrong for the customer: the same"
                   " resolution hides different problems"),
    "channel_or_team": ("names a channel or a team", "say what went wrong for the customer;"
                        " channel and team are columns of the contacts"),
}  # fmt: skip


def lint_style(file: TopicsSource) -> Iterator[Fault]:
    """Warn of what the file alone shows: framing, number of topics, thin examples, lineage."""
    topics = file.taxonomy.topics
    if not FEW_TOPICS <= len(topics) <= MANY_TOPICS:
        message = f"{len(topics)} topics, usual are {FEW_TOPICS} to {MANY_TOPICS}"
        hint = "too few hide problems in one another, too many are confused by people and models"
        yield file.warn(("topics",), message, hint)
    for topic in topics:
        framing = framing_of(topic.label)
        if framing != "problem":
            message, hint = _FRAMED[framing]
            yield file.warn(file.place(topic.id, "label"), f"'{topic.label}' {message}", hint)
        yield from _thin(file, topic)
    for topic in file.taxonomy:
        for neighbour in topic.excludes:
            if neighbour in file.taxonomy.ended:
                place = file.place(topic.id, "excludes", neighbour)
                fate = fate_of(neighbour, file.taxonomy)
                now = " or ".join(fate.parts) or "nothing"
                yield file.warn(place, "this topic has ended", f"what takes its place: {now}")
    for topic in file.taxonomy.retired:
        if topic.retired_on is None:
            hint = "add 'retired_on: YYYY-MM-DD', so that reports can mark the day"
            yield file.warn(file.place(topic.id), "it ended, but not said when", hint)


def _thin(file: TopicsSource, topic: Topic) -> Iterator[Fault]:
    n = len(topic.examples)
    place = file.place(topic.id, "examples")
    if n < FEW_EXAMPLES:
        hint = f"{FEW_EXAMPLES} or more, short and long, in different words"
        yield file.warn(place, f"{n} examples teach little", hint)
    starts = Counter(" ".join(normalise_text(example).split()[:2]) for example in topic.examples)
    start, most = starts.most_common(1)[0] if starts else ("", 0)
    if n >= 4 and most >= SAME_START * n:
        message = f"{most} of {n} examples begin with '{start}'"
        yield file.warn(place, message, "one template teaches one sentence: word them differently")
