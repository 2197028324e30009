"""WooCommerce: the CSV of the order export plugins, and the REST API's JSON.

Cancelled orders are left out as `cancelled`; those whose payment failed, never came or was
never tried (`failed`, `pending`, `checkout-draft`, `trash`) as `unpaid`. `sku` is that of
the first line item.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from cxtopics.records import RecordFile, Rejected
from cxtopics.sources.cells import as_dict, as_list, as_utc, cell_text, find_columns
from cxtopics.sources.csv_contacts import Cells, read_rows
from cxtopics.sources.identity import email_key, order_key
from cxtopics.sources.rows import Dialect, OrderRow, ReadOptions
from cxtopics.sources.shopify_csv import CONTINUATION

__all__ = ["WOOCOMMERCE_CSV", "WOOCOMMERCE_JSON"]

_CSV_MARKS = (
    "order_total", "billing_email", "billing_country", "customer_email", "order_currency",
    "paid_date", "shipping_method",
)  # fmt: skip
_JSON_NEEDED = ("id", "date_created", "line_items", "billing")
_UNPAID = ("failed", "pending", "checkout-draft", "draft", "auto-draft", "trash")
_SKU = re.compile(r"sku:\s*([^|;,\s]+)", re.IGNORECASE)


def _is_csv(file: RecordFile, options: ReadOptions) -> str | None:
    found = find_columns(file, ("order_id", "order_date"))
    marks = find_columns(file, _CSV_MARKS)
    if len(found) < 2 or len(marks) < 2:
        return None
    return f"columns {', '.join((*found.values(), *marks.values()))}"


def _is_json(file: RecordFile, options: ReadOptions) -> str | None:
    order = file.first() if file.format == "json" else {}
    if not all(key in order for key in _JSON_NEEDED):
        return None
    return f"keys {', '.join(_JSON_NEEDED)}"


def _read_csv(file: RecordFile, options: ReadOptions) -> Iterator[OrderRow | Rejected]:
    """Yield orders; a plugin may write one row per line item, the order said again on each."""
    last = None
    for cells in read_rows(file, ("order_number", "order_id"), "order_id"):
        if isinstance(cells, Rejected):
            yield cells
            continue
        order_id = order_key(cells.text("order_number", "order_id")) or ""
        left_out = _left_out(cells.text("status", "order_status"), options)
        yield OrderRow(
            line=cells.line,
            order_id=order_id,
            created_at=cells.raw("order_date"),
            customer_id=_customer(
                cells.text("customer_email", "billing_email"), cells.text("customer_id")
            ),
            total=cells.raw("order_total"),
            sku=_sku(cells),
            country=cells.text("shipping_country", "billing_country") or None,
            left_out=CONTINUATION if order_id == last else left_out,
            currency=cells.text("order_currency", "currency") or None,
        )
        last = order_id


def _sku(cells: Cells) -> str | None:
    told = cells.text("item_sku", "sku", "line_item_sku", "product_sku")
    found = _SKU.search(cells.text("line_items", "line_item_1"))
    return told or (found[1] if found else None)


def _read_json(file: RecordFile, options: ReadOptions) -> Iterator[OrderRow | Rejected]:
    for row in file:
        if isinstance(row, Rejected):
            yield row
            continue
        order_id = order_key(row.values.get("number")) or order_key(row.values.get("id"))
        if order_id is None:
            yield Rejected(file.path.name, row.line, "no order number or id")
        else:
            yield _to_order(row.line, order_id, row.values, options)


def _to_order(line: int, order_id: str, order: dict[str, Any], options: ReadOptions) -> OrderRow:
    billing, shipping = as_dict(order.get("billing")), as_dict(order.get("shipping"))
    items = [as_dict(item) for item in as_list(order.get("line_items"))]
    return OrderRow(
        line=line,
        order_id=order_id,
        created_at=as_utc(order.get("date_created_gmt")) or order.get("date_created"),
        customer_id=_customer(
            cell_text(billing.get("email")) or "", cell_text(order.get("customer_id")) or ""
        ),
        total=order.get("total"),
        sku=cell_text(items[0].get("sku")) if items else None,
        country=cell_text(shipping.get("country")) or cell_text(billing.get("country")),
        left_out=_left_out(cell_text(order.get("status")) or "", options),
        currency=cell_text(order.get("currency")),
    )


def _customer(email: str, number: str) -> str | None:
    """Return the customer's key; number 0 is a guest, who is nobody in particular."""
    return email_key(email) or (number if number not in ("", "0") else None)


def _left_out(status: str, options: ReadOptions) -> str | None:
    word = status.lower().removeprefix("wc-").replace(" ", "-")
    if word in ("cancelled", "canceled"):
        return None if options.keep_cancelled else "cancelled"
    return "unpaid" if word in _UNPAID or word == "pending-payment" else None


WOOCOMMERCE_CSV: Dialect[OrderRow] = Dialect("woocommerce_csv", "orders", _is_csv, _read_csv)
WOOCOMMERCE_JSON: Dialect[OrderRow] = Dialect("woocommerce_json", "orders", _is_json, _read_json)
