"""The messages of tests/text/cleaning_*.yaml, whose every line is marked."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from pathlib import Path

import yaml

__all__ = ["Line", "MarkedMessage", "load_messages"]

FOLDER = Path(__file__).parent.parent / "tests" / "text"
MARKS = "oqsn"
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Line:
    """One line: `mark` is o (own), q (quoted), s (signature) or n (either will do)."""

    mark: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class MarkedMessage:
    """A message as it would arrive, and whose its lines are."""

    id: str
    language: str
    kind: str
    html: bool
    body: str
    lines: tuple[Line, ...]

    def kept(self, cleaned: str) -> list[tuple[Line, bool]]:
        """Return the lines that have words, and whether all of them stand in `cleaned`."""
        said = f" {' '.join(words_of(cleaned))} "
        return [(line, f" {' '.join(line.words)} " in said) for line in self.lines if line.words]


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text, casefolded, without any punctuation."""
    return tuple(re.findall(r"\w+", text.casefold()))


def load_messages(name: str) -> list[MarkedMessage]:
    """Read `cleaning_<name>.yaml`."""
    path = FOLDER / f"cleaning_{name}.yaml"
    return [_message(entry) for entry in yaml.safe_load(path.read_text("utf-8"))]


def _message(entry: dict[str, str]) -> MarkedMessage:
    is_html = bool(entry.get("html"))
    body, lines = [], []
    for raw in entry["text"].split("\n"):
        marked = raw[:1] in MARKS and raw[1:2] == " " and raw[:1] != ""
        content = raw[2:] if marked else raw
        body.append(content)
        shown = html.unescape(_TAG.sub(" ", content)) if is_html else content
        if marked:
            lines.append(Line(raw[0], words_of(shown)))
    return MarkedMessage(
        entry["id"], entry["lang"], entry["kind"], is_html, "\n".join(body), tuple(lines)
    )
