"""Tickets from the CSV exports of helpdesks: what their dialects have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cxtopics.records import Record, RecordFile, Rejected
from cxtopics.sources.cells import cell_text, find_columns
from cxtopics.sources.conversations import Turn, message_of, own_messages
from cxtopics.sources.rows import Message, Part, ReadOptions, Sides

__all__ = ["MESSAGES", "SUBJECTS_ONLY", "Cells", "read_rows", "side_messages", "subjects_notice"]

MESSAGES = Part("messages", ("ticket_id", "body", "from_agent"), "ticket_id")
"""A table with the messages of a subject-only export: `ticket_id`, `body`, `from_agent`
(true or false), and as far as known `created_at` and `public`."""

SUBJECTS_ONLY = (
    "subjects only: this export holds no message text, so topics are told from the subject "
    "lines alone; {}"
)


class Cells:
    """One row of a table by column names in any capitals."""

    def __init__(self, row: Record, names: dict[str, str]) -> None:
        self._row, self._names = row.values, names
        self.line = row.line

    def raw(self, *names: str) -> Any:
        """Return the first of these columns that is there and not blank."""
        for name in names:
            spelt = self._names.get(name.casefold())
            if spelt is not None and cell_text(value := self._row.get(spelt)) is not None:
                return value
        return None

    def text(self, *names: str) -> str:
        """Return that cell as text, empty where there is none."""
        return cell_text(self.raw(*names)) or ""

    def others(self, known: Sequence[str]) -> dict[str, str]:
        """Return the filled cells of all columns but these: custom fields, mostly."""
        skip = {name.casefold() for name in known}
        rest = (
            (spelt, self._row.get(spelt)) for name, spelt in self._names.items() if name not in skip
        )
        return {spelt: text for spelt, cell in rest if (text := cell_text(cell))}


def read_rows(file: RecordFile, id_names: Sequence[str], what: str) -> Iterator[Cells | Rejected]:
    """Yield the rows of a table; those without an id in any of the columns are rejected."""
    names = {column.casefold(): column for column in reversed(file.columns)}
    for row in file:
        if isinstance(row, Rejected):
            yield row
            continue
        cells = Cells(row, names)
        yield cells if cells.text(*id_names) else Rejected(file.path.name, row.line, f"no {what}")


def side_messages(
    contact_id: str, sides: Sides | None, options: ReadOptions, *, in_chat: bool = False
) -> tuple[Message, ...]:
    """Return the customer's messages from a table of messages beside the tickets."""
    if sides is None:
        return ()
    rows = [row for row in sides.of(MESSAGES.name, contact_id) if _is_public(row)]
    rows.sort(key=lambda row: cell_text(row.get("created_at")) or "")
    turns = [Turn(_author(row), _message(row)) for row in rows]
    return own_messages(turns, in_chat=in_chat, all_messages=options.all_messages)


def _author(row: dict[str, Any]) -> Any:
    from_agent = (cell_text(row.get("from_agent")) or "").lower()
    return "agent" if from_agent in ("true", "1", "yes") else "customer"


def _is_public(row: dict[str, Any]) -> bool:
    return (cell_text(row.get("public")) or "true").lower() not in ("false", "0", "no")


def _message(row: dict[str, Any]) -> Message | None:
    body = cell_text(row.get("body")) or ""
    return message_of(body) if "</" in body or "<br" in body else message_of(None, body)


def subjects_notice(advice: str, *text_columns: str) -> Any:
    """Return the notice of a dialect whose export may hold subjects alone.

    Parameters
    ----------
    advice
        How to get the messages.
    text_columns
        Columns that hold them where the user picked them.
    """

    def notice(file: RecordFile, sides: Sides | None) -> str:
        told = find_columns(file, text_columns) or (sides and sides.has(MESSAGES.name))
        return "" if told else SUBJECTS_ONLY.format(advice)

    return notice
