"""Intercom: conversations of the API, and their history tables."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cxtopics.sources import email_key

from .reading import contact, dialects_of, read_contacts, write_csv, write_ndjson

START = 1775423181  # 2026-04-05T21:06:21Z
ANN = {"type": "user", "id": "u1", "email": "ann@example.com"}
ADMIN = {"type": "admin", "id": "a1"}


def part(author: dict[str, str], body: str, after_s: int, kind: str = "comment") -> dict[str, Any]:
    return {
        "type": "conversation_part", "part_type": kind, "body": f"<p>{body}</p>",
        "author": author, "created_at": START + after_s,
    }  # fmt: skip


def conversation(
    number: str, *parts: Any, delivered: str = "customer_initiated", **more: Any
) -> Any:
    source = {
        "type": "conversation", "delivered_as": delivered, "subject": "",
        "body": "<p>Hello</p>", "author": ANN if delivered == "customer_initiated" else ADMIN,
    }  # fmt: skip
    return {
        "type": "conversation", "id": number, "created_at": START, "state": "closed",
        "source": source, "contacts": {"contacts": [{"id": "u1"}]},
        "tags": {"tags": [{"id": "1", "name": "vip"}]}, "conversation_rating": {"rating": 4},
        "statistics": {"last_close_at": START + 900}, "custom_attributes": {"Order": "HP1001"},
        "conversation_parts": {"conversation_parts": list(parts)}, **more,
    }  # fmt: skip


def test_the_customers_words_before_a_persons_answer(tmp_path: Path) -> None:
    bot = {"type": "bot", "id": "b1"}
    parts = [
        part(ADMIN, "One moment", 300),
        part(bot, "What is it about?", 10),
        part(ADMIN, "Is that the new one?", 100, "note"),
        part(ANN, "My lamp is dark", 60),
        part(ANN, "Thanks", 400),
    ]
    page = {"type": "conversation.list", "conversations": [conversation("215", *parts)]}
    found = read_contacts([write_ndjson(tmp_path / "c.json", page)], order_field="Order")
    assert dialects_of(found) == ["intercom_json"]
    row = contact(found, "215")
    assert row["text"] == "Hello\nMy lamp is dark"
    assert row["customer_id"] == email_key("ann@example.com")
    assert row["created_at"] == pd.Timestamp("2026-04-05T21:06:21Z")
    assert row["first_response_at"] == row["created_at"] + pd.Timedelta(seconds=300)
    assert row["resolved_at"] == row["created_at"] + pd.Timedelta(seconds=900)
    assert (row["csat"], row["tags"], row["n_agent_messages"]) == (1.0, "vip", 1)
    assert (row["channel"], row["order_id"]) == ("chat", "HP1001")


@pytest.mark.parametrize(
    "delivered", ["campaigns_initiated", "operator_initiated", "admin_initiated", "automated"]
)
def test_proactive_messages_are_no_contacts(tmp_path: Path, delivered: str) -> None:
    started = conversation("1", part(ANN, "Yes, where is it", 60), delivered=delivered)
    path = write_ndjson(tmp_path / "c.ndjson", started, conversation("2"))
    assert read_contacts([path]).reconciliation.left_out == {"outbound": 1}
    kept = read_contacts([path], keep=["outbound"])
    assert contact(kept, "1")["text"] == "Yes, where is it"
    assert contact(kept, "1")["customer_id"] == email_key("ann@example.com")  # by her other one


def test_history_tables_with_parts_people_and_tags(tmp_path: Path) -> None:
    created = "2026-04-05 09:00:00"
    write_csv(
        tmp_path / "conversation_history.csv",
        "id,_fivetran_active,updated_at,created_at,state,source_type,source_body,source_subject,"
        "source_delivered_as,source_author_type,source_author_id",
        f"1,false,2026-04-05 10:00:00,{created},open,email,Dark,Lamp,customer_initiated,user,u1",
        f"1,true,2026-04-06 10:00:00,{created},closed,email,Dark,Lamp,customer_initiated,user,u1",
        f"2,true,2026-04-05 10:00:00,{created},open,email,Sale,Sale,campaigns_initiated,admin,a1",
    )
    write_csv(
        tmp_path / "parts.csv",
        "id,conversation_id,part_type,author_type,author_id,body,created_at,_fivetran_active",
        "5,1,comment,admin,a1,We look,2026-04-05 09:30:00,true",
        "5,1,comment,admin,a1,We lok,2026-04-05 09:30:00,false",
        "6,1,close,admin,a1,,2026-04-06 10:00:00,true",
    )
    write_csv(tmp_path / "links.csv", "contact_id,conversation_id", "u1,1")
    write_csv(tmp_path / "people.csv", "id,email,role", "u1,ann@example.com,user")
    write_csv(tmp_path / "tag_links.csv", "tag_id,conversation_id", "3,1")
    write_csv(tmp_path / "tags.csv", "id,name,_fivetran_deleted", "3,vip,false")
    found = read_contacts([tmp_path])
    assert found.reconciliation.left_out == {"duplicate": 1, "outbound": 1}
    row = contact(found, "1")
    assert (row["text"], row["tags"], row["n_agent_messages"]) == ("Lamp\nDark", "vip", 1)
    assert row["customer_id"] == email_key("ann@example.com")
    assert row["first_response_at"] == pd.Timestamp("2026-04-05T09:30:00Z")
    assert row["resolved_at"] == pd.Timestamp("2026-04-06T10:00:00Z")
