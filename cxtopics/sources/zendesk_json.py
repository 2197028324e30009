"""Zendesk's JSON export and API: one ticket per row, bare or wrapped, with its comments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cxtopics.records import RecordFile, Rejected
from cxtopics.sources.automated import is_automated
from cxtopics.sources.cells import cell_text
from cxtopics.sources.identity import email_key
from cxtopics.sources.rows import ContactRow, Dialect, Message, ReadOptions

__all__ = ["ZENDESK_JSON"]

Ticket = Mapping[str, Any]
_MARKS = ("requester_id", "submitter_id", "via", "raw_subject", "satisfaction_rating")
_OUTBOUND_TAGS = {"proactive", "proactive_ticket", "outbound"}
_SPAM_TAGS = {"spam", "suspended", "suspended_ticket"}
_MERGED_TAGS = {"closed_by_merge", "merged"}
_CALLS = {"voice", "phone"}
_CHATS = {"chat", "native_messaging", "messaging", "web_messaging", "whatsapp", "sms", "line"}


def _recognise(file: RecordFile, options: ReadOptions) -> str | None:
    if file.format != "json":
        return None
    ticket = _unwrapped(file.first())
    marks = [key for key in _MARKS if key in ticket]
    if not ("id" in ticket and "created_at" in ticket and marks):
        return None
    return f"keys {', '.join(['id', 'created_at', *marks])}"


def _read(file: RecordFile, options: ReadOptions) -> Iterator[ContactRow | Rejected]:
    for row in file:
        if isinstance(row, Rejected):
            yield row
            continue
        ticket = _unwrapped(row.values)
        contact_id = cell_text(ticket.get("id"))
        if contact_id is None:
            yield Rejected(file.path.name, row.line, "no ticket id")
        else:
            yield _to_contact(row.line, contact_id, ticket, options)


def _unwrapped(values: Ticket) -> Ticket:
    ticket = values.get("ticket")
    return ticket if isinstance(ticket, dict) else values


def _to_contact(line: int, contact_id: str, ticket: Ticket, options: ReadOptions) -> ContactRow:
    via, comments = _dict(ticket.get("via")), _comments(ticket)
    requester = cell_text(ticket.get("requester_id"))
    address = _address(ticket, via)
    subject = cell_text(ticket.get("raw_subject")) or cell_text(ticket.get("subject")) or ""
    return ContactRow(
        line=line,
        contact_id=contact_id,
        created_at=ticket.get("created_at"),
        channel=cell_text(via.get("channel")),
        customer_id=email_key(address) or requester,
        person=requester,
        subject=subject,
        messages=_own_messages(ticket, comments, requester, options),
        left_out=_left_out(ticket, via, comments, requester, subject, address),
        fields=_fields(ticket),
        absorbed=_absorbed(ticket),
    )


def _left_out(
    ticket: Ticket, via: Ticket, comments: Sequence[Ticket], requester: str | None,
    subject: str, address: str,
) -> str | None:  # fmt: skip
    """Return the first reason that applies, in the order of `schemas.LEFT_OUT_REASONS`."""
    tags = {str(tag).lower() for tag in _list(ticket.get("tags"))}
    if tags & _OUTBOUND_TAGS or _is_outbound(ticket, via, comments, requester):
        return "outbound"
    if is_automated(subject, address):
        return "automated"
    if tags & _SPAM_TAGS:
        return "spam"
    if (cell_text(ticket.get("status")) or "").lower() == "deleted":
        return "deleted"
    return "merged" if tags & _MERGED_TAGS else None


def _is_outbound(
    ticket: Ticket, via: Ticket, comments: Sequence[Ticket], requester: str | None
) -> bool:
    """Tell whether the shop wrote first: somebody else submitted it and spoke first.

    A call that came in is logged by an agent, and forms are often submitted by a program;
    the one is told by its channel, the other by the customer's own first comment.
    """
    channel = (cell_text(via.get("channel")) or "").lower()
    if _dict(via.get("source")).get("rel") == "outbound":
        return True
    submitter = cell_text(ticket.get("submitter_id"))
    if submitter is None or requester is None or submitter == requester or channel in _CALLS:
        return False
    if comments:
        return cell_text(comments[0].get("author_id")) != requester
    return channel != "api"


def _own_messages(
    ticket: Ticket, comments: Sequence[Ticket], requester: str | None, options: ReadOptions
) -> tuple[Message, ...]:
    """Return the customer's first message; in a chat, all those before an answer.

    Without any comment by the customer it is the description, the first one's text.
    """
    channel = cell_text(_dict(ticket.get("via")).get("channel")) or ""
    in_chat = channel.lower() in _CHATS
    own: list[Message] = []
    for comment in comments:
        if comment.get("public") is False:
            continue
        if cell_text(comment.get("author_id")) == requester:
            own += _message(comment)
        elif own and not options.all_messages:
            break
        if own and not in_chat and not options.all_messages:
            break
    return tuple(own or _message({"body": ticket.get("description")}))


def _message(comment: Ticket) -> list[Message]:
    """Return the words of a comment, HTML preferred: it shows what is quoted."""
    if html := cell_text(comment.get("html_body")):
        return [Message(html, html=True)]
    body = cell_text(comment.get("plain_body")) or cell_text(comment.get("body"))
    return [Message(body)] if body else []


def _address(ticket: Ticket, via: Ticket) -> str:
    """Return the customer's e-mail address, empty where the export does not show it."""
    known = cell_text(_dict(ticket.get("requester")).get("email"))
    if known is None and cell_text(via.get("channel")) == "email":
        known = cell_text(_dict(_dict(via.get("source")).get("from")).get("address"))
    return known or ""


def _fields(ticket: Ticket) -> dict[str, str]:
    fields = {}
    for field in _list(ticket.get("custom_fields")) or _list(ticket.get("fields")):
        if isinstance(field, dict) and (value := cell_text(field.get("value"))):
            fields[cell_text(field.get("id")) or ""] = value
    return fields


def _absorbed(ticket: Ticket) -> tuple[str, ...]:
    ids = (cell_text(other) for other in _list(ticket.get("merged_ticket_ids")))
    return tuple(other for other in ids if other)


def _comments(ticket: Ticket) -> list[Ticket]:
    return [comment for comment in _list(ticket.get("comments")) if isinstance(comment, dict)]


def _dict(value: Any) -> Ticket:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


ZENDESK_JSON: Dialect[ContactRow] = Dialect("zendesk_json", "contacts", _recognise, _read)
