"""From a contact to its order: by a custom field, then by the number in the text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cxtopics.errors import InputError
from cxtopics.sources.identity import order_key
from cxtopics.sources.order_numbers import OrderNumbers, find_order_field

__all__ = ["FieldValues", "OrderLinks"]

_MANY = 100_000  # values of one field; beyond them only new shapes are kept
_MANY_SHAPES = 1_000
_DIGIT = re.compile(r"\d")


class FieldValues:
    """The distinct values of every custom field, as many as it takes to know their shape."""

    def __init__(self) -> None:
        self._values: dict[str, dict[str, None]] = {}
        self._shapes: dict[str, set[str]] = {}

    def add(self, fields: Mapping[str, str]) -> None:
        """Take in the fields of one row."""
        for name, value in fields.items():
            known = self._values.setdefault(name, {})
            value = str(value).strip().upper()
            if len(known) < _MANY:
                known[value] = None
            elif value not in known:
                shapes = self._shapes.setdefault(name, set())
                shape = _DIGIT.sub("0", value[:64])
                if shape not in shapes and len(shapes) < _MANY_SHAPES:
                    shapes.add(shape)
                    known[value] = None

    def to_links(self, order_field: str | None, where: str) -> OrderLinks:
        """Return how contacts are linked, by the field named or by the one that is certain.

        Raises
        ------
        InputError
            If no row has a value in the field named.
        """
        by_field = list(self._values.values())
        rows = [{name: v} for name, values in self._values.items() for v in values]
        name = order_field or (find_order_field(rows) if by_field else None)
        if name is None:
            return OrderLinks()
        if not self._values.get(name):
            raise InputError(
                f"{where}: no custom field '{name}' has a value",
                "give the field's id (JSON) or its column's title (CSV)",
            )
        return OrderLinks(name, OrderNumbers.learn(self._values[name]))


@dataclass(frozen=True)
class OrderLinks:
    """How a contact's order is found beyond a column of its own.

    Attributes
    ----------
    field
        The custom field that holds order numbers; None if none is known to.
    numbers
        Their shape, if they have one in common; then they are known in texts too.
    """

    field: str | None = None
    numbers: OrderNumbers | None = None

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
