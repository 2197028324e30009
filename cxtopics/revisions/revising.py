"""Rename, merge, split, retire, add: each takes a file's text and returns a Revision."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cxtopics.errors import InputError
from cxtopics.taxonomy import RESERVED, Fate, Taxonomy, Topic, fate_of, parse_taxonomy
from cxtopics.taxonomy.editing import TopicsText, shown

__all__ = [
    "Revision",
    "add_topic",
    "merge_topics",
    "rename_topic",
    "retire_topic",
    "split_topic",
]

_UNTOLD = "Placeholder, no estimate: replace it by your own"


@dataclass(frozen=True)
class Revision:
    """A change of the topics, not written yet.

    Attributes
    ----------
    said
        What it does, in one line.
    before, after
        The file's text.
    taxonomy
        The topics as they will be.
    topics
        Ids whose contacts, labels and reports it touches.
    """

    said: str
    before: str
    after: str
    taxonomy: Taxonomy
    topics: tuple[str, ...]

    @property
    def fates(self) -> dict[str, Fate]:
        """What becomes of each topic it touches."""
        return {topic: fate_of(topic, self.taxonomy) for topic in self.topics}

    @property
    def diff(self) -> str:
        """The change as `diff -U1` shows it."""
        lines = difflib.unified_diff(
            self.before.splitlines(), self.after.splitlines(), "before", "after", n=1, lineterm=""
        )
        return "\n".join(lines)

    @property
    def n_lines(self) -> tuple[int, int]:
        """Lines added and taken out."""
        lines = self.diff.splitlines()[2:]
        return sum(line[:1] == "+" for line in lines), sum(line[:1] == "-" for line in lines)


def rename_topic(
    text: str,
    old: str,
    new: str,
    *,
    label: str | None = None,
    on: date | None = None,
    reason: str | None = None,
) -> Revision:
    """Give a topic another id, and with `label` another label; its history follows.

    Raises
    ------
    InputError
        If there is no such topic, or the new id was ever used.
    """
    topics = parse_taxonomy(text, "topics")
    _in_use(topics, old)
    _never_used(topics, new)
    edit = TopicsText(text)
    edit.replace_value(old, "id", new)
    if label:
        edit.replace_value(old, "label", label)
    edit.add_keys(old, {"replaces": [old], **_dated("since", on, reason)}, after="label")
    edit.rename_exclusions({old: new})
    return _revision(f"rename {old} to {new}", text, edit, [old])


def merge_topics(
    text: str,
    merged: Sequence[str],
    into: str,
    *,
    on: date | None = None,
    reason: str | None = None,
) -> Revision:
    """Let topics become part of another one; their examples teach that one from now on.

    Raises
    ------
    InputError
        If one of them is no topic in use, or they are the same.
    """
    topics = parse_taxonomy(text, "topics")
    for topic in dict.fromkeys(merged):
        _in_use(topics, topic)
    if into not in topics.by_id:
        raise InputError(
            f"no topic '{into}' in use to merge into",
            _near(topics, into) or "add it first with `cxtopics topics add`",
        )
    if into in merged:
        raise InputError(f"a topic cannot be merged into itself: {into}", "name another one")
    edit = TopicsText(text)
    for topic in dict.fromkeys(merged):
        keys = {"merged_into": into, **_dated("retired_on", on, reason)}
        edit.add_keys(topic, keys, after="label")
    edit.rename_exclusions(dict.fromkeys(merged, into), skip=tuple(merged))
    return _revision(f"merge {', '.join(merged)} into {into}", text, edit, merged)


def split_topic(
    text: str,
    topic: str,
    parts: Mapping[str, str | None],
    *,
    on: date | None = None,
    reason: str | None = None,
) -> Revision:
    """Split a topic into parts, by id with label; those that are no topics yet are added.

    The parts take over group and lever. The examples stay where they are: which part each
    belongs to is for people to say.

    Raises
    ------
    InputError
        If it is no topic in use, or there are fewer than two parts, or one is not new and
        not in use either.
    """
    topics = parse_taxonomy(text, "topics")
    whole = _in_use(topics, topic)
    if len(parts) < 2:
        raise InputError(
            f"got {len(parts)} part of {topic}, expected at least 2",
            "one part alone is a rename: `cxtopics topics rename`",
        )
    if topic in parts:
        raise InputError(
            f"a topic cannot be a part of itself: {topic}",
            "give every part a new id: the old one keeps meaning what it meant",
        )
    edit = TopicsText(text)
    keys = {"split_into": list(parts), **_dated("retired_on", on, reason)}
    edit.add_keys(topic, keys, after="label")
    behind = topic
    for part, label in parts.items():
        if part not in topics.by_id:
            _never_used(topics, part)
            edit.add_topic(_entry_like(whole, part, label, on), behind)
    return _revision(f"split {topic} into {', '.join(parts)}", text, edit, [topic])


def retire_topic(
    text: str, topic: str, *, on: date | None = None, reason: str | None = None
) -> Revision:
    """End a topic that nothing takes the place of.

    Raises
    ------
    InputError
        If it is no topic in use.
    """
    _in_use(parse_taxonomy(text, "topics"), topic)
    edit = TopicsText(text)
    edit.add_keys(topic, _dated("retired_on", on, reason), after="label")
    return _revision(f"retire {topic}", text, edit, [topic])


def add_topic(
    text: str,
    topic: str,
    label: str,
    *,
    group: str | None = None,
    description: str | None = None,
    lever: str = "keep_human",
    examples: Sequence[str] = (),
    on: date | None = None,
    reason: str | None = None,
) -> Revision:
    """Add a topic behind the last one of its group.

    Parameters
    ----------
    lever
        The default claims nothing: a topic to be kept with people is not ranked.

    Raises
    ------
    InputError
        If the id was ever used, or the group is not known.
    """
    topics = parse_taxonomy(text, "topics")
    _never_used(topics, topic)
    group = group or (next(iter(topics.groups)) if len(topics.groups) == 1 else None)
    if group not in topics.groups:
        known = ", ".join(topics.groups)
        got = f"no group '{group}'" if group else "no group given"
        raise InputError(f"{got}; the groups are {known}", "name one with --group")
    mates = [other.id for other in topics.topics if other.group == group]
    lines = _entry(topic, label, group, description or label, lever, None, on, reason)
    if examples:
        lines += [(0, "examples:"), *((1, f"- {shown(example)}") for example in examples)]
    edit = TopicsText(text)
    edit.add_topic(lines, mates[-1] if mates else None)
    return _revision(f"add {topic}", text, edit, [])


def _revision(said: str, before: str, edit: TopicsText, topics: Sequence[str]) -> Revision:
    after = edit.edited()
    return Revision(said, before, after, parse_taxonomy(after, "the revised topics"), tuple(topics))


def _dated(key: str, on: date | None, reason: str | None) -> dict[str, Any]:
    return {key: on or date.today(), **({"reason": reason} if reason else {})}


def _entry_like(whole: Topic, part: str, label: str | None, on: date | None) -> list[Any]:
    words = label or part.replace("_", " ").capitalize()
    return _entry(part, words, str(whole.group), words, str(whole.lever), whole, on, None)


def _entry(
    topic: str,
    label: str,
    group: str,
    description: str,
    lever: str,
    like: Topic | None,
    on: date | None,
    reason: str | None,
) -> list[tuple[int, str]]:
    """Return the lines of a new topic, with the range of the one it came from."""
    known = like.deflectable if like else None
    low, likely, high = (known.low, known.likely, known.high) if known else (0.0, 0.05, 0.2)
    source = f"As {like.id}, which it was part of" if like and known else _UNTOLD
    keys = {"id": topic, "label": label, **_dated("since", on, reason), "group": group}
    keys |= {"description": description, "lever": lever}
    lines = [(0, f"{key}: {topic if key == 'id' else shown(value)}") for key, value in keys.items()]
    if like and like.also:
        lines.append((0, f"also: {like.also}"))
    share = {"low": low, "likely": likely, "high": high}
    lines += [(0, "deflectable:"), *((1, f"{key}: {value:g}") for key, value in share.items())]
    return [*lines, (1, f"source: {shown(source)}")]


def _in_use(topics: Taxonomy, topic: str) -> Topic:
    """Return a topic that can be revised."""
    if topic in RESERVED:
        raise InputError(f"'{topic}' is reserved", "the reserved classes cannot be revised")
    if topic in topics.ended:
        raise InputError(f"'{topic}' has ended already", "see its entry in the topics file")
    if topic not in topics.by_id:
        fate = fate_of(topic, topics)
        hint = f"it is '{fate.current}' now" if fate.change != "unknown" else _near(topics, topic)
        raise InputError(f"no topic '{topic}'", hint or "`cxtopics topics list` shows all")
    return topics.by_id[topic]


def _never_used(topics: Taxonomy, topic: str) -> None:
    if topic in topics.by_id or fate_of(topic, topics).change != "unknown":
        raise InputError(
            f"the id '{topic}' is or was in use, and ids are never used again",
            "choose a new id, or use `cxtopics topics merge` to put topics together",
        )


def _near(topics: Taxonomy, word: str) -> str:
    near = topics.nearest(word)
    return f"did you mean {' or '.join(near)}?" if near else ""
