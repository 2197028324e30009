"""Who said what in a conversation, in the one form that all helpdesks are brought to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

from cxtopics.sources.rows import Message

__all__ = ["Turn", "answers", "message_of", "own_messages"]


class Turn(NamedTuple):
    """One public message of a conversation; private notes are no turns.

    Attributes
    ----------
    author
        `machine`: a bot, a rule or a campaign, whose words answer nothing.
    at
        Raw time; None where the source does not say.
    """

    author: Literal["customer", "agent", "machine"]
    message: Message | None
    at: Any = None


def own_messages(
    turns: Iterable[Turn], *, in_chat: bool, all_messages: bool
) -> tuple[Message, ...]:
    """Return the customer's first message; in a chat, all those before a person's answer.

    Parameters
    ----------
    turns
        In the order of time.
    all_messages
        Return all messages of the customer instead.
    """
    own: list[Message] = []
    for turn in turns:
        if turn.author == "customer" and turn.message:
            own.append(turn.message)
        ended = turn.author == "agent" or not in_chat
        if own and ended and not all_messages:
            break
    return tuple(own)


def answers(turns: Sequence[Turn]) -> tuple[Any, int]:
    """Return when an agent first answered (None if never) and how many messages agents sent."""
    authors = [turn.author for turn in turns]
    start = authors.index("customer") if "customer" in authors else 0
    first = next((turn.at for turn in turns[start:] if turn.author == "agent"), None)
    return first, authors.count("agent")


def message_of(html: str | None, text: str | None = None) -> Message | None:
    """Return a message, its HTML preferred: it shows what is quoted."""
    if html:
        return Message(html, html=True)
    return Message(text) if text else None
