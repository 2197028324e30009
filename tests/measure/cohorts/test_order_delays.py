"""Days from order to contact: by topic, only where the contact names its order."""

import pandas as pd

from cxtopics.report import build_report


def test_quantiles_are_those_of_the_days_and_links_by_customer_do_not_count():
    placed = pd.Timestamp("2026-01-01T08:00Z")
    orders = pd.DataFrame(
        {"order_id": [f"o{k}" for k in range(20)], "created_at": placed, "customer_id": "u1"}
    )
    days = [1] * 2 + [2] * 4 + [5] * 8 + [9] * 6
    tagged = pd.DataFrame(
        {
            "contact_id": [f"c{k}" for k in range(20)],
            "created_at": [placed + pd.Timedelta(days=day) for day in days],
            "topic": "late",
            "order_id": [f"o{k}" for k in range(20)],
        }
    )
    nameless = tagged.assign(
        contact_id=[f"n{k}" for k in range(20)], topic="size", order_id=None, customer_id="u1"
    )
    found = build_report(pd.concat([tagged, nameless]), orders).delays
    assert found.to_dict(orient="records") == [
        {"topic": "late", "n": 20, "days_p10": 1, "days_p25": 2, "days_median": 5, "days_p75": 9}
    ]
