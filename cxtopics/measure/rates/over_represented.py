"""Where a topic is more frequent than elsewhere: slices by slices."""

from __future__ import annotations

import pandas as pd
from scipy.stats import binom, false_discovery_control

from cxtopics.measure.counting import ABSTAINED, ALL, NO_TEXT
from cxtopics.measure.rates.caveats import SMALL_CELL
from cxtopics.measure.store.slices import NOT_LINKED, UNKNOWN

__all__ = ["over_represented"]


def over_represented(rates: pd.DataFrame, n: int = 12, level: float = 0.05) -> pd.DataFrame:
    """Return the topics that are clearly more frequent in one value of a slice than in others.

    Parameters
    ----------
    rates
        By `schemas.TOPIC_RATES`.
    n
        At most so many rows, those with most contacts beyond their usual share first.
    level
        Share of false alarms to expect among the rows (Benjamini and Hochberg 1995, over all
        cells with 30 contacts or more).

    Returns
    -------
    DataFrame
        `slice`, `slice_value`, `topic`, `n_contacts`, `share` (of the value's contacts),
        `share_elsewhere` (of the slice's other contacts), `excess` (contacts beyond that).

    Notes
    -----
    Contacts without a value (unknown, or not linked to an order) are in no share: topics whose
    customers name their order would else be more frequent with every carrier.
    """
    told = ~rates["slice_value"].isin([UNKNOWN, NOT_LINKED])
    cells = rates[(rates["slice"] != ALL) & told]
    keys = ["slice", "slice_value", "topic"]
    counts = cells.groupby(keys, sort=False)["n_contacts"].sum().reset_index()
    whole = counts[counts["topic"] == ALL].set_index(["slice", "slice_value"])["n_contacts"]
    rows = counts[~counts["topic"].isin([ALL, ABSTAINED, NO_TEXT])].copy()
    if rows.empty:
        return rows
    inside = whole.loc[list(zip(rows["slice"], rows["slice_value"], strict=True))].to_numpy()
    in_slice = rows["slice"].map(whole.groupby(level="slice").sum())
    of_topic = rows.groupby(["slice", "topic"])["n_contacts"].transform("sum")
    elsewhere = in_slice - inside
    rows = rows.assign(
        share=rows["n_contacts"] / inside,
        share_elsewhere=(of_topic - rows["n_contacts"]) / elsewhere,
        inside=inside,
    )
    rows = rows[(elsewhere > 0) & (rows["n_contacts"] >= SMALL_CELL)]
    if rows.empty:
        return pd.DataFrame(columns=list(rows.columns.drop("inside")))
    chance = binom.sf(rows["n_contacts"] - 1, rows["inside"], rows["share_elsewhere"])
    rows = rows.assign(excess=rows["n_contacts"] - rows["inside"] * rows["share_elsewhere"])
    rows = rows[(false_discovery_control(chance) < level) & (rows["excess"] > 0)]
    best: pd.DataFrame = rows.sort_values("excess", ascending=False, kind="stable").head(n)
    return best.drop(columns="inside").reset_index(drop=True)
