"""Which order a contact is about, on cases made by hand."""

import pandas as pd
import pytest

from cxtopics.measure.store.database import open_store
from cxtopics.measure.store.linking import (
    link_contacts,
    link_notes,
    link_shares,
    share_that_ordered,
)


def times(*moments):
    return pd.to_datetime(list(moments), utc=True, format="ISO8601").as_unit("us")


ORDERS = pd.DataFrame(
    {
        "order_id": ["#1001", "HP1002", "1003", "1004"],
        "created_at": times("2026-01-01", "2026-01-10", "2026-01-20", "2026-01-20"),
        "customer_id": ["ann", "ann", "bob", "bob"],
        "total": [1.0, 2.0, 3.0, 4.0],
    }
)
CASES = {  # (order_id, link_method, customer, moment) -> order, method
    "by id without #": (("1001", "column", None, "2026-03-01"), ("#1001", "field")),
    "by id, capitals": ((" hp1002 ", None, "bob", "2026-01-12"), ("HP1002", "field")),
    "by the text": (("#1003", "text", None, "2026-01-21"), ("1003", "text")),
    "last order before": ((None, None, "ann", "2026-01-11"), ("HP1002", "customer_window")),
    "not one to come": ((None, None, "ann", "2026-01-09"), ("#1001", "customer_window")),
    "exactly 30 days": ((None, None, "ann", "2026-02-09"), ("HP1002", "customer_window")),
    "31 days": ((None, None, "ann", "2026-02-10"), (None, "none")),
    "before any order": ((None, None, "bob", "2026-01-02"), (None, "none")),
    "an order of elsewhere": (
        ("9999", "field", "ann", "2026-01-22"),
        ("HP1002", "customer_window"),
    ),
    "nobody": ((None, None, None, "2026-01-22"), (None, "none")),
}


@pytest.fixture(scope="module")
def linked():
    rows = [given for given, _ in CASES.values()]
    ids, methods, customers, moments = zip(*rows, strict=True)
    tagged = pd.DataFrame(
        {
            "contact_id": list(CASES),
            "created_at": times(*moments),
            "topic": "late",
            "order_id": ids,
            "link_method": methods,
            "customer_id": customers,
        }
    )
    with open_store(tagged, ORDERS) as store:
        link_contacts(store)
        found = store.db.execute(
            "SELECT raw.contact_id, o.cents // 100, c.link_method FROM contacts c "
            "JOIN raw_tagged raw ON c.contact = hash(raw.contact_id) "
            "LEFT JOIN orders o ON c.order_row = o.rowid"
        ).fetchall()
        return {row[0]: row[1:] for row in found}, link_shares(store), share_that_ordered(store)


@pytest.mark.parametrize("case", CASES)
def test_each_case_finds_its_order(linked, case):
    number, method = linked[0][case]
    order, expected = CASES[case][1]
    found = None if number is None else ORDERS["order_id"][number - 1]
    assert (found, method) == (order, expected)


def test_shares_add_up(linked):
    _, shares, known = linked
    assert shares["by_method"] == {"field": 2, "text": 1, "customer_window": 4, "none": 3}
    assert (shares["n_contacts"], shares["n_linked"]) == (10, 7)
    assert shares["n_named_elsewhere"] == 1
    assert known == 1.0


def test_few_links_are_told():
    few = {"n_linked": 3, "linked_share": 0.1, "n_named_elsewhere": 20}
    notes = list(link_notes(few, {"shifted": ["2026-01-01"]}))
    assert ["10%" in notes[0], "20 contacts name" in notes[1], "2026-01-01" in notes[2]] == [
        True
    ] * 3
    assert not list(link_notes({"n_linked": 3, "linked_share": 0.9, "n_named_elsewhere": 0}, {}))


def test_of_two_orders_at_one_moment_it_is_always_the_same():
    tagged = pd.DataFrame(
        {"contact_id": ["c"], "created_at": times("2026-01-25"), "topic": "late",
         "customer_id": "bob"}
    )  # fmt: skip
    chosen = set()
    for orders in (ORDERS, ORDERS.iloc[::-1], ORDERS.iloc[[3, 0, 2, 1]]):
        with open_store(tagged, orders) as store:
            link_contacts(store)
            chosen.add(store.db.execute(
                "SELECT cents FROM contacts c JOIN orders o ON c.order_row = o.rowid"
            ).fetchone())  # fmt: skip
    assert len(chosen) == 1
