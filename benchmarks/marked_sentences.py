"""The sentences of tests/text/redaction_*.yaml, in which every kind of number is marked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from cxtopics.text import KINDS, find_personal

__all__ = ["KEPT", "Mark", "MarkedSentence", "load_sentences"]

FOLDER = Path(__file__).parent.parent / "tests" / "text"
KEPT = ("order", "tracking", "amount", "date", "other")
_MARK = re.compile(r"\{(\w+):([^{}]*)\}")


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
