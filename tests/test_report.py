"""The report on tables small enough to count by hand, and its laws on any table."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxtopics.errors import InputError
from cxtopics.report import build_report
from cxtopics.schemas import TOPIC_RATES
from cxtopics.tables import check_table
from cxtopics.taxonomy import NOT_COUNTED, Taxonomy

TAXONOMY = Taxonomy.model_validate(
    {
        "name": "tiny",
        "version": 1,
        "groups": {"delivery": "Delivery"},
        "topics": [
            {"id": topic, "label": topic.title(), "description": "-", "group": "delivery",
             "lever": "proactive",
             "deflectable": {"low": 0.3, "likely": 0.5, "high": 0.7, "source": "guess"}}
            for topic in ("late", "lost", "size")
        ],
    }
)  # fmt: skip


def times(*days):
    return pd.to_datetime([f"{day}T12:00:00Z" for day in days], utc=True).as_unit("us")


def tagged(*rows):
    """Return a tagged table of (day, customer, topic, topic_forced)."""
    days, customers, topics, forced = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "contact_id": [f"c{number}" for number in range(len(rows))],
            "created_at": times(*days),
            "customer_id": customers,
            "topic": topics,
            "topic_forced": forced,
        }
    )


def orders(*rows):
    """Return an orders table of (day, customer)."""
    days, customers = zip(*rows, strict=True)
    ids = [f"o{number}" for number in range(len(rows))]
    return pd.DataFrame({"order_id": ids, "created_at": times(*days), "customer_id": customers})


SHOP = orders(
    *[("2026-01-05", "ann")] * 4,
    ("2026-01-31", "bob"),
    ("2026-02-10", "eve"),
    ("2026-02-28", "zoe"),
)
TAGGED = tagged(
    ("2026-01-01", "ann", "late", "late"),
    ("2026-01-15", "ann", "late", "late"),
    ("2026-01-31", "bob", None, "lost"),
    ("2026-01-31", "bob", "not_a_contact", "not_a_contact"),
    ("2026-02-03", None, "other", "other"),
    ("2026-02-28", "eve", None, None),
)


def cell(report, period, topic):
    rates = report.rates
    return rates[(rates["period_start"] == period) & (rates["topic"] == topic)].iloc[0]


def test_counts_by_hand():
    report = build_report(TAGGED, SHOP, taxonomy=TAXONOMY)
    whole = report.rates
    january = whole[whole["period_start"] == "2026-01-01"]
    assert dict(zip(january["topic"], january["n_contacts"], strict=True)) == {
        "all": 3, "late": 2, "lost": 0, "size": 0, "other": 0, "abstained": 1, "no_text": 0,
    }  # fmt: skip
    late = cell(report, "2026-01-01", "late")
    assert (late["period_end"], late["n_orders"]) == ("2026-01-31", 5)
    assert late["contacts_per_order"] == pytest.approx(2 / 5)
    assert late["topic_share"] == pytest.approx(2 / 3)
    # ann wrote twice and counts once; ann and bob had ordered by the end of January
    assert late["customer_contact_rate"] == pytest.approx(1 / 2)
    assert cell(report, "2026-01-01", "all")["customer_contact_rate"] == 1
    # a topic without a contact is a real nought, with an interval
    assert cell(report, "2026-01-01", "size")["n_contacts_high"] == pytest.approx(3.689, abs=1e-3)
    # eve wrote; ann, bob, eve and zoe are active by the end of February
    assert cell(report, "2026-02-01", "no_text")["customer_contact_rate"] == pytest.approx(1 / 4)
    assert report.rates["method"].unique().tolist() == [
        "classify_and_count; sampling interval only; classifier error unknown"
    ]
    check_table(report.rates, TOPIC_RATES, "rates")


def test_overall_and_reconciliation_by_hand():
    provenance = {
        "contacts": {"n_read": 10, "n_counted": 6, "left_out": {"spam": 3}, "n_rejected": 1}
    }
    report = build_report(TAGGED, SHOP, taxonomy=TAXONOMY, provenance=provenance)
    overall = report.to_dict()["overall"]
    assert (overall["n_contacts"], overall["n_orders"]) == (5, 7)
    assert overall["contacts_per_order"] == pytest.approx(5 / 7)
    assert overall["contacts_per_100_orders_low"] == pytest.approx(100 * 1.6235 / 7, abs=1e-2)
    assert report.reconciliation["left_out"] == {"spam": 3, "not_a_contact": 1}
    assert report.reconciliation["balances"] is True
    json.dumps(report.to_dict(), allow_nan=False)


def test_rows_rejected_while_tagging_and_notices_are_in_the_account():
    provenance = {
        "contacts": {"n_read": 8, "left_out": {}, "n_rejected": 1, "notices": ["Zone guessed."]},
        "orders": {"n_read": 9, "n_counted": 7, "left_out": {"test order": 2}, "n_rejected": 0},
        "tagging": {"n_rejected": 1},
    }
    report = build_report(TAGGED, SHOP, provenance=provenance)
    assert report.reconciliation["balances"] is True
    assert report.reconciliation["n_rejected"] == 2
    assert report.reconciliation["orders"]["left_out"] == {"test order": 2}
    assert "Contacts: Zone guessed." in report.caveats


def test_rows_that_do_not_add_up_are_told():
    report = build_report(TAGGED, SHOP, provenance={"contacts": {"n_read": 99}})
    assert report.reconciliation["balances"] is False
    assert any("do not add up" in caveat for caveat in report.caveats)


def test_slices_are_a_table_of_their_own_and_among_the_rates_where_asked_for():
    usual = build_report(TAGGED, SHOP)
    assert set(usual.rates["slice"]) == {"all"}
    assert set(usual.slices["slice"]) == {"new_or_returning"}
    asked = build_report(TAGGED, SHOP, slices=["new_or_returning"])
    pd.testing.assert_frame_equal(asked.slices, usual.slices)
    pd.testing.assert_frame_equal(asked.rates, pd.concat([usual.rates, usual.slices],
                                                         ignore_index=True))  # fmt: skip
    pd.testing.assert_frame_equal(asked.whole_rates, usual.rates)
    check_table(usual.slices, TOPIC_RATES, "slices")


def test_first_caveat_says_what_the_numbers_rest_on():
    report = build_report(TAGGED, SHOP)
    assert report.caveats[0].startswith(
        "Counts of predicted topics; intervals cover chance only, not the classifier's mistakes. "
        "An audit would tell: `cxtopics audit draw TAGGED -n 300 -o audit.csv`"
    )
    text = " ".join(report.caveats)
    assert "Fewer than three complete months" in text
    assert "does not say what was read" in text
    assert "40.0% of contacts" not in text
    assert "For 20.0% of contacts the model would not name a topic" in text


def test_a_period_without_orders_has_no_rate_but_counts():
    late = tagged(*[(f"2026-0{month}-1{day}", "ann", "late", "late")
                    for month in (1, 2, 3) for day in range(5)])  # fmt: skip
    shop = orders(("2026-01-11", "ann"), ("2026-03-11", "ann"))
    report = build_report(late, shop)
    row = cell(report, "2026-02-01", "all")
    assert (row["n_contacts"], row["n_orders"]) == (5, 0)
    assert np.isnan(row["contacts_per_order"])
    assert report.overall.contacts_per_order.value == 15 / 2
    assert any("No orders in Feb 2026" in caveat for caveat in report.caveats)


def test_no_customer_ids_no_customer_rate():
    report = build_report(TAGGED.drop(columns="customer_id"), SHOP)
    assert report.rates["customer_contact_rate"].isna().all()
    assert any("No customer ids in the contacts" in caveat for caveat in report.caveats)


def test_a_table_of_text_counts_the_same():
    text = TAGGED.astype(object).where(TAGGED.notna(), None)
    text["created_at"] = TAGGED["created_at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    report = build_report(text, SHOP, taxonomy=TAXONOMY)
    expected = build_report(TAGGED, SHOP, taxonomy=TAXONOMY)
    pd.testing.assert_frame_equal(report.rates, expected.rates)


@pytest.mark.parametrize(
    ("contacts", "shop", "words"),
    [
        (TAGGED.iloc[:0], SHOP, "no rows"),
        (TAGGED, SHOP.iloc[:0], "orders: the table has no rows"),
        (TAGGED, orders(("2024-01-01", "ann")), "no month in common"),
        (TAGGED.iloc[[3]], SHOP, "tagged as no contact"),
        (TAGGED.drop(columns="topic"), SHOP, "column 'topic' is missing"),
        (TAGGED.assign(topic="all"), SHOP, "meaning of its own"),
        (TAGGED.assign(created_at="soon"), SHOP, "column 'created_at'"),
        (TAGGED.assign(contact_id="same"), SHOP, "contact_id"),
    ],
)
def test_tables_that_cannot_be_used_are_refused(contacts, shop, words):
    with pytest.raises(InputError, match=words) as caught:
        build_report(contacts, shop)
    assert caught.value.hint


_DAYS = st.dates(pd.Timestamp("2025-11-01").date(), pd.Timestamp("2026-02-15").date())
_TOPICS = st.sampled_from(["late", "lost", "new_one", "other", None, *NOT_COUNTED])
_ROWS = st.tuples(_DAYS.map(str), st.sampled_from(["ann", "bob", None]), _TOPICS,
                  st.sampled_from(["late", None]))  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(st.lists(_ROWS, min_size=1, max_size=40), st.sampled_from(["month", "week", "quarter"]))
def test_no_contact_is_lost_between_rows_topics_and_periods(rows, by):
    rows = [*rows, ("2026-01-10", "ann", "late", "late")]
    report = build_report(tagged(*rows), SHOP, taxonomy=TAXONOMY, by=by, timezone="Asia/Tokyo")
    whole = report.rates
    counts = whole.pivot_table(index="period_start", columns="topic", values="n_contacts")
    n_reserved = sum(topic in NOT_COUNTED for _, _, topic, _ in rows)
    assert (counts.drop(columns="all").sum(axis=1) == counts["all"]).all()
    assert counts["all"].sum() == len(rows) - n_reserved == report.overall.n_contacts.value
    for _, cut in report.slices.groupby("slice"):
        totals = cut.groupby(["period_start", "topic"])["n_contacts"].sum()
        assert totals.loc[(slice(None), "all")].tolist() == counts["all"].tolist()
    assert report.by_topic.set_index("topic")["n_contacts"].to_dict() == counts.sum().to_dict()
    left_out = sum(report.reconciliation["left_out"].values())
    assert report.reconciliation["n_read"] == report.reconciliation["n_counted"] + left_out
