"""Figures of orders and customers: all of them, and those who wrote about a topic.

Customers who wrote differ from others in more than that they wrote: what a row of a topic
shows is an association, never an effect.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cxtopics.measure.calendar.days import period_number
from cxtopics.measure.calendar.periods import By
from cxtopics.measure.intervals import wilson
from cxtopics.measure.kpis.figures import absent, kpi_rows, mean_ends
from cxtopics.measure.store.counts import Counts
from cxtopics.measure.store.database import Store, fetch

__all__ = ["customer_kpis", "order_kpis"]

_MONEY = "shop's currency"


def order_kpis(store: Store, counts: Counts, by: By) -> Iterator[pd.DataFrame]:
    """Yield figures of the orders placed in the report's periods.

    For a topic, the orders are those with a contact on it.
    """
    number = period_number("day", store.contact_days.first, by)
    store.db.execute(f"""
        CREATE OR REPLACE TEMP VIEW placed AS
        SELECT rowid AS order_row, {number} AS period, cents, returned FROM orders
        WHERE {number} BETWEEN 0 AND {len(counts.periods) - 1}""")
    store.db.execute("""
        CREATE OR REPLACE TEMP TABLE topics_of_orders AS
        SELECT DISTINCT order_row, CAST(topic AS VARCHAR) AS topic FROM numbered
        WHERE order_row IS NOT NULL""")
    # one row per order, and one per order and topic: what a topic's figures are made of
    store.db.execute("""
        CREATE OR REPLACE TEMP VIEW contacted AS
        SELECT placed.*, NULL AS topic, order_row IN (SELECT order_row FROM topics_of_orders) AS hit
        FROM placed
        UNION ALL
        SELECT placed.*, topic, true FROM placed JOIN topics_of_orders USING (order_row)""")
    yield from _contacted(store)
    yield from _amounts(store)


def _contacted(store: Store) -> Iterator[pd.DataFrame]:
    if not _one(store, "SELECT count(*) FROM topics_of_orders"):
        reason = "no contact is linked to an order"
        yield absent("contacted_order_rate", "0-1", reason)
        return
    found = fetch(
        store,
        """
        SELECT period, NULL AS topic, count(*) AS n, count(*) FILTER (hit) AS k
        FROM contacted WHERE topic IS NULL GROUP BY GROUPING SETS ((), (period))
        UNION ALL
        SELECT NULL, topic, (SELECT count(*) FROM placed), count(*)
        FROM contacted WHERE topic IS NOT NULL GROUP BY 2 ORDER BY 1, 2""",
    )
    n = found["n"].to_numpy(float)
    yield kpi_rows("contacted_order_rate", found, wilson(found["k"], n), n, "0-1")


def _amounts(store: Store) -> Iterator[pd.DataFrame]:
    """Yield average order value and return rate."""
    found = fetch(
        store,
        """
        SELECT period, topic, count(cents) AS n, coalesce(sum(cents), 0) AS total,
            coalesce(sum(CAST(cents AS HUGEINT) * cents), 0) AS squares,
            count(returned) AS n_returned, count(*) FILTER (returned) AS k
        FROM contacted WHERE topic IS NULL GROUP BY GROUPING SETS ((), (period)), topic
        UNION ALL
        SELECT NULL, topic, count(cents), coalesce(sum(cents), 0),
            coalesce(sum(CAST(cents AS HUGEINT) * cents), 0), count(returned),
            count(*) FILTER (returned)
        FROM contacted WHERE topic IS NOT NULL GROUP BY 2 ORDER BY 1, 2""",
    )
    n, n_returned = (found[name].to_numpy(float) for name in ("n", "n_returned"))
    if n.any():
        value = mean_ends(found["total"], found["squares"], n, scale=0.01)
        yield kpi_rows("average_order_value", found, value, n, _MONEY)
    else:
        yield absent("average_order_value", _MONEY, "no column total in the orders")
    if n_returned.any():
        share = wilson(found["k"], n_returned)
        yield kpi_rows("return_rate", found, share, n_returned, "0-1")
    else:
        yield absent("return_rate", "0-1", "no column returned in the orders")


def customer_kpis(store: Store, window_months: int) -> Iterator[pd.DataFrame]:
    """Yield figures of the customers with an order in the months up to the last contact."""
    end = store.contact_days.last + pd.Timedelta(days=1)
    start = end - pd.DateOffset(months=window_months)
    names = {
        "repeat_customer_rate": "0-1",
        "revenue_per_customer": _MONEY,
        "customer_retention_rate": "0-1",
    }
    if not _one(store, f"SELECT count(customer) FROM orders WHERE {_between(start, end)}"):
        for name, unit in names.items():
            yield absent(name, unit, "no customer ids in the orders")
        return
    if store.order_days.first > start + pd.Timedelta(days=7):
        reason = (
            f"orders begin on {store.order_days.first:%Y-%m-%d}, later than the {window_months} "
            f"months up to {store.contact_days.last:%Y-%m-%d}"
        )
        for name in ("repeat_customer_rate", "revenue_per_customer"):
            yield absent(name, names[name], reason)
    else:
        yield from _buyers(store, start, end)
    yield _retention(store, start, end, window_months)


def _buyers(store: Store, start: pd.Timestamp, end: pd.Timestamp) -> Iterator[pd.DataFrame]:
    store.db.execute(f"""
        CREATE OR REPLACE TEMP TABLE buyers AS
        SELECT customer, count(*) AS n, count(cents) AS n_priced, sum(cents) AS cents
        FROM orders WHERE customer IS NOT NULL AND {_between(start, end)} GROUP BY 1""")
    found = _with_topics(
        store,
        "count(*) AS n, count(*) FILTER (n > 1) AS k, count(cents) AS n_priced, "
        "coalesce(sum(cents), 0) AS total, "
        "coalesce(sum(CAST(cents AS HUGEINT) * cents), 0) AS squares",
        "buyers",
    )
    n, n_priced = (found[name].to_numpy(float) for name in ("n", "n_priced"))
    yield kpi_rows("repeat_customer_rate", found, wilson(found["k"], n), n, "0-1")
    if n_priced.any():
        mean = mean_ends(found["total"], found["squares"], n_priced, scale=0.01)
        yield kpi_rows("revenue_per_customer", found, mean, n_priced, _MONEY)
    else:
        yield absent("revenue_per_customer", _MONEY, "no column total in the orders")


def _retention(
    store: Store, start: pd.Timestamp, end: pd.Timestamp, window_months: int
) -> pd.DataFrame:
    """Return the share of the earlier window's customers who ordered in the later one too."""
    earlier = start - pd.DateOffset(months=window_months)
    if store.order_days.first > earlier + pd.Timedelta(days=7):
        return absent(
            "customer_retention_rate",
            "0-1",
            f"orders begin on {store.order_days.first:%Y-%m-%d}, two windows of "
            f"{window_months} months are needed",
        )
    store.db.execute(f"""
        CREATE OR REPLACE TEMP TABLE earlier AS
        SELECT customer, bool_or({_between(start, end)}) AS kept FROM orders
        WHERE customer IS NOT NULL AND {_between(earlier, end)}
        GROUP BY 1 HAVING bool_or({_between(earlier, start)})""")
    found = _with_topics(store, "count(*) AS n, count(*) FILTER (kept) AS k", "earlier")
    n = found["n"].to_numpy(float)
    return kpi_rows("customer_retention_rate", found, wilson(found["k"], n), n, "0-1")


def _with_topics(store: Store, sums: str, customers: str) -> pd.DataFrame:
    """Return sums over customers, all of them and those who wrote about each topic."""
    return fetch(
        store,
        f"""
        WITH writers AS (
            SELECT DISTINCT customer, CAST(topic AS VARCHAR) AS topic FROM numbered
            WHERE customer IS NOT NULL
        )
        SELECT NULL AS period, NULL AS topic, {sums} FROM {customers}
        UNION ALL
        SELECT NULL, topic, {sums} FROM {customers} JOIN writers USING (customer)
        GROUP BY 2 ORDER BY 2""",
    )


def _between(start: pd.Timestamp, end: pd.Timestamp) -> str:
    return f"(day >= DATE '{start:%Y-%m-%d}' AND day < DATE '{end:%Y-%m-%d}')"


def _one(store: Store, query: str) -> int:
    row = store.db.execute(query).fetchone()
    return int(row[0]) if row and row[0] is not None else 0
