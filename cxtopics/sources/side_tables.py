"""Tables beside the one with the tickets or orders, kept on disk and looked up by id."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from typing import Any

from cxtopics.records import RecordFile, Rejected
from cxtopics.sources.cells import cell_text, is_true
from cxtopics.sources.rows import Part

__all__ = ["SideTables"]

_BATCH = 2000


class SideTables:
    """Rows of side tables by part and key, in a temporary database that goes with this object.

    A comments table may be larger than memory; SQLite spills what does not fit into a file
    of its own, which is deleted when it is closed.
    """

    def __init__(self, parts: set[str]) -> None:
        self._parts = parts
        self._rows = sqlite3.connect("")
        self._rows.execute("CREATE TABLE rows (part TEXT, key TEXT, content TEXT)")
        self._n_rows: dict[str, int] = dict.fromkeys(parts, 0)
        self._n_used: dict[str, int] = dict.fromkeys(parts, 0)

    def add(
        self, part: Part, file: RecordFile, on_row: Callable[[], None]
    ) -> tuple[int, list[Rejected]]:
        """Take in a file; return how many rows it had, and those that cannot be read.

        Rows that a history table marks as no longer valid, or as deleted, are passed over.
        """
        rejected: list[Rejected] = []
        batch: list[tuple[str, str, str]] = []
        n_rows = 0
        for row in file:
            on_row()
            if isinstance(row, Rejected):
                rejected.append(row)
                continue
            cells = {
                str(name).casefold(): cell
                for name, cell in row.values.items()
                if cell is not None and cell != ""
            }
            key = cell_text(cells.get(part.key.casefold()))
            if key is None or _is_void(cells):
                continue
            n_rows += 1
            batch.append((part.name, key, json.dumps(cells, default=str)))
            if len(batch) == _BATCH:
                self._store(batch)
                batch = []
        self._store(batch)
        self._n_rows[part.name] += n_rows
        return n_rows, rejected

    def _store(self, batch: list[tuple[str, str, str]]) -> None:
        self._rows.executemany("INSERT INTO rows VALUES (?, ?, ?)", batch)

    def close_intake(self) -> None:
        """Make lookups fast; call once after the last `add`."""
        self._rows.execute("CREATE INDEX by_key ON rows (part, key)")

    def has(self, part: str) -> bool:
        """Tell whether such a table was given."""
        return part in self._parts

    def of(self, part: str, key: str | None) -> list[dict[str, Any]]:
        """Return the rows of a table that bear a key, in the file's order, names in small."""
        if key is None or part not in self._parts:
            return []
        query = "SELECT content FROM rows WHERE part = ? AND key = ? ORDER BY rowid"
        found = [json.loads(content) for (content,) in self._rows.execute(query, (part, key))]
        self._n_used[part] += len(found)
        return found

    def strangers(self) -> str:
        """Return a sentence about the tables of which no row belongs to any row read."""
        unused = sorted(
            (part, n) for part, n in self._n_rows.items() if n and not self._n_used[part]
        )
        if not unused:
            return ""
        listed = ", ".join(f"{part} ({n} rows)" for part, n in unused)
        return f"beside the rows read, and belonging to none of them: {listed}; is it one export?"


def _is_void(cells: dict[str, Any]) -> bool:
    active = cells.get("_fivetran_active")
    return (active is not None and not is_true(active)) or is_true(cells.get("_fivetran_deleted"))
