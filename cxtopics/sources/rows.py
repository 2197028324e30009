"""What every dialect yields: one dataclass per kind of row, values as the source has them.

Times stay raw here (a column of them is parsed at once, later) and so does text (it is
cleaned where sources and text meet, in `contacts`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from cxtopics.records import RecordFile, Rejected

__all__ = ["EXTRA_COLUMNS", "ContactRow", "Dialect", "Kind", "Message", "OrderRow", "ReadOptions"]

EXTRA_COLUMNS: dict[str, Literal["time", "number", "text"]] = {
    "first_response_at": "time",
    "resolved_at": "time",
    "csat": "number",
    "handle_time_s": "number",
    "status": "text",
    "n_agent_messages": "number",
    "language": "text",
}
"""Columns that a contact may have beside those of `schemas.CONTACTS`, by what they hold."""

Kind = Literal["contacts", "orders"]
RowT = TypeVar("RowT")


class Message(NamedTuple):
    """One message of the customer, and whether it is HTML."""

    body: str
    html: bool = False


@dataclass(frozen=True)
class ContactRow:
    """One ticket, conversation or message that may be a contact.

    Attributes
    ----------
    created_at
        Raw: text, number or time; None where missing.
    person
        The source's own id of the customer; people whose e-mail address is known from
        any of their rows get one `customer_id` in all of them.
    messages
        Those to classify by: mostly the first one alone.
    left_out
        Why the source itself shows this to be no contact, None if it is one.
    fields
        Custom fields that might hold an order number, by the id or title of the field.
    absorbed
        Ids of other rows that were merged into this one.
    first_response_at, resolved_at, csat, handle_time_s, status, n_agent_messages, language
        What else the source may tell of a contact (`EXTRA_COLUMNS`), raw; a column that no
        row fills is in no table.
    """

    line: int
    contact_id: str
    created_at: Any
    channel: str | None = None
    customer_id: str | None = None
    person: str | None = None
    order_id: str | None = None
    subject: str = ""
    messages: tuple[Message, ...] = ()
    left_out: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    absorbed: tuple[str, ...] = ()
    first_response_at: Any = None
    resolved_at: Any = None
    csat: Any = None
    handle_time_s: Any = None
    status: str | None = None
    n_agent_messages: Any = None
    language: str | None = None


@dataclass(frozen=True)
class OrderRow:
    """One order, or a row of a shop's export that is none (`left_out`)."""

    line: int
    order_id: str
    created_at: Any
    customer_id: str | None = None
    total: Any = None
    sku: str | None = None
    carrier: str | None = None
    country: str | None = None
    returned: Any = None
    left_out: str | None = None


@dataclass(frozen=True)
class ReadOptions:
    """Choices that a dialect may heed.

    Attributes
    ----------
    columns
        Canonical column -> source columns, from a mapping file.
    keep_cancelled
        Count cancelled orders as orders.
    all_messages
        Take all messages of the customer, not the first one alone.
    """

    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keep_cancelled: bool = False
    all_messages: bool = False


@dataclass(frozen=True)
class Dialect(Generic[RowT]):
    """One form in which a helpdesk or a shop hands over its data.

    Attributes
    ----------
    recognise
        Returns by what a file is known to be of this dialect, None if it is not.
    read
        Yields a row, or a rejection, for every row of the file.
    notice
        What a reader of figures from this dialect has to know; empty if nothing.
    """

    name: str
    kind: Kind
    recognise: Callable[[RecordFile, ReadOptions], str | None]
    read: Callable[[RecordFile, ReadOptions], Iterator[RowT | Rejected]]
    notice: str = ""
