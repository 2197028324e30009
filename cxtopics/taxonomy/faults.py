"""What a schema cannot see: references, order of numbers, lineage, repeated messages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from cxtopics.taxonomy.places import Path
from cxtopics.taxonomy.topics import RESERVED, TAKEN, Topic, TopicsFile, normalise_text

__all__ = ["Found", "meaning_faults"]


class Found(NamedTuple):
    """A fault and its place."""

    path: Path
    message: str
    hint: str


class _Entries:
    """The entries of a file by their place, and which ids mean what."""

    def __init__(self, file: TopicsFile) -> None:
        sections = {"topics": file.topics, "reserved": file.reserved, "retired": file.retired}
        self.groups = tuple(file.groups)
        self.places: list[tuple[Path, Topic]] = [
            ((section, number), topic)
            for section, topics in sections.items()
            for number, topic in enumerate(topics)
        ]
        self.of: dict[str, list[tuple[Path, Topic]]] = defaultdict(list)
        self.replaced: dict[str, list[Path]] = defaultdict(list)
        for path, topic in self.places:
            self.of[topic.id].append((path, topic))
            for old in topic.replaces:
                self.replaced[old].append(path)

    def knows(self, topic: str) -> bool:
        return topic in self.of or topic in self.replaced

    def owner(self, topic: Topic) -> str:
        """Return whose examples these are today; an unfinished way ends where it ends."""
        seen: set[str] = set()
        name = topic.id
        while name not in seen:
            seen.add(name)
            if name in self.replaced and name not in self.of:
                name = self._at(self.replaced[name][0]).id
            elif name in self.of and self.of[name][0][1].merged_into:
                name = str(self.of[name][0][1].merged_into)
        return name

    def _at(self, path: Path) -> Topic:
        return next(topic for place, topic in self.places if place == path)


def meaning_faults(file: TopicsFile, *, with_examples: bool = False) -> Iterator[Found]:
    """Yield every fault of a file whose shape is right.

    Parameters
    ----------
    with_examples
        A topic without an example message is a fault too. (The topics that travel with
        tagged contacts have none.)
    """
    entries = _Entries(file)
    if not any(path[0] == "topics" and not topic.has_ended for path, topic in entries.places):
        yield Found(("topics",), "expected at least one topic", "copy one from ecommerce.yaml")
    yield from _id_faults(entries)
    for path, topic in entries.places:
        yield from _section_faults(path, topic)
        yield from _lineage_faults(path, topic, entries)
        if path[0] == "topics" and not topic.has_ended:
            yield from _topic_faults(path, topic, entries)
            if with_examples and not topic.examples:
                hint = "add a few messages as customers write them"
                yield Found((*path, "examples"), "missing: not one example message", hint)
        if not topic.has_ended:
            yield from _exclude_faults(path, topic, entries)
    yield from _repeated_examples(entries)


def _id_faults(entries: _Entries) -> Iterator[Found]:
    for name, uses in entries.of.items():
        path, _ = uses[-1]
        former = [topic for _, topic in uses if topic.has_ended]
        if len(uses) > 1 and former:
            on = f" on {former[0].retired_on}" if former[0].retired_on else ""
            message = f"the id belongs to a topic that ended{on}; ids are never used again"
            yield Found(path, message, "choose a new id for the new topic")
        elif len(uses) > 1:
            hint = "give one of them another id, or put their lines together"
            yield Found(path, f"the id is used {len(uses)} times", hint)
        if name in TAKEN:
            hint = f"choose another id than {', '.join(sorted(TAKEN))}"
            yield Found(path, "this id has a meaning of its own in reports", hint)
    for old, paths in entries.replaced.items():
        if old in entries.of:
            message = f"'{old}' has an entry of its own"
            hint = "for topics put together, write 'merged_into' at the one that ended"
            yield Found((*paths[-1], "replaces"), message, hint)
        if len(paths) > 1:
            message = f"'{old}' is replaced by {len(paths)} topics"
            hint = "one topic in place of several parts is a split: see 'split_into'"
            yield Found((*paths[-1], "replaces"), message, hint)


def _section_faults(path: Path, topic: Topic) -> Iterator[Found]:
    section = path[0]
    if section == "topics" and topic.id in RESERVED:
        yield Found(path, "a reserved class belongs under 'reserved'", "move the entry there")
    if section == "reserved" and topic.id not in RESERVED:
        yield Found(path, f"expected one of {', '.join(RESERVED)}", "move it under 'topics'")
    if section == "reserved" and topic.has_ended:
        yield Found(path, "a reserved class cannot end", "take its lineage out")
    if section == "retired" and not topic.has_ended:
        message = "neither merged_into, split_into nor retired_on is given"
        yield Found(path, message, "say how it ended, or move it under 'topics'")


def _lineage_faults(path: Path, topic: Topic, entries: _Entries) -> Iterator[Found]:
    if topic.merged_into and topic.split_into:
        hint = "keep the one that is so"
        yield Found((*path, "split_into"), "both merged and split", hint)
    if len(set(topic.split_into)) == 1:
        hint = "one part alone is a rename or a merge"
        yield Found((*path, "split_into"), "expected at least two parts", hint)
    targets = [("merged_into", topic.merged_into)] if topic.merged_into else []
    targets += [("split_into", part) for part in topic.split_into]
    for key, target in targets:
        if target == topic.id:
            message = "a topic cannot become itself"
            yield Found((*path, key), message, "name the topic that its contacts went to")
        elif target not in entries.of and target not in entries.replaced:
            hint = "name a topic of this file, or take the line out"
            yield Found((*path, key), f"no topic '{target}'", hint)
    if topic.id in topic.replaces:
        yield Found((*path, "replaces"), "a topic cannot replace itself", "take its own id out")
    if topic.merged_into != topic.id and _comes_back(topic, entries):
        hint = "let one of the topics in the circle stay in use"
        yield Found((*path, "merged_into"), "the way leads back to this topic", hint)


def _comes_back(topic: Topic, entries: _Entries) -> bool:
    """Whether following what it became, through merges and splits, leads back to a topic."""
    ahead, seen = {*topic.split_into, topic.merged_into} - {None, topic.id}, set()
    while ahead:
        name = str(ahead.pop())
        seen.add(name)
        for _, next_one in entries.of.get(name, ()):
            became = {*next_one.split_into, next_one.merged_into} - {None}
            if topic.id in became:
                return True
            ahead |= became - seen
    return False


def _topic_faults(path: Path, topic: Topic, entries: _Entries) -> Iterator[Found]:
    if topic.group not in entries.groups:
        message = f"got '{topic.group}', expected one of {', '.join(entries.groups)}"
        yield Found((*path, "group"), message, "name it under 'groups' first, or mend the word")
    if topic.lever is None:
        hint = "self_service, proactive, fix_root or keep_human"
        yield Found((*path, "lever"), "missing", hint)
    if topic.also is not None and topic.also == topic.lever:
        yield Found((*path, "also"), "the same as the lever", "take the line out")
    share = topic.deflectable
    if share is None:
        hint = "add 'deflectable:' with low, likely, high and source"
        yield Found((*path, "deflectable"), "missing", hint)
    elif not share.low <= share.likely <= share.high:
        got = f"got {share.low}, {share.likely}, {share.high}"
        message = f"expected low <= likely <= high, {got}"
        yield Found((*path, "deflectable"), message, "put the numbers in order")


def _exclude_faults(path: Path, topic: Topic, entries: _Entries) -> Iterator[Found]:
    for neighbour in topic.excludes:
        place = (*path, "excludes", neighbour)
        if neighbour == topic.id:
            yield Found(place, "a topic cannot exclude itself", "name the neighbouring topic")
        elif not entries.knows(neighbour):
            yield Found(place, "no such topic", "mend the id, or take the line out")


def _repeated_examples(entries: _Entries) -> Iterator[Found]:
    seen: dict[str, tuple[str, str]] = {}
    for path, topic in entries.places:
        if topic.has_ended and not topic.merged_into:
            continue  # nothing learns from them any more
        owner = entries.owner(topic)
        for number, example in enumerate(topic.examples):
            first, whose = seen.setdefault(
                normalise_text(example), (f"{topic.id} -> examples -> {number + 1}", owner)
            )
            here = f"{topic.id} -> examples -> {number + 1}"
            merged = whose == owner and not first.startswith(f"{topic.id} ->")
            if first != here and not merged:
                place = (*path, "examples", number)
                yield Found(place, f"the same message as {first}", "keep it where it fits best")
