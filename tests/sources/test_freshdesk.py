"""Freshdesk: the API, the account export, and CSV with columns that the user picked."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from .reading import contact, dialects_of, read_contacts, write_csv, write_ndjson


def entry(text: str, at: str, **more: Any) -> dict[str, Any]:
    return {
        "id": 5, "ticket_id": 1, "body": f"<p>{text}</p>", "body_text": text, "incoming": False,
        "private": False, "created_at": at, "source": 0, **more,
    }  # fmt: skip


def ticket(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": number, "subject": "Lamp", "description": "<div>It is dark</div>", "tags": ["vip"],
        "description_text": "It is dark", "status": 5, "priority": 1, "source": 1, "spam": False,
        "requester_id": 11, "responder_id": 7, "created_at": "2026-04-14T10:00:00Z",
        "custom_fields": {"cf_order": "HP1001"}, "deleted": False, **more,
    }  # fmt: skip


TALK = [
    entry("Note", "2026-04-14T10:30:00Z", private=True, source=2),
    entry("We look", "2026-04-14T11:00:00Z"),
    entry("Any news", "2026-04-15T11:00:00Z", incoming=True),
]


def test_the_description_is_the_customers_message(tmp_path: Path) -> None:
    stats = {"resolved_at": "2026-04-16T10:00:00Z"}
    path = write_ndjson(tmp_path / "t.ndjson", ticket(conversations=TALK, stats=stats))
    found = read_contacts([path], order_field="cf_order")
    assert dialects_of(found) == ["freshdesk_json"]
    row = contact(found, "1")
    assert (row["text"], row["channel"], row["status"]) == ("Lamp\nIt is dark", "email", "closed")
    assert row["first_response_at"] == pd.Timestamp("2026-04-14T11:00:00Z")
    assert row["resolved_at"] == pd.Timestamp("2026-04-16T10:00:00Z")
    assert (row["n_agent_messages"], row["order_id"]) == (1, "HP1001")
    everything = read_contacts([path], messages="all")
    assert contact(everything, "1")["text"] == "Lamp\nIt is dark\nAny news"


def test_conversations_in_a_file_of_their_own(tmp_path: Path) -> None:
    tickets = write_ndjson(tmp_path / "t.ndjson", ticket())
    beside = write_ndjson(tmp_path / "c.ndjson", *TALK)
    found = read_contacts([tickets, beside], messages="all")
    assert contact(found, "1")["text"] == "Lamp\nIt is dark\nAny news"


def test_the_account_export(tmp_path: Path) -> None:
    note = {"helpdesk_note": {**TALK[2], "body_html": "<p>Any news</p>"}}
    inner = {**ticket(id=99, display_id=1), "notes": [note]}
    path = tmp_path / "Tickets0.json"
    write_ndjson(path, [{"helpdesk_ticket": inner}])
    found = read_contacts([path], messages="all")
    assert contact(found, "1")["text"] == "Lamp\nIt is dark\nAny news"


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"source": 10}, "outbound"),
        ({"spam": True}, "spam"),
        ({"deleted": True}, "deleted"),
        ({"spam": True, "deleted": True}, "spam"),
        ({"tags": ["merged"]}, "merged"),
        ({"email": "mailer-daemon@example.com"}, "automated"),
    ],
)
def test_why_a_ticket_is_no_contact(tmp_path: Path, more: Any, reason: str) -> None:
    path = write_ndjson(tmp_path / "t.ndjson", ticket(**more), ticket(2))
    assert read_contacts([path]).reconciliation.left_out == {reason: 1}


def test_an_outbound_ticket_that_is_kept_has_the_customers_words_only(tmp_path: Path) -> None:
    path = write_ndjson(tmp_path / "t.ndjson", ticket(source=10, conversations=TALK))
    row = contact(read_contacts([path], keep=["outbound"]), "1")
    assert (row["text"], row["n_agent_messages"]) == ("Lamp\nAny news", 1)


HEADER = "Ticket ID,Subject,Description,Status,Source,Created Time,Tags,Email,Bestellung"


def test_csv_with_picked_columns_in_other_capitals(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "t.csv",
        HEADER + ",Initial response time,Resolved time,Agent interactions,Survey results",
        "12,Lamp,It is dark,Resolved,Email,2026-04-14 10:00:00,,ann@example.com,HP1001,"
        "2026-04-14 10:30:00,,1,Very Happy",
        "13,Sale,Buy,Open,Outbound Email,2026-04-14 10:00:00,,,HP1002,,,,",
        "14,Chair,Wobbly,Open,Portal,2026-04-14 11:00:00,spam,,HP1003,,,,",
        "15,Chair,Broken,Open,Phone,2026-04-14 12:00:00,,,,,,0,Extremely Unhappy",
    )
    found = read_contacts([path], timezone="Europe/Berlin")
    assert found.reconciliation.left_out == {"outbound": 1, "spam": 1}
    assert not [said for said in found.reconciliation.notices if said.startswith("subjects")]
    row = contact(found, "12")
    assert (row["text"], row["order_id"], row["csat"]) == ("Lamp\nIt is dark", "HP1001", 1.0)
    assert row["first_response_at"] == pd.Timestamp("2026-04-14T08:30:00Z")
    row = contact(found, "15")
    assert (row["channel"], row["csat"], row["first_response_at"]) == ("phone", 0.0, None)


def test_csv_hours_and_missing_descriptions(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "t.csv",
        "Ticket ID,Subject,Created time,First response time (in hrs)",
        "1,Lamp,2026-04-14 10:00:00,01:30:00",
    )
    found = read_contacts([path])
    assert found.reconciliation.notices[0].startswith("subjects only")
    assert contact(found, "1")["first_response_at"] == pd.Timestamp("2026-04-14T11:30:00Z")
