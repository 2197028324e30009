"""The latest periods against the ones before them."""

from __future__ import annotations

import pandas as pd

from cxtopics.measure.changes import rate_changes
from cxtopics.measure.counting import ALL
from cxtopics.measure.counts import Counts

__all__ = ["compare_spans"]

_SPAN = 3  # periods on either side, where there are as many


def compare_spans(counts: Counts) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Compare contacts per order in the last complete periods with as many just before.

    Up to three periods on either side; fewer where the report has fewer. Partial periods and
    periods without orders are passed over.

    Returns
    -------
    tuple
        The changes by topic (empty with fewer than two usable periods), and the days of the
        spans, `before` and `after`, each `[first, last]`.
    """
    usable = counts.periods[counts.periods["complete"] & (counts.n_orders > 0)]
    span = min(_SPAN, len(usable) // 2)
    before, after = usable.iloc[len(usable) - 2 * span : len(usable) - span], usable.iloc[-span:]
    if not span:
        return pd.DataFrame({"topic": []}), {}
    changes = rate_changes(
        counts.contacts.loc[before.index].sum().drop(ALL),
        counts.contacts.loc[after.index].sum().drop(ALL),
        float(counts.n_orders[before.index].sum()),
        float(counts.n_orders[after.index].sum()),
    )
    days = {"before": _days(before), "after": _days(after)}
    return changes.rename_axis("topic").reset_index(), days


def _days(span: pd.DataFrame) -> list[str]:
    first, last = span["period_start"].iloc[0], span["period_end"].iloc[-1]
    return [f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}"]
