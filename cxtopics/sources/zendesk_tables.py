"""Zendesk's API as tables, as connectors (Fivetran, Airbyte) keep it: one file per object.

`ticket` is read; `ticket_comment`, `ticket_tag`, `user` and `ticket_field_history` are
looked up beside it by their columns, whatever the files are called. Times are UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cxtopics.records import RecordFile, Rejected
from cxtopics.sources.cells import as_utc, cell_text, find_columns, is_true
from cxtopics.sources.rows import ContactRow, Dialect, Part, ReadOptions, Sides
from cxtopics.sources.zendesk_json import ticket_contact

__all__ = ["ZENDESK_TABLES"]

_NEEDED = ("id", "subject", "description", "requester_id", "created_at", "via_channel")
_PARTS = (
    Part("comments", ("ticket_id", "body", "public", "user_id"), "ticket_id"),
    Part("tags", ("ticket_id", "tag"), "ticket_id"),
    Part("history", ("ticket_id", "field_name", "value", "updated"), "ticket_id"),
    Part("users", ("id", "email", "role"), "id"),
)
_SAME = (
    "subject", "raw_subject", "description", "requester_id", "submitter_id", "merged_ticket_ids",
)  # fmt: skip


def _recognise(file: RecordFile, options: ReadOptions) -> str | None:
    found = find_columns(file, _NEEDED)
    return f"columns {', '.join(found.values())}" if len(found) == len(_NEEDED) else None


def _read(
    file: RecordFile, options: ReadOptions, sides: Sides | None = None
) -> Iterator[ContactRow | Rejected]:
    for row in file:
        if isinstance(row, Rejected):
            yield row
            continue
        cells = {str(name).casefold(): cell for name, cell in row.values.items()}
        contact_id = cell_text(cells.get("id"))
        if contact_id is None:
            yield Rejected(file.path.name, row.line, "no ticket id")
        else:
            ticket = _to_ticket(contact_id, cells, sides)
            yield ticket_contact(row.line, contact_id, ticket, options)


def _to_ticket(contact_id: str, cells: Mapping[str, Any], sides: Sides | None) -> dict[str, Any]:
    """Return the ticket in the shape of the API."""
    deleted = is_true(cells.get("_fivetran_deleted"))
    source = {
        "from": {"address": cells.get("via_source_from_address")},
        "rel": cell_text(cells.get("via_source_rel")),
    }
    ticket = {
        **{name: cells.get(name) for name in _SAME},
        "created_at": as_utc(cells.get("created_at")),
        "status": "deleted" if deleted else cells.get("status"),
        "via": {"channel": cell_text(cells.get("via_channel")), "source": source},
        "custom_fields": [
            {"id": name.removeprefix("custom_"), "value": cell}
            for name, cell in cells.items()
            if name.startswith("custom_")
        ],
    }
    return {**ticket, **_beside(contact_id, ticket, sides)} if sides else ticket


def _beside(contact_id: str, ticket: Mapping[str, Any], sides: Sides) -> dict[str, Any]:
    """Return what the tables beside say: comments in the order of time, tags each once."""
    comments = [
        {
            "author_id": comment.get("user_id"),
            "public": is_true(comment.get("public")),
            "body": comment.get("body"),
            "created_at": as_utc(comment.get("created") or comment.get("created_at")),
        }
        for comment in sides.of("comments", contact_id)
    ]
    comments.sort(key=lambda comment: str(comment["created_at"] or ""))
    people = sides.of("users", cell_text(ticket["requester_id"]))
    solved = [
        str(change["updated"])
        for change in sides.of("history", contact_id)
        if change.get("field_name") == "status" and change.get("value") == "solved"
    ]
    return {
        "comments": comments,
        "tags": [tag["tag"] for tag in sides.of("tags", contact_id) if "tag" in tag],
        "requester": people[-1] if people else None,
        "solved_at": as_utc(max(solved)) if solved else None,
    }


def _notice(file: RecordFile, sides: Sides | None) -> str:
    if sides and sides.has("comments"):
        return ""
    return (
        "no comments beside the tickets: texts are subject and description (the first comment), "
        "and times of answers are unknown; give the table of comments too"
    )


ZENDESK_TABLES: Dialect[ContactRow] = Dialect(
    "zendesk_tables", "contacts", _recognise, _read,
    notice=_notice, parts=_PARTS, read_with=_read,
)  # fmt: skip
