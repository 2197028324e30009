"""Tables that `report` can count in: right columns, UTC times, ids as text.

A Parquet table of the flow passes unchanged. A CSV has only text, and other people's
tables have numbers for ids and times without a zone; these are read as what they mean.
"""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from cxtopics.errors import InputError
from cxtopics.measure.counting import ABSTAINED, ALL, NO_TEXT
from cxtopics.schemas import ORDERS, TAGGED
from cxtopics.tables import check_table

__all__ = ["read_orders", "read_tagged"]

_TAGGED_USED = (
    "contact_id", "created_at", "customer_id", "topic", "topic_forced", "needs_review", "text",
)  # fmt: skip
_ORDERS_USED = ("order_id", "created_at", "customer_id")
_TAKEN = {ALL, ABSTAINED, NO_TEXT}


def read_tagged(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of a tagged table that counting needs, in their proper types.

    Raises
    ------
    InputError
        If there are no rows, a column is missing, a time is unreadable, an id comes twice,
        or a topic bears a name that has a meaning of its own in reports.
    """
    tagged = _usable(frame, TAGGED, _TAGGED_USED, "tagged contacts")
    if "needs_review" in tagged.columns:
        tagged["needs_review"] = _as_flag(tagged["needs_review"])
    if taken := sorted(set(tagged["topic"].dropna()) & _TAKEN):
        raise InputError(
            f"tagged contacts: column 'topic' holds {', '.join(taken)}, which has a meaning of "
            "its own in reports",
            "rename the topic, or leave the cell empty where no topic was told",
        )
    return tagged


def read_orders(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of an orders table that counting needs, in their proper types.

    Raises
    ------
    InputError
        As for `read_tagged`.
    """
    return _usable(frame, ORDERS, _ORDERS_USED, "orders")


def _usable(
    frame: pd.DataFrame, schema: pa.DataFrameSchema, columns: tuple[str, ...], where: str
) -> pd.DataFrame:
    if frame.empty:
        raise InputError(f"{where}: the table has no rows", "is it the file you meant?")
    used = frame[[name for name in columns if name in frame.columns]].reset_index(drop=True)
    for name in used.columns.difference(["created_at", "needs_review"]):
        used[name] = _as_id(used[name])
    if "created_at" in used.columns:
        used["created_at"] = _as_utc(used["created_at"], where)
    used = check_table(used, schema, where)
    if "customer_id" not in used.columns:
        used["customer_id"] = pd.Series(None, index=used.index, dtype="string")
    return used


def _as_id(column: pd.Series) -> pd.Series:
    """Return text; whole numbers without '.0', and blank cells as missing."""
    if pd.api.types.is_float_dtype(column) and (column.dropna() % 1 == 0).all():
        column = column.astype("Int64")
    text = column.astype("string")
    return text.mask(text.str.strip() == "")


def _as_utc(column: pd.Series, where: str) -> pd.Series:
    """Return UTC times; text is ISO 8601, and a time without a zone is UTC already."""
    times = pd.to_datetime(column, utc=True, format="ISO8601", errors="coerce")
    if (bad := times.isna()).any():
        rows = ", ".join(str(int(row) + 1) for row in bad.to_numpy().nonzero()[0][:5])
        raise InputError(
            f"{where}: column 'created_at': {int(bad.sum())} cells are missing or no time "
            f"(rows {rows}), expected such as 2026-03-01T09:30:00Z",
            "let `cxtopics contacts` or `cxtopics orders` read the export: it knows more formats",
        )
    return times.dt.as_unit("us")


def _as_flag(column: pd.Series) -> pd.Series:
    """Return booleans; missing is False, text is read as true or false."""
    return column.astype("string").str.lower().isin(["true", "1", "yes"])
