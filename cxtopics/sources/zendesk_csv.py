"""Zendesk's CSV export of a view: no message text, only subjects."""

from __future__ import annotations

from collections.abc import Iterator

from cxtopics.records import RecordFile, Rejected
from cxtopics.sources.automated import is_automated
from cxtopics.sources.cells import cell_text, find_columns
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
from cxtopics.sources.service import (
    Service,
    after,
    csat_of,
    join_tags,
    number_of,
    seconds_of,
    status_of,
)

__all__ = ["ZENDESK_CSV"]

_NEEDED = ("Id", "Subject", "Created at")
_MARKS = ("Summation column", "Requester", "Requester id", "Satisfaction Score")
_CUSTOM = (" [txt]", " [list]", " [int]", " [text]", " [flag]", " [dec]", " [date]")


def _recognise(file: RecordFile, options: ReadOptions) -> str | None:
    if file.format not in ("csv", "xlsx"):
        return None
    found = find_columns(file, (*_NEEDED, *_MARKS))
    if not (set(_NEEDED) <= set(found) and set(_MARKS) & set(found)):
        return None
    return f"columns {', '.join(found.values())}"


def _read(
    file: RecordFile, options: ReadOptions, sides: Sides | None = None
) -> Iterator[ContactRow | Rejected]:
    for cells in read_rows(file, ("Id",), "ticket id"):
        yield cells if isinstance(cells, Rejected) else _to_contact(cells, options, sides)


def _to_contact(cells: Cells, options: ReadOptions, sides: Sides | None) -> ContactRow:
    contact_id = cells.text("Id").removeprefix("#")
    customer = cells.text("Requester email", "Requester")
    requester = cell_text(cells.text("Requester id"))
    channel = channel_of(cells.text("Via"))
    fields = {name: value for name, value in cells.others(()).items() if name.endswith(_CUSTOM)}
    return ContactRow(
        line=cells.line,
        contact_id=contact_id,
        created_at=cells.raw("Created at"),
        channel=channel,
        customer_id=email_key(customer) or requester,
        person=requester,
        subject=cells.text("Subject"),
        messages=side_messages(contact_id, sides, options, in_chat=channel == "chat"),
        left_out=first_reason(_reasons(cells, customer), options.keep),
        fields=fields,
        service=_service(cells),
    )


def _reasons(cells: Cells, customer: str) -> set[str]:
    reasons = tag_reasons(cells.text("Tags").split())
    if is_automated(cells.text("Subject"), customer):
        reasons.add("automated")
    if cells.text("Status").lower() == "deleted":
        reasons.add("deleted")
    if "outgoing" in cells.text("Via").lower():  # Phone call (outgoing)
        reasons.add("outbound")
    return reasons


def _service(cells: Cells) -> Service:
    replies = number_of(cells.raw("Replies"))
    minutes = seconds_of(cells.raw("First reply time in minutes"), unit_s=60)
    return Service(
        first_response_at=after(minutes or None),  # 0 stands for none
        resolved_at=cells.raw("Solved at"),
        csat=csat_of(cells.text("Satisfaction Score"), scale=None),
        status=status_of(cells.text("Status")),
        n_agent_messages=None if replies is None else int(replies),
        tags=join_tags(cells.text("Tags").split()),
    )


ZENDESK_CSV: Dialect[ContactRow] = Dialect(
    "zendesk_csv",
    "contacts",
    _recognise,
    _read,
    notice=subjects_notice("export tickets as JSON for the messages"),
    parts=(MESSAGES,),
    read_with=_read,
)
