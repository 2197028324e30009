"""What a report is cut by: channel, product, carrier, country, new or returning customer.

A slice is a column of the contacts (`channel`) or of the orders (`country`). A contact has
no country of its own: it is counted under the country of the order it is linked to, and
under `not linked` where there is none. Each slice has the eight most frequent values, the
others together, and what is unknown, so that its rows add up to all contacts.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from cxtopics.errors import InputError

__all__ = [
    "NEW_OR_RETURNING",
    "NOT_LINKED",
    "N_VALUES",
    "REST",
    "UNKNOWN",
    "Slice",
    "choose_slices",
]

NEW_OR_RETURNING = "new_or_returning"
NOT_LINKED, REST, UNKNOWN = "not linked", "Other", "unknown"
N_VALUES = 8
_DEFAULT = ("channel", "sku", "carrier", "country", NEW_OR_RETURNING)
_ALSO = {"product": "sku", "customer": NEW_OR_RETURNING}


@dataclass(frozen=True)
class Slice:
    """One way to cut a report.

    Attributes
    ----------
    name
        The column, or `new_or_returning`: whether an order is its customer's first.
    of
        Whose column it is. Contacts by a value of the orders are divided by the orders with
        that value; contacts by a value of their own (a channel has no orders) by all orders.
    """

    name: str
    of: Literal["contacts", "orders"]

    @property
    def denominator(self) -> str:
        """What the contacts of a value are divided by, in words."""
        return "all orders" if self.of == "contacts" else "orders with the value"


def choose_slices(
    wanted: Sequence[str] | None,
    contacts: Collection[str],
    orders: Collection[str],
    is_empty: Callable[[Slice], bool],
) -> tuple[Slice, ...]:
    """Return the slices asked for, by default those of the usual ones that the tables carry.

    Parameters
    ----------
    wanted
        Names; None takes the default.
    contacts, orders
        Columns of either table. A name that both have is taken from the orders, except
        `channel`.
    is_empty
        Tells a column without any value.

    Raises
    ------
    InputError
        If a name asked for is no column of either table, or a column without values.
    """
    known = {name: Slice(name, "contacts") for name in contacts}
    known |= {name: Slice(name, "orders") for name in orders if name != "channel"}
    if "customer_id" in orders:
        known[NEW_OR_RETURNING] = Slice(NEW_OR_RETURNING, "orders")
    if wanted is None:
        usual = [known[name] for name in _DEFAULT if name in known]
        return tuple(one for one in usual if not is_empty(one))
    return tuple(_find(name, known, is_empty) for name in dict.fromkeys(wanted))


def _find(name: str, known: dict[str, Slice], is_empty: Callable[[Slice], bool]) -> Slice:
    found = known.get(name) or known.get(_ALSO.get(name, name))
    if found is None:
        near = difflib.get_close_matches(name, known, n=1)
        raise InputError(
            f"slice '{name}': no such column in the contacts or the orders",
            f"did you mean '{near[0]}'?" if near else f"there are {', '.join(sorted(known))}",
        )
    if is_empty(found):
        raise InputError(f"slice '{name}': the column has no values", "leave it out")
    return found
