"""From a contact to its order: by a custom field, then by the number in the text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cxtopics.errors import InputError
from cxtopics.sources.identity import order_key
from cxtopics.sources.order_numbers import OrderNumbers, find_order_field

__all__ = ["FieldValues", "OrderLinks"]

_MANY = 100_000  # values of one field; beyond them only new shapes are kept
_MANY_SHAPES = 1_000
_DIGIT = re.compile(r"\d")


class _Distinct:
    """Distinct values, as many as it takes to know their shape."""

    def __init__(self) -> None:
        self.values: dict[str, None] = {}
        self._shapes: set[str] = set()

    def add(self, value: Any) -> None:
        value = str(value).strip().upper()
        if len(self.values) < _MANY:
            self.values[value] = None
        elif value not in self.values:
            shape = _DIGIT.sub("0", value[:64])
            if shape not in self._shapes and len(self._shapes) < _MANY_SHAPES:
                self._shapes.add(shape)
                self.values[value] = None


class FieldValues:
    """What rows say of their orders: in a column of its own, and in custom fields."""

    def __init__(self) -> None:
        self._own = _Distinct()
        self._fields: dict[str, _Distinct] = {}

    def add(self, order_id: str | None, fields: Mapping[str, str]) -> None:
        """Take in one row."""
        if order_id:
            self._own.add(order_id)
        for name, value in fields.items():
            self._fields.setdefault(name, _Distinct()).add(value)

    def to_links(self, order_field: str | None, where: str) -> OrderLinks:
        """Return how contacts are linked, by the field named or by the one that is certain.

        Raises
        ------
        InputError
            If no row has a value in the field named.
        """
        by_field = {name: found.values for name, found in self._fields.items()}
        name = order_field or find_order_field(
            {name: value} for name, values in by_field.items() for value in values
        )
        if name is None:
            return OrderLinks(known=OrderNumbers.learn(self._own.values))
        if name not in by_field:
            raise InputError(
                f"{where}: no custom field '{name}' has a value",
                "give the field's id (JSON) or its column's title (CSV)",
            )
        numbers = OrderNumbers.learn(by_field[name])
        known = numbers or OrderNumbers.learn({**self._own.values, **by_field[name]})
        return OrderLinks(name, numbers, known)


@dataclass(frozen=True)
class OrderLinks:
    """How a contact's order is found beyond a column of its own.

    Attributes
    ----------
    field
        The custom field that holds order numbers; None if none is known to.
    numbers
        Their shape, if they have one in common; then they are known in texts too.
    known
        The shape of the shop's order numbers, be they in that field or in a column; by it
        they are told from telephone numbers.
    """

    field: str | None = None
    numbers: OrderNumbers | None = None
    known: OrderNumbers | None = None

    @property
    def order_pattern(self) -> re.Pattern[str] | None:
        """What matches the shop's order numbers in a text; None where their shape is unknown."""
        return self.known.pattern if self.known else None

    @property
    def notices(self) -> tuple[str, ...]:
        """What is to be said of the links."""
        if self.field is None:
            return ()
        texts = ", and from texts" if self.numbers else ""
        return (f"order numbers: read from the custom field {self.field}{texts}",)

    def link(
        self, order_id: str | None, fields: Mapping[str, str], text: str | None
    ) -> tuple[str | None, str | None]:
        """Return a contact's order and how it is known: `column`, `field`, `text` or None."""
        if order_id:
            return order_id, "column"
        if self.field is None:
            return None, None
        given = fields.get(self.field)
        if given and _DIGIT.search(given):  # not "none"
            to_order = self.numbers.normalise if self.numbers else order_key
            if order := to_order(given):
                return order, "field"
        if self.numbers and text and (order := self.numbers.find(text)):
            return order, "text"
        return None, None
