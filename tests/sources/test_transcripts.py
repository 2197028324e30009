"""Whole chats in one text: the customer's lines are found, and nobody else's."""

import pytest

from cxtopics.sources.conversations import own_messages
from cxtopics.sources.transcripts import transcript_turns


def own(
    text: str, subject: str = "", names: tuple[str, ...] = (), *, everything: bool = False
) -> str:
    turns = transcript_turns(text, subject, names)
    found = own_messages(turns, in_chat=True, all_messages=everything)
    return "\n".join(message.body for message in found)


CHAT = """Chat started: 2026-04-05 12:01 PM UTC

(12:01:02) Desk Bot: Hi! How can we help?
(12:01:33) Ann Lee: Hello
(12:01:50) Ann Lee: where is
my parcel: it is late
(12:02:10) *** Ines joined the chat ***
(12:02:33) Ines: Let me look
(12:03:00) Ann Lee: Thanks"""


def test_the_customer_is_named_by_the_subject() -> None:
    text = "Hello\nwhere is\nmy parcel: it is late"
    assert own(CHAT, "Chat with Ann Lee") == text
    assert own(CHAT, "Conversation with ann lee", everything=True) == f"{text}\nThanks"
    assert own(CHAT, names=("Ann Lee",)) == text
    assert own(CHAT, names=("Ann Marie Lee",)) == text
    assert own("(10:01) Ines: Hi\n(10:02) Ines: Anybody?", "Chat with Ann Lee") == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("(10:01:02) Desk: Hi\n(10:01:05) Visitor 4711: Refund?\n(10:02:00) Desk: Yes", "Refund?"),
        ("(10:01:02 AM) Bo: Refund?\n(10:02:00 AM) Desk: Yes", "Refund?"),
        ("[10:01] Bo: Refund?\n[10:02] Desk: Yes", "Refund?"),
        ("(10:01:00) *** Bo joined the chat ***\n(10:01:02) Desk: Hi\n(10:02:00) Bo: So?", "So?"),
    ],
)
def test_the_customer_is_told_by_role_or_order(text: str, words: str) -> None:
    assert own(text) == words


@pytest.mark.parametrize(
    "text",
    ["", "My lamp is dark: help", "I called (12:01:33) yesterday: nobody", "(12:01:33) Ann: once"],
)
def test_other_texts_are_no_transcripts(text: str) -> None:
    assert transcript_turns(text, "Chat with Ann") == []
