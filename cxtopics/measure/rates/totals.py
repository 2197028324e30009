"""All periods together: totals by topic, and how their errors hang together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxtopics.measure.combining import add_chance, sum_dependent, sum_independent
from cxtopics.measure.counting import ABSTAINED, ALL
from cxtopics.measure.estimate import Band, FloatArray
from cxtopics.measure.intervals import garwood
from cxtopics.measure.prevalence.cold_start import widen_counts
from cxtopics.measure.prevalence.topic_estimates import shares_make_room
from cxtopics.measure.rates.bands import rate_bands
from cxtopics.measure.rates.formulas import contacts_per_order, topic_share
from cxtopics.measure.rates.period_estimates import PeriodEstimate, PeriodEstimates
from cxtopics.measure.store.counts import Counts

__all__ = ["covariance_table", "span_contacts", "totals_by_topic"]


def totals_by_topic(counts: Counts, estimates: PeriodEstimates | None = None) -> pd.DataFrame:
    """Return contacts, contacts per order and share by topic, over all periods together."""
    contacts = counts.contacts.sum()
    n_orders = float(counts.n_orders.sum())
    everything = np.ones(len(counts.periods), dtype=bool)
    count, chance = span_contacts(counts, estimates, everything)
    if estimates is None or not any(estimates.by_period):
        share = topic_share(contacts, contacts[ALL])
        per_order = contacts_per_order(contacts, n_orders)
        if estimates and estimates.cold_start and ABSTAINED in contacts.index:
            rows, untold = list(contacts.index), float(contacts[ABSTAINED])
            count = widen_counts(count, untold, rows)
            share = widen_counts(share, untold / contacts[ALL], rows, most=1)
            per_order = widen_counts(per_order, untold / n_orders, rows)
    else:
        share = Band(*(np.minimum(end / contacts[ALL], 1) for end in count))
        per_order = Band(*(end / n_orders for end in chance))
    table = pd.DataFrame(
        {
            "topic": contacts.index,
            **count.columns("n_contacts"),
            "n_orders": n_orders,
            **per_order.columns("contacts_per_order"),
            **share.columns("topic_share"),
        }
    )
    if estimates and all(estimates.by_period):
        table = table[table["topic"] != ABSTAINED].reset_index(drop=True)
    return table


def span_contacts(
    counts: Counts, estimates: PeriodEstimates | None, periods: npt.NDArray[np.bool_]
) -> tuple[Band, Band]:
    """Return the contacts of several periods together by topic row, without and with chance.

    Parameters
    ----------
    periods
        Which periods of the report to add up (n_periods,).

    Notes
    -----
    Audits are independent of one another. What the model alone gets wrong it gets wrong
    every month, so those deviations add up as they are. A topic row that the model does not
    know adds nothing.
    """
    rows = list(counts.contacts.columns)
    bands = rate_bands(counts, estimates).n_contacts
    found = estimates.by_period if estimates else (None,) * len(periods)
    counted = periods & np.array([one is None for one in found])
    audited: list[Band] = []
    alone: list[Band] = [Band(*np.zeros((3, len(rows))))]
    variance = np.zeros(len(rows))
    for period, one in enumerate(found):
        if one is None or not periods[period]:
            continue
        band = Band(*(np.nan_to_num(end[period]) for end in bands))
        (alone if one.topics.uses_model_alone else audited).append(band)
        variance += np.append(one.clustering, 1.0)[_columns(one, rows)] * band.value
    by_count = garwood(counts.contacts.to_numpy(float)[counted].sum(axis=0))
    if counted.sum() == periods.sum():
        return by_count, by_count
    estimated = sum_independent([sum_dependent(alone), *audited])
    cluster = np.maximum(variance / np.maximum(estimated.value, 1e-12), 1)
    widened = add_chance(estimated, cluster)
    return sum_independent([by_count, estimated]), sum_independent([by_count, widened])


def _columns(found: PeriodEstimate, rows: list[str]) -> list[int]:
    """Return the column of each topic row; -1 where the estimates have none."""
    place = {topic: column for column, topic in enumerate(found.topics.topics)}
    return [place.get(row, -1) for row in rows]


def covariance_table(counts: Counts, estimates: PeriodEstimates | None) -> pd.DataFrame:
    """Return the joint covariance of contacts by topic: per estimated period, and in all.

    Returns
    -------
    DataFrame
        `period_start` (YYYY-MM-DD, or `all`), `topic`, and a column of covariances
        (contacts squared, float32) for each topic; empty where nothing was estimated. In
        `all`, counted periods add Poisson variances, and the model's own errors are the
        same in every period.
    """
    found = estimates.by_period if estimates else ()
    first = next((one for one in found if one), None)
    if first is None:
        return pd.DataFrame({"period_start": [], "topic": []})
    topics = list(first.topics.topics)
    total, alone, parts = np.zeros((len(topics),) * 2), np.zeros(len(topics)), []
    for period, one in enumerate(found):
        if one is None:
            total += np.diag(_counted(counts, period, topics))
            continue
        parts.append((f"{counts.periods['period_start'].iloc[period]:%Y-%m-%d}", one.covariance))
        if one.topics.uses_model_alone:
            alone += np.sqrt(np.diag(one.covariance))
        else:
            total += one.covariance
    total += shares_make_room(alone)
    tables = [_long(name, topics, matrix) for name, matrix in [*parts, (ALL, total)]]
    return pd.concat(tables, ignore_index=True)


def _counted(counts: Counts, period: int, topics: list[str]) -> FloatArray:
    return counts.contacts.iloc[period].reindex(topics).fillna(0).to_numpy(dtype=np.float64)


def _long(name: str, topics: list[str], matrix: FloatArray) -> pd.DataFrame:
    table = pd.DataFrame(matrix.astype(np.float32), columns=topics)
    table.insert(0, "topic", topics)
    table.insert(0, "period_start", name)
    return table
