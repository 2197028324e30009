"""Zendesk tickets: whose words are read, and which tickets are no contacts."""

import json
from pathlib import Path
from typing import Any

import pytest

from cxtopics.records import Rejected, open_records
from cxtopics.sources import ContactRow, Message, ReadOptions, detect, email_key

ANN, AGENT = 11, 7


def comment(author: int, text: str, **more: Any) -> dict[str, Any]:
    return {"author_id": author, "public": True, "body": text, "plain_body": text, **more}


def ticket(**more: Any) -> dict[str, Any]:
    return {
        "id": 1, "subject": "Lamp", "description": "Broken.", "status": "closed", "tags": [],
        "via": {"channel": "email", "source": {"from": {"address": "Ann@Example.com"}}},
        "requester_id": ANN, "submitter_id": ANN, "created_at": "2026-01-01T10:00:00Z",
        "comments": [comment(ANN, "Broken."), comment(AGENT, "Sorry!")], **more,
    }  # fmt: skip


def read(tmp_path: Path, *tickets: Any, **options: Any) -> list[ContactRow | Rejected]:
    path = tmp_path / "t.ndjson"
    path.write_text("".join(json.dumps(each) + "\n" for each in tickets))
    file = open_records(path)
    found = detect(file, "contacts")
    assert found.dialect.name == "zendesk_json"
    return list(found.dialect.read(file, ReadOptions(**options)))


def one(tmp_path: Path, **more: Any) -> ContactRow:
    (row,) = read(tmp_path, ticket(**more))
    assert isinstance(row, ContactRow)
    return row


def test_bare_and_wrapped_tickets_are_the_same(tmp_path: Path) -> None:
    bare, wrapped = read(tmp_path, ticket(), {"ticket": ticket()})
    assert isinstance(bare, ContactRow)
    assert isinstance(wrapped, ContactRow)
    assert (bare.contact_id, bare.subject) == ("1", "Lamp")
    assert bare.messages == (Message("Broken."),)
    assert wrapped.messages == bare.messages
    (row,) = read(tmp_path, {"tickets": [ticket()], "count": 1})
    assert row == bare


def test_a_customer_is_known_by_the_key_of_the_address(tmp_path: Path) -> None:
    assert one(tmp_path).customer_id == email_key("ann@example.com")
    row = one(tmp_path, via={"channel": "web"})
    assert (row.customer_id, row.person) == ("11", "11")
    row = one(tmp_path, via={"channel": "web"}, requester={"email": "ann@example.com"})
    assert row.customer_id == email_key("ann@example.com")


def test_the_first_message_is_the_customers_own(tmp_path: Path) -> None:
    talk = [
        comment(AGENT, "A note", public=False),
        comment(ANN, ""),
        comment(ANN, "First"),
        comment(ANN, "Second"),
        comment(AGENT, "Answer"),
        comment(ANN, "Third"),
    ]
    first, second, third = Message("First"), Message("Second"), Message("Third")
    assert one(tmp_path, comments=talk).messages == (first,)
    assert one(tmp_path, comments=talk, via={"channel": "chat"}).messages == (first, second)
    (row,) = read(tmp_path, ticket(comments=talk), all_messages=True)
    assert isinstance(row, ContactRow)
    assert row.messages == (first, second, third)


def test_html_is_preferred_and_the_description_is_the_last_resort(tmp_path: Path) -> None:
    row = one(tmp_path, comments=[comment(ANN, "x", html_body="<p>x</p>")])
    assert row.messages == (Message("<p>x</p>", html=True),)
    row = one(tmp_path, comments=None)
    assert row.messages == (Message("Broken."),)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({}, None),
        ({"tags": ["Proactive"]}, "outbound"),
        ({"submitter_id": AGENT, "comments": [comment(AGENT, "Hi")]}, "outbound"),
        ({"submitter_id": AGENT, "comments": []}, "outbound"),
        ({"submitter_id": AGENT}, None),  # an agent submitted what the customer wrote
        ({"submitter_id": AGENT, "comments": [], "via": {"channel": "api"}}, None),
        ({"submitter_id": AGENT, "comments": [], "via": {"channel": "voice"}}, None),
        ({"via": {"channel": "voice", "source": {"rel": "outbound"}}}, "outbound"),
        ({"subject": "Automatic reply: Your order"}, "automated"),
        ({"via": {"channel": "email", "source": {"from": {"address": "MAILER-DAEMON@x.org"}}}},
         "automated"),
        ({"tags": ["spam"]}, "spam"),
        ({"status": "deleted"}, "deleted"),
        ({"tags": ["vip", "closed_by_merge"]}, "merged"),
        # several reasons: the first in the order of LEFT_OUT_REASONS
        ({"tags": ["closed_by_merge", "spam"], "status": "deleted"}, "spam"),
        ({"tags": ["spam", "outbound"], "subject": "Out of office"}, "outbound"),
        ({"subject": "", "description": "", "comments": []}, None),
    ],
)  # fmt: skip
def test_why_a_ticket_is_no_contact(
    tmp_path: Path, more: dict[str, Any], reason: str | None
) -> None:
    assert one(tmp_path, **more).left_out == reason


def test_custom_fields_and_merged_ids(tmp_path: Path) -> None:
    fields = [{"id": 5, "value": "HP1"}, {"id": 6, "value": None}, {"id": 7, "value": True}, "odd"]
    row = one(tmp_path, custom_fields=fields, merged_ticket_ids=[3, "4"])
    assert row.fields == {"5": "HP1", "7": "true"}
    assert row.absorbed == ("3", "4")


@pytest.mark.parametrize(
    "odd",
    [
        {"tags": None}, {"tags": "spam"}, {"via": None}, {"via": {"source": []}},
        {"comments": "none"}, {"comments": [1, None]}, {"requester": 3},
        {"subject": {"a": 1}}, {"custom_fields": {"a": 1}}, {"status": 4},
    ],
)  # fmt: skip
def test_odd_shapes_are_survived(tmp_path: Path, odd: dict[str, Any]) -> None:
    assert one(tmp_path, **odd).contact_id == "1"


def test_a_ticket_without_id_is_rejected(tmp_path: Path) -> None:
    rows = read(tmp_path, ticket(), ticket(id=None))
    assert rows[1] == Rejected("t.ndjson", 2, "no ticket id")


def test_a_chat_in_one_text_is_taken_apart(tmp_path: Path) -> None:
    chat = "(12:01:02) Desk Bot: Hi!\n(12:01:33) Ann Lee: Dark lamp\n(12:02:33) Ines: Moment"
    more = {"via": {"channel": "chat"}, "subject": "Chat with Ann Lee", "submitter_id": AGENT}
    row = one(tmp_path, comments=[comment(AGENT, chat)], **more)
    assert row.messages == (Message("Dark lamp"),)
    assert (row.left_out, row.channel) == (None, "chat")
    silent = "(12:01:02) Ines: Hi!\n(12:01:33) Ines: Anybody there?"
    row = one(tmp_path, comments=[comment(AGENT, silent)], **more)
    assert (row.left_out, row.messages) == ("outbound", ())
    row = one(tmp_path, comments=[comment(AGENT, chat), comment(ANN, "And?")], **more)
    assert row.messages == (Message("Dark lamp"),)


def test_reasons_can_be_overruled(tmp_path: Path) -> None:
    more = {"tags": ["spam"], "status": "deleted", "merged_ticket_ids": [3]}
    (row,) = read(tmp_path, ticket(**more), keep=frozenset({"spam"}))
    assert isinstance(row, ContactRow)
    assert (row.left_out, row.absorbed) == ("deleted", ("3",))
    (row,) = read(tmp_path, ticket(**more), keep=frozenset({"spam", "deleted", "merged"}))
    assert isinstance(row, ContactRow)
    assert (row.left_out, row.absorbed) == (None, ())


def test_how_a_ticket_was_served(tmp_path: Path) -> None:
    talk = [
        comment(ANN, "Dark", created_at="2026-01-01T10:00:00Z"),
        comment(AGENT, "Note", public=False, created_at="2026-01-01T10:01:00Z"),
        comment(AGENT, "Got it", via={"channel": "rule"}, created_at="2026-01-01T10:02:00Z"),
        comment(AGENT, "We look", created_at="2026-01-01T11:00:00Z"),
    ]
    row = one(tmp_path, comments=talk, tags=["vip"], satisfaction_rating={"score": "good"},
              metric_set={"solved_at": "2026-01-02T10:00:00Z"})  # fmt: skip
    served = row.service
    assert (served.first_response_at, served.n_agent_messages) == ("2026-01-01T11:00:00Z", 1)
    assert (served.resolved_at, served.csat) == ("2026-01-02T10:00:00Z", 1.0)
    assert (served.status, served.tags) == ("closed", "vip")
    assert one(tmp_path, satisfaction_rating={"score": "offered"}).service.csat is None
    assert one(tmp_path, comments=None).service.n_agent_messages is None


def test_comments_in_a_file_of_their_own(tmp_path: Path) -> None:
    from .reading import contact, read_contacts, write_ndjson

    tickets = write_ndjson(tmp_path / "t.ndjson", ticket(comments=None, description="Short"))
    beside = write_ndjson(
        tmp_path / "c.ndjson", {"ticket_id": 1, "id": 5, **comment(ANN, "Longer words")}
    )
    assert contact(read_contacts([tickets, beside]), "1")["text"] == "Lamp\nLonger words"
