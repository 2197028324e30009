"""Tables that `report` can count in: right columns, UTC times, ids as text.

A Parquet table of the flow passes unchanged. A CSV has only text, and other people's
tables have numbers for ids and times without a zone; `tables.coerce` reads them as what
they mean.
"""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from cxtopics.errors import InputError
from cxtopics.measure.counting import ABSTAINED, ALL, NO_TEXT
from cxtopics.records import show_columns
from cxtopics.schemas import ORDERS, TAGGED
from cxtopics.tables import as_flags, as_text, coerce

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
    for name in tagged.columns.intersection(["topic_forced", "text"]):
        tagged[name] = as_text(tagged[name])
    if "needs_review" in tagged.columns:
        tagged["needs_review"] = as_flags(tagged["needs_review"]).fillna(False).astype(bool)
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
        If there are no rows, a column is missing, a time is unreadable or an id comes twice.
    """
    return _usable(frame, ORDERS, _ORDERS_USED, "orders")


def _usable(
    frame: pd.DataFrame, schema: pa.DataFrameSchema, columns: tuple[str, ...], where: str
) -> pd.DataFrame:
    if frame.empty:
        raise InputError(f"{where}: the table has no rows", "is it the file you meant?")
    required = [name for name, column in schema.columns.items() if column.required]
    if missing := [name for name in required if name not in frame.columns]:
        raise InputError(
            f"{where}: column '{missing[0]}' is missing; got {show_columns(frame.columns)}",
            f"expected at least {', '.join(required)}",
        )
    used = coerce(frame[[name for name in columns if name in frame.columns]], schema, where)
    if "customer_id" not in used.columns:
        used["customer_id"] = pd.Series(None, index=used.index, dtype=object)
    return used
