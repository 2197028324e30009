"""Intercom's conversations: API or data export, with their parts within.

`source` is the opening message; `conversation_parts` follow. A conversation that was
delivered as anything but `customer_initiated` is proactive.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cxtopics.records import RecordFile, Rejected
from cxtopics.sources.automated import is_automated
from cxtopics.sources.cells import as_dict, as_list, cell_text, is_true
from cxtopics.sources.channels import channel_of
from cxtopics.sources.conversations import Turn, answers, message_of, own_messages
from cxtopics.sources.exclusions import first_reason, tag_reasons
from cxtopics.sources.identity import email_key
from cxtopics.sources.rows import ContactRow, Dialect, ReadOptions
from cxtopics.sources.service import Service, csat_of, join_tags, status_of

__all__ = ["INTERCOM_JSON", "conversation_contact"]

Conversation = Mapping[str, Any]
_NEEDED = ("id", "created_at", "source")
_MARKS = ("conversation_parts", "statistics", "contacts", "state", "waiting_since", "teammates")
_CUSTOMERS = ("user", "lead", "contact", "visitor")
_NOTES = ("note", "note_and_reopen")


def _recognise(file: RecordFile, options: ReadOptions) -> str | None:
    row = file.first() if file.format == "json" else {}
    marks = [key for key in _MARKS if key in row]
    if not marks or not all(key in row for key in _NEEDED):
        return None
    if "delivered_as" not in as_dict(row["source"]) and row.get("type") != "conversation":
        return None
    return f"keys {', '.join((*_NEEDED, *marks))}"


def _read(file: RecordFile, options: ReadOptions) -> Iterator[ContactRow | Rejected]:
    for row in file:
        if isinstance(row, Rejected):
            yield row
            continue
        contact_id = cell_text(row.values.get("id"))
        if contact_id is None:
            yield Rejected(file.path.name, row.line, "no conversation id")
        else:
            yield conversation_contact(row.line, contact_id, row.values, options)


def conversation_contact(
    line: int, contact_id: str, conversation: Conversation, options: ReadOptions
) -> ContactRow:
    """Return a conversation in the shape of the API as a contact."""
    source = as_dict(conversation.get("source"))
    author = as_dict(source.get("author"))
    person = _person(conversation, author)
    address = cell_text(author.get("email")) if _is_customer(author) else None
    subject = cell_text(source.get("subject")) or ""
    channel = channel_of(cell_text(source.get("type")))
    turns = _turns(conversation, source, author)
    reasons = tag_reasons(_tags(conversation))
    if (cell_text(source.get("delivered_as")) or "customer_initiated") != "customer_initiated":
        reasons.add("outbound")
    if is_automated(subject, address or ""):
        reasons.add("automated")
    if is_true(conversation.get("_fivetran_deleted")):
        reasons.add("deleted")
    return ContactRow(
        line=line,
        contact_id=contact_id,
        created_at=conversation.get("created_at"),
        channel=channel,
        customer_id=email_key(address) or person,
        person=person,
        subject=subject,
        messages=own_messages(turns, in_chat=channel != "email", all_messages=options.all_messages),
        left_out=first_reason(reasons, options.keep),
        fields=_fields(conversation),
        service=_service(conversation, turns),
    )


def _person(conversation: Conversation, author: Conversation) -> str | None:
    """Return the id of the customer: the author who began, else the first contact."""
    if _is_customer(author) and (person := cell_text(author.get("id"))):
        return person
    contacts = as_list(as_dict(conversation.get("contacts")).get("contacts"))
    return cell_text(as_dict(contacts[0]).get("id")) if contacts else None


def _is_customer(author: Conversation) -> bool:
    return author.get("type") in _CUSTOMERS


def _turns(conversation: Conversation, source: Conversation, author: Conversation) -> list[Turn]:
    held = conversation.get("conversation_parts")
    parts = as_list(as_dict(held).get("conversation_parts") if isinstance(held, dict) else held)
    parts = [part for part in parts if isinstance(part, dict)]
    parts.sort(key=lambda part: _order(part.get("created_at")))
    opening = Turn(_who(author), _words(source), conversation.get("created_at"))
    said = (
        Turn(_who(as_dict(part.get("author"))), _words(part), part.get("created_at"))
        for part in parts
        if part.get("part_type") not in _NOTES and part.get("body")
    )
    return [opening, *said]


def _order(time: Any) -> tuple[float, str]:
    number = time if isinstance(time, int | float) else 0
    return float(number), cell_text(time) or ""


def _who(author: Conversation) -> Any:
    if _is_customer(author):
        return "customer"
    return "agent" if author.get("type") in ("admin", "team") else "machine"


def _words(part: Conversation) -> Any:
    body = cell_text(part.get("body")) or ""
    return message_of(body) if "<" in body else message_of(None, body)


def _service(conversation: Conversation, turns: Sequence[Turn]) -> Service:
    statistics = as_dict(conversation.get("statistics"))
    rating = as_dict(conversation.get("conversation_rating")).get("rating")
    answered_at, n_agent = answers(turns)
    state = cell_text(conversation.get("state"))
    closed_at = statistics.get("last_close_at") or conversation.get("closed_at")
    return Service(
        first_response_at=statistics.get("first_admin_reply_at") or answered_at,
        resolved_at=closed_at if state == "closed" else None,
        csat=csat_of(rating),
        handle_time_s=statistics.get("handling_time"),
        status=status_of(state),
        n_agent_messages=n_agent if "conversation_parts" in conversation else None,
        tags=join_tags(_tags(conversation)),
    )


def _tags(conversation: Conversation) -> list[str]:
    held = conversation.get("tags")
    tags = as_list(as_dict(held).get("tags") if isinstance(held, dict) else held)
    names = (cell_text(as_dict(tag).get("name") if isinstance(tag, dict) else tag) for tag in tags)
    return [name for name in names if name]


def _fields(conversation: Conversation) -> dict[str, str]:
    attributes = as_dict(conversation.get("custom_attributes"))
    values = ((str(name), cell_text(value)) for name, value in attributes.items())
    return {name: value for name, value in values if value}


INTERCOM_JSON: Dialect[ContactRow] = Dialect("intercom_json", "contacts", _recognise, _read)
