"""Key figures by hand, their reasons where something is missing, and one interval by simulation."""

import numpy as np
import pandas as pd
import pytest

from cxtopics.errors import InputError
from cxtopics.measure.costs import Costs
from cxtopics.measure.kpis.figures import difference_of_shares, measure_shares
from cxtopics.measure.kpis.long_table import kpi_notes, kpi_table
from cxtopics.measure.kpis.visits import read_visits
from cxtopics.measure.store.counts import count_periods
from cxtopics.measure.store.database import open_store
from cxtopics.measure.store.linking import link_contacts


def times(*moments):
    return pd.to_datetime(list(moments), utc=True, format="ISO8601").as_unit("us")


ORDERS = pd.DataFrame(
    {
        "order_id": ["1", "2", "3", "4", "5"],
        "created_at": times(
            "2026-01-02", "2026-01-05", "2026-01-20", "2026-02-03", "2026-02-20T09:00:00Z"
        ),
        "customer_id": ["ann", "bob", "ann", "bob", "eve"],
        "total": [10.0, 20.0, 30.0, 40.0, 50.0],
        "returned": [True, False, False, False, None],
    }
)
TAGGED = pd.DataFrame(
    {
        "contact_id": list("abcdefg"),
        "created_at": times(
            "2026-01-06T00:00:00Z", "2026-01-10T00:00:00Z", "2026-01-12T00:00:00Z",
            "2026-01-18T00:00:00Z", "2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z",
            "2026-02-26T00:00:00Z",
        ),
        "customer_id": ["ann", "ann", "bob", "ann", "bob", None, "eve"],
        "topic": ["late", "late", "lost", "lost", "lost", "late", "late"],
        "first_response_at": times(
            "2026-01-06T01:00:00Z", "2026-01-10T03:00:00Z", "2026-01-12T02:00:00Z",
            "2026-01-17T00:00:00Z", "2026-02-01T04:00:00Z", "2026-02-02T05:00:00Z",
            "2026-02-26T06:00:00Z",
        ),
        "status": ["Solved", "solved", "open", "closed", "abandoned", None, None],
        "csat": [1, 0, 1, None, None, None, None],
        "nps": [10, 9, 7, 0, None, None, None],
    }
)  # fmt: skip


def figures(tagged=TAGGED, orders=ORDERS, **options):
    with open_store(tagged, orders) as store:
        link_contacts(store)
        counts = count_periods(store, None, "month")
        return kpi_table(store, counts, "month", active_months=2, **options)


@pytest.fixture(scope="module")
def kpis():
    visits = pd.Series(1.0, index=pd.date_range("2026-01-01", "2026-01-31"))
    return figures(costs=Costs(cost_per_contact={"default": 3}), visits=visits)


def one(kpis, name, period="all", topic="all"):
    rows = kpis[(kpis["kpi"] == name) & (kpis["period"] == period) & (kpis["topic"] == topic)]
    assert len(rows) == 1, (name, period, topic)
    return rows.iloc[0]


@pytest.mark.parametrize(
    ("name", "period", "topic", "value", "n"),
    [
        ("response_rate", "all", "all", 1, 7),
        ("first_response_time_s", "all", "all", 3.5 * 3600, 6),  # one answer before its question
        ("first_response_time_s_mean", "all", "lost", 3 * 3600, 2),
        ("resolution_rate", "all", "all", 3 / 5, 5),  # of those with a status
        ("conversation_abandonment_rate", "all", "lost", 1 / 3, 3),
        ("csat", "all", "all", 2 / 3, 3),
        ("csat", "all", "late", 1 / 2, 2),
        ("nps", "all", "all", (2 - 1) / 4, 4),
        # a comes back as b within 7 days; b, c, d, e do not; f is nobody's, g too late to tell
        ("repeat_contact_rate", "all", "all", 1 / 5, 5),
        ("first_contact_resolution", "all", "late", 1 / 2, 2),
        # d orders on the 20th, e on 3 February
        ("conversion_after_contact", "all", "all", 2 / 5, 5),
        ("revenue_per_contact", "all", "lost", (30 + 40) / 3, 3),
        ("revenue_per_contact", "all", "late", 0, 2),
        # a, b, d -> 1; c, e -> 2 (27 days); g -> 5
        ("contacted_order_rate", "all", "all", 3 / 5, 5),
        ("contacted_order_rate", "2026-02-01", "all", 1 / 2, 2),
        ("contacted_order_rate", "all", "lost", 2 / 5, 5),
        ("average_order_value", "2026-01-01", "all", 20, 3),
        ("average_order_value", "all", "lost", 15, 2),
        ("return_rate", "all", "all", 1 / 4, 4),
        ("return_rate", "all", "lost", 1 / 2, 2),
        ("repeat_customer_rate", "all", "all", 2 / 3, 3),
        ("revenue_per_customer", "all", "all", 150 / 3, 3),
        ("support_cost_share", "all", "all", 7 * 3 / 150, 7),
        ("visit_contact_rate", "2026-01-01", "all", 4 / 31, 31),
        ("conversion_rate", "all", "all", 3 / 31, 31),
    ],
)
def test_figures_by_hand(kpis, name, period, topic, value, n):
    row = one(kpis, name, period, topic)
    assert row["value"] == pytest.approx(value)
    assert row["n"] == n
    assert pd.isna(row["reason"])
    if not np.isnan(row["low"]):
        assert row["low"] <= row["value"] <= row["high"]
        assert row["low"] >= (-1 if name == "nps" else 0)


def test_retention_needs_two_windows(kpis):
    row = one(kpis, "customer_retention_rate")
    assert np.isnan(row["value"])
    assert "two windows of 2 months" in row["reason"]
    early = pd.DataFrame(
        {"order_id": ["x", "y", "z"], "created_at": times("2025-10-27", "2025-11-05", "2025-12-20"),
         "customer_id": ["ann", "zoe", "zed"], "total": [1.0] * 3, "returned": [False] * 3}
    )  # fmt: skip
    row = one(figures(orders=pd.concat([early, ORDERS])), "customer_retention_rate")
    assert (row["value"], row["n"]) == (pytest.approx(1 / 3), 3)  # ann stays; zoe and zed do not


def test_bare_tables_give_reasons_and_no_figures():
    bare = figures(
        TAGGED[["contact_id", "created_at", "topic"]], ORDERS[["order_id", "created_at"]]
    )
    assert bare["value"].isna().all()
    assert bare["reason"].str.len().min() > 10
    assert set(bare["kpi"]) >= {
        "csat", "contacted_order_rate", "repeat_contact_rate", "return_rate", "average_order_value",
        "support_cost_share", "visit_contact_rate", "first_response_time_s",
        "customer_retention_rate",
    }  # fmt: skip


def test_scores_of_another_scale_are_not_figures():
    stars = figures(TAGGED.assign(csat=[5, 4, 3, 2, 1, 5, 5], nps=99, ces=8))
    for name in ("csat", "nps", "ces"):
        assert "holds values other than" in one(stars, name)["reason"]


def test_default_costs_are_no_costs():
    assert "--costs" in one(figures(costs=Costs()), "support_cost_share")["reason"]


def test_what_is_worth_a_look_is_told(kpis):
    notes = " ".join(kpi_notes(kpis))
    assert "67% of the customers surveyed" in notes
    assert "Contacts cost" not in notes
    dear = figures(costs=Costs(cost_per_contact={"default": 30}))
    assert "Contacts cost 140% of revenue" in " ".join(kpi_notes(dear))


def test_a_share_of_contacts_covers_where_customers_write_often():
    """Ten contacts of a customer are satisfied together or not at all; 60 topics of 80 each."""
    customer = np.repeat(np.arange(60 * 80), 10)
    n = len(customer)
    tagged = pd.DataFrame(
        {
            "contact_id": [str(number) for number in range(n)],
            "created_at": times("2026-01-05").repeat(n),
            "customer_id": [f"u{number}" for number in customer],
            "topic": [f"topic {number // 80}" for number in customer],
            "csat": (np.random.default_rng(1).random(60 * 80) < 0.7)[customer].astype(float),
        }
    )
    with open_store(tagged, ORDERS.iloc[:1], slices=()) as store:
        link_contacts(store)
        count_periods(store)
        rows = "SELECT contact, period, topic, customer, csat > 0.5 AS csat FROM numbered"
        found = measure_shares(store, rows, ["csat"])
    topics = found[found["topic"] != "all"]
    covered = ((topics["low"] <= 0.7) & (topics["high"] >= 0.7)).mean()
    # 95 % of 60, less three binomial standard errors; without the design effect it is 45 %
    assert covered >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / 60)
    assert covered < 1 or (topics["high"] - topics["low"]).max() < 0.25


def test_unanimous_promoters_keep_an_interval():
    band = difference_of_shares(np.array([10.0]), np.array([0.0]), np.array([10.0]))
    assert (band.value[0], band.high[0]) == (1, 1)
    assert 0.5 < band.low[0] < 1


def test_visits_are_added_up_by_day(tmp_path):
    (tmp_path / "v.csv").write_text("day,visits\n2026-01-01,5\n2026-01-01,7\n2026-01-02,1\n")
    assert read_visits(tmp_path / "v.csv").tolist() == [12, 1]
    for text in ("day,hits\n2026-01-01,5\n", "day,visits\n2026-01-01,-5\n"):
        (tmp_path / "v.csv").write_text(text)
        with pytest.raises(InputError, match=r"v\.csv"):
            read_visits(tmp_path / "v.csv")
