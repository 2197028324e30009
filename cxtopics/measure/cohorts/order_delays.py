"""How many days after its order a topic's contacts come: when a message must have gone out."""

from __future__ import annotations

import pandas as pd

from cxtopics.measure.store.database import Store, fetch

__all__ = ["topic_delays"]

_QUANTILES = {"p10": 0.10, "p25": 0.25, "median": 0.50, "p75": 0.75}


def topic_delays(store: Store) -> pd.DataFrame:
    """Return how long after its order a contact comes, by topic.

    Only contacts that name their order count (by the helpdesk's field, or in their text): a
    link by customer and time ends at its window.

    Returns
    -------
    DataFrame
        `topic`, `n` (contacts), and `days_p10`, `days_p25`, `days_median`, `days_p75`: whole
        days by which that share of them had come. Orders of the last days have not had
        their late contacts yet, so the days are, if anything, too few.
    """
    quantiles = ", ".join(
        f"quantile_disc(days, {share}) AS days_{name}" for name, share in _QUANTILES.items()
    )
    return fetch(
        store,
        f"""
        SELECT topic, count(*) AS n, {quantiles}
        FROM (
            SELECT CAST(topic AS VARCHAR) AS topic, date_diff('day', order_day, day) AS days
            FROM contacts WHERE counted AND link_method IN ('field', 'text')
        ) WHERE days >= 0 GROUP BY 1 ORDER BY 1""",
    )
