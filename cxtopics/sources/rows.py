"""What every dialect yields: one dataclass per kind of row, values as the source has them.

Times stay raw here (a column of them is parsed at once, later) and so does text (it is
cleaned where sources and text meet, in `contacts`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, NamedTuple, Protocol, TypeVar

from cxtopics.records import RecordFile, Rejected
from cxtopics.sources.service import NO_SERVICE, Service

__all__ = [
    "ContactRow",
    "Dialect",
    "Kind",
    "Message",
    "OrderRow",
    "Part",
    "ReadOptions",
    "Sides",
]

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
    service
        How the contact was served, as far as the source says.
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
    service: Service = NO_SERVICE


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
    currency: str | None = None


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
    keep
        Reasons of `schemas.LEFT_OUT_REASONS` that are overruled: such rows are contacts.
    """

    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keep_cancelled: bool = False
    all_messages: bool = False
    keep: frozenset[str] = frozenset()


class Sides(Protocol):
    """Tables beside the one with the tickets or orders, looked up by id."""

    def has(self, part: str) -> bool:
        """Tell whether such a table was given."""

    def of(self, part: str, key: str | None) -> list[dict[str, Any]]:
        """Return the rows of a table that bear a key, in the file's order, names in small."""


@dataclass(frozen=True)
class Part:
    """A table that goes with a dialect's own, such as comments with tickets.

    Attributes
    ----------
    needed
        Columns by which it is known.
    key
        The column by which its rows are looked up.
    """

    name: str
    needed: tuple[str, ...]
    key: str


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
        What a reader of figures from this dialect has to know; empty if nothing. A
        function where that depends on the file and on the tables given beside it.
    parts
        Tables that may be given beside this one.
    read_with
        As `read`, with those tables.
    has_text
        False where the export holds no word of the customers, subjects included.
    """

    name: str
    kind: Kind
    recognise: Callable[[RecordFile, ReadOptions], str | None]
    read: Callable[[RecordFile, ReadOptions], Iterator[RowT | Rejected]]
    notice: str | Callable[[RecordFile, Sides | None], str] = ""
    parts: tuple[Part, ...] = ()
    read_with: Callable[[RecordFile, ReadOptions, Sides], Iterator[RowT | Rejected]] | None = None
    has_text: bool = True
