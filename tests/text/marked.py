"""What the tests and the benchmarks of cleaning and redaction are measured with.

`cleaning_*.yaml` holds messages whose every line is marked as own, quoted or signature;
`redaction_*.yaml` sentences in which everything personal, and every number, is marked.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from cxtopics.text import KINDS, clean_message, find_personal

__all__ = [
    "KEPT", "Line", "Mark", "MarkedMessage", "MarkedSentence", "count", "load_messages",
    "load_sentences", "words_of",
]  # fmt: skip

FOLDER = Path(__file__).parent
MARKS = "oqsn"
KEPT = ("order", "tracking", "amount", "date", "other")
_MARK = re.compile(r"\{(\w+):([^{}]*)\}")
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


def count(messages: Sequence[MarkedMessage]) -> Counter[tuple[str, bool]]:
    """Return the number of lines by mark and whether they were kept."""
    return Counter(
        (line.mark, kept)
        for message in messages
        for line, kept in message.kept(clean_message(message.body, html=message.html))
    )


@dataclass(frozen=True)
class Mark:
    """Where something stands and what it is."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class MarkedSentence:
    """A sentence without its marks, and the marks."""

    language: str
    text: str
    marks: tuple[Mark, ...]

    def hidden(self) -> list[tuple[Mark, bool]]:
        """Return, for what is to go, whether nothing but punctuation of it is left."""
        gone = self._gone()
        return [
            (mark, not any(self.text[i].isalnum() and i not in gone for i in _places(mark)))
            for mark in self.marks
            if mark.kind in KINDS
        ]

    def touched(self) -> list[tuple[Mark, bool]]:
        """Return, for what is to stay, whether any of it was replaced."""
        gone = self._gone()
        return [
            (mark, any(i in gone for i in _places(mark)))
            for mark in self.marks
            if mark.kind in KEPT
        ]

    def strays(self) -> list[tuple[str, str]]:
        """Return kind and words of what was replaced and is marked as nothing of the sort."""
        marked = {i for mark in self.marks for i in _places(mark)}
        return [
            (found.kind, self.text[found.start : found.end])
            for found in find_personal(self.text)
            if not marked & set(range(found.start, found.end))
        ]

    def _gone(self) -> set[int]:
        return {i for found in find_personal(self.text) for i in range(found.start, found.end)}


def load_sentences(name: str) -> list[MarkedSentence]:
    """Read `redaction_<name>.yaml`."""
    entries = yaml.safe_load((FOLDER / f"redaction_{name}.yaml").read_text("utf-8"))
    return [_sentence(language, raw) for language in entries for raw in entries[language]]


def _sentence(language: str, raw: str) -> MarkedSentence:
    text, marks, done = "", [], 0
    for found in _MARK.finditer(raw):
        text += raw[done : found.start()]
        marks.append(Mark(found[1], len(text), len(text) + len(found[2])))
        text += found[2]
        done = found.end()
    return MarkedSentence(language, text + raw[done:], tuple(marks))


def _places(mark: Mark) -> range:
    return range(mark.start, mark.end)
