"""Freshdesk's CSV or XLSX export of tickets: the user picks the columns.

Times are in the account's zone and name none. Columns that are not known are taken for
custom fields, which may hold an order number.
"""

from __future__ import annotations

from collections.abc import Iterator

from cxtopics.records import RecordFile, Rejected
from cxtopics.sources.automated import is_automated
from cxtopics.sources.cells import find_columns, is_true
from cxtopics.sources.channels import channel_of
from cxtopics.sources.conversations import message_of
from cxtopics.sources.csv_contacts import (
    MESSAGES,
    Cells,
    read_rows,
    side_messages,
    subjects_notice,
)
from cxtopics.sources.exclusions import first_reason, tag_reasons
from cxtopics.sources.identity import email_key
from cxtopics.sources.rows import ContactRow, Dialect, Message, ReadOptions, Sides
from cxtopics.sources.service import (
    Service,
    after,
    csat_of,
    join_tags,
    number_of,
    seconds_of,
    status_of,
)

__all__ = ["FRESHDESK_CSV"]

_NEEDED = ("Ticket ID", "Subject", "Created time")
_MARKS = (
    "Source", "Due by Time", "Resolved time", "Agent interactions", "Customer interactions",
    "First response time (in hrs)", "Resolution time (in hrs)", "Resolution status",
    "First response status", "Last update time", "Last updated time", "Survey results",
)  # fmt: skip
_EMAILS = ("Email", "Requester email", "Contact email", "Customer email")
_IDS = ("Contact ID", "Requester ID", "Full name", "Requester name")
_KNOWN = (
    *_NEEDED, *_MARKS, *_EMAILS, *_IDS, "Description", "Status", "Priority", "Type", "Agent",
    "Group", "Closed time", "Initial response time", "Time tracked", "Tags", "Product",
    "Every response status", "Association type", "Internal agent", "Internal group", "Language",
    "Title", "Work phone", "Mobile phone", "Twitter ID", "Time Zone", "Unique external ID",
    "Company Name", "Company domains", "Facebook ID", "Spam", "Deleted",
)  # fmt: skip


def _recognise(file: RecordFile, options: ReadOptions) -> str | None:
    found, marks = find_columns(file, _NEEDED), find_columns(file, _MARKS)
    if len(found) < len(_NEEDED) or not marks:
        return None
    return f"columns {', '.join((*found.values(), *marks.values()))}"


def _read(
    file: RecordFile, options: ReadOptions, sides: Sides | None = None
) -> Iterator[ContactRow | Rejected]:
    for cells in read_rows(file, ("Ticket ID",), "ticket id"):
        yield cells if isinstance(cells, Rejected) else _to_contact(cells, options, sides)


def _to_contact(cells: Cells, options: ReadOptions, sides: Sides | None) -> ContactRow:
    contact_id, address = cells.text("Ticket ID").removeprefix("#"), cells.text(*_EMAILS)
    channel = channel_of(cells.text("Source"))
    own = side_messages(contact_id, sides, options, in_chat=channel == "chat")
    return ContactRow(
        line=cells.line,
        contact_id=contact_id,
        created_at=cells.raw("Created time"),
        channel=channel,
        customer_id=email_key(address) or cells.text(*_IDS) or None,
        subject=cells.text("Subject"),
        messages=own or _description(cells.text("Description")),
        left_out=first_reason(_reasons(cells, address), options.keep),
        fields=cells.others(_KNOWN),
        service=_service(cells),
    )


def _description(text: str) -> tuple[Message, ...]:
    is_html = "</" in text or "<br" in text
    message = message_of(text) if is_html else message_of(None, text)
    return (message,) if message else ()


def _reasons(cells: Cells, address: str) -> set[str]:
    reasons = tag_reasons(tag.strip() for tag in cells.text("Tags").split(","))
    if "outbound" in cells.text("Source").lower() or cells.text("Source") == "10":
        reasons.add("outbound")
    if is_automated(cells.text("Subject"), address):
        reasons.add("automated")
    reasons |= {flag.lower() for flag in ("Spam", "Deleted") if is_true(cells.text(flag))}
    if cells.text("Status").lower() in ("spam", "deleted"):
        reasons.add(cells.text("Status").lower())
    return reasons


def _service(cells: Cells) -> Service:
    n_agent = number_of(cells.raw("Agent interactions"))
    hours = cells.raw("First response time (in hrs)")
    return Service(
        first_response_at=cells.raw("Initial response time")
        or after(seconds_of(hours, unit_s=3600)),
        resolved_at=cells.raw("Resolved time", "Closed time"),
        csat=csat_of(cells.text("Survey results")),
        handle_time_s=seconds_of(cells.raw("Time tracked"), unit_s=3600) or None,
        status=status_of(cells.text("Status")),
        n_agent_messages=None if n_agent is None else int(n_agent),
        language=cells.text("Language") or None,
        tags=join_tags(tag.strip() for tag in cells.text("Tags").split(",")),
    )


FRESHDESK_CSV: Dialect[ContactRow] = Dialect(
    "freshdesk_csv",
    "contacts",
    _recognise,
    _read,
    notice=subjects_notice("pick the column Description when exporting", "Description"),
    parts=(MESSAGES,),
    read_with=_read,
)
