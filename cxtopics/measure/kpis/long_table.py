"""All key figures of a report in one table."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cxtopics.measure.calendar.periods import By
from cxtopics.measure.costs import Costs
from cxtopics.measure.counting import ALL
from cxtopics.measure.estimate import Band
from cxtopics.measure.intervals import garwood
from cxtopics.measure.kpis.customers import customer_kpis, order_kpis
from cxtopics.measure.kpis.figures import COLUMNS, absent, kpi_rows
from cxtopics.measure.kpis.service import service_kpis
from cxtopics.measure.kpis.visits import visit_kpis
from cxtopics.measure.store.counts import Counts
from cxtopics.measure.store.database import Store, fetch

__all__ = ["kpi_notes", "kpi_table"]

_CSAT, _COST_SHARE = 0.8, 0.15  # below, above: worth a look, says Gorgias


def kpi_table(
    store: Store,
    counts: Counts,
    by: By,
    *,
    active_months: int = 12,
    costs: Costs | None = None,
    visits: pd.Series[float] | None = None,
) -> pd.DataFrame:
    """Return every key figure that the tables allow, and why the others are absent.

    Parameters
    ----------
    costs
        The user's; without them there is no cost share.
    visits
        By local day, see `visits.read_visits`.

    Returns
    -------
    DataFrame
        `kpis.COLUMNS`; `period` is the first day (YYYY-MM-DD) or "all".
    """
    parts = [
        *order_kpis(store, counts, by),
        *service_kpis(store),
        *customer_kpis(store, active_months),
        *_cost_share(store, counts, costs),
        *visit_kpis(counts, visits),
    ]
    table = pd.concat([part.astype({"reason": object}) for part in parts], ignore_index=True)
    starts = counts.periods["period_start"].dt.strftime("%Y-%m-%d").to_list()
    table["period"] = [ALL if pd.isna(at) else starts[int(at)] for at in table["period"]]
    table["all_first"] = (table["period"] != ALL) + 2 * (table["topic"] != ALL)
    names = pd.Categorical(table["kpi"], categories=table["kpi"].unique())
    ordered = table.assign(kpi=names).sort_values(["kpi", "all_first"], kind="stable")
    ordered["kpi"] = ordered["kpi"].astype(str)
    return ordered[list(COLUMNS)].reset_index(drop=True)


def kpi_notes(kpis: pd.DataFrame) -> Iterator[str]:
    """Yield a sentence for each overall figure that is worth a look."""
    whole = kpis[(kpis["period"] == ALL) & (kpis["topic"] == ALL) & kpis["value"].notna()]
    value = whole.set_index("kpi")["value"]
    if value.get("csat", 1.0) < _CSAT:
        share = value["csat"]
        yield f"Satisfied are {share:.0%} of the customers surveyed: fewer than four in five."
    if value.get("support_cost_share", 0.0) > _COST_SHARE:
        share = value["support_cost_share"]
        yield f"Contacts cost {share:.0%} of revenue: more than the usual 10 to 15 %."


def _cost_share(store: Store, counts: Counts, costs: Costs | None) -> Iterator[pd.DataFrame]:
    """Yield cost of contacts / revenue, overall, by period and by topic."""
    name = "support_cost_share"
    if costs is None or "cost_per_contact" in costs.defaults:
        yield absent(name, "0-1", "the cost of a contact is not given (--costs)")
        return
    found = fetch(
        store,
        "SELECT period, count(*) AS n, count(cents) AS priced, coalesce(sum(cents), 0) AS cents "
        "FROM placed GROUP BY 1",
    ).set_index("period")
    found = found.reindex(range(len(counts.periods)), fill_value=0).astype(float)
    if found["priced"].sum() < 0.99 * found["n"].sum():
        yield absent(name, "0-1", "fewer than 99 % of the orders have a total")
        return
    topics = counts.contacts.drop(columns=ALL).sum()
    rows = pd.DataFrame(
        {
            "period": [pd.NA, *range(len(found)), *[pd.NA] * len(topics)],
            "topic": [None, *[None] * len(found), *topics.index],
            "n": [counts.contacts[ALL].sum(), *counts.contacts[ALL], *topics],
            "cents": [found["cents"].sum(), *found["cents"], *[found["cents"].sum()] * len(topics)],
        }
    )
    revenue = np.where(rows["cents"] > 0, rows["cents"] / 100, np.nan)
    band = [end * costs.cost_per_contact.default / revenue for end in garwood(rows["n"])]
    yield kpi_rows(name, rows, Band(*band), rows["n"], "0-1")
