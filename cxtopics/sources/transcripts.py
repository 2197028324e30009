r"""Chats that a helpdesk keeps as one text: `(12:01:33) Ann Lee: Where is my parcel?`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cxtopics.sources.conversations import Turn
from cxtopics.sources.rows import Message

__all__ = ["transcript_turns"]

_LINE = re.compile(
    r"[(\[]\d{1,2}:\d{2}(?::\d{2})?(?: ?[AaPp]\.?[Mm]\.?)?[)\]]\s*(?:([^:\n]{1,80}):\s?)?(.*)"
)
_EVENT = re.compile(r"\*\*\*.*\*\*\*\s*$")
_JOINED = re.compile(r"\*\*\*\s*(.+?) (?:joined|has joined|entered)\b")
_HEAD = re.compile(r"(?:chat started|served by|transcript)\b", re.IGNORECASE)
_WITH = re.compile(r"(?:chat|conversation) with (.+)", re.IGNORECASE)
_VISITOR = re.compile(r"(?:visitor|web user|guest|customer)\b", re.IGNORECASE)


def transcript_turns(text: str, subject: str, names: Iterable[str] = ()) -> list[Turn]:
    """Return the turns of a chat's transcript; empty where the text is none.

    Parameters
    ----------
    subject
        `Chat with Ann Lee` names the customer.
    names
        What else the source calls the customer.

    Notes
    -----
    The customer is who bears a known name, or part of one; else whoever is called a visitor,
    joined first or speaks first. Where a name is known and only somebody else speaks, the
    customer says nothing. A line without a stamp goes on with the one before.
    """
    lines, joined = _lines(text)
    if not lines:
        return []
    customer = _customer([speaker for speaker, _ in lines], joined, subject, names)
    return [
        Turn("customer" if speaker.casefold() == customer else "agent", Message(said))
        for speaker, said in lines
        if said
    ]


def _lines(text: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Return speakers with what they said, and who joined, in order."""
    said: list[tuple[str, str]] = []
    joined: list[str] = []
    n_stamped, headed, open_line = 0, False, False
    for line in filter(None, (line.strip() for line in text.splitlines())):
        found = _LINE.match(line)
        if found is None:
            headed |= bool(_HEAD.match(line)) and not said
            if open_line:
                said[-1] = (said[-1][0], f"{said[-1][1]}\n{line}")
            continue
        n_stamped += 1
        whole = line[line.index(found[0][0]) :]
        open_line = bool(found[1]) and not _EVENT.search(whole)
        if open_line:
            said.append((found[1].strip(), found[2].strip()))
        elif who := _JOINED.search(whole):
            joined.append(who[1].strip())
    return (said, joined) if n_stamped > 1 or headed else ([], [])


def _customer(speakers: list[str], joined: list[str], subject: str, names: Iterable[str]) -> str:
    """Return what the customer is called in small letters, empty if they say nothing."""
    called = [name for name in names if name]
    if found := _WITH.match(subject.strip()):
        called.append(found[1])
    there = list(dict.fromkeys(speaker.casefold() for speaker in speakers))
    words = {word for name in called for word in name.casefold().split()}  # Ann is Ann Lee
    candidates = (
        *(name.strip().casefold() for name in called),
        *(speaker for speaker in there if words & set(speaker.split())),
        *(speaker for speaker in there if _VISITOR.match(speaker)),
        *(name.casefold() for name in joined[:1]),
    )
    alone = len(there) == 1 and bool(called)  # somebody speaks, and it is not the customer
    return next((name for name in candidates if name in there), "" if alone else there[0])
