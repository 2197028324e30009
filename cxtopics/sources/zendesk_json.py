"""Zendesk's JSON export and API: one ticket per row, bare or wrapped, with its comments.

Comments may come within their ticket, or as a file beside it (`GET .../comments`, with
`ticket_id`). Where a ticket has none (the export drops them over 1 MB), its description
is read: it is the first comment.
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
from cxtopics.sources.rows import ContactRow, Dialect, Message, Part, ReadOptions, Sides
from cxtopics.sources.service import Service, after, csat_of, join_tags, seconds_of, status_of
from cxtopics.sources.transcripts import transcript_turns

__all__ = ["ZENDESK_JSON", "ticket_contact"]

Ticket = Mapping[str, Any]
_MARKS = ("requester_id", "submitter_id", "via", "raw_subject", "satisfaction_rating")
_CHATS = ("chat", "sms", "social")
_COMMENTS = Part("comments", ("ticket_id", "author_id", "public"), "ticket_id")


def _recognise(file: RecordFile, options: ReadOptions) -> str | None:
    if file.format != "json":
        return None
    ticket = _unwrapped(file.first())
    marks = [key for key in _MARKS if key in ticket]
    if not ("id" in ticket and "created_at" in ticket and marks):
        return None
    return f"keys {', '.join(['id', 'created_at', *marks])}"


def _read(
    file: RecordFile, options: ReadOptions, sides: Sides | None = None
) -> Iterator[ContactRow | Rejected]:
    for row in file:
        if isinstance(row, Rejected):
            yield row
            continue
        ticket = _unwrapped(row.values)
        contact_id = cell_text(ticket.get("id"))
        if contact_id is None:
            yield Rejected(file.path.name, row.line, "no ticket id")
            continue
        if sides and not ticket.get("comments"):
            comments = sides.of("comments", contact_id)
            comments.sort(key=lambda comment: cell_text(comment.get("created_at")) or "")
            ticket = {**ticket, "comments": comments}
        yield ticket_contact(row.line, contact_id, ticket, options)


def _unwrapped(values: Ticket) -> Ticket:
    ticket = values.get("ticket")
    return ticket if isinstance(ticket, dict) else values


def ticket_contact(line: int, contact_id: str, ticket: Ticket, options: ReadOptions) -> ContactRow:
    """Return a ticket in the shape of the API as a contact."""
    via = as_dict(ticket.get("via"))
    requester = cell_text(ticket.get("requester_id"))
    address = _address(ticket, via)
    subject = cell_text(ticket.get("raw_subject")) or cell_text(ticket.get("subject")) or ""
    channel = channel_of(cell_text(via.get("channel")))
    comments = _comments(ticket)
    chat = _transcript(ticket, via, comments, subject) if channel == "chat" else []
    turns = chat or [_turn(comment, requester) for comment in comments if _is_public(comment)]
    reasons = tag_reasons(_tags(ticket))
    if _is_outbound(ticket, via, comments, requester, chat):
        reasons.add("outbound")
    if is_automated(subject, address):
        reasons.add("automated")
    if (cell_text(ticket.get("status")) or "").lower() == "deleted":
        reasons.add("deleted")
    own = own_messages(turns, in_chat=channel in _CHATS, all_messages=options.all_messages)
    return ContactRow(
        line=line,
        contact_id=contact_id,
        created_at=ticket.get("created_at"),
        channel=channel,
        customer_id=email_key(address) or requester,
        person=requester,
        subject=subject,
        messages=own if own or chat else _description(ticket),
        left_out=first_reason(reasons, options.keep),
        fields=_fields(ticket),
        absorbed=() if "merged" in options.keep else _absorbed(ticket),
        service=_service(ticket, turns),
    )


def _is_outbound(
    ticket: Ticket, via: Ticket, comments: Sequence[Ticket], requester: str | None,
    chat: Sequence[Turn],
) -> bool:  # fmt: skip
    """Tell whether the shop wrote first: somebody else submitted it and spoke first.

    A call that came in is logged by an agent, and forms are often submitted by a program;
    the one is told by its channel, the other by the customer's own first comment. Chats
    are opened by a bot's greeting, and filed by the system: they are outbound only where
    the customer says nothing.
    """
    channel = (cell_text(via.get("channel")) or "").lower()
    if as_dict(via.get("source")).get("rel") == "outbound":
        return True
    if chat:
        return all(turn.author != "customer" for turn in chat)
    submitter = cell_text(ticket.get("submitter_id"))
    called = channel_of(channel) == "phone"
    if submitter is None or requester is None or submitter == requester or called:
        return False
    if comments:
        return cell_text(comments[0].get("author_id")) != requester
    return channel != "api"


def _turn(comment: Ticket, requester: str | None) -> Turn:
    author, by_rule = cell_text(comment.get("author_id")), as_dict(comment.get("via"))
    if author == requester:
        who: Any = "customer"
    elif author in (None, "-1") or by_rule.get("channel") in ("rule", "system"):
        who = "machine"
    else:
        who = "agent"
    text = cell_text(comment.get("plain_body")) or cell_text(comment.get("body"))
    return Turn(
        who, message_of(cell_text(comment.get("html_body")), text), comment.get("created_at")
    )


def _transcript(
    ticket: Ticket, via: Ticket, comments: Sequence[Ticket], subject: str
) -> list[Turn]:
    """Return the turns of a chat whose transcript is the first comment."""
    first = comments[0] if comments else {"body": ticket.get("description")}
    text = cell_text(first.get("body")) or cell_text(first.get("plain_body")) or ""
    people = (as_dict(ticket.get("requester")), as_dict(as_dict(via.get("source")).get("from")))
    return transcript_turns(text, subject, [cell_text(who.get("name")) or "" for who in people])


def _description(ticket: Ticket) -> tuple[Message, ...]:
    message = message_of(None, cell_text(ticket.get("description")))
    return (message,) if message else ()


def _service(ticket: Ticket, turns: Sequence[Turn]) -> Service:
    metrics = as_dict(ticket.get("metric_set"))
    minutes = as_dict(metrics.get("reply_time_in_minutes")).get("calendar")
    answered_at, n_agent = answers(turns)
    score = cell_text(as_dict(ticket.get("satisfaction_rating")).get("score")) or ""
    return Service(
        first_response_at=answered_at or after(seconds_of(minutes, unit_s=60)),
        resolved_at=metrics.get("solved_at") or ticket.get("solved_at"),
        csat=csat_of(score.replace("_", " ")),
        status=status_of(ticket.get("status")),
        n_agent_messages=n_agent if turns else None,
        tags=join_tags(_tags(ticket)),
    )


def _address(ticket: Ticket, via: Ticket) -> str:
    """Return the customer's e-mail address, empty where the export does not show it."""
    known = cell_text(as_dict(ticket.get("requester")).get("email"))
    if known is None and cell_text(via.get("channel")) == "email":
        known = cell_text(as_dict(as_dict(via.get("source")).get("from")).get("address"))
    return known or ""


def _fields(ticket: Ticket) -> dict[str, str]:
    fields = {}
    for field in as_list(ticket.get("custom_fields")) or as_list(ticket.get("fields")):
        if isinstance(field, dict) and (value := cell_text(field.get("value"))):
            fields[cell_text(field.get("id")) or ""] = value
    return fields


def _absorbed(ticket: Ticket) -> tuple[str, ...]:
    ids = (cell_text(other) for other in as_list(ticket.get("merged_ticket_ids")))
    return tuple(other for other in ids if other)


def _tags(ticket: Ticket) -> list[str]:
    return [str(tag) for tag in as_list(ticket.get("tags"))]


def _comments(ticket: Ticket) -> list[Ticket]:
    return [comment for comment in as_list(ticket.get("comments")) if isinstance(comment, dict)]


def _is_public(comment: Ticket) -> bool:
    return comment.get("public") is not False


ZENDESK_JSON: Dialect[ContactRow] = Dialect(
    "zendesk_json", "contacts", _recognise, _read, parts=(_COMMENTS,), read_with=_read
)
