"""The latest periods against the ones before them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxtopics.measure.calendar.periods import months_long
from cxtopics.measure.counting import ABSTAINED, ALL
from cxtopics.measure.estimate import Band
from cxtopics.measure.rates.changes import estimated_changes, rate_changes
from cxtopics.measure.rates.period_estimates import PeriodEstimates
from cxtopics.measure.rates.totals import span_contacts
from cxtopics.measure.store.counts import Counts

__all__ = ["compare_spans", "compare_years"]

_SPAN = 3  # periods on either side, where there are as many


def compare_spans(
    counts: Counts, estimates: PeriodEstimates | None = None
) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Compare contacts per order in the last complete periods with as many just before.

    Up to three periods on either side; fewer where the report has fewer. Partial periods and
    periods without orders are passed over. A counted period is never held against an
    estimated one, since what differs would be the method: where two or more are estimated,
    only those are compared.

    Returns
    -------
    tuple
        The changes by topic (empty with fewer than two usable periods), and the days of the
        spans, `before` and `after`, each `[first, last]`.
    """
    usable = counts.periods[_alike(counts, estimates)]
    span = min(_SPAN, len(usable) // 2)
    before, after = usable.iloc[len(usable) - 2 * span : len(usable) - span], usable.iloc[-span:]
    if not span:
        return pd.DataFrame({"topic": []}), {}
    changes = _changes(counts, estimates, before.index, after.index)
    days = {"before": _days(before), "after": _days(after)}
    return changes.rename_axis("topic").reset_index(), days


def compare_years(
    counts: Counts, estimates: PeriodEstimates | None = None
) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Compare contacts per order in the latest year's periods with the same ones a year before.

    A period takes part where both it and its twin (the same month or quarter, the week 52
    weeks before) are complete, have orders, and are both counted or both estimated; at most the
    last twelve months of them. Seasons and sales are alike in both, unlike in `compare_spans`.

    Returns
    -------
    tuple
        As `compare_spans`; empty where no period has a twin.
    """
    known = _usable(counts)
    usable = dict(
        zip(counts.periods.index[known], _estimated(counts, estimates)[known], strict=True)
    )
    length = months_long(*counts.periods[["period_start", "period_end"]].iloc[0])
    year = 12 if length == 1 else 4 if length == 3 else 52
    after = [one for one in usable if usable.get(one - year) == usable[one]][-year:]
    if not after:
        return pd.DataFrame({"topic": []}), {}
    before = [period - year for period in after]
    changes = _changes(counts, estimates, pd.Index(before), pd.Index(after))
    days = {"before": _days(counts.periods.loc[before]), "after": _days(counts.periods.loc[after])}
    return changes.rename_axis("topic").reset_index(), days


def _alike(counts: Counts, estimates: PeriodEstimates | None) -> npt.NDArray[np.bool_]:
    """Tell which periods can be compared with one another (n_periods,)."""
    usable, estimated = _usable(counts), _estimated(counts, estimates)
    return np.asarray(usable & (estimated if (usable & estimated).sum() > 1 else ~estimated))


def _usable(counts: Counts) -> npt.NDArray[np.bool_]:
    return (counts.periods["complete"] & (counts.n_orders > 0)).to_numpy(bool)


def _estimated(counts: Counts, estimates: PeriodEstimates | None) -> npt.NDArray[np.bool_]:
    found = estimates.by_period if estimates else (None,) * len(counts.periods)
    return np.array([one is not None for one in found], dtype=bool)


def _changes(
    counts: Counts, estimates: PeriodEstimates | None, before: pd.Index, after: pd.Index
) -> pd.DataFrame:
    orders = [float(counts.n_orders[span].sum()) for span in (before, after)]
    spans = [counts.periods.index.isin(span) for span in (before, after)]
    found = estimates.by_period if estimates else ()
    if not any(one for one, *used in zip(found, *spans, strict=False) if any(used)):
        sums = [counts.contacts.loc[span].sum().drop(ALL) for span in (before, after)]
        return rate_changes(sums[0], sums[1], orders[0], orders[1])
    bands = []
    for span, n_orders in zip(spans, orders, strict=True):
        _, chance = span_contacts(counts, estimates, span)
        bands.append(Band(*(end / n_orders for end in chance)))
    changes = estimated_changes(bands[0], bands[1], counts.contacts.columns)
    gone = [ALL, ABSTAINED] if all(found) else [ALL]
    return changes.drop(index=gone)


def _days(span: pd.DataFrame) -> list[str]:
    first, last = span["period_start"].iloc[0], span["period_end"].iloc[-1]
    return [f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}"]
