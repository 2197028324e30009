"""Which order a contact is about, and how that is known.

Tried in turn, and told for every contact in `link_method`:

    field            the helpdesk's order column or field names an order of the shop
    text             the customer's own words name one
    customer_window  the customer's last order before the contact, at most 30 days old
    none             nothing of that

A link by the window is probable, not certain: a question before the next purchase goes to
the last one. Order ids are compared without `#`, blanks around and capitals.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from cxtopics.measure.store.database import Store, fetch
from cxtopics.measure.store.sql import identifier

__all__ = [
    "LINK_METHODS",
    "LINK_WINDOW_DAYS",
    "link_contacts",
    "link_notes",
    "link_shares",
    "share_that_ordered",
]

LINK_METHODS = ("field", "text", "customer_window", "none")
LINK_WINDOW_DAYS = 30
_FEW = 0.5


def link_contacts(store: Store, window_days: int = LINK_WINDOW_DAYS) -> None:
    """Make the table `contacts`: the staged ones, each with its order.

    Adds `link_method`, `order_row` (rowid in `orders`), `order_day` and the
    slices of the order, all NULL where there is none.

    Parameters
    ----------
    window_days
        An order older than so many days (of 24 hours) is not taken for the reason to write.

    Notes
    -----
    Where several orders bear the same id but for `#` and capitals, or were placed by one
    customer at the same moment, one is taken: always the same, in whatever order rows stand.
    """
    db = store.db
    db.execute("""
        CREATE TABLE by_id AS
        SELECT c.rowid AS contact, arg_min(o.rowid, (o.created_at, o.cents)) AS order_row
        FROM staged_contacts c JOIN orders o ON c.order_key = o.order_key
        GROUP BY 1""")
    db.execute(f"""
        CREATE TABLE by_window AS
        SELECT c.contact, o.order_row
        FROM (
            SELECT rowid AS contact, customer, created_at FROM staged_contacts
            WHERE customer IS NOT NULL AND rowid NOT IN (SELECT contact FROM by_id)
        ) c ASOF JOIN (
            SELECT customer, created_at, arg_min(rowid, order_key) AS order_row FROM orders
            WHERE customer IS NOT NULL GROUP BY 1, 2
        ) o ON c.customer = o.customer AND c.created_at >= o.created_at
        WHERE c.created_at <= o.created_at + INTERVAL {int(window_days)} DAY""")
    cuts = "".join(
        f", o.{identifier(f'by_{cut.name}')}" for cut in store.slices if cut.of == "orders"
    )
    db.execute(f"""
        CREATE TABLE links AS
        SELECT l.contact AS linked, l.named, l.order_row, o.day AS order_day{cuts}
        FROM (
            SELECT contact, order_row, true AS named FROM by_id
            UNION ALL SELECT contact, order_row, false FROM by_window
        ) l JOIN orders o ON l.order_row = o.rowid""")
    db.execute("DROP TABLE by_id; DROP TABLE by_window")
    db.execute("""
        CREATE TABLE contacts AS
        SELECT c.* EXCLUDE (order_key, method),
            CASE WHEN l.named AND c.method = 'text' THEN 'text' WHEN l.named THEN 'field'
                 WHEN NOT l.named THEN 'customer_window' ELSE 'none' END AS link_method,
            l.* EXCLUDE (linked, named)
        FROM staged_contacts c LEFT JOIN links l ON c.rowid = l.linked""")
    db.execute("DROP TABLE links")


def link_shares(store: Store) -> dict[str, Any]:
    """Return how many of the contacts counted are linked, and how.

    Returns
    -------
    dict
        `n_contacts`, `n_linked`, `linked_share` (0-1), `by_method` (contacts by link
        method), and `n_named_elsewhere`: contacts that name an order which is not in the
        orders table.
    """
    rows = fetch(
        store,
        "SELECT link_method, count(*) AS n FROM contacts WHERE counted GROUP BY 1",
    )
    found = dict(zip(rows["link_method"], rows["n"].astype(int), strict=True))
    by_method = {method: int(found.get(method, 0)) for method in LINK_METHODS}
    n = sum(by_method.values())
    n_linked = n - by_method["none"]
    named = fetch(
        store,
        "SELECT count(*) AS n FROM staged_contacts WHERE counted AND order_key IS NOT NULL",
    )["n"]
    n_named = int(pd.to_numeric(named).iloc[0])
    return {
        "n_contacts": n,
        "n_linked": n_linked,
        "linked_share": n_linked / n if n else float("nan"),
        "by_method": by_method,
        "n_named_elsewhere": n_named - by_method["field"] - by_method["text"],
    }


def link_notes(links: Mapping[str, Any], cohorts: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a reader must know of the links, and of the cohorts that rest on them."""
    if links["n_linked"] and links["linked_share"] < _FEW:
        yield (
            f"Only {links['linked_share']:.0%} of the contacts are linked to an order: figures "
            "by product, carrier or country, and the net contact rate, cover no more than those."
        )
    if links["n_named_elsewhere"] > _FEW * (links["n_named_elsewhere"] + links["n_linked"]):
        yield (
            f"{links['n_named_elsewhere']:,} contacts name orders that are not in the orders "
            "table: is it of the same time, and are its order numbers those the helpdesk shows?"
        )
    if cohorts.get("shifted"):
        yield (
            f"Contacts about orders of {', '.join(cohorts['shifted'])} come later than usual: "
            "their cohort rates are projected too low."
        )


def share_that_ordered(store: Store) -> float:
    """Return the share of the customers who wrote that ever ordered, 0-1; NaN without ids."""
    found = fetch(
        store,
        "WITH writers AS (SELECT DISTINCT customer FROM contacts WHERE counted "
        "AND customer IS NOT NULL) SELECT count(*) AS n, count(*) FILTER (WHERE customer IN "
        "(SELECT customer FROM orders)) AS known FROM writers",
    ).iloc[0]
    return float(found["known"] / found["n"]) if found["n"] else float("nan")
