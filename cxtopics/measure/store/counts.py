"""All counts of a report, period by period, as a database counts them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cxtopics.errors import InputError
from cxtopics.measure.calendar.days import period_number
from cxtopics.measure.calendar.periods import By, complete_periods, period_table
from cxtopics.measure.counting import ABSTAINED, ALL, NO_TEXT
from cxtopics.measure.store.database import Store, fetch
from cxtopics.measure.store.slices import NOT_LINKED, REST, UNKNOWN, Slice
from cxtopics.measure.store.sql import identifier
from cxtopics.taxonomy import NOT_COUNTED, OTHER, Taxonomy

__all__ = [
    "Counts",
    "SliceCounts",
    "active_customers",
    "count_periods",
    "count_slice",
    "row_order",
    "seen_topics",
]


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


@dataclass(frozen=True)
class SliceCounts:
    """The same for one value of a slice.

    `counts.n_orders` are the orders that the contacts are divided by: those with the value,
    or all of them (see `Slice.denominator`); NaN for contacts linked to no order.
    """

    cut: Slice
    value: str
    counts: Counts


def row_order(seen: set[str], taxonomy: Taxonomy | None) -> list[str]:
    """Return every topic row of a report: the taxonomy's order, then what else was seen."""
    known = [topic.id for topic in taxonomy.topics] if taxonomy else []
    known = [topic for topic in known if topic not in NOT_COUNTED]
    last = [OTHER, ABSTAINED, NO_TEXT]
    return [ALL, *known, *sorted(seen - {*known, *last}), *last]


def count_periods(
    store: Store, taxonomy: Taxonomy | None = None, by: By = "month", active_months: int = 12
) -> Counts:
    """Count contacts, orders and customers in every period from first to last contact.

    Makes the view `numbered`: the contacts that count, each with the number of its `period`.

    Raises
    ------
    InputError
        If nothing is left to count, or no period of the contacts has an order.
    """
    days = store.contact_days
    if sum(store.left_out.values()) == days.n:
        raise InputError(
            f"tagged contacts: all {days.n} rows are tagged as no contact",
            "check the topics of the table: nothing is left to count",
        )
    periods = period_table(days.first, days.last, by)
    periods["complete"] = complete_periods(periods, days, store.order_days)
    number = period_number("day", days.first, by)
    store.db.execute(
        f"CREATE OR REPLACE VIEW numbered AS SELECT *, {number} AS period "
        "FROM contacts WHERE counted"
    )
    n_orders = _by_period(store, f"SELECT {number} AS period, count(*) AS n FROM orders GROUP BY 1",
                          periods.index)  # fmt: skip
    if not n_orders.any():
        raise InputError(
            f"contacts run from {_range(days)}, orders from {_range(store.order_days)}: "
            f"no {by} in common",
            "export orders of the same time as the contacts",
        )
    found = fetch(store, "SELECT period, topic, count(*) AS n FROM numbered GROUP BY 1, 2")
    rows = row_order(set(found["topic"].astype(str)), taxonomy)
    return Counts(
        periods=periods,
        contacts=_with_all(_table(found, periods.index, rows)),
        customers=_customers(store, periods.index, rows),
        n_orders=n_orders,
        n_active=active_customers(store, periods, by, active_months),
    )


def seen_topics(store: Store) -> pd.DataFrame:
    """Return the topics of the contacts that count (index): how many, first and last local day.

    Columns `n`, `first`, `last`.
    """
    found = fetch(
        store,
        "SELECT CAST(topic AS VARCHAR) AS topic, count(*) AS n, min(day) AS first, "
        "max(day) AS last FROM contacts WHERE counted GROUP BY 1 ORDER BY 1",
    )
    return found.set_index("topic")


def count_slice(store: Store, cut: Slice, whole: Counts, by: By) -> list[SliceCounts]:
    """Count one slice, value by value, in the rows and periods of the whole.

    Contacts keep their period (when they came), whatever the order's. Customers are counted
    for slices of the contacts only: who is active in one country or with one carrier is not
    the question that the rate answers.
    """
    column = identifier(f"by_{cut.name}")
    value = f"coalesce(CAST({column} AS VARCHAR), '{NOT_LINKED}')"
    contacts = fetch(
        store,
        f"SELECT {value} AS value, period, topic, count(*) AS n FROM numbered GROUP BY 1, 2, 3",
    )
    index, rows = whole.contacts.index, list(whole.contacts.columns)
    number = period_number("day", store.contact_days.first, by)
    orders, customers = pd.DataFrame({"value": []}), pd.DataFrame({"value": []})
    if cut.of == "orders":
        orders = fetch(
            store,
            f"SELECT CAST({column} AS VARCHAR) AS value, {number} AS period, count(*) AS n "
            "FROM orders GROUP BY 1, 2",
        )
    elif whole.customers[ALL].notna().any():
        customers = fetch(store, _distinct_customers(value))
    everywhere = set(contacts["value"]) | set(orders["value"])
    found = []
    for name in _values_in_order(contacts, everywhere):
        part = contacts[contacts["value"] == name]
        n_orders = whole.n_orders
        if cut.of == "orders":
            own = orders[orders["value"] == name].set_index("period")["n"]
            n_orders = (
                _in_periods(own, index) if name != NOT_LINKED else whole.n_orders * float("nan")
            )
        wrote = customers[customers["value"] == name]
        counts = Counts(
            periods=whole.periods,
            contacts=_with_all(_table(part, index, rows)),
            customers=_table(wrote, index, rows)
            if len(customers)
            else whole.customers * float("nan"),
            n_orders=n_orders,
            n_active=whole.n_active,
        )
        found.append(SliceCounts(cut, name, counts))
    return found


def active_customers(
    store: Store, periods: pd.DataFrame, by: By, window_months: int
) -> pd.Series[float]:
    """Return distinct customers with an order in the months up to each period's last day.

    Orders without a customer id count for nobody; no id at all gives NaN.

    Notes
    -----
    An order makes its customer active in a run of periods. Each customer's runs are joined
    to their union, and the union's first and last periods are counted: one pass over the
    orders, whatever the number of periods.
    """
    after = periods["period_end"] + pd.Timedelta(days=1)
    begins = after - pd.DateOffset(months=window_months)
    spans = ", ".join(
        f"({number}, DATE '{first:%Y-%m-%d}', DATE '{end:%Y-%m-%d}')"
        for number, (first, end) in enumerate(zip(begins, after, strict=True))
    )
    known = fetch(store, "SELECT count(customer) > 0 AS known FROM orders")["known"]
    if not bool(known.iloc[0]):
        return pd.Series(float("nan"), index=periods.index)
    steps = fetch(
        store,
        f"""
        WITH spans(number, first, after) AS (VALUES {spans}),
        days AS (
            SELECT day, min(number) AS opens, max(number) AS closes
            FROM (SELECT DISTINCT day FROM orders) JOIN spans ON day >= first AND day < after
            GROUP BY 1
        ),
        runs AS (
            SELECT DISTINCT customer, opens, closes FROM orders JOIN days USING (day)
            WHERE customer IS NOT NULL
        ),
        further AS (
            SELECT opens, closes, max(closes) OVER (
                PARTITION BY customer ORDER BY opens, closes
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
            FROM runs
        ),
        parts AS (
            SELECT greatest(opens, coalesce(reached + 1, opens)) AS opens, closes FROM further
        )
        SELECT opens AS number, count(*) AS n FROM parts WHERE opens <= closes GROUP BY 1
        UNION ALL
        SELECT closes + 1, -count(*) FROM parts WHERE opens <= closes GROUP BY 1
        """,
    )
    changes = steps.groupby("number")["n"].sum()
    active = changes.reindex(range(len(periods)), fill_value=0).cumsum()
    return pd.Series(active.to_numpy(float), index=periods.index)


def _customers(store: Store, index: pd.Index, rows: list[str]) -> pd.DataFrame:
    """Return distinct customers by period and topic; `all` counts each of them once."""
    found = fetch(store, _distinct_customers(f"'{ALL}'"))
    if found.empty:
        return pd.DataFrame(float("nan"), index=index, columns=rows)
    return _table(found, index, rows)


def _distinct_customers(value: str) -> str:
    return f"""
        WITH seen AS (
            SELECT DISTINCT {value} AS value, period, topic, customer FROM numbered
            WHERE customer IS NOT NULL
        )
        SELECT value, period, CAST(topic AS VARCHAR) AS topic, count(*) AS n
        FROM seen GROUP BY 1, 2, 3
        UNION ALL
        SELECT value, period, '{ALL}', count(DISTINCT customer) FROM seen GROUP BY 1, 2"""


def _by_period(store: Store, query: str, index: pd.Index) -> pd.Series[float]:
    return _in_periods(fetch(store, query).set_index("period")["n"], index)


def _in_periods(counts: pd.Series[float], index: pd.Index) -> pd.Series[float]:
    whole = counts.reindex(range(len(index)), fill_value=0)
    return pd.Series(whole.to_numpy(float), index=index)


def _table(found: pd.DataFrame, index: pd.Index, rows: list[str]) -> pd.DataFrame:
    """Return counts by period and topic row; no contact is a real 0."""
    named = found.assign(topic=found["topic"].astype(str))
    wide = named.pivot_table(index="period", columns="topic", values="n", aggfunc="sum")
    wide = wide.reindex(index=range(len(index)), columns=rows).fillna(0.0).astype(float)
    return wide.set_index(index)


def _with_all(counts: pd.DataFrame) -> pd.DataFrame:
    return counts.assign(**{ALL: counts.drop(columns=ALL).sum(axis=1)})


def _values_in_order(contacts: pd.DataFrame, everywhere: set[str]) -> list[str]:
    """Return the values of a slice, those with most contacts first, what is no value last."""
    totals = contacts.groupby("value")["n"].sum().reindex(sorted(everywhere), fill_value=0)
    totals = totals.sort_values(ascending=False, kind="stable")
    last = (REST, UNKNOWN, NOT_LINKED)
    return [
        *(str(name) for name in totals.index if name not in last),
        *(name for name in last if name in everywhere),
    ]


def _range(span: tuple[pd.Timestamp, pd.Timestamp, int]) -> str:
    return f"{span[0]:%Y-%m-%d} to {span[1]:%Y-%m-%d}"
