"""Gorgias' CSV export of a view: no message text, only subjects."""

from __future__ import annotations

from collections.abc import Iterator

from cxtopics.records import RecordFile, Rejected
from cxtopics.sources.automated import is_automated
from cxtopics.sources.cells import find_columns, is_true
from cxtopics.sources.channels import channel_of
from cxtopics.sources.csv_contacts import (
    MESSAGES,
    Cells,
    read_rows,
    side_messages,
    subjects_notice,
)
from cxtopics.sources.exclusions import first_reason, tag_reasons
from cxtopics.sources.identity import email_key
from cxtopics.sources.rows import ContactRow, Dialect, ReadOptions, Sides
from cxtopics.sources.service import Service, after, csat_of, join_tags, number_of, seconds_of

__all__ = ["GORGIAS_CSV"]

_IDS = ("Ticket id", "Ticket ID", "Id")
_CREATED = ("Creation date", "Created date", "Created at")
_MARKS = (
    "Initial channel", "Last used integration type", "Created by an agent", "Survey score",
    "Number of agent messages", "Number of customer messages",
)  # fmt: skip


def _recognise(file: RecordFile, options: ReadOptions) -> str | None:
    ids, created = find_columns(file, _IDS), find_columns(file, _CREATED)
    marks = find_columns(file, _MARKS)
    if not (ids and created and len(marks) > 1):
        return None
    found = (*ids.values(), *created.values(), *marks.values())
    return f"columns {', '.join(dict.fromkeys(found))}"


def _read(
    file: RecordFile, options: ReadOptions, sides: Sides | None = None
) -> Iterator[ContactRow | Rejected]:
    for cells in read_rows(file, _IDS, "ticket id"):
        yield cells if isinstance(cells, Rejected) else _to_contact(cells, options, sides)


def _to_contact(cells: Cells, options: ReadOptions, sides: Sides | None) -> ContactRow:
    contact_id, address = cells.text(*_IDS), cells.text("Customer email")
    channel = channel_of(cells.text("Initial channel", "Channel"))
    tags = [tag.strip() for tag in cells.text("Tags").split(",")]
    reasons = tag_reasons(tags)
    if is_true(cells.text("Created by an agent")):
        reasons.add("outbound")
    if is_automated(cells.text("Subject"), address):
        reasons.add("automated")
    fields = cells.others(())
    return ContactRow(
        line=cells.line,
        contact_id=contact_id,
        created_at=cells.raw(*_CREATED),
        channel=channel,
        customer_id=email_key(address) or cells.text("Customer id", "Customer name") or None,
        subject=cells.text("Subject"),
        messages=side_messages(contact_id, sides, options, in_chat=channel == "chat"),
        left_out=first_reason(reasons, options.keep),
        fields={
            name: value
            for name, value in fields.items()
            if name.lower().startswith(("ticket field:", "customer field:"))
        },
        service=_service(cells, tags),
    )


def _service(cells: Cells, tags: list[str]) -> Service:
    n_agent = number_of(cells.raw("Number of agent messages"))
    resolved_at = cells.raw("Closed date")
    return Service(
        first_response_at=after(seconds_of(cells.raw("First response time (s)"))),
        resolved_at=resolved_at or after(seconds_of(cells.raw("Resolution time (s)"))),
        csat=csat_of(cells.text("Survey score")),
        handle_time_s=seconds_of(cells.raw("Handle time (s)")),
        status="closed" if resolved_at else "open",
        n_agent_messages=None if n_agent is None else int(n_agent),
        language=cells.text("Language") or None,
        tags=join_tags(tags),
    )


GORGIAS_CSV: Dialect[ContactRow] = Dialect(
    "gorgias_csv",
    "contacts",
    _recognise,
    _read,
    notice=subjects_notice("read tickets with their messages from the API instead"),
    parts=(MESSAGES,),
    read_with=_read,
)
