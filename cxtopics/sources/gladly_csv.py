"""Gladly's Contact Export and Conversation Export: who wrote when and how, and no words.

The Contact Export has one row per contact and is the right one to count. Words come from
`conversation_items` (the data export's JSON lines), given beside.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cxtopics.records import RecordFile, Rejected
from cxtopics.sources.cells import as_dict, cell_text, find_columns
from cxtopics.sources.channels import channel_of
from cxtopics.sources.conversations import Turn, message_of, own_messages
from cxtopics.sources.csv_contacts import Cells, read_rows
from cxtopics.sources.exclusions import first_reason
from cxtopics.sources.rows import ContactRow, Dialect, Message, Part, ReadOptions, Sides
from cxtopics.sources.service import Service, join_tags, status_of

__all__ = ["GLADLY_CONTACTS", "GLADLY_CONVERSATIONS"]

_CONTACTS = ("Queued At", "Contact ID", "Conversation ID", "Direction")
_CONVERSATIONS = ("Created At", "Conversation ID", "Customer ID", "Status")
_CONVERSATION_MARKS = (
    "Conversation Link", "First Closed At", "Last Closed At", "Initiator Type - Created",
    "Initiator Type – Created",
)  # fmt: skip
_ITEMS = Part("items", ("conversationId", "timestamp", "content"), "conversationId")
_CUSTOMERS = ("CUSTOMER", "INTERNAL", "EXTERNAL")


def _is_contacts(file: RecordFile, options: ReadOptions) -> str | None:
    found = find_columns(file, _CONTACTS)
    return f"columns {', '.join(found.values())}" if len(found) == len(_CONTACTS) else None


def _is_conversations(file: RecordFile, options: ReadOptions) -> str | None:
    found, marks = find_columns(file, _CONVERSATIONS), find_columns(file, _CONVERSATION_MARKS)
    if len(found) < len(_CONVERSATIONS) or not marks:
        return None
    return f"columns {', '.join((*found.values(), *marks.values()))}"


def _read_contacts(
    file: RecordFile, options: ReadOptions, sides: Sides | None = None
) -> Iterator[ContactRow | Rejected]:
    for cells in read_rows(file, ("Contact ID",), "contact id"):
        if isinstance(cells, Rejected):
            yield cells
            continue
        outbound = cells.text("Direction").upper() == "OUTBOUND"
        reasons = {"outbound"} if outbound else set()
        yield _row(cells, "Contact ID", "Queued At", reasons, options, sides)


def _read_conversations(
    file: RecordFile, options: ReadOptions, sides: Sides | None = None
) -> Iterator[ContactRow | Rejected]:
    for cells in read_rows(file, ("Conversation ID",), "conversation id"):
        if isinstance(cells, Rejected):
            yield cells
            continue
        status = cells.text("Status").upper()
        initiator = cells.text("Initiator Type - Created", "Initiator Type – Created").upper()
        reasons = {"merged"} if status == "MERGED" else set()
        if initiator and initiator not in _CUSTOMERS:
            reasons.add("outbound")
        yield _row(cells, "Conversation ID", "Created At", reasons, options, sides)


def _row(
    cells: Cells, id_column: str, time_column: str, reasons: set[str], options: ReadOptions,
    sides: Sides | None,
) -> ContactRow:  # fmt: skip
    items = sides.of("items", cells.text("Conversation ID")) if sides else []
    items.sort(key=lambda item: cell_text(item.get("timestamp")) or "")
    queued_at = cells.raw(time_column) if id_column == "Contact ID" else None
    subject, messages = _words(_from(items, queued_at), options)
    customer = cells.text("Customer ID") or None
    return ContactRow(
        line=cells.line,
        contact_id=cells.text(id_column),
        created_at=cells.raw(time_column),
        channel=channel_of(cells.text("Channel", "First Channel")),
        customer_id=customer,
        person=customer,
        subject=subject,
        messages=messages,
        left_out=first_reason(reasons, options.keep),
        service=Service(
            resolved_at=cells.raw("Last Closed At"),
            status=status_of(cells.text("Status")),
            tags=join_tags(cells.text("Topics").split(";")),
        ),
    )


def _from(items: list[dict[str, Any]], queued_at: Any) -> list[dict[str, Any]]:
    """Return a conversation from the message that began a contact: the last before it queued.

    Where either time names no zone they cannot be compared, and all items are returned.
    """
    queued = _moment(queued_at)
    times = [_moment(item.get("timestamp")) for item in items]
    start = 0
    for number, (item, time) in enumerate(zip(items, times, strict=True)):
        if queued and time and time <= queued and _who(item) == "customer":
            start = number
    return items[start:]


def _moment(cell: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat((cell_text(cell) or "").replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _words(items: list[dict[str, Any]], options: ReadOptions) -> tuple[str, tuple[Message, ...]]:
    """Return subject and own messages."""
    subject, turns = "", []
    for item in items:
        content = as_dict(item.get("content"))
        if not subject:
            subject = cell_text(content.get("subject")) or ""
        if (cell_text(content.get("type")) or "").endswith("NOTE"):
            continue
        turns.append(Turn(_who(item), _message(content), item.get("timestamp")))
    return subject, own_messages(turns, in_chat=True, all_messages=options.all_messages)


def _who(item: dict[str, Any]) -> Any:
    who = (cell_text(as_dict(item.get("initiator")).get("type")) or "").upper()
    if who in _CUSTOMERS:
        return "customer"
    return "agent" if who == "AGENT" else "machine"


def _message(content: Any) -> Message | None:
    text = cell_text(content.get("content")) or cell_text(content.get("body")) or ""
    return message_of(text) if "</" in text or "<br" in text else message_of(None, text)


def _notice(file: RecordFile, sides: Sides | None) -> str:
    if sides and sides.has("items"):
        return ""
    return (
        "no text at all: this export holds neither subjects nor messages, so contacts are "
        "counted and no topic can be told; give conversation_items of the data export beside it"
    )


def _notice_conversations(file: RecordFile, sides: Sides | None) -> str:
    one = "one row per conversation: several contacts in one conversation count once"
    return f"{one}; {_notice(file, sides)}" if _notice(file, sides) else one


GLADLY_CONTACTS: Dialect[ContactRow] = Dialect(
    "gladly_contacts", "contacts", _is_contacts, _read_contacts,
    notice=_notice, parts=(_ITEMS,), read_with=_read_contacts, has_text=False,
)  # fmt: skip
GLADLY_CONVERSATIONS: Dialect[ContactRow] = Dialect(
    "gladly_conversations", "contacts", _is_conversations, _read_conversations,
    notice=_notice_conversations, parts=(_ITEMS,), read_with=_read_conversations, has_text=False,
)  # fmt: skip
