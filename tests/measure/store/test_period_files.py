"""A table dealt to files by period: every contact once, the same as read from the table."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxtopics.errors import InputError
from cxtopics.measure.store import period_files
from cxtopics.measure.store.counts import count_periods
from cxtopics.measure.store.database import open_store
from cxtopics.measure.store.linking import link_contacts
from cxtopics.measure.store.period_contacts import iter_period_contacts, read_span
from cxtopics.tables import write_table

ZONE, N, WIDTH = "Europe/Berlin", 400, 3


def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return invented contacts of nine weeks around a change of the clock, none in the fourth."""
    rng = np.random.default_rng(8)
    hours = rng.integers(0, 9 * 7 * 24, N)
    hours = hours[(hours < 3 * 7 * 24) | (hours >= 4 * 7 * 24)]
    start = pd.Timestamp("2026-03-02", tz=ZONE).tz_convert("UTC").as_unit("us")
    vectors = rng.dirichlet(np.ones(WIDTH), len(hours)).astype(np.float32)
    tagged = pd.DataFrame(
        {
            "contact_id": [f"c{number}" for number in rng.permutation(len(hours))],
            "created_at": (start + pd.to_timedelta(hours, "h")).as_unit("us"),
            "customer_id": [None if n % 9 == 0 else f"u{n % 50}" for n in range(len(hours))],
            "topic": rng.choice(["late", "lost", "not_a_contact"], len(hours)),
            "probabilities": [None if n % 40 == 0 else row for n, row in enumerate(vectors)],
        }
    )
    orders = pd.DataFrame({"order_id": ["1"], "created_at": tagged["created_at"].iloc[:1]})
    return tagged, orders


@pytest.mark.parametrize("n_parts", [0, 1, 5])
def test_dealt_contacts_are_those_read_from_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n_parts: int
) -> None:
    monkeypatch.setattr(period_files, "_ROWS", 70)  # several pieces
    tagged, orders = tables()
    given: pd.DataFrame | Path = tagged
    if n_parts:
        given = tmp_path / "tagged"
        given.mkdir()
        shuffled = tagged.sample(frac=1, random_state=n_parts)
        for part in range(n_parts):
            path = given / f"part-{part}.parquet"
            write_table(shuffled.iloc[part::n_parts], path, vectors=["probabilities"])
    with open_store(given, orders, timezone=ZONE) as store:
        link_contacts(store)
        counts = count_periods(store, by="week")
        found = list(iter_period_contacts(store, counts))
        days = [*counts.periods["period_start"], counts.periods["period_end"].iloc[-1]]
        days[-1] += pd.Timedelta(days=1)
        at = [day.tz_localize(ZONE) for day in days]
        read = [read_span(store, *ends) for ends in pairwise(at)]
        assert not list(store.room.glob("**/*.arrow"))
    assert [len(part.table) for part in found].count(0) == 1
    assert sum(len(part.table) for part in found) == len(tagged)
    for one, other in zip(found, read, strict=True):
        pd.testing.assert_frame_equal(one.table, other.table)
        np.testing.assert_array_equal(one.counted, other.counted)
        np.testing.assert_array_equal(one.probabilities, other.probabilities)
        assert one.probabilities is not None
        assert one.probabilities.dtype == np.float32


def test_lists_of_different_lengths_are_refused() -> None:
    tagged, orders = tables()
    tagged["probabilities"] = [*tagged["probabilities"][:-1], [0.5, 0.5]]
    with open_store(tagged, orders) as store:
        link_contacts(store)
        counts = count_periods(store)
        with pytest.raises(InputError, match="different lengths"):
            list(iter_period_contacts(store, counts))


def test_a_table_without_any_list_has_no_probabilities() -> None:
    tagged, orders = tables()
    tagged["probabilities"] = None
    with open_store(tagged, orders) as store:
        link_contacts(store)
        parts = list(iter_period_contacts(store, count_periods(store)))
    assert all(part.probabilities is None for part in parts)
    assert sum(len(part.table) for part in parts) == len(tagged)
