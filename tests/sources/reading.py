"""Rows of invented exports, written and read as a user's file would be."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from cxtopics.contacts import Contacts, read_contacts
from cxtopics.orders import Orders, read_orders


def write_csv(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(rows) + "\n", encoding="utf-8-sig")
    return path


def write_ndjson(path: Path, *rows: Any) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def dialects_of(found: Contacts | Orders) -> list[str]:
    return [file.dialect for file in found.reconciliation.files]


def contact(found: Contacts, contact_id: str) -> dict[str, Any]:
    """Return a contact's values, missing ones as None."""
    row = found.table.set_index("contact_id").loc[contact_id]
    return {name: None if pd.isna(value) else value for name, value in row.items()}


def order(found: Orders, order_id: str) -> dict[str, Any]:
    row = found.table.astype(object).set_index("order_id").loc[order_id]
    return {str(name): None if pd.isna(value) else value for name, value in row.items()}


__all__ = [
    "contact", "dialects_of", "order", "read_contacts", "read_orders", "write_csv", "write_ndjson",
]  # fmt: skip
