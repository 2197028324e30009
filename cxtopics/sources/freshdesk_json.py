"""Freshdesk's API and its account export: tickets with descriptions and conversations.

Conversations may come within their ticket (`include=conversations`) or as a file beside.
The account export wraps each ticket in `helpdesk_ticket` and calls them notes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cxtopics.records import RecordFile, Rejected
from cxtopics.sources.automated import is_automated
from cxtopics.sources.cells import as_dict, as_list, cell_text, is_true
from cxtopics.sources.channels import channel_of
from cxtopics.sources.conversations import Turn, answers, message_of, own_messages
from cxtopics.sources.csv_contacts import SUBJECTS_ONLY
from cxtopics.sources.exclusions import first_reason, tag_reasons
from cxtopics.sources.identity import email_key
from cxtopics.sources.rows import ContactRow, Dialect, Part, ReadOptions, Sides
from cxtopics.sources.service import Service, csat_of, join_tags, status_of

__all__ = ["FRESHDESK_JSON"]

Ticket = Mapping[str, Any]
_MARKS = ("description_text", "responder_id", "fr_due_by", "email_config_id", "display_id")
_SOURCES = {
    "1": "email", "2": "web_form", "3": "phone", "5": "social", "6": "social", "7": "chat",
    "8": "chat", "9": "web_form", "10": "email", "11": "other", "12": "chat", "13": "social",
}  # fmt: skip
_OUTBOUND = "10"
_NOT_TO_CUSTOMER = ("2", "8")  # private note, forwarded mail
_PARTS = (Part("conversations", ("ticket_id", "incoming", "private"), "ticket_id"),)


def _recognise(file: RecordFile, options: ReadOptions) -> str | None:
    ticket = _unwrapped(file.first()) if file.format == "json" else {}
    marks = [key for key in _MARKS if key in ticket]
    known = "created_at" in ticket and "source" in ticket and "ticket_id" not in ticket
    if not marks or not known or isinstance(ticket["source"], dict):
        return None
    return f"keys {', '.join(['created_at', 'source', *marks])}"


def _unwrapped(values: Ticket) -> Ticket:
    return as_dict(values.get("helpdesk_ticket")) or values


def _read(
    file: RecordFile, options: ReadOptions, sides: Sides | None = None
) -> Iterator[ContactRow | Rejected]:
    for row in file:
        if isinstance(row, Rejected):
            yield row
            continue
        ticket = _unwrapped(row.values)
        contact_id = cell_text(ticket.get("display_id")) or cell_text(ticket.get("id"))
        if contact_id is None:
            yield Rejected(file.path.name, row.line, "no ticket id")
            continue
        talk = [
            as_dict(each) for each in as_list(ticket.get("conversations") or ticket.get("notes"))
        ]
        if sides and not talk:
            talk = list(sides.of("conversations", contact_id))
        talk = [as_dict(each.get("helpdesk_note")) or each for each in talk]
        talk.sort(key=lambda each: cell_text(each.get("created_at")) or "")
        yield _to_contact(row.line, contact_id, ticket, talk, options)


def _to_contact(
    line: int, contact_id: str, ticket: Ticket, talk: Sequence[Ticket], options: ReadOptions
) -> ContactRow:
    requester = as_dict(ticket.get("requester"))
    address = cell_text(ticket.get("email")) or cell_text(requester.get("email")) or ""
    person = cell_text(ticket.get("requester_id")) or cell_text(requester.get("id"))
    subject = cell_text(ticket.get("subject")) or ""
    source = cell_text(ticket.get("source")) or ""
    channel = _SOURCES.get(source) or channel_of(cell_text(ticket.get("source_name")) or source)
    reasons = _reasons(ticket, subject, address)
    turns = _turns(ticket, talk, outbound="outbound" in reasons)
    return ContactRow(
        line=line,
        contact_id=contact_id,
        created_at=ticket.get("created_at"),
        channel=channel,
        customer_id=email_key(address) or person,
        person=person,
        subject=subject,
        messages=own_messages(turns, in_chat=channel == "chat", all_messages=options.all_messages),
        left_out=first_reason(reasons, options.keep),
        fields=_fields(ticket),
        service=_service(ticket, turns, counted=bool(talk)),
    )


def _turns(ticket: Ticket, talk: Sequence[Ticket], *, outbound: bool) -> list[Turn]:
    """Return the description, which opened the ticket, and the conversations after it."""
    text = cell_text(ticket.get("description_text"))
    html = cell_text(ticket.get("description_html")) or cell_text(ticket.get("description"))
    opening = Turn(
        "agent" if outbound else "customer", message_of(html, text), ticket.get("created_at")
    )
    return [opening, *(_turn(each) for each in talk if _is_public(each))]


def _turn(entry: Ticket) -> Turn:
    text = cell_text(entry.get("body_text"))
    html = cell_text(entry.get("body_html")) or (cell_text(entry.get("body")))
    who: Any = "customer" if is_true(entry.get("incoming")) else "agent"
    return Turn(who, message_of(html, text), entry.get("created_at"))


def _is_public(entry: Ticket) -> bool:
    if is_true(entry.get("incoming")):
        return not is_true(entry.get("private"))
    return not is_true(entry.get("private")) and (
        cell_text(entry.get("source")) not in _NOT_TO_CUSTOMER
    )


def _reasons(ticket: Ticket, subject: str, address: str) -> set[str]:
    reasons = tag_reasons(_tags(ticket))
    if cell_text(ticket.get("source")) == _OUTBOUND:
        reasons.add("outbound")
    if is_automated(subject, address):
        reasons.add("automated")
    reasons |= {flag for flag in ("spam", "deleted") if is_true(ticket.get(flag))}
    return reasons


def _service(ticket: Ticket, turns: Sequence[Turn], *, counted: bool) -> Service:
    stats = as_dict(ticket.get("stats"))
    answered_at, n_agent = answers(turns)
    rating = as_dict(ticket.get("satisfaction_rating")).get("ratings")
    opened_by_agent = turns[0].author == "agent"
    return Service(
        first_response_at=stats.get("first_responded_at") or (answered_at if counted else None),
        resolved_at=stats.get("resolved_at") or stats.get("closed_at"),
        csat=_satisfied(as_dict(rating).get("default_question")),
        status=status_of(ticket.get("status_name") or ticket.get("status")),
        n_agent_messages=n_agent - opened_by_agent if counted else None,
        tags=join_tags(_tags(ticket)),
    )


def _satisfied(rating: Any) -> float | None:
    """Return the answer to Freshdesk's first question: 103 to 101 happy, 100 neutral, below."""
    number = cell_text(rating)
    if number and number.lstrip("-").isdigit():
        return float(int(number) > 100)
    return csat_of(rating)


def _tags(ticket: Ticket) -> list[str]:
    tags = as_list(ticket.get("tags"))
    names = (cell_text(as_dict(tag).get("name") if isinstance(tag, dict) else tag) for tag in tags)
    return [name for name in names if name]


def _fields(ticket: Ticket) -> dict[str, str]:
    fields = as_dict(ticket.get("custom_fields")) or as_dict(ticket.get("custom_field"))
    values = ((str(name), cell_text(value)) for name, value in fields.items())
    return {name: value for name, value in values if value}


def _notice(file: RecordFile, sides: Sides | None) -> str:
    first = _unwrapped(file.first())
    if "description" in first or "description_text" in first:
        return ""
    return SUBJECTS_ONLY.format("list tickets with include=description for the messages")


FRESHDESK_JSON: Dialect[ContactRow] = Dialect(
    "freshdesk_json", "contacts", _recognise, _read,
    notice=_notice, parts=_PARTS, read_with=_read,
)  # fmt: skip
