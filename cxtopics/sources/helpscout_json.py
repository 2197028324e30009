"""Help Scout's Mailbox API: conversations with their threads embedded.

Threads come newest first; notes, line items and drafts are no messages. The threads of a
conversation are there only where the request asked for them (`embed=threads`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cxtopics.records import RecordFile, Rejected
from cxtopics.sources.automated import is_automated
from cxtopics.sources.cells import as_dict, as_list, cell_text
from cxtopics.sources.channels import channel_of
from cxtopics.sources.conversations import Turn, answers, message_of, own_messages
from cxtopics.sources.exclusions import first_reason, tag_reasons
from cxtopics.sources.identity import email_key
from cxtopics.sources.rows import ContactRow, Dialect, ReadOptions
from cxtopics.sources.service import Service, join_tags, status_of

__all__ = ["HELPSCOUT_JSON"]

Conversation = Mapping[str, Any]
_NEEDED = ("id", "createdAt", "subject")
_MARKS = ("primaryCustomer", "mailboxId", "folderId", "threads", "mailbox", "threadCount")
_TURNS = ("customer", "message", "chat", "phone", "beaconchat", "bot")
_HIDDEN = ("draft", "hidden", "underreview")


def _recognise(file: RecordFile, options: ReadOptions) -> str | None:
    row = file.first() if file.format == "json" else {}
    marks = [key for key in _MARKS if key in row]
    if not marks or not all(key in row for key in _NEEDED):
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
            yield _to_contact(row.line, contact_id, row.values, options)


def _to_contact(line: int, contact_id: str, row: Conversation, options: ReadOptions) -> ContactRow:
    customer = as_dict(row.get("primaryCustomer")) or as_dict(row.get("customer"))
    address, person = cell_text(customer.get("email")) or "", cell_text(customer.get("id"))
    subject = cell_text(row.get("subject")) or ""
    channel = _channel(row)
    threads = _threads(row)
    turns = [_turn(thread) for thread in threads]
    own = own_messages(turns, in_chat=channel == "chat", all_messages=options.all_messages)
    # The preview is of the latest message, which is the customer's for sure if it is alone.
    alone = not threads and 1 in (row.get("threads"), row.get("threadCount"))
    preview = message_of(None, cell_text(row.get("preview")) if alone else None)
    return ContactRow(
        line=line,
        contact_id=contact_id,
        created_at=row.get("createdAt"),
        channel=channel,
        customer_id=email_key(address) or person,
        person=person,
        subject=subject,
        messages=own or ((preview,) if preview else ()),
        left_out=first_reason(_reasons(row, threads, subject, address), options.keep),
        fields=_fields(row),
        service=_service(row, turns),
    )


def _channel(row: Conversation) -> str | None:
    kind = cell_text(row.get("type"))
    source = cell_text(as_dict(row.get("source")).get("type"))
    if kind == "email" and source in ("web", "beacon-v2", "beacon", "form"):
        return "web_form"
    return channel_of(kind or source)


def _threads(row: Conversation) -> list[Conversation]:
    """Return the messages in the order of time."""
    embedded = as_dict(row.get("_embedded")).get("threads")
    held = as_list(embedded) or as_list(row.get("threads"))
    threads = [
        thread
        for thread in held
        if isinstance(thread, dict)
        and thread.get("type") in _TURNS
        and thread.get("state") not in _HIDDEN
    ]
    return sorted(threads, key=lambda thread: cell_text(thread.get("createdAt")) or "")


def _turn(thread: Conversation) -> Turn:
    by = as_dict(thread.get("createdBy")).get("type")
    source = as_dict(thread.get("source"))
    if (by or thread.get("type")) == "customer":
        who: Any = "customer"
    elif thread.get("type") == "bot" or source.get("type") in ("workflow", "bot"):
        who = "machine"
    else:
        who = "agent"
    body = cell_text(thread.get("body")) or ""
    return Turn(
        who, message_of(body) if "<" in body else message_of(None, body), thread.get("createdAt")
    )


def _reasons(
    row: Conversation, threads: Sequence[Conversation], subject: str, address: str
) -> set[str]:
    """Return every reason; a user who began by phone wrote down a call that came in."""
    reasons = tag_reasons(_tags(row))
    by = as_dict(row.get("createdBy")).get("type") or as_dict(row.get("source")).get("via")
    customers_first = threads and _turn(threads[0]).author == "customer"
    if by == "user" and row.get("type") != "phone" and not customers_first:
        reasons.add("outbound")
    if is_automated(subject, address):
        reasons.add("automated")
    if row.get("status") == "spam":
        reasons.add("spam")
    if row.get("state") == "deleted":
        reasons.add("deleted")
    return reasons


def _service(row: Conversation, turns: Sequence[Turn]) -> Service:
    answered_at, n_agent = answers(turns)
    closed = row.get("status") == "closed"
    return Service(
        first_response_at=answered_at,
        resolved_at=row.get("closedAt") if closed else None,
        status=status_of(row.get("status")),
        n_agent_messages=n_agent if turns else None,
        tags=join_tags(_tags(row)),
    )


def _tags(row: Conversation) -> list[str]:
    tags = as_list(row.get("tags"))
    names = (
        cell_text(tag.get("tag") or tag.get("name") if isinstance(tag, dict) else tag)
        for tag in tags
    )
    return [name for name in names if name]


def _fields(row: Conversation) -> dict[str, str]:
    fields = {}
    for field in as_list(row.get("customFields")):
        if isinstance(field, dict) and (
            value := cell_text(field.get("text") or field.get("value"))
        ):
            fields[cell_text(field.get("name")) or cell_text(field.get("id")) or ""] = value
    return fields


def _notice(file: RecordFile, sides: Any) -> str:
    if _threads(file.first()):
        return ""
    return (
        "the first conversation has no threads: texts are subjects alone, with the preview where "
        "there was one message; list conversations with embed=threads"
    )


HELPSCOUT_JSON: Dialect[ContactRow] = Dialect(
    "helpscout_json", "contacts", _recognise, _read, notice=_notice
)
