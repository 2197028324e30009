"""The cohorts of a report: one row per period and topic, beside the period's own rate."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cxtopics.measure.calendar.days import period_number
from cxtopics.measure.calendar.periods import By
from cxtopics.measure.cohorts.delays import DelayCurve, Triangle, delay_curve, delay_shift
from cxtopics.measure.cohorts.projection import TOO_EARLY, CohortRates, cohort_rates
from cxtopics.measure.counting import ALL
from cxtopics.measure.estimate import FloatArray
from cxtopics.measure.store.counts import Counts
from cxtopics.measure.store.database import Store, fetch

__all__ = ["HORIZON_DAYS", "Cohorts", "build_cohorts"]

HORIZON_DAYS = 60
"""Contacts later than so many days after their order belong to no cohort."""
_FEWEST, _FEWEST_OWN, _FEWEST_DAYS = 100, 300, 14  # linked contacts for a curve; days of contacts
_COMPLETE, _SHIFTED = 0.99, 3.0


@dataclass(frozen=True)
class Cohorts:
    """Cohort contacts per order, or the reason why there are none.

    Attributes
    ----------
    table
        One row per period and topic, see docs/tables.md; empty where there are none.
    basis
        `reason` (missing where there are cohorts), `linked_share` (0-1), `n_late` (linked
        contacts beyond the horizon), `horizon_days`, `median_delay_days`, and `shifted`:
        first days of the periods whose contacts come later than the curve says.
    """

    table: pd.DataFrame = field(default_factory=lambda: pd.DataFrame({"topic": []}))
    basis: dict[str, Any] = field(default_factory=dict)


def build_cohorts(
    store: Store, counts: Counts, by: By, horizon_days: int = HORIZON_DAYS
) -> Cohorts:
    """Project the cohorts of every period, all contacts together and topic by topic.

    A topic with fewer than 300 linked contacts takes the delay curve of all of them.
    """
    cells = fetch(
        store,
        "SELECT CAST(topic AS VARCHAR) AS topic, order_day AS day, "
        "greatest(day - order_day, 0) AS age, count(*) AS n "
        "FROM numbered WHERE order_row IS NOT NULL GROUP BY 1, 2, 3",
    )
    n_contacts = float(counts.contacts[ALL].sum())
    inside = cells[cells["age"] <= horizon_days]
    basis: dict[str, Any] = {
        "reason": _reason(store, inside, n_contacts),
        "linked_share": float(cells["n"].sum()) / n_contacts,
        "n_late": int(cells["n"].sum() - inside["n"].sum()),
        "horizon_days": horizon_days,
    }
    if basis["reason"]:
        return Cohorts(basis=basis)
    grid = _Grid.of(store, counts, by, horizon_days)
    whole = grid.triangle(inside)
    curve = delay_curve(whole)
    shift = delay_shift(whole, curve, grid.cohort, len(counts.periods))
    starts = counts.periods["period_start"].dt.strftime("%Y-%m-%d")
    basis |= {
        "median_delay_days": int(np.searchsorted(curve.share, 0.5)),
        "shifted": starts[shift > _SHIFTED].tolist(),
    }
    return Cohorts(_table(store, counts, by, grid, inside, curve), basis)


def _reason(store: Store, cells: pd.DataFrame, n_contacts: float) -> str | None:
    n, days = int(cells["n"].sum()), store.contact_days
    if not n:
        return (
            "no contact is linked to an order: contacts and orders have neither order ids nor "
            "customer ids in common"
        )
    if n < _FEWEST:
        return (
            f"only {n} of {n_contacts:,.0f} contacts are linked to an order, {_FEWEST} are needed"
        )
    if (days.last - days.first).days < _FEWEST_DAYS:
        return f"fewer than {_FEWEST_DAYS} days of contacts: too short to see how late they come"
    return None


@dataclass(frozen=True)
class _Grid:
    """The days of the triangle: their orders, and the period (cohort) that each lies in."""

    first_day: pd.Timestamp
    first: int
    orders: FloatArray
    cohort: FloatArray
    n_ages: int

    @classmethod
    def of(cls, store: Store, counts: Counts, by: By, horizon_days: int) -> _Grid:
        days = store.contact_days
        first_day = max(
            days.first - pd.Timedelta(days=horizon_days), min(store.order_days.first, days.first)
        )
        every = pd.date_range(first_day, days.last)
        number = period_number("day", days.first, by)
        found = fetch(
            store,
            f"SELECT day, any_value({number}) AS period, count(*) AS n FROM orders GROUP BY 1",
        )
        found = found.assign(day=pd.to_datetime(found["day"])).set_index("day").reindex(every)
        first = int((days.first - first_day).days)
        cohort = found["period"].fillna(-1).to_numpy(float, copy=True)
        cohort[:first] = -1
        orders = found["n"].fillna(0).to_numpy(float)
        return cls(first_day, first, orders, cohort, horizon_days + 1)

    def triangle(self, cells: pd.DataFrame) -> Triangle:
        """Return the triangle of some of the linked contacts."""
        row = self.rows(cells["day"])
        inside = (row >= 0) & (row < len(self.orders))
        contacts = np.zeros((len(self.orders), self.n_ages))
        np.add.at(
            contacts,
            (row[inside], cells["age"].to_numpy(int)[inside]),
            cells["n"].to_numpy(float)[inside],
        )
        return Triangle(self.orders, contacts, self.first)

    def by_day(self, counts: pd.DataFrame) -> FloatArray:
        """Return counts by the day of the triangle they came on."""
        row = self.rows(counts["day"])
        days = np.bincount(row, counts["n"].to_numpy(float), minlength=len(self.orders))
        return days.astype(float)

    def rows(self, days: pd.Series[pd.Timestamp]) -> np.ndarray:
        """Return the row of each day."""
        return (pd.to_datetime(days) - self.first_day).dt.days.to_numpy(int)


def _table(
    store: Store, counts: Counts, by: By, grid: _Grid, cells: pd.DataFrame, curve: DelayCurve
) -> pd.DataFrame:
    unlinked = fetch(
        store,
        "SELECT CAST(topic AS VARCHAR) AS topic, day, count(*) AS n FROM numbered "
        "WHERE order_row IS NULL GROUP BY 1, 2",
    )
    clustering = _clustering(store, by)
    parts = []
    for topic in map(str, counts.contacts):
        if topic != ALL and not counts.contacts[topic].any():
            continue
        own = cells if topic == ALL else cells[cells["topic"] == topic]
        loose = unlinked if topic == ALL else unlinked[unlinked["topic"] == topic]
        enough = own["n"].sum() >= _FEWEST_OWN or topic == ALL
        found = cohort_rates(
            grid.triangle(own),
            grid.cohort,
            len(counts.periods),
            grid.by_day(loose),
            clustering.get(topic, 1.0),
            None if enough else curve,
        )
        parts.append(_rows(counts, topic, found))
    return pd.concat(parts, ignore_index=True)


def _clustering(store: Store, by: By) -> dict[str, float]:
    """Return by topic how much contacts of one customer about one period's orders cluster."""
    number = period_number("order_day", store.contact_days.first, by)
    found = fetch(
        store,
        f"""
        WITH writers AS (
            SELECT topic, coalesce(customer, hash(order_row)) AS writer, {number} AS cohort,
                count(*) AS n
            FROM numbered WHERE order_row IS NOT NULL GROUP BY 1, 2, 3
        )
        SELECT CAST(topic AS VARCHAR) AS topic, sum(n * n) / sum(n) AS factor
        FROM writers GROUP BY 1
        UNION ALL
        SELECT '{ALL}', sum(n * n) / sum(n)
        FROM (SELECT writer, cohort, sum(n) AS n FROM writers GROUP BY 1, 2)""",
    )
    return dict(zip(found["topic"], found["factor"].astype(float), strict=True))


def _rows(counts: Counts, topic: str, found: CohortRates) -> pd.DataFrame:
    orders = counts.n_orders.to_numpy(float)
    days = counts.periods[["period_start", "period_end"]].apply(
        lambda day: day.dt.strftime("%Y-%m-%d")
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        period = np.where(orders > 0, counts.contacts[topic].to_numpy(float) / orders, np.nan)
    return pd.DataFrame(
        {
            "period_start": days["period_start"].to_numpy(),
            "period_end": days["period_end"].to_numpy(),
            "topic": topic,
            "n_orders": found.n_orders,
            "n_contacts_linked": found.n_linked,
            "n_contacts_shared_out": found.n_shared,
            "complete_share": found.complete,
            "contacts_per_order": period,
            **found.rate.columns("cohort_contacts_per_order"),
            "final_low": found.final.low,
            "final_high": found.final.high,
            "projected": found.complete < _COMPLETE,
            "too_early": ~(found.complete >= TOO_EARLY),
            "whole_period": counts.periods["complete"].to_numpy(bool),
        }
    )
