"""Every rate of every period with its interval, counted or estimated.

Where a period is estimated, two kinds of figures must be told apart:

- `n_contacts` and `topic_share` are about the contacts of the period themselves. Their
  intervals cover the mistakes of the classifier and the chance of the audit.
- `contacts_per_order` and `customer_contact_rate` are rates, compared with other periods.
  Their intervals also cover which contacts happened to come, clustered by customer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxtopics.measure.combining import add_chance, sum_independent
from cxtopics.measure.counting import ABSTAINED, ALL, NO_TEXT
from cxtopics.measure.estimate import Band
from cxtopics.measure.intervals import garwood, wilson
from cxtopics.measure.prevalence.cold_start import COLD_METHOD, widen_counts
from cxtopics.measure.rates.formulas import contacts_per_order, customer_contact_rate, topic_share
from cxtopics.measure.rates.period_estimates import PeriodEstimate, PeriodEstimates
from cxtopics.measure.store.counts import Counts

__all__ = ["METHOD", "RateBands", "count_method", "rate_bands", "shown_rows"]

METHOD = "classify_and_count; sampling interval only; classifier error unknown"


@dataclass(frozen=True)
class RateBands:
    """Arrays of (n_periods, n_rows), the rows as in `Counts.contacts`.

    Attributes
    ----------
    methods
        By period.
    """

    n_contacts: Band
    contacts_per_order: Band
    topic_share: Band
    customer_contact_rate: Band
    methods: list[str]


def rate_bands(counts: Counts, estimates: PeriodEstimates | None = None) -> RateBands:
    """Return the bands of all periods; without estimates, those of counts and chance.

    Counts of a cold start's tags also cover what such models usually get wrong.
    """
    contacts = counts.contacts.to_numpy(float)
    orders = counts.n_orders.to_numpy(float)[:, None]
    active = counts.n_active.to_numpy(float)[:, None]
    bands = RateBands(
        _own(garwood(contacts)),
        _own(contacts_per_order(contacts, orders)),
        _own(topic_share(contacts, counts.contacts[[ALL]].to_numpy(float))),
        _own(customer_contact_rate(counts.customers.to_numpy(float), active)),
        [count_method(estimates)] * len(contacts),
    )
    if estimates and estimates.cold_start:
        bands = _with_usual_errors(bands, counts, orders, active)
    for period, found in enumerate(estimates.by_period if estimates else ()):
        if found is not None:
            _put(bands, period, list(counts.contacts.columns), found, orders[period, 0],
                 active[period, 0])  # fmt: skip
    return bands


def count_method(estimates: PeriodEstimates | None) -> str:
    """Return how periods that are not estimated are counted, and what that assumes."""
    return COLD_METHOD if estimates and estimates.cold_start else METHOD


def _with_usual_errors(
    bands: RateBands,
    counts: Counts,
    orders: npt.NDArray[np.floating],
    active: npt.NDArray[np.floating],
) -> RateBands:
    rows = list(counts.contacts.columns)
    if ABSTAINED not in rows:
        return bands
    untold = counts.contacts[[ABSTAINED]].to_numpy(float)
    people = counts.customers[[ABSTAINED]].to_numpy(float)
    n_all = counts.contacts[[ALL]].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return RateBands(
            widen_counts(bands.n_contacts, untold, rows),
            widen_counts(bands.contacts_per_order, untold / orders, rows),
            widen_counts(bands.topic_share, untold / n_all, rows, most=1),
            widen_counts(bands.customer_contact_rate, people / active, rows, most=1),
            bands.methods,
        )


def _own(band: Band) -> Band:
    """Return arrays that may be written to."""
    return Band(*(np.array(end, dtype=np.float64) for end in band))


def _put(
    bands: RateBands,
    period: int,
    rows: list[str],
    found: PeriodEstimate,
    n_orders: float,
    n_active: float,
) -> None:
    """Write an estimated period over its counted one."""
    bands.methods[period] = found.topics.method
    n_all = bands.n_contacts.value[period, rows.index(ALL)]
    n_text = found.topics.n_contacts
    known = {topic: column for column, topic in enumerate(found.topics.topics)}
    exact = {ALL: n_all, NO_TEXT: n_all - n_text}
    topics = [row for row in rows if row not in exact]
    places = [rows.index(row) for row in topics]
    columns = [known.get(row, -1) for row in topics]  # -1: unknown to the model
    count = _spread(found.n_contacts, columns)
    cluster = np.append(found.clustering, 1.0)[columns]
    n_orders = n_orders if n_orders > 0 else np.nan
    chance = add_chance(count, cluster)
    people = _people(_spread(found.customers, columns), n_active)
    for band, values in (
        (bands.n_contacts, count),
        (bands.topic_share, Band(*(end / n_all for end in count))),
        (bands.contacts_per_order, Band(*(end / n_orders for end in chance))),
        (bands.customer_contact_rate, people),
    ):
        for end, new in zip(band, values, strict=True):
            end[period, places] = new
    for row, n in exact.items():
        for end in bands.n_contacts:
            end[period, rows.index(row)] = n
        for end in bands.topic_share:
            end[period, rows.index(row)] = n / n_all


def _spread(band: Band, columns: list[int]) -> Band:
    """Return the entries of some columns; NaN for column -1."""
    return Band(*(np.append(end, np.nan)[columns] for end in band))


def _people(customers: Band, n_active: float) -> Band:
    """Return customers who contact / active customers, with chance; NaN where that is no share."""
    n_active = n_active if n_active > 0 else np.nan
    usable = np.where(customers.value <= n_active, 1.0, np.nan)
    share = Band(*(np.clip(end / n_active, 0, 1) * usable for end in customers))
    drawn = wilson(np.nan_to_num(share.value) * np.nan_to_num(n_active), n_active)
    still = Band(0 * share.value, share.low - share.value, share.high - share.value)
    both = sum_independent([drawn, still])
    return Band(share.value, both.low, np.minimum(both.high, 1.0))


def shown_rows(bands: RateBands, rows: list[str]) -> npt.NDArray[np.bool_]:
    """Tell which (period, row) a table shows: where it is estimated, nothing abstains."""
    shown = np.ones((len(bands.methods), len(rows)), dtype=bool)
    estimated = np.array([method not in (METHOD, COLD_METHOD) for method in bands.methods])
    shown[np.ix_(estimated, np.array(rows) == ABSTAINED)] = False
    return shown
