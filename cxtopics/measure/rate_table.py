"""Counts to the long table of rates: one row per period and topic."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from cxtopics.measure.counting import ALL
from cxtopics.measure.counts import Counts, SliceCounts
from cxtopics.measure.intervals import garwood
from cxtopics.measure.rates import contacts_per_order, customer_contact_rate, topic_share
from cxtopics.schemas import TOPIC_RATES

__all__ = ["METHOD", "rate_table", "slice_table", "totals_by_topic"]

METHOD = "classify_and_count; sampling interval only; classifier error unknown"


def rate_table(counts: Counts, cut: str = ALL, value: str = ALL) -> pd.DataFrame:
    """Return the rates by `schemas.TOPIC_RATES`, period after period, "all" first in each.

    `cut` and `value` name the slice that was counted; shares are shares of its contacts.
    """
    shape = counts.contacts.shape
    contacts = counts.contacts.to_numpy().ravel()
    orders = np.repeat(counts.n_orders.to_numpy(float), shape[1])
    share = topic_share(contacts, np.repeat(counts.contacts[ALL].to_numpy(), shape[1]))
    customers = counts.customers.to_numpy(float).ravel()
    rate = customer_contact_rate(customers, np.repeat(counts.n_active.to_numpy(float), shape[1]))
    days = counts.periods[["period_start", "period_end"]]
    days = days.apply(lambda day: day.dt.strftime("%Y-%m-%d"))
    return pd.DataFrame(
        {
            "period_start": np.repeat(days["period_start"].to_numpy(), shape[1]),
            "period_end": np.repeat(days["period_end"].to_numpy(), shape[1]),
            "slice": cut,
            "slice_value": value,
            "topic": list(counts.contacts.columns) * shape[0],
            **garwood(contacts).columns("n_contacts"),
            "n_orders": orders,
            **contacts_per_order(contacts, orders).columns("contacts_per_order"),
            **share.columns("topic_share"),
            **rate.columns("customer_contact_rate"),
            "method": METHOD,
        }
    )[list(TOPIC_RATES.columns)]


def slice_table(slices: list[SliceCounts]) -> list[pd.DataFrame]:
    """Return the rates of every slice value, without topics that never occur in it."""
    tables = []
    for part in slices:
        contacts = part.counts.contacts
        seen = [topic for topic in contacts if topic == ALL or contacts[topic].any()]
        counts = replace(
            part.counts, contacts=contacts[seen], customers=part.counts.customers[seen]
        )
        tables.append(rate_table(counts, part.cut.name, part.value))
    return tables


def totals_by_topic(counts: Counts) -> pd.DataFrame:
    """Return contacts, contacts per order and share by topic, over all periods together."""
    contacts = counts.contacts.sum()
    n_orders = float(counts.n_orders.sum())
    return pd.DataFrame(
        {
            "topic": contacts.index,
            **garwood(contacts).columns("n_contacts"),
            "n_orders": n_orders,
            **contacts_per_order(contacts, n_orders).columns("contacts_per_order"),
            **topic_share(contacts, contacts[ALL]).columns("topic_share"),
        }
    )
