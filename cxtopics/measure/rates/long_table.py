"""Bands to the long table of rates: one row per period and topic."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from cxtopics.measure.counting import ALL
from cxtopics.measure.rates.bands import METHOD, rate_bands, shown_rows
from cxtopics.measure.rates.period_estimates import PeriodEstimates
from cxtopics.measure.store.counts import Counts, SliceCounts
from cxtopics.schemas import TOPIC_RATES

__all__ = ["METHOD", "no_rates", "rate_table", "slice_table"]


def rate_table(
    counts: Counts, estimates: PeriodEstimates | None = None, cut: str = ALL, value: str = ALL
) -> pd.DataFrame:
    """Return the rates by `schemas.TOPIC_RATES`, period after period, "all" first in each.

    `cut` and `value` name the slice that was counted; shares are shares of its contacts.
    """
    bands, shape = rate_bands(counts, estimates), counts.contacts.shape
    days = counts.periods[["period_start", "period_end"]]
    days = days.apply(lambda day: day.dt.strftime("%Y-%m-%d"))
    rates = ("n_contacts", "contacts_per_order", "topic_share", "customer_contact_rate")
    columns = {
        name: end.ravel()
        for rate in rates
        for name, end in getattr(bands, rate).columns(rate).items()
    }
    table = pd.DataFrame(
        {
            "period_start": np.repeat(days["period_start"].to_numpy(), shape[1]),
            "period_end": np.repeat(days["period_end"].to_numpy(), shape[1]),
            "slice": cut,
            "slice_value": value,
            "topic": list(counts.contacts.columns) * shape[0],
            **columns,
            "n_orders": np.repeat(counts.n_orders.to_numpy(float), shape[1]),
            "method": np.repeat(np.array(bands.methods, dtype=object), shape[1]),
        }
    )[list(TOPIC_RATES.columns)]
    table["method"] = table["method"].astype("str")
    shown = shown_rows(bands, list(counts.contacts.columns)).ravel()
    return table[shown].reset_index(drop=True)


def slice_table(slices: list[SliceCounts]) -> pd.DataFrame:
    """Return the rates of every slice value, without topics that never occur in it.

    Slices are counted, even where the whole is estimated: column `method` says so.
    """
    tables = []
    for part in slices:
        contacts = part.counts.contacts
        seen = [topic for topic in contacts if topic == ALL or contacts[topic].any()]
        counts = replace(
            part.counts, contacts=contacts[seen], customers=part.counts.customers[seen]
        )
        tables.append(rate_table(counts, None, part.cut.name, part.value))
    return pd.concat(tables, ignore_index=True) if tables else no_rates()


def no_rates() -> pd.DataFrame:
    """Return a table of rates without rows."""
    columns = TOPIC_RATES.columns.items()
    return pd.DataFrame({name: pd.Series(dtype=str(column.dtype)) for name, column in columns})
