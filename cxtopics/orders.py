"""Shop export -> orders: one row per order placed.

Rows that are no orders of their own are left out with their reason:
`continuation_line` (a further product of an order), `cancelled` (unless they are to be
kept), `test`, `unpaid` and `duplicate`. Every row read is accounted for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import pandas as pd

from cxtopics import __version__
from cxtopics.records import Progress, Reconciliation
from cxtopics.schemas import ORDERS
from cxtopics.sources import (
    CONTINUATION,
    REJECTED,
    Explanation,
    Intake,
    OrderRow,
    ReadOptions,
    TracedFile,
    load_mapping,
    settle,
)
from cxtopics.tables import (
    TextRows,
    as_flags,
    as_numbers,
    as_text,
    check_output,
    check_table,
    load_table,
    time_text,
    write_accounted,
)
from cxtopics.tables.columns import cell_text

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = [
    "OrderOptions",
    "Orders",
    "explain_orders",
    "load_orders",
    "orders_file",
    "read_orders",
    "save_orders",
]

_TEXTS = ("customer_id", "sku", "carrier", "country")
_COLUMNS = (
    "file", "line", "created_at", "order_id", *_TEXTS, "total", "returned", "currency",
    "left_out",
)  # fmt: skip
_ROWS_PER_BATCH = 4096


@dataclass(frozen=True, eq=False)
class Orders:
    """Orders in the order of time (`schemas.ORDERS`), and what became of every row read."""

    table: pd.DataFrame
    reconciliation: Reconciliation


class OrderOptions(TypedDict, total=False):
    """How exports are read; every key may be left out.

    Attributes
    ----------
    dialect
        Name of the dialect of all files; default: found out, file by file.
    mapping
        A mapping file (see docs/mapping.md), or its content, for other tables.
    timezone
        Zone of times that name none; default UTC, with a notice.
    keep_cancelled
        Count cancelled orders too (where the export shows which they are).
    max_unpacked
        Bytes that one packed file may unpack to; default: see `records.packed`.
    progress
        Called with the number of rows read since the last call; see `records.Progress`.
    """

    dialect: str | None
    mapping: str | Path | Mapping[str, Any] | None
    timezone: str | None
    keep_cancelled: bool
    max_unpacked: int | None
    progress: Progress | None


def orders_file(
    paths: Sequence[str | Path], out: str | Path, **options: Unpack[OrderOptions]
) -> Reconciliation:
    """Read the orders of a shop into a table on disk; return what became of every row.

    Raises
    ------
    InputError
        A file cannot be used, or no order is left.
    """
    check_output(out)
    orders = read_orders(paths, **options)
    save_orders(orders, out)
    return orders.reconciliation


def read_orders(paths: Sequence[str | Path], **options: Unpack[OrderOptions]) -> Orders:
    """Read the orders of a shop.

    Parameters
    ----------
    paths
        Files, folders, patterns and zips (see `records.find_inputs`), each file in any
        dialect; an order seen again is left out.
    options
        See `OrderOptions`.

    Raises
    ------
    InputError
        A file cannot be used, or no order is left.
    """
    return _read(paths, **options)


def explain_orders(paths: Sequence[str | Path], **options: Unpack[OrderOptions]) -> Explanation:
    """Say how exports are understood, without writing anything.

    Raises
    ------
    InputError
        As `read_orders`.
    """
    traced: list[TracedFile] = []
    orders = _read(paths, **options, traced=traced)
    return Explanation.of("orders", traced, orders.reconciliation, [orders.table])


def _read(
    paths: Sequence[str | Path],
    *,
    dialect: str | None = None,
    mapping: str | Path | Mapping[str, Any] | None = None,
    timezone: str | None = None,
    keep_cancelled: bool = False,
    max_unpacked: int | None = None,
    progress: Progress | None = None,
    traced: list[TracedFile] | None = None,
) -> Orders:
    known = load_mapping(mapping, "orders")
    intake: Intake[OrderRow] = Intake(
        paths,
        "orders",
        dialect=dialect,
        options=ReadOptions(columns=known.columns, keep_cancelled=keep_cancelled),
        max_unpacked=max_unpacked,
        progress=progress,
    )
    rows = _rows(intake)
    if traced is not None:
        traced += intake.trace()
    settled = settle(
        rows,
        intake,
        "order_id",
        timezone=timezone,
        date_format=known.date_format,
        not_repeated=(CONTINUATION,),
    )
    counted = rows.iloc[settled.order].reset_index(drop=True)
    table = _to_table(counted.assign(created_at=settled.created_at), intake.where)
    notices = (*settled.account.notices, *_currencies(table))
    return Orders(table, replace(settled.account, notices=notices))


def _rows(intake: Intake[OrderRow]) -> pd.DataFrame:
    """Return all rows read, as text, and which of them cannot be used."""
    kept = TextRows(_COLUMNS, ("file", "line"))
    numbered = iter(intake)
    while batch := list(islice(numbered, _ROWS_PER_BATCH)):
        kept.add([_cells(file, row) for file, row in batch])
    rows = kept.to_frame()
    rows[REJECTED] = _orphans(rows)
    return rows


def _cells(file: int, row: OrderRow) -> list[Any]:
    cells = (getattr(row, name) for name in _COLUMNS[3:])
    return [file, row.line, time_text(row.created_at), *(cell_text(cell) for cell in cells)]


def _orphans(rows: pd.DataFrame) -> pd.Series:
    """Return why a further line cannot be used: the line with its order is in no file."""
    further = rows["left_out"] == CONTINUATION
    orphan = further & ~rows["order_id"].isin(rows.loc[~further, "order_id"])
    return orphan.map({True: "further line of an order whose first line is missing"}).astype(object)


def _to_table(counted: pd.DataFrame, where: str) -> pd.DataFrame:
    table = pd.DataFrame({"order_id": as_text(counted["order_id"])})
    table["created_at"] = counted["created_at"]
    for name in _TEXTS:
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
