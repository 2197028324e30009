"""Figures of the service itself: answered, resolved, satisfied, coming back, worth it."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cxtopics.measure.counting import ABSTAINED, NO_TEXT
from cxtopics.measure.kpis.figures import (
    GROUPS,
    absent,
    difference_of_shares,
    kpi_rows,
    mean_ends,
    measure_medians,
    measure_shares,
)
from cxtopics.measure.store.database import Store, fetch
from cxtopics.taxonomy import OTHER

__all__ = ["AFTER_DAYS", "service_kpis"]

AFTER_DAYS = 7
"""Window after a contact in which the customer comes back, or orders."""
_SOLVED = ("solved", "closed", "resolved", "done")
_TIMES = {
    "first_response_time_s": ("first_response_s", "first_response_at"),
    "resolution_time_s": ("resolution_s", "resolved_at"),
    "handle_time_s": ("handle_s", "handle_time_s"),
}


def service_kpis(store: Store) -> Iterator[pd.DataFrame]:
    """Yield the figures of the contacts, each as rows of `kpis.COLUMNS`."""
    has = fetch(
        store,
        """SELECT count(first_response_s) AS first_response_s, count(resolution_s) AS resolution_s,
            count(handle_s) AS handle_s, count(csat) AS csat, count(nps) AS nps,
            count(ces) AS ces, count(status) AS status, count(customer) AS customer,
            coalesce(min(csat), 0) >= 0 AND coalesce(max(csat), 1) <= 1 AS csat_fits,
            coalesce(min(nps), 0) >= 0 AND coalesce(max(nps), 10) <= 10 AS nps_fits,
            coalesce(min(ces), 1) >= 1 AND coalesce(max(ces), 5) <= 5 AS ces_fits,
            count(*) FILTER (contains(status, 'abandon')) AS abandoned
        FROM numbered""",
    ).iloc[0]
    yield from _answers(store, has)
    yield from _times(store, has)
    yield from _scores(store, has)
    if not has["customer"]:
        for name in ("repeat_contact_rate", "first_contact_resolution"):
            yield absent(name, "0-1", "no customer ids in the contacts")
        return
    yield from _returns(store)


def _answers(store: Store, has: pd.Series[float]) -> Iterator[pd.DataFrame]:
    """Yield what share of contacts was answered, resolved, given up, and satisfied."""
    flags: dict[str, str] = {}
    if has["first_response_s"]:
        flags["response_rate"] = "first_response_s IS NOT NULL"
    else:
        yield absent("response_rate", "0-1", "no column first_response_at in the contacts")
    if has["resolution_s"]:
        flags["resolution_rate"] = "resolution_s IS NOT NULL"
    elif has["status"]:
        solved = ", ".join(f"'{word}'" for word in _SOLVED)
        flags["resolution_rate"] = f"CASE WHEN status IS NOT NULL THEN status IN ({solved}) END"
    else:
        reason = "neither resolved_at nor status in the contacts"
        yield absent("resolution_rate", "0-1", reason)
    if has["abandoned"]:
        flags["conversation_abandonment_rate"] = (
            "CASE WHEN status IS NOT NULL THEN contains(status, 'abandon') END"
        )
    else:
        reason = "no status of the contacts says that a customer gave up"
        yield absent("conversation_abandonment_rate", "0-1", reason)
    if has["csat"] and has["csat_fits"]:
        flags["csat"] = "csat > 0.5"
    else:
        reason = "csat holds values other than 0 to 1" if has["csat"] else "no answers in csat"
        yield absent("csat", "0-1", reason)
    if flags:
        columns = ", ".join(f"{sql} AS {name}" for name, sql in flags.items())
        rows = f"SELECT contact, period, topic, customer, {columns} FROM numbered"
        yield measure_shares(store, rows, list(flags))


def _times(store: Store, has: pd.Series[float]) -> Iterator[pd.DataFrame]:
    for name, (column, source) in _TIMES.items():
        if has[column]:
            yield measure_medians(store, "SELECT * FROM numbered", column, name)
        else:
            yield absent(name, "s, median", f"no column {source} in the contacts")


def _scores(store: Store, has: pd.Series[float]) -> Iterator[pd.DataFrame]:
    """Yield the net promoter score and the customer effort score, -1 to 1."""
    ends = {"nps": ("nps >= 9", "nps <= 6", "0 to 10"), "ces": ("ces >= 5", "ces <= 1", "1 to 5")}
    for name, (up, down, scale) in ends.items():
        if not has[name] or not has[f"{name}_fits"]:
            wrong = f"{name} holds values other than {scale}"
            yield absent(name, "score, -1 to 1", wrong if has[name] else f"no answers in {name}")
            continue
        found = fetch(
            store,
            f"SELECT period, CAST(topic AS VARCHAR) AS topic, count({name}) AS n, "
            f"count(*) FILTER ({up}) AS up, count(*) FILTER ({down}) AS down "
            f"FROM numbered {GROUPS} ORDER BY 1, 2",
        )
        n = found["n"].to_numpy(float)
        band = difference_of_shares(found["up"].to_numpy(float), found["down"].to_numpy(float), n)
        yield kpi_rows(name, found, band, n, "score, -1 to 1")


def _returns(store: Store) -> Iterator[pd.DataFrame]:
    """Yield who came back on the same topic, and who ordered, in the days after a contact.

    Contacts of the last days, whose window is not over, are in none of these figures; nor
    are contacts without a customer id.
    """
    untold = ", ".join(f"'{row}'" for row in (OTHER, ABSTAINED, NO_TEXT))
    known = "CASE WHEN link_method IN ('field', 'text') THEN order_row END"
    within = f"created_at + INTERVAL {AFTER_DAYS} DAY"
    rows = f"""
        SELECT contact, period, topic, customer, coalesce(
                (next_at <= {within} AND coalesce(named = next_named, true))
                OR same_at <= {within}, false) AS repeat_contact_rate
        FROM (
            SELECT *, lead(created_at) OVER on_topic AS next_at,
                lead(named) OVER on_topic AS next_named, lead(created_at) OVER on_order AS same_at
            FROM (SELECT contact, period, topic, customer, created_at, day, {known} AS named
                FROM numbered
                WHERE customer IS NOT NULL AND CAST(topic AS VARCHAR) NOT IN ({untold}))
            WINDOW on_topic AS (PARTITION BY customer, topic ORDER BY created_at, contact),
                on_order AS (PARTITION BY customer, topic, named ORDER BY created_at, contact)
        ) WHERE day <= {_days_before(store.contact_days.last)}"""
    store.db.execute(f"CREATE OR REPLACE TEMP TABLE came_back AS {rows}")
    repeat = measure_shares(store, "SELECT * FROM came_back", ["repeat_contact_rate"])
    if repeat.empty:
        reason = f"no contact lies {AFTER_DAYS} days before the end of the table"
        yield absent("repeat_contact_rate", "0-1", reason)
        yield absent("first_contact_resolution", "0-1", reason)
    else:
        yield repeat
        yield repeat.assign(
            kpi="first_contact_resolution",
            value=1 - repeat["value"],
            low=1 - repeat["high"],
            high=1 - repeat["low"],
        )
    yield from _orders_after(store)


def _orders_after(store: Store) -> Iterator[pd.DataFrame]:
    last = min(store.order_days.last, store.contact_days.last)
    within = f"INTERVAL {AFTER_DAYS} DAY"
    inside = f"customer IS NOT NULL AND day <= {_days_before(last)}"
    known = fetch(
        store,
        "SELECT count(*) FILTER (customer IN (SELECT customer FROM orders)) AS n, "
        f"(SELECT count(cents) FROM orders) AS priced FROM numbered WHERE {inside}",
    ).iloc[0]
    names = {"conversion_after_contact": "0-1", "revenue_per_contact": "shop's currency"}
    if not known["n"]:
        for name, unit in names.items():
            yield absent(name, unit, "no customer of the contacts is known to the orders")
        return
    store.db.execute(f"""
        CREATE OR REPLACE TEMP TABLE ordered_after AS
        SELECT c.contact, c.period, c.topic, c.customer,
            coalesce(o.created_at <= c.created_at + {within}, false) AS conversion_after_contact
        FROM (SELECT contact, period, topic, customer, created_at FROM numbered WHERE {inside}) c
        ASOF LEFT JOIN (SELECT customer, created_at FROM orders WHERE customer IS NOT NULL) o
        ON c.customer = o.customer AND c.created_at < o.created_at""")
    yield measure_shares(store, "SELECT * FROM ordered_after", ["conversion_after_contact"])
    if not known["priced"]:
        reason = "no column total in the orders"
        yield absent("revenue_per_contact", "shop's currency", reason)
        return
    yield _revenue(store, inside, within)


def _revenue(store: Store, inside: str, within: str) -> pd.DataFrame:
    """Return revenue after a contact; an order counts for the last contact before it alone."""
    found = fetch(
        store,
        f"""
        WITH worth AS (
            SELECT c.contact, sum(o.cents) AS cents
            FROM (SELECT customer, created_at, cents FROM orders WHERE cents IS NOT NULL) o
            ASOF JOIN (
                SELECT customer, created_at, max(contact) AS contact FROM numbered
                WHERE {inside} GROUP BY 1, 2
            ) c ON o.customer = c.customer AND o.created_at > c.created_at
            WHERE o.created_at <= c.created_at + {within} GROUP BY 1
        )
        SELECT period, CAST(topic AS VARCHAR) AS topic, count(*) AS n,
            coalesce(sum(cents), 0) AS total,
            coalesce(sum(CAST(cents AS HUGEINT) * cents), 0) AS squares
        FROM (SELECT contact, period, topic FROM numbered WHERE {inside})
        LEFT JOIN worth USING (contact) {GROUPS} ORDER BY 1, 2""",
    )
    n = found["n"].to_numpy(float)
    band = mean_ends(found["total"], found["squares"], n, scale=0.01)
    return kpi_rows("revenue_per_contact", found, band, n, "shop's currency")


def _days_before(last: pd.Timestamp) -> str:
    return f"DATE '{last - pd.Timedelta(days=AFTER_DAYS):%Y-%m-%d}'"
