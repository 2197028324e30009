"""Shopify's Admin API as tables, as connectors (Fivetran, Airbyte) keep it.

`order` is read; `order_line`, `refund`, `order_line_refund` and `fulfillment` are looked
up beside it by their columns. Times are UTC. What is left out is as in `shopify_json`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cxtopics.records import RecordFile, Rejected
from cxtopics.sources.cells import as_utc, cell_text, find_columns, is_true
from cxtopics.sources.rows import Dialect, OrderRow, Part, ReadOptions, Sides
from cxtopics.sources.shopify_json import api_order

__all__ = ["SHOPIFY_TABLES"]

_NEEDED = ("id", "created_at", "order_number", "financial_status", "total_price")
_PARTS = (
    Part("refund_lines", ("refund_id", "order_line_id", "restock_type"), "refund_id"),
    Part("fulfillments", ("order_id", "tracking_company"), "order_id"),
    Part("lines", ("order_id", "sku", "quantity", "variant_id"), "order_id"),
    Part("refunds", ("id", "order_id", "restock", "processed_at"), "order_id"),
)


def _recognise(file: RecordFile, options: ReadOptions) -> str | None:
    if file.format == "json" and "line_items" in file.columns:
        return None
    found = find_columns(file, _NEEDED)
    return f"columns {', '.join(found.values())}" if len(found) == len(_NEEDED) else None


def _read(
    file: RecordFile, options: ReadOptions, sides: Sides | None = None
) -> Iterator[OrderRow | Rejected]:
    for row in file:
        if isinstance(row, Rejected):
            yield row
            continue
        cells = {str(name).casefold(): cell for name, cell in row.values.items()}
        yield api_order(file, row.line, _to_api(cells, sides), options)


def _to_api(cells: Mapping[str, Any], sides: Sides | None) -> dict[str, Any]:
    """Return the order in the shape of the API."""
    key = cell_text(cells.get("id"))
    places = {
        f"{kind}_address": {
            name: cells.get(f"{kind}_address_{name}") for name in ("country_code", "country")
        }
        for kind in ("shipping", "billing")
    }
    order = {
        **{
            name: cells.get(name) for name in ("id", "name", "order_number", "email", "total_price")
        },
        **{name: cells.get(name) for name in ("currency", "test", "cancelled_at")},
        **places,
        "created_at": as_utc(cells.get("created_at")),
        "customer": {"id": cells.get("customer_id")},
    }
    if is_true(cells.get("_fivetran_deleted")):
        order["test"] = True
    return {**order, **_beside(key, sides)} if sides else order


def _beside(key: str | None, sides: Sides) -> dict[str, Any]:
    lines = sides.of("lines", key)
    lines.sort(key=lambda line: int(cell_text(line.get("index")) or 0))
    refunds = [
        {"refund_line_items": sides.of("refund_lines", cell_text(refund.get("id")))}
        for refund in sides.of("refunds", key)
    ]
    known = sides.has("refunds") and sides.has("refund_lines")
    return {
        "line_items": lines,
        "fulfillments": sides.of("fulfillments", key),
        "refunds": refunds if known else None,
    }


SHOPIFY_TABLES: Dialect[OrderRow] = Dialect(
    "shopify_tables", "orders", _recognise, _read, parts=_PARTS, read_with=_read
)
