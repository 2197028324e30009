"""The latest periods against the ones before them."""

from __future__ import annotations

import pandas as pd

from cxtopics.measure.changes import rate_changes
from cxtopics.measure.counting import ALL
from cxtopics.measure.counts import Counts
from cxtopics.measure.periods import months_long

__all__ = ["compare_spans", "compare_years"]

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


def compare_years(counts: Counts) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Compare contacts per order in the latest year's periods with the same ones a year before.

    A period takes part where both it and its twin (the same month or quarter, the week 52
    weeks before) are complete and have orders; at most the last twelve months of them. Seasons
    and sales are alike in both, unlike in `compare_spans`.

    Returns
    -------
    tuple
        As `compare_spans`; empty where no period has a twin.
    """
    usable = counts.periods.index[counts.periods["complete"] & (counts.n_orders > 0)]
    length = months_long(*counts.periods[["period_start", "period_end"]].iloc[0])
    year = 12 if length == 1 else 4 if length == 3 else 52
    after = [period for period in usable if period - year in usable][-year:]
    if not after:
        return pd.DataFrame({"topic": []}), {}
    before = [period - year for period in after]
    changes = rate_changes(
        counts.contacts.loc[before].sum(),
        counts.contacts.loc[after].sum(),
        float(counts.n_orders[before].sum()),
        float(counts.n_orders[after].sum()),
    )
    days = {"before": _days(counts.periods.loc[before]), "after": _days(counts.periods.loc[after])}
    return changes.rename_axis("topic").reset_index(), days


def _days(span: pd.DataFrame) -> list[str]:
    first, last = span["period_start"].iloc[0], span["period_end"].iloc[-1]
    return [f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}"]
