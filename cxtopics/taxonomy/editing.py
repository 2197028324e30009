"""Changes to the text of a topics file that touch nothing else.

The file is parsed only to find out where a value stands; what is not meant stays as it is,
to the byte: comments, order, quotation marks, line ends. So a revision is a small diff that
`git revert` takes back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import yaml

from cxtopics.errors import InputError
from cxtopics.taxonomy.places import Source, child

__all__ = ["TopicsText", "shown"]

_PLAIN = re.compile(r"[^\W\d_][\w ,.'/()-]*[\w.)]")
Value = str | date | Sequence[str]


class TopicsText:
    """A topics file as text, edited in place.

    Parameters
    ----------
    text
        A file that `parse_taxonomy` accepts.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._edits: list[tuple[int, int, str]] = []
        self._root = Source.parse(text).root
        self._newline = "\r\n" if "\r\n" in text else "\n"

    def edited(self) -> str:
        """Return the text with every change made."""
        text = self.text
        numbered = [(start, number) for number, (start, _, _) in enumerate(self._edits)]
        for start, number in sorted(numbered, reverse=True):
            _, end, new = self._edits[number]
            text = text[:start] + new + text[end:]
        return text

    def replace_value(self, topic: str, key: str, value: str) -> None:
        """Write another value for a key that the topic has."""
        _, node = self._pair(topic, key)
        new = value if key == "id" else shown(value)
        self._edits.append((node.start_mark.index, _end(node, self.text), new))

    def add_keys(self, topic: str, values: Mapping[str, Value], after: str) -> None:
        """Write new keys after one that the topic has; a list that is there grows."""
        fresh = dict(values)
        for key, value in values.items():
            if self._has(topic, key) and isinstance(value, list | tuple):
                self._extend(topic, key, value)
                del fresh[key]
            elif self._has(topic, key):
                self.replace_value(topic, key, str(value))
                del fresh[key]
        entry = self._entry(topic)
        _, anchor = self._pair(topic, after)
        place = _end(anchor, self.text)
        if entry.flow_style:
            new = "".join(f", {key}: {shown(value)}" for key, value in fresh.items())
        else:
            indent = " " * entry.start_mark.column
            place = self._line_end(place)
            new = "".join(
                f"{self._newline}{indent}{key}: {shown(value)}" for key, value in fresh.items()
            )
        if new:
            self._edits.append((place, place, new))

    def rename_exclusions(self, renamed: Mapping[str, str], skip: Sequence[str] = ()) -> None:
        """Let topics that exclude an old id exclude the new one; nothing is said twice."""
        for name, entry in self._entries():
            found = child(entry, "excludes")
            if name not in skip and found and isinstance(found[1], yaml.MappingNode):
                self._rename_keys(found[0] or entry, found[1], renamed, {name})

    def _rename_keys(
        self, key: yaml.Node, node: yaml.MappingNode, renamed: Mapping[str, str], taken: set[str]
    ) -> None:
        taken |= {str(name.value) for name, _ in node.value}
        twice = []
        for name, value in node.value:
            new = renamed.get(str(name.value))
            if new in taken:
                twice.append((name, value))
            elif new is not None:
                self._edits.append((name.start_mark.index, name.end_mark.index, new))
                taken.add(new)
        if node.flow_style:
            return  # all on one line: what would be said twice still points the right way
        if twice and len(twice) == len(node.value):
            self._drop_lines(key, node)
        else:
            for name, value in twice:
                self._drop_lines(name, value)

    def _drop_lines(self, first: yaml.Node, last: yaml.Node) -> None:
        start = self.text.rfind("\n", 0, first.start_mark.index) + 1
        self._edits.append((start, self._line_end(_end(last, self.text)) + 1, ""))

    def add_topic(self, lines: Sequence[tuple[int, str]], after: str | None = None) -> None:
        """Write a new topic behind another one, or behind the last one.

        Parameters
        ----------
        lines
            The entry's lines without indentation, each with its level: 0 for the topic's own
            keys, 1 for what belongs to them.
        """
        section = child(self._root, "topics")
        listed = section[1] if section else None
        if not isinstance(listed, yaml.SequenceNode) or not listed.value or listed.flow_style:
            raise InputError("the topics stand in one [...] list", "write one '- id: ...' a line")
        items = {name: entry for name, entry in self._entries() if self._is_in_topics(entry)}
        entry = items.get(after or "", listed.value[-1])
        place = self._line_end(_end(entry, self.text))
        column = entry.start_mark.column
        dash = self.text.rindex("-", 0, entry.start_mark.index)
        lead = " " * (dash - self.text.rfind("\n", 0, dash) - 1)
        blank = self._newline if self._blank_between() else ""
        written = [
            f"{lead + '- ' if number == 0 else ' ' * (column + 2 * level)}{line}"
            for number, (level, line) in enumerate(lines)
        ]
        new = self._newline + blank + self._newline.join(written)
        self._edits.append((place, place, new))

    def _blank_between(self) -> bool:
        items = (child(self._root, "topics") or (None, yaml.SequenceNode("", [])))[1].value
        if len(items) < 2:
            return True
        between = self.text[_end(items[0], self.text) : items[1].start_mark.index]
        return bool(re.search(r"\n[ \t]*\r?\n", between))

    def _entries(self) -> Iterator[tuple[str, yaml.MappingNode]]:
        for section in ("topics", "reserved", "retired"):
            found = child(self._root, section)
            for entry in found[1].value if found else ():
                name = child(entry, "id")
                if name:
                    yield str(name[1].value), entry

    def _is_in_topics(self, entry: yaml.MappingNode) -> bool:
        section = child(self._root, "topics")
        return section is not None and entry in section[1].value

    def _entry(self, topic: str) -> yaml.MappingNode:
        return next(entry for name, entry in self._entries() if name == topic)

    def _has(self, topic: str, key: str) -> bool:
        return child(self._entry(topic), key) is not None

    def _pair(self, topic: str, key: str) -> tuple[yaml.Node, yaml.Node]:
        pair = child(self._entry(topic), key)
        if pair is None or pair[0] is None:
            raise KeyError(f"{topic}: {key}")
        return pair[0], pair[1]

    def _extend(self, topic: str, key: str, values: Sequence[str]) -> None:
        _, node = self._pair(topic, key)
        if not node.value:
            self._edits.append((node.start_mark.index, _end(node, self.text), shown(values)))
            return
        last = node.value[-1]
        place = _end(last, self.text)
        if isinstance(node, yaml.SequenceNode) and node.flow_style:
            new = "".join(f", {shown(value)}" for value in values)
        else:
            place = self._line_end(place)
            indent = " " * node.start_mark.column
            new = "".join(f"{self._newline}{indent}- {shown(value)}" for value in values)
        self._edits.append((place, place, new))

    def _line_end(self, index: int) -> int:
        """Return where the line ends, its comment included, its line break not."""
        end = self.text.find("\n", index)
        end = len(self.text) if end < 0 else end
        return end - 1 if self.text[end - 1 : end] == "\r" else end


def _end(node: yaml.Node, text: str) -> int:
    """Return where a node's own text ends: a block ends with its last value, not later."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last, text)
    end = int(node.end_mark.index)
    return len(text[:end].rstrip()) if isinstance(node, yaml.ScalarNode) and node.style in (
        "|", ">", None) else end  # fmt: skip


def shown(value: Value) -> str:
    """Return a value as it is written on one line, quoted only where YAML needs it."""
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        return f"[{', '.join(shown(item) for item in value)}]"
    if _PLAIN.fullmatch(value) and yaml.safe_load(value) == value:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
