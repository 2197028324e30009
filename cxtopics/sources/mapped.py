"""Any table: columns that bear the canonical names, or a mapping file that tells them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cxtopics.errors import InputError
from cxtopics.records import Record, RecordFile, Rejected, show_columns
from cxtopics.sources.cells import cell_text, find_columns
from cxtopics.sources.identity import customer_key, order_key
from cxtopics.sources.rows import ContactRow, Dialect, Kind, Message, OrderRow, ReadOptions

__all__ = ["CANONICAL", "REQUIRED", "TABLE_OF_CONTACTS", "TABLE_OF_ORDERS"]

CANONICAL: dict[Kind, tuple[str, ...]] = {
    "contacts": ("contact_id", "created_at", "channel", "customer_id", "order_id", "text"),
    "orders": (
        "order_id", "created_at", "customer_id", "total", "sku", "carrier", "country", "returned",
    ),
}  # fmt: skip
REQUIRED: dict[Kind, tuple[str, ...]] = {
    "contacts": ("contact_id", "created_at", "text"),
    "orders": ("order_id", "created_at"),
}
Columns = Mapping[str, tuple[str, ...]]


def _columns(file: RecordFile, kind: Kind, options: ReadOptions) -> dict[str, tuple[str, ...]]:
    """Return the file's columns for each canonical one: by the mapping, else by its name."""
    named = {name: (spelt,) for name, spelt in find_columns(file, CANONICAL[kind]).items()}
    wanted = [source for sources in options.columns.values() for source in sources]
    spelt = find_columns(file, wanted)
    missing = [source for source in wanted if source not in spelt]
    if missing and file.format != "json":  # in JSON a key may be absent from the first row
        raise InputError(
            f"{file.path}: no column '{missing[0]}', which the mapping names; "
            f"found: {show_columns(file.columns)}",
            "correct the name in the mapping file",
        )
    mapped = {
        name: tuple(spelt.get(source, source) for source in sources)
        for name, sources in options.columns.items()
    }
    return {**named, **mapped}


def _recognise(file: RecordFile, kind: Kind, options: ReadOptions) -> str | None:
    found = _columns(file, kind, options)
    if any(name not in found for name in REQUIRED[kind]):
        return None
    _check_single(file, found)
    if options.columns:
        pairs = (f"{name} = {' + '.join(sources)}" for name, sources in found.items())
        return f"mapping {', '.join(pairs)}"
    return f"columns {', '.join(found)}"


def _check_single(file: RecordFile, found: Columns) -> None:
    for name in (source for sources in found.values() for source in sources):
        if f"{name} (2)" in file.columns:
            raise InputError(
                f"{file.path}: the column '{name}' occurs more than once in the header",
                "rename one of them",
            )


def _read_contacts(file: RecordFile, options: ReadOptions) -> Iterator[ContactRow | Rejected]:
    columns = _columns(file, "contacts", options)
    for row in file:
        if isinstance(row, Rejected):
            yield row
        elif (contact_id := _single(row, columns, "contact_id")) is None:
            yield Rejected(file.path.name, row.line, "no contact_id")
        else:
            customer = customer_key(_single(row, columns, "customer_id"))
            yield ContactRow(
                line=row.line,
                contact_id=contact_id,
                created_at=_raw(row, columns, "created_at"),
                channel=_single(row, columns, "channel"),
                customer_id=customer,
                order_id=order_key(_single(row, columns, "order_id")),
                **_text(row, columns),
            )


def _read_orders(file: RecordFile, options: ReadOptions) -> Iterator[OrderRow | Rejected]:
    columns = _columns(file, "orders", options)
    for row in file:
        if isinstance(row, Rejected):
            yield row
        elif (order_id := order_key(_single(row, columns, "order_id"))) is None:
            yield Rejected(file.path.name, row.line, "no order_id")
        else:
            yield OrderRow(
                line=row.line,
                order_id=order_id,
                created_at=_raw(row, columns, "created_at"),
                customer_id=customer_key(_single(row, columns, "customer_id")),
                total=_raw(row, columns, "total"),
                sku=_single(row, columns, "sku"),
                carrier=_single(row, columns, "carrier"),
                country=_single(row, columns, "country"),
                returned=_raw(row, columns, "returned"),
            )


def _raw(row: Record, columns: Columns, name: str) -> Any:
    return row.values.get(columns[name][0]) if name in columns else None


def _single(row: Record, columns: Columns, name: str) -> str | None:
    return cell_text(_raw(row, columns, name))


def _text(row: Record, columns: Columns) -> dict[str, Any]:
    """Return subject and message: of several text columns the first is the subject."""
    cells = [cell_text(row.values.get(source)) or "" for source in columns["text"]]
    subject = cells.pop(0) if len(cells) > 1 else ""
    body = "\n".join(cells)
    return {"subject": subject, "messages": (Message(body, "</" in body or "<br" in body),)}


TABLE_OF_CONTACTS: Dialect[ContactRow] = Dialect(
    "table",
    "contacts",
    lambda file, options: _recognise(file, "contacts", options),
    _read_contacts,
)
TABLE_OF_ORDERS: Dialect[OrderRow] = Dialect(
    "table",
    "orders",
    lambda file, options: _recognise(file, "orders", options),
    _read_orders,
)
