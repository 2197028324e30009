"""A topics file as text, tree and data, and on which line each value stands.

A path leads from the top to a value: `("topics", 3, "excludes", "order_late")`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.error import MarkedYAMLError

__all__ = ["Path", "SafeLoader", "Source", "child", "load_yaml", "repeated_keys"]

Path = tuple[str | int, ...]
_ALIAS = re.compile(r"(?:^|[\s\[{,])\*[^\s*]", re.MULTILINE)
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one is 8x faster


class SafeLoader(_Base):  # type: ignore[misc]
    """Plain data only; what looks like a date and is none stays text, to be told as a fault."""

    def construct_yaml_timestamp(self, node: yaml.ScalarNode) -> Any:
        """Return a date, a time, or the text of what is neither."""
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError:
            return node.value


SafeLoader.add_constructor("tag:yaml.org,2002:timestamp", SafeLoader.construct_yaml_timestamp)


@dataclass(frozen=True)
class Source:
    """A parsed file.

    Attributes
    ----------
    text
        What was parsed.
    root
        Its tree, with the place of every value; None for an empty file.
    data
        Its content as plain data.
    """

    text: str
    root: yaml.Node | None
    data: Any

    @classmethod
    def parse(cls, text: str) -> Source:
        """Parse YAML; raises `yaml.YAMLError` where it is none, or refers to itself."""
        _refuse_aliases(text)
        loader = SafeLoader(text)
        try:
            root = loader.get_single_node()
            return cls(text, root, None if root is None else loader.construct_document(root))
        finally:
            loader.dispose()

    def line(self, path: Path) -> int:
        """Return the line of a value, or of the nearest thing above it that is there."""
        node, line = self.root, 1
        for step in path:
            found = child(node, step)
            if found is None:
                break
            key, node = found
            line = (key or node).start_mark.line + 1
        return line

    def where(self, path: Path) -> str:
        """Return the path in words: topics by their id, other list items by their number."""
        words, here = [], self.data
        for step in path:
            try:
                here = here[step]
            except (KeyError, IndexError, TypeError):
                here = None
            if isinstance(step, int):
                name = here.get("id") if isinstance(here, dict) else None
                words.append(str(name if isinstance(name, str) and name else step + 1))
            else:
                words.append(step)
        return " -> ".join(words)


def load_yaml(content: bytes) -> Any:
    """Return the plain data of a YAML file.

    Raises
    ------
    yaml.YAMLError
        Where it is none, or refers to itself.
    UnicodeDecodeError
        Where it is not in UTF-8.
    """
    return Source.parse(content.decode("utf-8-sig")).data


def _refuse_aliases(text: str) -> None:
    """Refuse `*name`: a few lines that refer to each other can stand for terabytes."""
    if not _ALIAS.search(text):
        return
    for event in yaml.parse(text, SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise MarkedYAMLError(
                problem=f"an alias (*{event.anchor}) is not allowed",
                problem_mark=event.start_mark,  # type: ignore[arg-type]  # of the C parser
            )


def child(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node | None, yaml.Node] | None:
    """Return the key (none in a list) and the value one step down, None where there is none."""
    if isinstance(node, yaml.MappingNode):
        pairs = [(key, value) for key, value in node.value if key.value == step]
        return pairs[-1] if pairs else None
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None


def repeated_keys(node: yaml.Node | None, path: Path = ()) -> Iterator[tuple[Path, int]]:
    """Yield the path of every key that a mapping has more than once, and how often."""
    if isinstance(node, yaml.MappingNode):
        counts = Counter(str(key.value) for key, _ in node.value)
        yield from (((*path, key), n) for key, n in counts.items() if n > 1)
        for key, value in node.value:
            yield from repeated_keys(value, (*path, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield from repeated_keys(item, (*path, number))
