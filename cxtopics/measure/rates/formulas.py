"""The rates of the glossary (docs/metrics.md), each with its interval.

An empty denominator gives NaN, never 0: no orders means no rate, not a rate of nought.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cxtopics.measure.estimate import Band
from cxtopics.measure.intervals import garwood, wilson

__all__ = ["CONFIDENCE", "contacts_per_order", "customer_contact_rate", "topic_share"]

CONFIDENCE = 0.95


def contacts_per_order(
    n_contacts: npt.ArrayLike, n_orders: npt.ArrayLike, confidence: float = CONFIDENCE
) -> Band:
    """Return contacts / orders, the gross CPO (contacts per order, >= 0, may exceed 1).

    Parameters
    ----------
    n_contacts
        Contacts created in the period.
    n_orders
        Orders placed in the period, taken as known; NaN or 0 gives NaN.

    Notes
    -----
    Contacts are taken as Poisson, so the ends are those of `garwood` divided by the orders.
    """
    orders = np.asarray(n_orders, dtype=float)
    orders = np.where(orders > 0, orders, np.nan)
    value, low, high = garwood(n_contacts, confidence)
    return Band(value / orders, low / orders, high / orders)


def topic_share(
    n_topic: npt.ArrayLike, n_contacts: npt.ArrayLike, confidence: float = CONFIDENCE
) -> Band:
    """Return contacts on the topic / contacts (0-1), with Wilson's interval.

    A share moves when *other* topics move: it never judges a fix alone. No contacts at all
    gives NaN.
    """
    return wilson(n_topic, n_contacts, confidence)


def customer_contact_rate(
    n_customers: npt.ArrayLike, n_active: npt.ArrayLike, confidence: float = CONFIDENCE
) -> Band:
    """Return distinct customers who contact / active customers (0-1), Wilson's interval.

    Parameters
    ----------
    n_customers
        Distinct customers with a contact in the period.
    n_active
        Distinct customers with an order in the trailing window that ends with the period.

    Notes
    -----
    Missing (NaN) where no customer is active, and where more customers write than are
    active: such a ratio is no share, and is a sign that helpdesk and shop name their
    customers differently.
    """
    customers = np.asarray(n_customers, dtype=float)
    active = np.asarray(n_active, dtype=float)
    active = np.where(customers <= active, active, np.nan)
    return wilson(customers, active, confidence)
