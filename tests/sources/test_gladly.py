"""Gladly's exports hold no words: contacts are counted all the same, and said to be mute."""

from pathlib import Path
from typing import Any

from .reading import contact, dialects_of, read_contacts, write_csv, write_ndjson

CONTACTS = (
    "Queued At,Customer ID,Conversation ID,Contact ID,Link,Channel,Direction,Contact Initiator",
    "2026-04-14T10:00:00Z,c1,v1,k1,https://x,EMAIL,INBOUND,Customer",
    "2026-04-15T10:00:00Z,c1,v1,k2,https://x,FB_MESSENGER,INBOUND,Customer",
    "2026-04-15T11:00:00Z,c1,v1,k3,https://x,PHONE_CALL,OUTBOUND,Agent",
)


def test_one_row_is_one_contact_without_words(tmp_path: Path) -> None:
    found = read_contacts([write_csv(tmp_path / "c.csv", *CONTACTS)])
    assert dialects_of(found) == ["gladly_contacts"]
    assert found.reconciliation.left_out == {"outbound": 1}
    assert found.reconciliation.notices[0].startswith("no text at all")
    assert found.table["channel"].tolist() == ["email", "social"]
    assert found.table["text"].isna().all()


def test_words_from_the_data_export(tmp_path: Path) -> None:
    rows = write_csv(tmp_path / "c.csv", *CONTACTS[:2])
    items = write_ndjson(
        tmp_path / "conversation_items.jsonl",
        {
            "id": "i2", "conversationId": "v1", "timestamp": "2026-04-14T10:05:00Z",
            "initiator": {"type": "AGENT"}, "content": {"type": "EMAIL", "content": "Sorry"},
        },
        {
            "id": "i1", "conversationId": "v1", "timestamp": "2026-04-14T10:00:00Z",
            "initiator": {"type": "CUSTOMER"},
            "content": {"type": "EMAIL", "subject": "Lamp", "content": "It is dark"},
        },
    )  # fmt: skip
    found = read_contacts([rows, items])
    assert contact(found, "k1")["text"] == "Lamp\nIt is dark"
    assert not found.reconciliation.notices


def item(text: str, at: str, who: str = "CUSTOMER") -> dict[str, Any]:
    return {
        "conversationId": "v1", "timestamp": at, "initiator": {"type": who},
        "content": {"type": "CHAT_MESSAGE", "content": text},
    }  # fmt: skip


def test_each_contact_has_the_words_that_began_it(tmp_path: Path) -> None:
    rows = write_csv(tmp_path / "c.csv", *CONTACTS[:3])
    items = write_ndjson(
        tmp_path / "conversation_items.jsonl",
        item("It is dark", "2026-04-14T09:59:58Z"),
        item("A bulb is on its way", "2026-04-14T11:00:00Z", "AGENT"),
        item("No bulb came", "2026-04-15T09:59:59.500Z"),
        item("Sorry", "2026-04-15T10:30:00Z", "AGENT"),
    )
    found = read_contacts([rows, items])
    assert contact(found, "k1")["text"] == "It is dark"
    assert contact(found, "k2")["text"] == "No bulb came"


def test_conversations_merged_away(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "v.csv",
        "Created At,Conversation ID,Customer ID,Conversation Link,Status,Initiator Type – Created",
        "2026-04-14T10:00:00Z,v1,c1,https://x,CLOSED,Customer",
        "2026-04-14T11:00:00Z,v2,c1,https://x,MERGED,Customer",
        "2026-04-14T12:00:00Z,v3,c1,https://x,OPEN,Agent",
    )
    found = read_contacts([path])
    assert dialects_of(found) == ["gladly_conversations"]
    assert found.reconciliation.left_out == {"merged": 1, "outbound": 1}
    assert contact(found, "v1")["status"] == "closed"
