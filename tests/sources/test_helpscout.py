"""Help Scout: conversations with threads, newest first, and the CSV without."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cxtopics.sources import email_key

from .reading import contact, dialects_of, read_contacts, write_csv, write_ndjson


def thread(kind: str, body: str, at: str, by: str, **more: Any) -> dict[str, Any]:
    return {
        "type": kind, "body": body, "createdAt": at, "createdBy": {"type": by},
        "state": "published", **more,
    }  # fmt: skip


THREADS = [
    thread("customer", "Thanks", "2026-04-15T10:00:00Z", "customer"),
    thread("message", "We look", "2026-04-14T12:00:00Z", "user"),
    thread("message", "We lo", "2026-04-14T11:50:00Z", "user", state="draft"),
    thread("note", "Odd", "2026-04-14T11:00:00Z", "user"),
    thread("lineitem", "", "2026-04-14T10:30:00Z", "user"),
    thread("customer", "<div>It is dark</div>", "2026-04-14T10:00:00Z", "customer"),
]


def conversation(number: int, threads: list[Any], **more: Any) -> dict[str, Any]:
    return {
        "id": number, "number": 5, "type": "email", "status": "closed", "state": "published",
        "subject": "Lamp", "mailboxId": 1, "createdAt": "2026-04-14T10:00:00Z",
        "closedAt": "2026-04-16T10:00:00Z", "tags": [{"id": 1, "tag": "vip"}],
        "createdBy": {"type": "customer"}, "source": {"type": "email", "via": "customer"},
        "primaryCustomer": {"id": 11, "email": "ann@example.com"}, "threads": len(threads),
        "customFields": [{"id": 1, "name": "Order", "text": "HP1001"}],
        "_embedded": {"threads": threads}, **more,
    }  # fmt: skip


def test_threads_are_put_in_order(tmp_path: Path) -> None:
    page = {"_embedded": {"conversations": [conversation(1, THREADS)]}, "page": {"size": 25}}
    path = write_ndjson(tmp_path / "c.json", page)
    found = read_contacts([path], order_field="Order")
    assert dialects_of(found) == ["helpscout_json"]
    row = contact(found, "1")
    assert (row["text"], row["order_id"]) == ("Lamp\nIt is dark", "HP1001")
    assert row["customer_id"] == email_key("ann@example.com")
    assert row["first_response_at"] == pd.Timestamp("2026-04-14T12:00:00Z")
    assert row["resolved_at"] == pd.Timestamp("2026-04-16T10:00:00Z")
    assert (row["n_agent_messages"], row["tags"], row["status"]) == (1, "vip", "closed")
    row = contact(read_contacts([path], messages="all"), "1")
    assert row["text"] == "Lamp\nIt is dark\nThanks"


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"status": "spam"}, "spam"),
        ({"state": "deleted"}, "deleted"),
        ({"createdBy": {"type": "user"}, "_embedded": {"threads": THREADS[1:2]}}, "outbound"),
        ({"createdBy": {"type": "user"}}, None),  # written down for the customer
        ({"createdBy": {"type": "user"}, "type": "phone", "_embedded": {}}, None),
    ],
)
def test_why_a_conversation_is_no_contact(tmp_path: Path, more: Any, reason: str | None) -> None:
    rows = (conversation(1, THREADS, **more), conversation(2, THREADS))
    account = read_contacts([write_ndjson(tmp_path / "c.ndjson", *rows)]).reconciliation
    assert account.left_out == ({reason: 1} if reason else {})


def test_a_preview_is_read_only_where_it_is_surely_the_customers(tmp_path: Path) -> None:
    more = {"_embedded": {}, "preview": "We look into"}
    path = write_ndjson(
        tmp_path / "c.ndjson",
        conversation(1, THREADS, **more),
        conversation(2, THREADS[:1], _embedded={}, preview="It is dark"),
    )
    found = read_contacts([path])
    assert found.reconciliation.notices[0].startswith("the first conversation has no threads")
    assert contact(found, "1")["text"] == "Lamp"
    assert contact(found, "2")["text"] == "Lamp\nIt is dark"


def test_csv(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "c.csv",
        "Conversation ID;Subject;Mailbox;Customer Email;Status;Created At;Closed At;Tags;Threads",
        "0012;Lamp;Help;ann@example.com;Closed;Apr 14, 2026 10:00 AM;Apr 15, 2026 10:00 AM;vip;3",
        "13;Win;Help;bo@example.com;Spam;Apr 14, 2026 11:00 AM;;;1",
    )
    found = read_contacts([path])
    assert found.reconciliation.left_out == {"spam": 1}
    assert found.reconciliation.notices[0].startswith("subjects only")
    row = contact(found, "0012")
    assert row["created_at"] == pd.Timestamp("2026-04-14T10:00:00Z")
    assert row["resolved_at"] == pd.Timestamp("2026-04-15T10:00:00Z")
