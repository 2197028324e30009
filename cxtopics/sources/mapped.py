"""Any table: columns that bear the canonical names, or a mapping file that tells them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cxtopics.errors import InputError
from cxtopics.records import Record, RecordFile, Rejected, show_columns
from cxtopics.sources.cells import as_dict, cell_text, find_columns
from cxtopics.sources.channels import channel_of
from cxtopics.sources.identity import customer_key, order_key
from cxtopics.sources.rows import ContactRow, Dialect, Kind, Message, OrderRow, ReadOptions
from cxtopics.sources.service import (
    NO_SERVICE,
    SERVICE_COLUMNS,
    Service,
    csat_of,
    number_of,
    seconds_of,
    status_of,
)

__all__ = ["CANONICAL", "REQUIRED", "TABLE_OF_CONTACTS", "TABLE_OF_ORDERS"]

CANONICAL: dict[Kind, tuple[str, ...]] = {
    "contacts": (
        "contact_id", "created_at", "channel", "customer_id", "order_id", "text",
        *SERVICE_COLUMNS,
    ),
    "orders": (
        "order_id", "created_at", "customer_id", "total", "sku", "carrier", "country", "returned",
        "currency",
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


def _told(file: RecordFile, columns: Columns) -> Iterator[Record | Rejected]:
    """Yield the rows; a mapped key that no row of a JSON file has is an error, as in a table.

    Raises
    ------
    InputError
        After the last row.
    """
    sources = {source for sources in columns.values() for source in sources}
    unseen = sources if file.format == "json" else set()
    for row in file:
        if unseen and isinstance(row, Record):
            unseen = {source for source in unseen if not _has(row, source)}
        yield row
    if unseen:
        raise InputError(
            f"{file.path}: no row has '{min(unseen)}', which the mapping names; "
            f"found: {show_columns(file.columns)}",
            "correct the name in the mapping file",
        )


def _has(row: Record, source: str) -> bool:
    return source in row.values or _value(row, source) is not None


def _read_contacts(file: RecordFile, options: ReadOptions) -> Iterator[ContactRow | Rejected]:
    columns = _columns(file, "contacts", options)
    for row in _told(file, columns):
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
                channel=_channel(_single(row, columns, "channel")),
                customer_id=customer,
                order_id=order_key(_single(row, columns, "order_id")),
                service=_service(row, columns),
                **_text(row, columns),
            )


def _read_orders(file: RecordFile, options: ReadOptions) -> Iterator[OrderRow | Rejected]:
    columns = _columns(file, "orders", options)
    for row in _told(file, columns):
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
                currency=_single(row, columns, "currency"),
            )


def _raw(row: Record, columns: Columns, name: str) -> Any:
    return _value(row, columns[name][0]) if name in columns else None


def _value(row: Record, source: str) -> Any:
    """Return a cell; `customer.email` is the key `email` within `customer`, as JSON nests."""
    if source in row.values or "." not in source:
        return row.values.get(source)
    value: Any = row.values
    for key in source.split("."):
        value = as_dict(value).get(key)
    return value


def _channel(word: str | None) -> str | None:
    """Return one of our channels, or the table's own word where it means none of them."""
    return channel_of(word, unknown=word)


def _csat(cell: Any) -> float | None:
    """Return a score as it is, or what a word means; `service_columns` knows the scale."""
    score = number_of(cell)
    return csat_of(cell) if score is None else score


def _service(row: Record, columns: Columns) -> Service:
    """Return the optional columns; durations and counts in plain numbers."""
    if not any(name in columns for name in SERVICE_COLUMNS):
        return NO_SERVICE
    n_agent = number_of(_raw(row, columns, "n_agent_messages"))
    return Service(
        first_response_at=_raw(row, columns, "first_response_at"),
        resolved_at=_raw(row, columns, "resolved_at"),
        csat=_csat(_raw(row, columns, "csat")),
        handle_time_s=seconds_of(_raw(row, columns, "handle_time_s")),
        status=status_of(_raw(row, columns, "status")),
        n_agent_messages=None if n_agent is None else int(n_agent),
        language=_single(row, columns, "language"),
        tags=_single(row, columns, "tags"),
    )


def _single(row: Record, columns: Columns, name: str) -> str | None:
    return cell_text(_raw(row, columns, name))


def _text(row: Record, columns: Columns) -> dict[str, Any]:
    """Return subject and message: of several text columns the first is the subject."""
    cells = [cell_text(_value(row, source)) or "" for source in columns["text"]]
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
