"""Help Scout's CSV export of conversations: metadata and subjects, no messages.

Reports, views and add-ons name the columns differently; each is looked for under all the
names that are known.
"""

from __future__ import annotations

from collections.abc import Iterator

from cxtopics.records import RecordFile, Rejected
from cxtopics.sources.automated import is_automated
from cxtopics.sources.cells import find_columns
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

__all__ = ["HELPSCOUT_CSV"]

_IDS = ("Conversation ID", "Conversation Number", "Conversation #", "Number")
_CREATED = ("Created At", "Created", "Started", "Date Created", "Created Date")
_CUSTOMERS = (
    "Customer Email",
    "Customer Emails",
    "Email",
    "Customer ID",
    "Customer",
    "Customer Name",
)
_MARKS = (
    "Mailbox", "Inbox", "Customer Email", "Customer", "Waiting Since", "Threads", "Thread Count",
    "Resolution Time", "First Response Time", "Handle Time", "Replies Sent",
)  # fmt: skip


def _recognise(file: RecordFile, options: ReadOptions) -> str | None:
    ids, created = find_columns(file, _IDS), find_columns(file, _CREATED)
    marks = find_columns(file, _MARKS)
    if not (ids and created and find_columns(file, ["Subject"]) and len(marks) > 1):
        return None
    found = (*ids.values(), "Subject", *created.values(), *marks.values())
    return f"columns {', '.join(dict.fromkeys(found))}"


def _read(
    file: RecordFile, options: ReadOptions, sides: Sides | None = None
) -> Iterator[ContactRow | Rejected]:
    for cells in read_rows(file, _IDS, "conversation id"):
        yield cells if isinstance(cells, Rejected) else _to_contact(cells, options, sides)


def _to_contact(cells: Cells, options: ReadOptions, sides: Sides | None) -> ContactRow:
    contact_id = cells.text(*_IDS).removeprefix("#")
    customer = cells.text(*_CUSTOMERS)
    channel = channel_of(cells.text("Channel", "Type"))
    tags = [tag.strip() for tag in cells.text("Tags").split(",")]
    status = cells.text("Status").lower()
    reasons = tag_reasons(tags) | ({status} & {"spam", "deleted"})
    if is_automated(cells.text("Subject"), customer):
        reasons.add("automated")
    if cells.text("Created By", "Source Via").lower() == "user" and channel != "phone":
        reasons.add("outbound")
    return ContactRow(
        line=cells.line,
        contact_id=contact_id,
        created_at=cells.raw(*_CREATED),
        channel=channel,
        customer_id=email_key(customer) or customer or None,
        subject=cells.text("Subject"),
        messages=side_messages(contact_id, sides, options, in_chat=channel == "chat"),
        left_out=first_reason(reasons, options.keep),
        service=_service(cells, tags),
    )


def _service(cells: Cells, tags: list[str]) -> Service:
    replies = number_of(cells.raw("Replies Sent"))
    return Service(
        first_response_at=after(seconds_of(cells.raw("First Response Time"))),
        resolved_at=cells.raw("Closed At", "Closed", "Date Closed"),
        csat=csat_of(cells.text("Rating", "Satisfaction")),
        handle_time_s=seconds_of(cells.raw("Handle Time")),
        status=status_of(cells.text("Status")),
        n_agent_messages=None if replies is None else int(replies),
        tags=join_tags(tags),
    )


HELPSCOUT_CSV: Dialect[ContactRow] = Dialect(
    "helpscout_csv",
    "contacts",
    _recognise,
    _read,
    notice=subjects_notice("list conversations from the API with embed=threads"),
    parts=(MESSAGES,),
    read_with=_read,
)
