"""Zendesk's CSV export of a view: no message text, only subjects."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cxtopics.records import RecordFile, Rejected
from cxtopics.sources.automated import is_automated
from cxtopics.sources.cells import cell_text, find_columns
from cxtopics.sources.identity import email_key
from cxtopics.sources.rows import ContactRow, Dialect, ReadOptions

__all__ = ["ZENDESK_CSV"]

_NEEDED = ("Id", "Subject", "Created at")
_MARKS = ("Summation column", "Requester", "Requester id", "Satisfaction Score")
_USED = (*_NEEDED, "Requester id", "Requester email", "Requester", "Tags", "Status", "Via")
_CUSTOM = (" [txt]", " [list]", " [int]", " [text]", " [flag]")
_REASON_TAGS = (
    ("outbound", {"proactive", "proactive_ticket", "outbound"}),
    ("spam", {"spam", "suspended", "suspended_ticket"}),
    ("deleted", set[str]()),
    ("merged", {"closed_by_merge", "merged"}),
)
Get = Callable[[str], str]


def _recognise(file: RecordFile, options: ReadOptions) -> str | None:
    if file.format not in ("csv", "xlsx"):
        return None
    found = find_columns(file, (*_NEEDED, *_MARKS))
    if not (set(_NEEDED) <= set(found) and set(_MARKS) & set(found)):
        return None
    return f"columns {', '.join(found.values())}"


def _read(file: RecordFile, options: ReadOptions) -> Iterator[ContactRow | Rejected]:
    names = find_columns(file, _USED)
    customs = [name for name in file.columns if name.endswith(_CUSTOM)]
    for row in file:
        if isinstance(row, Rejected):
            yield row
            continue
        cells = {name: cell_text(row.values.get(names[name])) or "" for name in names}
        contact_id = cells["Id"].removeprefix("#")
        if not contact_id:
            yield Rejected(file.path.name, row.line, "no ticket id")
            continue
        customer = cells.get("Requester email") or cells.get("Requester", "")
        values = {name: cell_text(row.values.get(name)) for name in customs}
        yield ContactRow(
            line=row.line,
            contact_id=contact_id,
            created_at=row.values.get(names["Created at"]),
            channel=cells.get("Via", "").lower() or None,
            customer_id=email_key(customer) or cells.get("Requester id") or None,
            person=cells.get("Requester id") or None,
            subject=cells["Subject"],
            left_out=_left_out(cells, customer),
            fields={name: value for name, value in values.items() if value},
        )


def _left_out(cells: dict[str, str], customer: str) -> str | None:
    """Return the first reason that applies, in the order of `schemas.LEFT_OUT_REASONS`."""
    tags = set(cells.get("Tags", "").lower().split())
    reasons = {reason for reason, names in _REASON_TAGS if tags & names}
    if is_automated(cells["Subject"], customer):
        reasons.add("automated")
    if cells.get("Status", "").lower() == "deleted":
        reasons.add("deleted")
    order = ("outbound", "automated", "spam", "deleted", "merged")
    return next((reason for reason in order if reason in reasons), None)


ZENDESK_CSV: Dialect[ContactRow] = Dialect(
    "zendesk_csv",
    "contacts",
    _recognise,
    _read,
    notice="subjects only: this export holds no message text, so topics are told from the "
    "subject lines alone; export tickets as JSON for the messages",
)
