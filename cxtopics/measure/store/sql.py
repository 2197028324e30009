"""Names, texts and single rows, as SQL wants them."""

from __future__ import annotations

from typing import Any

import duckdb

__all__ = ["fetch_one", "identifier", "literal"]


def identifier(name: str) -> str:
    """Return a column's name as SQL, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as SQL, whatever it holds."""
    return "'" + text.replace("'", "''") + "'"


def fetch_one(db: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    """Return the one row of a query; empty where it has none."""
    rows = db.execute(query).fetchall()  # a result that is not read to its end blocks the next
    return rows[0] if rows else ()
