"""Gorgias' API: tickets as NDJSON or lists, their messages within or as a file beside.

The list of tickets holds no messages (`excerpt` at most); those come from each ticket, or
from the list of messages (with `ticket_id`), given beside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cxtopics.records import RecordFile, Rejected
from cxtopics.sources.automated import is_automated
from cxtopics.sources.cells import as_dict, as_list, as_utc, cell_text, is_true
from cxtopics.sources.channels import channel_of
from cxtopics.sources.conversations import Turn, answers, message_of, own_messages
from cxtopics.sources.csv_contacts import SUBJECTS_ONLY
from cxtopics.sources.exclusions import first_reason, tag_reasons
from cxtopics.sources.identity import email_key
from cxtopics.sources.rows import ContactRow, Dialect, Message, Part, ReadOptions, Sides
from cxtopics.sources.service import Service, csat_of, join_tags, status_of

__all__ = ["GORGIAS_JSON"]

Ticket = Mapping[str, Any]
_NEEDED = ("id", "created_datetime")
_MARKS = ("messages_count", "trashed_datetime", "assignee_user", "from_agent", "excerpt")
_MESSAGES = Part("messages", ("ticket_id", "from_agent", "created_datetime"), "ticket_id")


def _recognise(file: RecordFile, options: ReadOptions) -> str | None:
    ticket = file.first() if file.format == "json" else {}
    marks = [key for key in _MARKS if key in ticket]
    if not all(key in ticket for key in _NEEDED) or "ticket_id" in ticket or not marks:
        return None
    return f"keys {', '.join((*_NEEDED, *marks))}"


def _read(
    file: RecordFile, options: ReadOptions, sides: Sides | None = None
) -> Iterator[ContactRow | Rejected]:
    for row in file:
        if isinstance(row, Rejected):
            yield row
            continue
        contact_id = cell_text(row.values.get("id"))
        if contact_id is None:
            yield Rejected(file.path.name, row.line, "no ticket id")
            continue
        messages = [each for each in as_list(row.values.get("messages")) if isinstance(each, dict)]
        if sides and not messages:
            messages = sides.of("messages", contact_id)
        messages.sort(key=lambda message: cell_text(_sent_at(message)) or "")
        yield _to_contact(row.line, contact_id, row.values, messages, options)


def _to_contact(
    line: int, contact_id: str, ticket: Ticket, messages: Sequence[Ticket], options: ReadOptions
) -> ContactRow:
    customer = as_dict(ticket.get("customer")) or as_dict(ticket.get("requester"))
    address = cell_text(customer.get("email")) or ""
    subject = cell_text(ticket.get("subject")) or ""
    channel = channel_of(cell_text(ticket.get("channel")))
    public = [message for message in messages if message.get("public") is not False]
    turns = [Turn(_author(message), _words(message), _sent_at(message)) for message in public]
    own = own_messages(
        turns, in_chat=channel not in ("email", "web_form"), all_messages=options.all_messages
    )
    # The excerpt may be of an agent's answer unless there is one message only.
    alone = not messages and ticket.get("messages_count") == 1
    excerpt = message_of(None, cell_text(ticket.get("excerpt")) if alone else None)
    return ContactRow(
        line=line,
        contact_id=contact_id,
        created_at=as_utc(ticket.get("created_datetime")),
        channel=channel,
        customer_id=email_key(address) or cell_text(customer.get("id")),
        person=cell_text(customer.get("id")),
        subject=subject,
        messages=own or ((excerpt,) if excerpt else ()),
        left_out=first_reason(_reasons(ticket, public, subject, address), options.keep),
        fields=_fields(ticket),
        service=_service(ticket, turns),
    )


def _reasons(ticket: Ticket, public: Sequence[Ticket], subject: str, address: str) -> set[str]:
    """Return every reason that the ticket's flags and its first message show.

    A first message that a rule or a campaign sent, or an agent wrote, opened the ticket;
    `from_agent` says so where messages are missing.
    """
    reasons = tag_reasons(_tags(ticket))
    from_agent = public[0].get("from_agent") if public else ticket.get("from_agent")
    if is_true(from_agent) and channel_of(cell_text(ticket.get("via"))) != "phone":
        reasons.add("outbound")
    if is_automated(subject, address):
        reasons.add("automated")
    if is_true(ticket.get("spam")):
        reasons.add("spam")
    if ticket.get("trashed_datetime") or ticket.get("deleted_datetime"):
        reasons.add("deleted")
    return reasons


def _author(message: Ticket) -> Any:
    if not is_true(message.get("from_agent")):
        return "customer"
    by_machine = message.get("rule_id") or as_dict(message.get("meta")).get("campaign_id")
    return "machine" if by_machine else "agent"


def _words(message: Ticket) -> Message | None:
    """Return the reply without quotes as Gorgias cut it, else the whole body."""
    stripped = cell_text(message.get("stripped_text"))
    if stripped:
        return Message(stripped)
    return message_of(cell_text(message.get("body_html")), cell_text(message.get("body_text")))


def _sent_at(message: Ticket) -> Any:
    return as_utc(message.get("sent_datetime") or message.get("created_datetime"))


def _service(ticket: Ticket, turns: Sequence[Turn]) -> Service:
    answered_at, n_agent = answers(turns)
    closed_at = as_utc(ticket.get("closed_datetime"))
    snoozed = "snoozed" if ticket.get("snooze_datetime") and not closed_at else None
    return Service(
        first_response_at=answered_at,
        resolved_at=closed_at,
        csat=csat_of(as_dict(ticket.get("satisfaction_survey")).get("score")),
        status=status_of(snoozed or ticket.get("status")),
        n_agent_messages=n_agent if turns else None,
        language=cell_text(ticket.get("language")),
        tags=join_tags(_tags(ticket)),
    )


def _tags(ticket: Ticket) -> list[str]:
    tags = as_list(ticket.get("tags"))
    names = (cell_text(as_dict(tag).get("name") if isinstance(tag, dict) else tag) for tag in tags)
    return [name for name in names if name]


def _fields(ticket: Ticket) -> dict[str, str]:
    """Return ticket fields: a list of `{id, value}` or an object by id."""
    fields = ticket.get("custom_fields")
    pairs = fields.items() if isinstance(fields, dict) else (
        (as_dict(field).get("id"), field) for field in as_list(fields)
    )  # fmt: skip
    values = ((str(key), cell_text(as_dict(field).get("value"))) for key, field in pairs)
    return {key: value for key, value in values if value}


def _notice(file: RecordFile, sides: Sides | None) -> str:
    if "messages" in file.columns or (sides and sides.has("messages")):
        return ""
    advice = "fetch each ticket, or give the list of messages beside the tickets"
    return SUBJECTS_ONLY.format(advice)


GORGIAS_JSON: Dialect[ContactRow] = Dialect(
    "gorgias_json", "contacts", _recognise, _read,
    notice=_notice, parts=(_MESSAGES,), read_with=_read,
)  # fmt: skip
