"""A taxonomy with the text it stands in, so that warnings name lines."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from cxtopics.errors import Fault
from cxtopics.taxonomy import Taxonomy
from cxtopics.taxonomy.places import Path as Place
from cxtopics.taxonomy.places import Source

__all__ = ["TopicsSource"]


class TopicsSource(NamedTuple):
    """A taxonomy and the text it stands in."""

    taxonomy: Taxonomy
    source: Source

    @classmethod
    def read(cls, taxonomy: Taxonomy, path: str | Path) -> TopicsSource:
        """Read the text of a file that was loaded without a fault."""
        content = Path(path).read_bytes()
        encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        return cls(taxonomy, Source.parse(content.decode(encoding)))

    def place(self, topic: str, *steps: str | int) -> Place:
        """Return where a topic, or something in it, stands."""
        for section in ("topics", "reserved", "retired"):
            for number, entry in enumerate(self.source.data.get(section) or ()):
                if entry["id"] == topic:
                    return (section, number, *steps)
        return ("topics",)

    def warn(self, place: Place, message: str, hint: str) -> Fault:
        """Return a warning with its line."""
        return Fault(self.source.where(place), message, hint, self.source.line(place))
