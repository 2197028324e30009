"""Counts by the database, held against pandas and against hand counts."""

import numpy as np
import pandas as pd
import pytest

from cxtopics.errors import InputError
from cxtopics.measure.calendar.periods import local_days, period_table
from cxtopics.measure.store.counts import active_customers, count_periods, count_slice
from cxtopics.measure.store.database import open_store
from cxtopics.measure.store.linking import link_contacts

N = 3000


def times(*days):
    return pd.to_datetime([f"{day}T12:00:00Z" for day in days], utc=True).as_unit("us")


def world(seed=5):
    """Return a year of random contacts and orders, some of their cells missing."""
    rng = np.random.default_rng(seed)
    start = pd.Timestamp("2025-01-01", tz="UTC")

    def at(n):
        return (start + pd.to_timedelta(rng.integers(0, 365 * 86400, n), unit="s")).as_unit("us")

    def some(values, n, missing=0.1):
        drawn = np.array(values, dtype=object)[rng.integers(0, len(values), n)]
        drawn[rng.random(n) < missing] = None
        return drawn

    tagged = pd.DataFrame(
        {
            "contact_id": [f"c{k}" for k in range(N)],
            "created_at": at(N),
            "customer_id": some([f"u{k}" for k in range(400)], N),
            "topic": some(["late", "lost", "size", "not_a_contact"], N),
            "topic_forced": some(["late", "lost"], N, 0.5),
            "channel": some([f"channel {k}" for k in range(12)], N),
        }
    )
    orders = pd.DataFrame(
        {
            "order_id": [f"#{1000 + k}" for k in range(N)],
            "created_at": at(N),
            "customer_id": some([f"u{k}" for k in range(500)], N),
            "country": some(["FR", "DE", 'o\'hara "x"'], N),
        }
    )
    tagged["order_id"] = some([str(1000 + k) for k in range(N)], N, 0.7)
    return tagged, orders


@pytest.mark.parametrize("timezone", ["UTC", "Europe/Berlin", "Asia/Kolkata", "America/Sao_Paulo"])
@pytest.mark.parametrize("by", ["month", "week", "quarter"])
def test_counts_are_those_of_pandas(timezone, by):
    tagged, orders = world()
    with open_store(tagged, orders, timezone=timezone) as store:
        link_contacts(store)
        counts = count_periods(store, None, by)
    kept = tagged[tagged["topic"] != "not_a_contact"]
    rows = kept["topic"].fillna(
        kept["topic_forced"].notna().map({True: "abstained", False: "no_text"})
    )
    frequency = {"month": "M", "week": "W-SUN", "quarter": "Q-DEC"}[by]
    periods = local_days(kept["created_at"], timezone).dt.to_period(frequency)
    expected = pd.crosstab(periods, rows)
    found = counts.contacts.loc[expected.index, expected.columns]
    assert (found.to_numpy() == expected.to_numpy()).all()
    assert counts.contacts["all"].sum() == len(kept)
    wrote = kept.assign(period=periods).groupby("period")["customer_id"].nunique()
    assert counts.customers["all"].tolist() == wrote.tolist()
    by_topic = (
        kept.assign(period=periods, row=rows).groupby(["period", "row"])["customer_id"].nunique()
    )
    late = by_topic.xs("late", level="row").reindex(counts.contacts.index, fill_value=0)
    assert counts.customers["late"].tolist() == late.tolist()
    placed = local_days(orders["created_at"], timezone).dt.to_period(frequency).value_counts()
    assert counts.n_orders.tolist() == placed.reindex(counts.contacts.index, fill_value=0).tolist()


def test_a_slice_adds_up_to_the_whole_and_keeps_eight_values():
    tagged, orders = world()
    with open_store(tagged, orders) as store:
        link_contacts(store)
        counts = count_periods(store)
        names = [cut.name for cut in store.slices]
        found = {cut.name: count_slice(store, cut, counts, "month") for cut in store.slices}
    assert names == ["channel", "country", "new_or_returning"]
    assert len(found["channel"]) == 8 + 2  # and Other, unknown
    for parts in found.values():
        total = sum(part.counts.contacts for part in parts)
        pd.testing.assert_frame_equal(total, counts.contacts)
    assert {part.value for part in found["country"]} == {
        "FR", "DE", "o'hara \"x\"", "unknown", "not linked"
    }  # fmt: skip
    linked = [part for part in found["country"] if part.value != "not linked"]
    assert sum(part.counts.n_orders for part in linked).tolist() == counts.n_orders.tolist()
    apart = next(part for part in found["country"] if part.value == "not linked")
    assert apart.counts.n_orders.isna().all()
    first = found["channel"][0]
    channel = first.counts
    assert channel.n_orders.tolist() == counts.n_orders.tolist()
    wrote = tagged[(tagged["channel"] == first.value) & (tagged["topic"] != "not_a_contact")]
    in_may = wrote[wrote["created_at"].dt.month == 5]
    assert channel.customers.loc[pd.Period("2025-05"), "all"] == in_may["customer_id"].nunique()


def active(days, who, ends, window_months):
    tagged = pd.DataFrame({"contact_id": ["1"], "created_at": times("2026-02-01"), "topic": ["a"]})
    orders = pd.DataFrame(
        {
            "order_id": [f"o{k}" for k in range(len(days))],
            "created_at": times(*days),
            "customer_id": who,
        }
    )
    periods = period_table(pd.Timestamp(ends[0]), pd.Timestamp(ends[-1]), "month")
    with open_store(tagged, orders) as store:
        return active_customers(store, periods, "month", window_months)


def test_active_customers_look_back_over_the_window():
    days, who = ["2025-01-31", "2025-02-01", "2025-06-10", "2026-02-01"], ["a", "b", "b", None]
    ends = ["2026-01-31", "2026-02-28"]
    # Up to 31 Jan 2026 the window opens on 1 Feb 2025: a's order is one day too old.
    assert active(days, who, ends, 12).tolist() == [1, 1]
    assert active(days, who, ends, 13).tolist() == [2, 1]
    assert active(days, [None] * 4, ends, 12).isna().all()


@pytest.mark.parametrize("window", [1, 3, 12])
def test_active_customers_are_those_of_pandas(window):
    _, orders = world(8)
    days = orders["created_at"].dt.strftime("%Y-%m-%d").tolist()
    found = active(days, orders["customer_id"].tolist(), ["2025-01-31", "2025-12-31"], window)
    local = local_days(orders["created_at"], "UTC")
    for period, n in found.items():
        after = (period + 1).start_time
        inside = (local >= after - pd.DateOffset(months=window)) & (local < after)
        assert n == orders.loc[inside, "customer_id"].nunique()


@pytest.mark.parametrize(
    ("signs", "expected"),
    [
        ({"topic_forced": ["late", None], "text": [None, None]}, ["abstained", "no_text"]),
        ({"needs_review": [True, False]}, ["abstained", "no_text"]),
        ({"text": ["late", " "]}, ["abstained", "no_text"]),
        ({}, ["abstained", "abstained"]),
    ],
)
def test_a_missing_topic_is_abstained_or_has_no_text(signs, expected):
    tagged = pd.DataFrame(
        {"contact_id": ["1", "2"], "created_at": times("2026-01-01", "2026-01-01"),
         "topic": pd.Series([None, None], dtype=object), **signs}
    )  # fmt: skip
    orders = pd.DataFrame({"order_id": ["1"], "created_at": times("2026-01-01")})
    with open_store(tagged, orders) as store:
        rows = store.db.execute("SELECT CAST(topic AS VARCHAR) FROM staged_contacts").fetchall()
    assert [row[0] for row in rows] == expected


def test_parquet_parts_count_as_the_table_they_make(tmp_path):
    tagged, orders = world()
    (tmp_path / "tagged").mkdir()
    for number in range(3):
        part = tagged.iloc[number::3].astype({"channel": "category"})
        part.to_parquet(tmp_path / "tagged" / f"part-{number}.parquet")
    orders.to_parquet(tmp_path / "orders.parquet")
    found = []
    for sources in ((tagged, orders), (tmp_path / "tagged", tmp_path / "orders.parquet")):
        with open_store(*sources, timezone="Europe/Berlin") as store:
            assert bool(store.tagged.parts) == (sources[0] is not tagged)
            link_contacts(store)
            found.append(count_periods(store))
    pd.testing.assert_frame_equal(found[0].contacts, found[1].contacts)
    pd.testing.assert_frame_equal(found[0].customers, found[1].customers)
    pd.testing.assert_series_equal(found[0].n_active, found[1].n_active)


def faulty(tmp_path, **columns):
    tagged, orders = world()
    tagged.assign(**columns).to_parquet(tmp_path / "tagged.parquet")
    return tmp_path / "tagged.parquet", orders


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"contact_id": "same"}, r"contact_id: occurs more than once \(1 ids\)"),
        ({"contact_id": None}, "contact_id"),
        ({"topic": "all"}, "meaning of its own"),
    ],
)
def test_faults_of_large_tables_are_told(tmp_path, columns, words):
    with pytest.raises(InputError, match=words), open_store(*faulty(tmp_path, **columns)):
        pass


def test_a_slice_that_is_no_column_is_an_error():
    with (
        pytest.raises(InputError, match="'chanel'") as caught,
        open_store(*world(), slices=["chanel"]),
    ):
        pass
    assert "channel" in caught.value.hint
    with open_store(*world(), slices=["customer", "country"]) as store:
        assert [cut.name for cut in store.slices] == ["new_or_returning", "country"]
