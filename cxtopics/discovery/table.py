"""The contacts that are looked at, in an order of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxtopics.errors import InputError
from cxtopics.records import show_columns
from cxtopics.tables import as_text
from cxtopics.taxonomy import normalise_text

__all__ = ["in_fixed_order", "require_columns"]


def in_fixed_order(tagged: pd.DataFrame) -> pd.DataFrame:
    """Return the contacts with text, in an order that does not depend on the table's."""
    require_columns(tagged, ("contact_id", "text"))
    contacts = pd.DataFrame(
        {
            "contact_id": as_text(tagged["contact_id"]).to_numpy(),
            "text": as_text(tagged["text"]).to_numpy(),
            "month": _months(tagged),
        }
    )
    contacts = contacts[contacts["text"].notna()]
    contacts["key"] = [normalise_text(text) or text for text in contacts["text"]]
    return contacts.sort_values(["key", "text", "contact_id"], kind="stable")


def require_columns(table: pd.DataFrame, columns: Sequence[str]) -> None:
    """Raise an error that names the first column a table lacks, and those it has."""
    for name in columns:
        if name not in table:
            found = show_columns(table.columns)
            raise InputError(f"no column '{name}'; found: {found}", "give a table that has it")


def _months(tagged: pd.DataFrame) -> npt.NDArray[Any]:
    if "created_at" not in tagged:
        return np.full(len(tagged), None)
    times = pd.to_datetime(tagged["created_at"], utc=True, errors="coerce", format="ISO8601")
    return times.dt.strftime("%Y-%m").to_numpy(dtype=object)
