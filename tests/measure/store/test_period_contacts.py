"""Contacts period by period: all of them, once, with their own probabilities."""

import numpy as np
import pandas as pd

from cxtopics.measure.store.counts import count_periods
from cxtopics.measure.store.database import open_store
from cxtopics.measure.store.linking import link_contacts
from cxtopics.measure.store.period_contacts import iter_period_contacts


def test_each_period_has_its_contacts_and_their_rows():
    rng = np.random.default_rng(2)
    at = pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(rng.integers(0, 90 * 24, 300), "h")
    tagged = pd.DataFrame(
        {
            "contact_id": [f"c{n:03d}" for n in range(300)],
            "created_at": at.as_unit("us"),
            "topic": rng.choice(["late", "lost", "not_a_contact"], 300),
            "channel": "chat",
            "probabilities": [
                None if n % 50 == 0 else [n / 1000, 1 - n / 1000] for n in range(300)
            ],
        }
    )
    orders = pd.DataFrame({"order_id": ["1"], "created_at": tagged["created_at"].iloc[:1]})
    with open_store(tagged, orders, timezone="America/New_York") as store:
        link_contacts(store)
        counts = count_periods(store)
        parts = list(iter_period_contacts(store, counts, ["channel", "not there"]))
    assert sum(len(part.table) for part in parts) == 300
    assert [part.counted.sum() for part in parts] == counts.contacts["all"].astype(int).tolist()
    for part in parts:
        assert ((part.table["topic"] == "not_a_contact") == ~part.counted).all()
        assert list(part.table.columns) == ["contact_id", "topic", "channel"]
        number = part.table["contact_id"].str[1:].astype(int).to_numpy()
        expected = np.where(number % 50 == 0, np.nan, number / 1000)
        np.testing.assert_allclose(part.probabilities[:, 0], expected, atol=1e-6)
