"""Planned orders -> Forecast: contacts by topic and hours of work, before a peak.

Contacts per order x orders, spread by the delay with which contacts follow; see
`measure.level` for the rate's drift, `measure.exposure` for the delays,
`measure.holiday_factors` for holiday weeks, docs/decisions.md for how well it holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxtopics import __version__
from cxtopics.errors import InputError
from cxtopics.measure.calendar.holiday_windows import holiday_windows, touched_weeks
from cxtopics.measure.costs import Costs
from cxtopics.measure.counting import ALL
from cxtopics.measure.estimate import Band, Estimate, FloatArray
from cxtopics.measure.jsonable import identity, to_jsonable
from cxtopics.measure.trends.exposure import exposures
from cxtopics.measure.trends.holiday_factors import YEAR, draw_holiday_factors
from cxtopics.measure.trends.level import draw_ahead, fit_levels
from cxtopics.measure.trends.order_plan import plan_orders
from cxtopics.measure.trends.topic_days import TopicDays, count_days, sum_weeks
from cxtopics.taxonomy import Taxonomy

__all__ = ["CONFIDENCE", "Forecast", "build_forecast", "forecast_periods", "plan_orders"]

CONFIDENCE = 0.90
_LEAST_WEEKS = 8
Flags = npt.NDArray[np.bool_]
_METHOD = "discounted gamma-Poisson level x delay-weighted orders"


@dataclass(frozen=True)
class Forecast:
    """Contacts and hours, week by week and topic by topic.

    Attributes
    ----------
    by_week
        One row per week and topic, "all" first: `week_start`, `week_end`, `topic`, `n_orders`
        (planned, in that week), `n_contacts`, `hours`, both with `_low` and `_high`, and
        `seasonal_naive` (contacts in the same week a year before; without a year, in the
        last week of the record).
    total
        Contacts of all weeks and topics.
    hours
        Their work.
    caveats, provenance
        As in a report.
    """

    by_week: pd.DataFrame
    total: Estimate
    hours: Estimate
    labels: dict[str, str]
    caveats: tuple[str, ...]
    provenance: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON (NaN becomes null)."""
        content = {
            "kind": "cxtopics forecast",
            "caveats": self.caveats,
            "total": vars(self.total),
            "hours": vars(self.hours),
            "confidence": CONFIDENCE,
            "by_week": self.by_week,
            "labels": self.labels,
            "provenance": self.provenance,
        }
        return {key: to_jsonable(value) for key, value in content.items()}


def build_forecast(
    tagged: pd.DataFrame,
    orders: pd.DataFrame,
    planned: pd.DataFrame | float,
    *,
    n_weeks: int | None = None,
    taxonomy: Taxonomy | None = None,
    costs: Costs | None = None,
    timezone: str = "UTC",
    n_draws: int = 4000,
    seed: int = 0,
) -> Forecast:
    """Forecast the weeks after the last contact.

    Parameters
    ----------
    tagged, orders
        By `schemas.TAGGED` and `schemas.ORDERS`; `order_id` of the contacts gives the delays.
    planned
        Orders a week, or a table, see `plan_orders`.
    n_weeks
        How many; default: 8, or as many as the table of orders covers.
    costs
        `handle_minutes` turns contacts into hours.

    Notes
    -----
    Weeks in a holiday window, and the two weeks after, do not move the level. Where the
    record holds such weeks, their rate against that of the weeks around them is what holiday
    weeks ahead are multiplied with, see `measure.holiday_factors`.

    Raises
    ------
    InputError
        With fewer than eight weeks of contacts, or if the plan covers no week ahead.
    """
    days = count_days(tagged, orders, timezone=timezone)
    start = days.last + pd.Timedelta(days=1)
    contacts = sum_weeks(days.contacts, start)
    if len(contacts) < _LEAST_WEEKS:
        raise InputError(
            f"contacts cover {len(contacts)} whole weeks, expected at least {_LEAST_WEEKS}",
            "export a longer time",
        )
    if days.orders is None or days.delays is None:
        raise ValueError("a forecast needs orders")
    plan = plan_orders(planned, start, n_weeks)
    exposure = exposures(pd.concat([days.orders, plan]), days.delays)
    weekly = sum_weeks(exposure.loc[days.first :, list(contacts.columns)], start)
    past, ahead = weekly.loc[contacts.index], weekly.loc[start:]
    holidays = _touched(contacts.index), _touched(ahead.index)
    draws = forecast_periods(contacts, past, ahead, holidays=holidays, n_draws=n_draws, seed=seed)
    costs = costs or Costs()
    table = _table(contacts, draws, sum_weeks(plan.to_frame(ALL), start)[ALL], costs)
    whole = draws[ALL].sum(axis=0)
    hours = sum(float(h) for h in table.loc[table["topic"] == ALL, "hours"])
    return Forecast(
        by_week=table,
        total=_estimate(whole, "contacts", len(contacts)),
        hours=_estimate(whole, "contacts", len(contacts)).times(
            hours / max(float(whole.mean()), 1e-9), "hours"
        ),
        labels={t: taxonomy.label(t) if taxonomy else t for t in table["topic"].unique()},
        caveats=tuple(_caveats(days, contacts, ahead, costs)),
        provenance={
            "cxtopics": __version__,
            "method": _METHOD,
            "n_weeks_of_record": len(contacts),
            "n_draws": n_draws,
            "seed": seed,
            "minutes_by_default": "handle_minutes" in costs.defaults,
            "taxonomy": identity(taxonomy),
        },
    )


def forecast_periods(
    contacts: pd.DataFrame,
    past: pd.DataFrame,
    ahead: pd.DataFrame,
    *,
    holidays: tuple[Flags, Flags] | None = None,
    n_draws: int = 4000,
    seed: int = 0,
) -> dict[str, FloatArray]:
    """Draw contacts of the periods ahead, by topic and for all together.

    Parameters
    ----------
    contacts, past, ahead
        Contacts and exposure of the record, exposure of the periods ahead: periods (rows) and
        topics (columns).
    holidays
        Which weeks of the record, and which of those ahead, a holiday window touches; None
        for none.

    Returns
    -------
    dict
        Draws of shape (n_ahead, n_draws) by topic; under "all" the sum over topics, whose
        spread is that of a level fitted to all contacts together, because topics rise and
        fall together.
    """
    rng = np.random.default_rng(seed)
    y, e = contacts.to_numpy(float), past.to_numpy(float)
    touched, to_come = holidays or (np.zeros(len(y), bool), np.zeros(len(ahead), bool))
    if touched.mean() > 0.5:
        touched = np.zeros(len(y), dtype=bool)
    left_out = touched[:, None]
    season = draw_holiday_factors(y, e, touched, to_come, n_draws, rng)
    levels = fit_levels(np.where(left_out, np.nan, y), e)
    draws = draw_ahead(levels, ahead.to_numpy(float), n_draws, rng, season)
    found = {str(topic): draws[:, column] for column, topic in enumerate(contacts.columns)}
    # For all together, exposure is what the topics' mean rates would give.
    rates = y.sum(axis=0) / np.maximum(e.sum(axis=0), 1e-9)
    usual, usual_ahead = (e @ rates)[:, None], (ahead.to_numpy(float) @ rates)[:, None]
    total = y.sum(axis=1, keepdims=True)
    whole = fit_levels(np.where(left_out, np.nan, total), usual)
    mean = draws.mean(axis=2).sum(axis=1)
    together = draw_holiday_factors(total, usual, touched, to_come, n_draws, rng)
    drawn = draw_ahead(whole, usual_ahead, n_draws, rng, together)[:, 0]
    found[ALL] = drawn * (mean / np.maximum(drawn.mean(axis=1), 1e-9))[:, None]
    return found


def _touched(starts: pd.Index) -> Flags:
    index = pd.DatetimeIndex(starts)
    return touched_weeks(index, holiday_windows(index[0], index[-1] + pd.Timedelta(days=6)))


def _band(draws: FloatArray) -> Band:
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(draws, (tail, 1 - tail), axis=-1)
    return Band(np.asarray(draws.mean(axis=-1)), low, high)


def _estimate(draws: FloatArray, unit: str, n: int) -> Estimate:
    return Estimate.of(_band(draws), confidence=CONFIDENCE, unit=unit, method=_METHOD, n=n)


def _table(
    contacts: pd.DataFrame, draws: dict[str, FloatArray], orders: pd.Series[float], costs: Costs
) -> pd.DataFrame:
    naive = _naive(contacts, len(orders))
    parts = []
    topics = sorted(contacts.columns, key=lambda topic: -float(draws[str(topic)].mean()))
    for topic in map(str, topics):
        band, hours = _band(draws[topic]), costs.minutes_of(topic) / 60
        parts.append(_rows(topic, band, Band(*(end * hours for end in band)), naive[topic]))
    work = np.sum([part["hours"].to_numpy() for part in parts], axis=0)
    band = _band(draws[ALL])
    per_contact = work / np.maximum(band.value, 1e-9)
    whole = _rows(ALL, band, Band(*(end * per_contact for end in band)), naive.sum(axis=1))
    table = pd.concat([whole, *parts], ignore_index=True)
    starts = pd.DatetimeIndex(orders.index)
    table.insert(0, "week_start", [f"{day:%Y-%m-%d}" for day in starts] * (len(parts) + 1))
    ends = [f"{day + pd.Timedelta(days=6):%Y-%m-%d}" for day in starts]
    table.insert(1, "week_end", ends * (len(parts) + 1))
    table.insert(3, "n_orders", np.tile(orders.to_numpy(float), len(parts) + 1))
    return table


def _rows(topic: str, contacts: Band, hours: Band, naive: pd.Series[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "topic": topic,
            **contacts.columns("n_contacts"),
            **hours.columns("hours"),
            "seasonal_naive": naive.to_numpy(float),
        }
    )


def _naive(contacts: pd.DataFrame, n_ahead: int) -> pd.DataFrame:
    """Return the weeks of a year before; where there is no year, the last week again."""
    n = len(contacts)
    rows = [n + k - YEAR if 0 <= n + k - YEAR < n else n - 1 for k in range(n_ahead)]
    return contacts.iloc[rows].reset_index(drop=True)


def _caveats(
    days: TopicDays, contacts: pd.DataFrame, ahead: pd.DataFrame, costs: Costs
) -> Iterator[str]:
    yield (
        "Holds if the orders come as planned and nothing new goes wrong: a fault that has not "
        "happened yet is in no forecast."
    )
    holiday, to_come = _touched(contacts.index), _touched(ahead.index)
    if to_come.any() and not holiday.any():
        yield (
            "Weeks in or after a holiday window lie ahead, and the record holds none: they are "
            "forecast at the usual contacts per order, although peaks often bring more."
        )
    if len(contacts) < YEAR:
        yield (
            "Less than a year of contacts: no season is known, and the naive forecast beside "
            "repeats the last week."
        )
    if not days.n_linked:
        yield "No contact names its order: contacts are taken to come in the week of the order."
    if "handle_minutes" in costs.defaults:
        minutes = costs.minutes_of("")
        yield f"Hours at a default of {minutes:g} minutes a contact, not yours; give --costs."
