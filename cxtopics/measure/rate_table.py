"""Bands to the long table of rates: one row per period and topic."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxtopics.measure.counting import ALL
from cxtopics.measure.counts import Counts
from cxtopics.measure.period_estimates import PeriodEstimates
from cxtopics.measure.rate_bands import METHOD, rate_bands, shown_rows
from cxtopics.schemas import TOPIC_RATES

__all__ = ["METHOD", "rate_table"]


def rate_table(counts: Counts, estimates: PeriodEstimates | None = None) -> pd.DataFrame:
    """Return the rates by `schemas.TOPIC_RATES`, period after period, "all" first in each."""
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
            "slice": ALL,
            "slice_value": ALL,
            "topic": list(counts.contacts.columns) * shape[0],
            **columns,
            "n_orders": np.repeat(counts.n_orders.to_numpy(float), shape[1]),
            "method": np.repeat(np.array(bands.methods, dtype=object), shape[1]),
        }
    )[list(TOPIC_RATES.columns)]
    table["method"] = table["method"].astype("str")
    shown = shown_rows(bands, list(counts.contacts.columns)).ravel()
    return table[shown].reset_index(drop=True)
