"""All counts of a report in one value, period by period."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cxtopics.errors import InputError
from cxtopics.measure.counting import (
    ABSTAINED,
    ALL,
    NO_TEXT,
    active_customers,
    count_by_topic,
    count_customers,
    topic_rows,
)
from cxtopics.measure.periods import By, complete_periods, period_of, period_table
from cxtopics.taxonomy import NOT_COUNTED, OTHER, Taxonomy

__all__ = ["Counts", "count_periods", "row_order"]


@dataclass(frozen=True)
class Counts:
    """What was counted, period by period.

    Attributes
    ----------
    periods
        `period_start`, `period_end`, `complete`; one row per period.
    contacts, customers
        Contacts and distinct customers, by period (rows) and topic row (columns, the first
        of them "all"); customers are NaN where no contact has a customer id.
    n_orders, n_active
        Orders placed, and active customers, by period.
    """

    periods: pd.DataFrame
    contacts: pd.DataFrame
    customers: pd.DataFrame
    n_orders: pd.Series[float]
    n_active: pd.Series[float]


def row_order(seen: set[str], taxonomy: Taxonomy | None) -> list[str]:
    """Return every topic row of a report: the taxonomy's order, then what else was seen."""
    known = [topic.id for topic in taxonomy.topics] if taxonomy else []
    known = [topic for topic in known if topic not in NOT_COUNTED]
    last = [OTHER, ABSTAINED, NO_TEXT]
    return [ALL, *known, *sorted(seen - {*known, *last}), *last]


def count_periods(
    contacts: pd.DataFrame,
    counted: pd.Series[bool],
    shop: pd.DataFrame,
    taxonomy: Taxonomy | None,
    by: By,
    active_months: int,
) -> Counts:
    """Count contacts, orders and customers in every period from first to last contact.

    Parameters
    ----------
    contacts, shop
        Tables as `measure.inputs` returns them, with the local `day` of every row.
    counted
        Which contacts are counted; the others only show which days the export covers.

    Raises
    ------
    InputError
        If nothing is left to count, or no period of the contacts has an order.
    """
    if not counted.any():
        raise InputError(
            f"tagged contacts: all {len(contacts)} rows are tagged as no contact",
            "check the topics of the table: nothing is left to count",
        )
    periods = period_table(contacts["day"].min(), contacts["day"].max(), by)
    periods["complete"] = complete_periods(periods, contacts["day"], shop["day"])
    n_orders = period_of(shop["day"], by).value_counts().reindex(periods.index, fill_value=0)
    if not n_orders.any():
        raise InputError(
            f"contacts run from {_range(contacts)}, orders from {_range(shop)}: no {by} in common",
            "export orders of the same time as the contacts",
        )
    topics = topic_rows(contacts[counted])
    months, rows = period_of(contacts.loc[counted, "day"], by), row_order(set(topics), taxonomy)
    by_topic = count_by_topic(months, topics, periods.index, rows)
    by_topic[ALL] = by_topic.drop(columns=ALL).sum(axis=1)
    return Counts(
        periods=periods,
        contacts=by_topic,
        customers=count_customers(
            months, topics, contacts.loc[counted, "customer_id"], periods.index, rows
        ),
        n_orders=n_orders.astype(float),
        n_active=pd.Series(
            active_customers(
                shop["day"], shop["customer_id"], periods["period_end"], active_months
            ),
            index=periods.index,
        ),
    )


def _range(table: pd.DataFrame) -> str:
    return f"{table['day'].min():%Y-%m-%d} to {table['day'].max():%Y-%m-%d}"
