"""Gorgias: tickets with messages, within or beside, and the CSV of a view."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cxtopics.sources import email_key

from .reading import contact, dialects_of, read_contacts, write_csv, write_ndjson


def message(ticket: int, text: str, **more: Any) -> dict[str, Any]:
    return {
        "id": 1, "ticket_id": ticket, "public": True, "from_agent": False, "rule_id": None,
        "body_text": f"{text}\n> quoted", "stripped_text": text, "body_html": "",
        "created_datetime": "2026-04-14T10:00:00+00:00", **more,
    }  # fmt: skip


def answer(ticket: int, text: str, at: str = "2026-04-14T12:00:00", **more: Any) -> dict[str, Any]:
    return message(ticket, text, from_agent=True, created_datetime=at, **more)


def ticket(number: int, *messages: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": number, "status": "closed", "channel": "email", "via": "email", "spam": False,
        "from_agent": False, "trashed_datetime": None, "language": "de", "subject": "Lampe",
        "customer": {"id": 9, "email": "Ann@example.com"}, "tags": [{"name": "vip"}],
        "messages_count": len(messages), "excerpt": "An agent may have said this",
        "created_datetime": "2026-04-14T10:00:00+00:00", "messages": list(messages),
        "closed_datetime": "2026-04-15T10:00:00+00:00", **more,
    }  # fmt: skip


def test_the_reply_without_quotes_is_read(tmp_path: Path) -> None:
    note = answer(1, "Call them", at="2026-04-14T11:00:00", public=False)
    rule = answer(1, "We got your mail", at="2026-04-14T10:01:00", rule_id=5)
    survey = {"satisfaction_survey": {"score": 5}}
    path = write_ndjson(
        tmp_path / "t.ndjson",
        ticket(1, answer(1, "Hi"), note, rule, message(1, "Dunkel"), **survey),
    )
    found = read_contacts([path])
    assert dialects_of(found) == ["gorgias_json"]
    row = contact(found, "1")
    assert (row["text"], row["language"], row["tags"]) == ("Lampe\nDunkel", "de", "vip")
    assert row["customer_id"] == email_key("ann@example.com")
    assert row["first_response_at"] == pd.Timestamp("2026-04-14T12:00:00Z")
    assert row["resolved_at"] == pd.Timestamp("2026-04-15T10:00:00Z")
    assert (row["n_agent_messages"], row["csat"], row["status"]) == (1, 1.0, "closed")


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({}, None),
        ({"spam": True}, "spam"),
        ({"trashed_datetime": "2026-04-14T10:00:00"}, "deleted"),
        ({"subject": "Automatic reply: away"}, "automated"),
        ({"messages": [answer(1, "Sale!", "2026-04-01T00:00:00", rule_id=3)]}, "outbound"),
        ({"messages": [], "from_agent": True}, "outbound"),
        ({"from_agent": True}, None),  # its first message is the customer's
    ],
)
def test_why_a_ticket_is_no_contact(tmp_path: Path, more: Any, reason: str | None) -> None:
    own = message(1, "Dunkel")
    path = write_ndjson(tmp_path / "t.ndjson", ticket(1, own) | more, ticket(2, message(2, "Ja")))
    account = read_contacts([path]).reconciliation
    assert account.left_out == ({reason: 1} if reason else {})
    if reason:
        assert read_contacts([path], keep=[reason]).reconciliation.n_counted == 2


def test_messages_in_a_file_of_their_own(tmp_path: Path) -> None:
    listed = {key: value for key, value in ticket(1).items() if key != "messages"}
    tickets = write_ndjson(tmp_path / "tickets.ndjson", {**listed, "messages_count": 3})
    alone = read_contacts([tickets])
    assert alone.reconciliation.notices[0].startswith("subjects only")
    assert contact(alone, "1")["text"] == "Lampe"
    assert contact(alone, "1").get("n_agent_messages") is None
    messages = write_ndjson(tmp_path / "messages.ndjson", answer(1, "So?"), message(1, "Dunkel"))
    joined = read_contacts([tickets, messages])
    assert contact(joined, "1")["text"] == "Lampe\nDunkel"
    assert joined.reconciliation.n_read == 1


def test_a_chat_is_read_up_to_the_answer(tmp_path: Path) -> None:
    talk = [
        message(1, "Hallo", sent_datetime="2026-04-14T10:00:01"),
        message(1, "Wo ist mein Paket", sent_datetime="2026-04-14T10:00:05"),
        answer(1, "Moment", at="2026-04-14T10:01:00"),
        message(1, "Danke", sent_datetime="2026-04-14T10:02:00"),
    ]
    path = write_ndjson(tmp_path / "t.ndjson", ticket(1, *talk, channel="chat", subject=""))
    assert contact(read_contacts([path]), "1")["text"] == "Hallo\nWo ist mein Paket"


CSV = (
    "Ticket id,Tags,Initial channel,Created by an agent,Subject,Creation date,Closed date,"
    "Survey score,Customer email,First response time (s),Number of agent messages,"
    "Ticket Field: Order"
)


def test_csv(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "view.csv",
        CSV,
        '007,"vip, lamp",instagram-direct-message,False,Dark lamp,2026-04-14 10:00:00,'
        "2026-04-14 12:00:00,2,ann@example.com,3600,2,HP1001",
        "8,,email,True,Sale,2026-04-14 10:00:00,,,bo@example.com,,1,",
    )
    found = read_contacts([path], timezone="Europe/Paris", order_field="Ticket Field: Order")
    assert found.reconciliation.left_out == {"outbound": 1}
    assert found.reconciliation.notices[0].startswith("subjects only")
    row = contact(found, "007")
    assert (row["channel"], row["csat"], row["order_id"]) == ("social", 0.0, "HP1001")
    assert row["created_at"] == pd.Timestamp("2026-04-14T08:00:00Z")
    assert row["first_response_at"] == pd.Timestamp("2026-04-14T09:00:00Z")
    assert row["resolved_at"] == pd.Timestamp("2026-04-14T10:00:00Z")
    assert (row["n_agent_messages"], row["tags"]) == (2, "vip, lamp")


def test_csv_with_messages_beside(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "view.csv", CSV, "7,,email,False,Lamp,2026-04-14 10:00:00,,,,,,")
    beside = write_csv(
        tmp_path / "messages.csv",
        "ticket_id,from_agent,public,created_at,body",
        "7,true,true,2026-04-14 11:00:00,We look into it",
        "7,false,true,2026-04-14 10:00:00,It stays dark",
    )
    found = read_contacts([path, beside])
    assert contact(found, "7")["text"] == "Lamp\nIt stays dark"
    assert not [said for said in found.reconciliation.notices if said.startswith("subjects")]
