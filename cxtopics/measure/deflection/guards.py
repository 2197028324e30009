"""Topics that must not be proposed for deflection because their conversations pay.

A customer who asks which size to order often buys: where the revenue that follows a contact
is more than the contact costs, sparing it would save the wrong thing.
"""

from __future__ import annotations

import pandas as pd

__all__ = ["REVENUE", "revenue_after_contact"]

REVENUE = "revenue_per_contact"
_WHOLE = {"", "all"}


def revenue_after_contact(kpis: pd.DataFrame | None) -> pd.DataFrame:
    """Return revenue after a contact by topic: `value`, `low`, `high`, currency per contact.

    Parameters
    ----------
    kpis
        Columns `kpi, period, topic, value, low, high, n`; rows of other KPIs are passed over.

    Notes
    -----
    Rows of the whole time (period empty or "all") are taken where there are any; else the
    periods' values and ends are averaged, weighted by their contacts, which makes the ends
    wider than those of the whole time would be.
    """
    empty = pd.DataFrame(columns=["value", "low", "high"], dtype=float)
    if kpis is None or kpis.empty:
        return empty
    rows = kpis[kpis["kpi"] == REVENUE].copy()
    for name in ("value", "low", "high", "n"):
        rows[name] = pd.to_numeric(rows[name], errors="coerce")
    rows = rows.dropna(subset=["value", "topic"])
    whole = rows["period"].fillna("").astype(str).isin(_WHOLE)
    rows = rows[whole] if whole.any() else rows
    if rows.empty:
        return empty
    weight = rows["n"].fillna(1).clip(lower=1e-9)
    sums = rows[["value", "low", "high"]].mul(weight, axis=0).groupby(rows["topic"]).sum()
    return sums.div(weight.groupby(rows["topic"]).sum(), axis=0)
