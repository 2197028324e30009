"""Shopify's Admin API: orders as `orders.json` or NDJSON.

Test orders are left out as `test`, cancelled ones as `cancelled`. `sku` is that of the
first line item, `carrier` that of the first parcel with one. `returned` is true where a
refund took goods back (`restock_type` return), false where there is no refund, and
missing where a refund does not say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cxtopics.records import RecordFile, Rejected
from cxtopics.sources.cells import as_dict, as_list, cell_text, is_true
from cxtopics.sources.identity import email_key, order_key
from cxtopics.sources.rows import Dialect, OrderRow, ReadOptions

__all__ = ["SHOPIFY_JSON", "api_order", "returned_of"]

TEST = "test"
_NEEDED = ("id", "created_at", "line_items")
_MARKS = ("order_number", "financial_status", "total_price", "fulfillments", "name")


def _recognise(file: RecordFile, options: ReadOptions) -> str | None:
    first = file.first() if file.format == "json" else {}
    order = as_dict(first.get("order")) or first
    marks = [key for key in _MARKS if key in order]
    if len(marks) < 2 or not all(key in order for key in _NEEDED):
        return None
    return f"keys {', '.join((*_NEEDED, *marks))}"


def _read(file: RecordFile, options: ReadOptions) -> Iterator[OrderRow | Rejected]:
    for row in file:
        if isinstance(row, Rejected):
            yield row
            continue
        order = as_dict(row.values.get("order")) or row.values
        yield api_order(file, row.line, order, options)


def api_order(
    file: RecordFile, line: int, order: Mapping[str, Any], options: ReadOptions
) -> OrderRow | Rejected:
    """Return an order in the shape of the API."""
    order_id = next(
        filter(None, (order_key(order.get(key)) for key in ("name", "order_number", "id"))), None
    )
    if order_id is None:
        return Rejected(file.path.name, line, "no order name, number or id")
    customer = as_dict(order.get("customer"))
    email = order.get("email") or order.get("contact_email") or customer.get("email")
    items = [as_dict(item) for item in as_list(order.get("line_items"))]
    places = (as_dict(order.get(f"{kind}_address")) for kind in ("shipping", "billing"))
    countries = (place.get("country_code") or place.get("country") for place in places)
    parcels = (as_dict(parcel) for parcel in as_list(order.get("fulfillments")))
    carriers = (cell_text(parcel.get("tracking_company")) for parcel in parcels)
    return OrderRow(
        line=line,
        order_id=order_id,
        created_at=order.get("created_at"),
        customer_id=email_key(email) or cell_text(customer.get("id")) or cell_text(email),
        total=order.get("total_price"),
        sku=next(filter(None, (cell_text(item.get("sku")) for item in items[:1])), None),
        carrier=next(filter(None, carriers), None),
        country=next(filter(None, (cell_text(country) for country in countries)), None),
        returned=returned_of(order.get("refunds")),
        left_out=_left_out(order, options),
        currency=cell_text(order.get("currency")),
    )


def returned_of(refunds: Any) -> bool | None:
    """Return whether goods came back, as far as the refunds of an order say."""
    if not isinstance(refunds, list):
        return None
    kinds = {
        cell_text(as_dict(line).get("restock_type")) or "unknown"
        for refund in refunds
        for line in as_list(as_dict(refund).get("refund_line_items"))
    }
    if "return" in kinds:
        return True
    return False if kinds <= {"cancel"} else None


def _left_out(order: Mapping[str, Any], options: ReadOptions) -> str | None:
    if is_true(order.get("test")):
        return TEST
    cancelled = cell_text(order.get("cancelled_at")) is not None
    return "cancelled" if cancelled and not options.keep_cancelled else None


SHOPIFY_JSON: Dialect[OrderRow] = Dialect("shopify_json", "orders", _recognise, _read)
