"""Classify-and-count: how many contacts, orders and customers fall in each period.

Everything here returns plain counts; `rates` turns them into figures with intervals.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = [
    "ABSTAINED",
    "ALL",
    "NO_TEXT",
    "active_customers",
    "count_by_topic",
    "count_customers",
    "topic_rows",
]

ALL, ABSTAINED, NO_TEXT = "all", "abstained", "no_text"


def topic_rows(tagged: pd.DataFrame) -> pd.Series[str]:
    """Return the topic row that each contact is counted in.

    That is its topic; where the topic is missing, `abstained` if the contact had text
    (a forced topic, a review mark or the text itself shows it) and `no_text` if it had
    none. A table that shows none of the three counts every missing topic as `abstained`.
    """
    signs = [name for name in ("topic_forced", "needs_review", "text") if name in tagged.columns]
    had_text = pd.Series(not signs, index=tagged.index)
    for name in signs:
        shown = tagged[name].astype(bool) if name == "needs_review" else tagged[name].notna()
        had_text |= shown
    without = had_text.map({True: ABSTAINED, False: NO_TEXT})
    return tagged["topic"].astype(object).where(tagged["topic"].notna(), without)


def count_by_topic(
    periods: pd.Series[pd.Period], topics: pd.Series[str], index: pd.Index, columns: list[str]
) -> pd.DataFrame:
    """Return contacts per period (rows) and topic (columns); no contact is a real 0."""
    counts = pd.crosstab(periods, topics)
    return counts.reindex(index=index, columns=columns, fill_value=0).astype(float)


def count_customers(
    periods: pd.Series[pd.Period],
    topics: pd.Series[str],
    customers: pd.Series[str],
    index: pd.Index,
    columns: list[str],
) -> pd.DataFrame:
    """Return distinct customers who contact, per period and topic; `all` counts each once.

    Contacts without a customer id are in none of the counts. No id at all gives NaN.
    """
    if customers.isna().all():
        return pd.DataFrame(np.nan, index=index, columns=columns)
    known = pd.DataFrame({"period": periods, "topic": topics, "customer": customers}).dropna()
    by_topic = known.drop_duplicates()
    overall = known[["period", "customer"]].drop_duplicates()
    counts = count_by_topic(by_topic["period"], by_topic["topic"], index, columns)
    everyone = overall["period"].value_counts().reindex(index, fill_value=0)
    return counts.assign(**{ALL: everyone.astype(float)})[columns]


def active_customers(
    days: pd.Series[pd.Timestamp],
    customers: pd.Series[str],
    period_ends: pd.Series[pd.Timestamp],
    window_months: int,
) -> npt.NDArray[np.float64]:
    """Return distinct customers with an order in the months up to each period's last day.

    Orders without a customer id count for nobody; no id at all gives NaN.
    """
    if customers.isna().all():
        return np.full(len(period_ends), np.nan)
    order = np.argsort(days.to_numpy(), kind="stable")
    codes, who = pd.factorize(customers.iloc[order])
    sorted_days = days.to_numpy()[order]
    after = period_ends + pd.Timedelta(days=1)
    begins = after - pd.DateOffset(months=window_months)
    first = np.searchsorted(sorted_days, begins.to_numpy(), side="left")
    last = np.searchsorted(sorted_days, after.to_numpy(), side="left")
    active = np.empty(len(period_ends))
    for number, (low, high) in enumerate(zip(first, last, strict=True)):
        seen = np.zeros(len(who) + 1, dtype=bool)  # the extra place takes -1, "no id"
        seen[codes[low:high]] = True
        active[number] = seen[:-1].sum()
    return active
