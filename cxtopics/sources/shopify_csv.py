"""Shopify's "Export orders" CSV: one row per line item, the order on its first row only.

An order is one distinct `Name`. Rows that only add a product are left out as
`continuation_line`, cancelled orders as `cancelled`; the export holds no test orders. `sku`
is that of the first line item. The export does not say whether goods came back (a refund
is no return), so `returned` is missing throughout; nor does it name the carrier.
"""

from __future__ import annotations

from collections.abc import Iterator

from cxtopics.records import RecordFile, Rejected
from cxtopics.sources.cells import cell_text, find_columns
from cxtopics.sources.identity import customer_key, order_key
from cxtopics.sources.rows import Dialect, OrderRow, ReadOptions

__all__ = ["CONTINUATION", "SHOPIFY_CSV"]

CONTINUATION = "continuation_line"
_NEEDED = ("Name", "Lineitem quantity", "Created at")
_USED = (
    *_NEEDED, "Email", "Total", "Currency", "Lineitem sku", "Shipping Country",
    "Billing Country", "Cancelled at", "Financial Status",
)  # fmt: skip


def _recognise(file: RecordFile, options: ReadOptions) -> str | None:
    found = find_columns(file, _NEEDED)
    return f"columns {', '.join(found.values())}" if len(found) == len(_NEEDED) else None


def _read(file: RecordFile, options: ReadOptions) -> Iterator[OrderRow | Rejected]:
    names = find_columns(file, _USED)
    for row in file:
        if isinstance(row, Rejected):
            yield row
            continue
        cells = {name: cell_text(row.values.get(names[name])) for name in names}
        order_id = order_key(cells["Name"])
        if order_id is None:
            yield Rejected(file.path.name, row.line, "no order name")
        else:
            yield _to_order(row.line, order_id, cells, options)


def _to_order(
    line: int, order_id: str, cells: dict[str, str | None], options: ReadOptions
) -> OrderRow:
    left_out = None
    if not any(cells.get(name) for name in ("Created at", "Total", "Financial Status")):
        left_out = CONTINUATION
    elif cells.get("Cancelled at") and not options.keep_cancelled:
        left_out = "cancelled"
    return OrderRow(
        line=line,
        order_id=order_id,
        created_at=cells["Created at"],
        customer_id=customer_key(cells.get("Email")),
        total=cells.get("Total"),
        sku=cells.get("Lineitem sku"),
        country=cells.get("Shipping Country") or cells.get("Billing Country"),
        left_out=left_out,
        currency=cells.get("Currency"),
    )


SHOPIFY_CSV: Dialect[OrderRow] = Dialect("shopify_csv", "orders", _recognise, _read)
