"""Shop export -> orders: one row per order placed.

Rows that are no orders of their own are left out with their reason:
`continuation_line` (a further product of an order), `cancelled` (unless they are to be
kept), `test`, `unpaid` and `duplicate`. Every row read is accounted for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import pandas as pd

from cxtopics import __version__
from cxtopics.records import Reconciliation
from cxtopics.schemas import ORDERS
from cxtopics.sources import (
    CONTINUATION,
    REJECTED,
    Intake,
    OrderRow,
    ReadOptions,
    load_mapping,
    settle,
)
from cxtopics.tables import (
    as_flags,
    as_numbers,
    as_text,
    check_table,
    load_table,
    write_accounted,
)

__all__ = ["Orders", "load_orders", "read_orders", "save_orders"]

_TEXTS = ("order_id", "customer_id", "sku", "carrier", "country")


@dataclass(frozen=True, eq=False)
class Orders:
    """Orders in the order of time (`schemas.ORDERS`), and what became of every row read."""

    table: pd.DataFrame
    reconciliation: Reconciliation


def read_orders(
    paths: Sequence[str | Path],
    *,
    dialect: str | None = None,
    mapping: str | Path | Mapping[str, Any] | None = None,
    timezone: str | None = None,
    keep_cancelled: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Orders:
    """Read the orders of a shop.

    Parameters
    ----------
    paths
        One or more files, each in any dialect; an order seen again is left out.
    dialect
        Name of the dialect of all files; default: found out, file by file.
    mapping
        A mapping file (see docs/mapping.md), or its content, for other tables.
    timezone
        Zone of times that name none; default UTC, with a notice.
    keep_cancelled
        Count cancelled orders too (where the export shows which they are).
    progress
        Called with the number of rows read since the last call.

    Raises
    ------
    InputError
        A file cannot be used, or no order is left.
    """
    known = load_mapping(mapping, "orders")
    options = ReadOptions(columns=known.columns, keep_cancelled=keep_cancelled)
    intake: Intake[OrderRow] = Intake(
        paths, "orders", dialect=dialect, options=options, progress=progress
    )
    names = ["file", *(field.name for field in fields(OrderRow))]
    rows = pd.DataFrame(
        ((file, *vars(row).values()) for file, row in intake), columns=names, dtype=object
    )
    rows[REJECTED] = _orphans(rows)
    counted, reconciliation = settle(
        rows,
        intake,
        "order_id",
        timezone=timezone,
        date_format=known.date_format,
        not_repeated=(CONTINUATION,),
    )
    table = _to_table(counted, intake.where)
    notices = (*reconciliation.notices, *_currencies(table))
    return Orders(table, replace(reconciliation, notices=notices))


def _orphans(rows: pd.DataFrame) -> pd.Series:
    """Return why a further line cannot be used: the line with its order is in no file."""
    further = rows["left_out"] == CONTINUATION
    orphan = further & ~rows["order_id"].isin(rows.loc[~further, "order_id"])
    return orphan.map({True: "further line of an order whose first line is missing"}).astype(object)


def _to_table(counted: pd.DataFrame, where: str) -> pd.DataFrame:
    table = pd.DataFrame({"order_id": as_text(counted["order_id"])})
    table["created_at"] = counted["created_at"]
    for name in _TEXTS[1:]:
        table[name] = as_text(counted[name])
    table["total"] = as_numbers(counted["total"])
    table["returned"] = as_flags(counted["returned"])
    if counted["currency"].notna().any():
        table["currency"] = as_text(counted["currency"]).str.upper()
    return check_table(table, ORDERS, where)


def _currencies(table: pd.DataFrame) -> list[str]:
    """Return the notice that totals are in several currencies, if they are."""
    counts = table["currency"].value_counts() if "currency" in table else pd.Series(dtype=int)
    if len(counts) < 2:
        return []
    listed = ", ".join(f"{name} ({n})" for name, n in counts.items())
    return [f"totals are in {len(counts)} currencies: {listed}; nothing is converted"]


def save_orders(orders: Orders, path: str | Path) -> None:
    """Write orders and what became of every row read, see `tables.write_accounted`."""
    write_accounted(orders.table, path, "orders", orders.reconciliation, __version__)


def load_orders(path: str | Path, *, timezone: str | None = None) -> pd.DataFrame:
    """Read a table that bears the canonical names: CSV, NDJSON, Parquet, XLSX.

    Raises
    ------
    InputError
        If it cannot be read or does not fit `schemas.ORDERS`.
    """
    return load_table(path, ORDERS, timezone=timezone)
