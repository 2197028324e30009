"""Intercom as history tables, as connectors (Fivetran) keep it: every version of every row.

`conversation_history` is read; a conversation is its active version, and the older ones
are left out as `duplicate`. Parts, contacts and tags are looked up beside it by their
columns. Times are UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from cxtopics.records import Record, RecordFile, Rejected
from cxtopics.sources.cells import as_utc, cell_text, find_columns, is_true
from cxtopics.sources.intercom_json import conversation_contact
from cxtopics.sources.rows import ContactRow, Dialect, Part, ReadOptions, Sides

__all__ = ["INTERCOM_TABLES"]

_NEEDED = ("id", "created_at", "source_type", "source_body", "source_delivered_as", "state")
_PARTS = (
    Part("parts", ("conversation_id", "part_type", "author_type", "body"), "conversation_id"),
    Part("contacts", ("contact_id", "conversation_id"), "conversation_id"),
    Part("conversation_tags", ("tag_id", "conversation_id"), "conversation_id"),
    Part("people", ("id", "email", "role"), "id"),
    Part("tags", ("id", "name", "_fivetran_deleted"), "id"),
)
Row = Mapping[str, Any]


def _recognise(file: RecordFile, options: ReadOptions) -> str | None:
    found = find_columns(file, (*_NEEDED, "_fivetran_active"))
    return f"columns {', '.join(found.values())}" if set(_NEEDED) <= set(found) else None


def _read(
    file: RecordFile, options: ReadOptions, sides: Sides | None = None
) -> Iterator[ContactRow | Rejected]:
    newest = {} if find_columns(file, ["_fivetran_active"]) else _newest(file)
    seen: set[str] = set()
    for row in file:
        if isinstance(row, Rejected):
            yield row
            continue
        cells = _cells(row)
        contact_id = cell_text(cells.get("id"))
        if contact_id is None:
            yield Rejected(file.path.name, row.line, "no conversation id")
            continue
        contact = conversation_contact(
            row.line, contact_id, _to_conversation(contact_id, cells, sides), options
        )
        version = cell_text(cells.get("updated_at")) or ""
        valid = version == newest[contact_id] if newest else is_true(cells["_fivetran_active"])
        if not valid or contact_id in seen:
            contact = replace(contact, left_out="duplicate")
        else:
            seen.add(contact_id)
        yield contact


def _cells(row: Record) -> Row:
    return {"_fivetran_active": True} | {
        str(name).casefold(): cell for name, cell in row.values.items()
    }


def _newest(file: RecordFile) -> dict[str, str]:
    """Return the last `updated_at` of each conversation, for tables that mark none as active."""
    newest: dict[str, str] = {}
    for row in file:
        if isinstance(row, Record):
            cells = _cells(row)
            key, version = cell_text(cells.get("id")), cell_text(cells.get("updated_at")) or ""
            if key is not None:
                newest[key] = max(version, newest.get(key, ""))
    return newest


def _to_conversation(contact_id: str, cells: Row, sides: Sides | None) -> dict[str, Any]:
    """Return the conversation in the shape of the API."""
    conversation: dict[str, Any] = {
        "created_at": as_utc(cells.get("created_at")),
        "state": cells.get("state"),
        "source": {
            "type": cells.get("source_type"),
            "delivered_as": cells.get("source_delivered_as"),
            "subject": cells.get("source_subject"),
            "body": cells.get("source_body"),
            "author": {
                "type": cells.get("source_author_type"), "id": cells.get("source_author_id"),
            },
        },
        "conversation_rating": {"rating": cells.get("conversation_rating_value")},
        "_fivetran_deleted": cells.get("_fivetran_deleted"),
        "custom_attributes": {
            name: value for name, value in cells.items() if name.startswith("custom_")
        },
    }  # fmt: skip
    if sides:
        _add_sides(contact_id, conversation, sides)
    return conversation


def _add_sides(contact_id: str, conversation: dict[str, Any], sides: Sides) -> None:
    author = conversation["source"]["author"]
    contacts = [link["contact_id"] for link in sides.of("contacts", contact_id)]
    conversation["contacts"] = {"contacts": [{"id": contact} for contact in contacts]}
    person = author["id"] if author["type"] != "admin" else next(iter(contacts), None)
    if people := sides.of("people", cell_text(person)):
        author["email"] = people[-1].get("email")
    names = [
        sides.of("tags", str(link["tag_id"])) for link in sides.of("conversation_tags", contact_id)
    ]
    conversation["tags"] = [tags[-1]["name"] for tags in names if tags]
    parts = sides.of("parts", contact_id)
    closed = [part["created_at"] for part in parts if part.get("part_type") == "close"]
    conversation["closed_at"] = as_utc(max(map(str, closed))) if closed else None
    if sides.has("parts"):
        conversation["conversation_parts"] = [
            {
                "part_type": part.get("part_type"),
                "body": part.get("body"),
                "created_at": as_utc(part.get("created_at")),
                "author": {"type": part.get("author_type"), "id": part.get("author_id")},
            }
            for part in parts
        ]


def _notice(file: RecordFile, sides: Sides | None) -> str:
    if sides and sides.has("parts"):
        return ""
    return (
        "no conversation parts beside the conversations: texts are the opening messages, and "
        "times of answers are unknown; give the table of parts too"
    )


INTERCOM_TABLES: Dialect[ContactRow] = Dialect(
    "intercom_tables", "contacts", _recognise, _read,
    notice=_notice, parts=_PARTS, read_with=_read,
)  # fmt: skip
