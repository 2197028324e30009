"""Contacts and orders day by day: what impact, forecast and watch count in."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cxtopics.errors import InputError
from cxtopics.measure.calendar.periods import local_days
from cxtopics.measure.counting import ABSTAINED, NO_TEXT
from cxtopics.measure.estimate import FloatArray
from cxtopics.measure.store.inputs import read_orders, read_tagged
from cxtopics.measure.trends.exposure import delay_shares, exposures
from cxtopics.taxonomy import NOT_COUNTED

__all__ = ["UNTOLD", "TopicDays", "count_days", "sum_weeks"]

_USED = ("contact_id", "created_at", "topic", "topic_forced", "needs_review", "order_id")
UNTOLD = (ABSTAINED, NO_TEXT)
"""Rows of contacts whose topic is not known."""


@dataclass(frozen=True)
class TopicDays:
    """Counts by day (index, without gaps, first to last contact) and topic (columns).

    Attributes
    ----------
    contacts
        Contacts created on the day.
    orders
        Orders placed on the day; from the first order on, so it may begin earlier. None
        without an orders table.
    exposure
        Orders that the day's contacts rest on, see `measure.exposure`; None without orders.
    delays
        Share of a topic's contacts by days after the order.
    n_linked
        Contacts whose order is known.
    """

    contacts: pd.DataFrame
    orders: pd.Series[float] | None = None
    exposure: pd.DataFrame | None = None
    delays: dict[str, FloatArray] | None = None
    n_linked: int = 0

    @property
    def first(self) -> pd.Timestamp:
        """The day of the first contact."""
        return pd.Timestamp(self.contacts.index[0])

    @property
    def last(self) -> pd.Timestamp:
        """The day of the last contact."""
        return pd.Timestamp(self.contacts.index[-1])

    @property
    def topics(self) -> list[str]:
        """Every row but those of contacts whose topic is not known."""
        return [topic for topic in self.contacts.columns if topic not in UNTOLD]


def count_days(
    tagged: pd.DataFrame, orders: pd.DataFrame | None = None, *, timezone: str = "UTC"
) -> TopicDays:
    """Count contacts and orders by day of the shop's calendar.

    Parameters
    ----------
    tagged, orders
        By `schemas.TAGGED` and `schemas.ORDERS`; `order_id` of the contacts gives the delays.

    Raises
    ------
    InputError
        If a table is no such table, nothing is left to count, or no order was placed while
        contacts came.
    """
    contacts = read_tagged(tagged, _USED)
    contacts["day"] = local_days(contacts["created_at"], timezone)
    contacts["row"] = _rows(contacts)
    contacts = contacts[~contacts["topic"].isin(NOT_COUNTED)]
    if contacts.empty:
        raise InputError(
            "tagged contacts: every row is tagged as no contact",
            "check the topics of the table: nothing is left to count",
        )
    days = pd.date_range(contacts["day"].min(), contacts["day"].max(), freq="D")
    counts = pd.crosstab(contacts["day"], contacts["row"]).reindex(days, fill_value=0)
    counts = counts.astype(float).rename_axis(columns=None)
    if orders is None:
        return TopicDays(counts)
    return _with_orders(counts, contacts, orders, timezone)


def _rows(contacts: pd.DataFrame) -> pd.Series[str]:
    """Return the topic of each contact, or `abstained` or `no_text` where it has none."""
    without = pd.Series(ABSTAINED, index=contacts.index, dtype=object)
    if "topic_forced" in contacts and "needs_review" in contacts:
        silent = contacts["topic_forced"].isna() & ~contacts["needs_review"].astype(bool)
        without = without.mask(silent, NO_TEXT)
    return contacts["topic"].astype(object).where(contacts["topic"].notna(), without)


def _with_orders(
    counts: pd.DataFrame, contacts: pd.DataFrame, orders: pd.DataFrame, timezone: str
) -> TopicDays:
    shop = read_orders(orders)
    shop["day"] = local_days(shop["created_at"], timezone)
    first, last = counts.index[0], counts.index[-1]
    if not shop["day"].between(first, last).any():
        raise InputError(
            f"contacts run from {first:%Y-%m-%d} to {last:%Y-%m-%d}, orders from "
            f"{shop['day'].min():%Y-%m-%d} to {shop['day'].max():%Y-%m-%d}: no day in common",
            "export orders of the same time as the contacts",
        )
    days = pd.date_range(min(first, shop["day"].min()), last, freq="D")
    placed = shop["day"].value_counts().reindex(days, fill_value=0).astype(float)
    if "order_id" in contacts.columns:
        order_days = contacts["order_id"].map(shop.set_index("order_id")["day"])
    else:
        order_days = pd.Series(pd.NaT, index=contacts.index)
    order_days = pd.to_datetime(order_days)
    delays = delay_shares(contacts["row"], contacts["day"], order_days, last)
    return TopicDays(
        counts,
        placed,
        exposures(placed, delays).loc[first:],
        delays,
        n_linked=int(order_days.notna().sum()),
    )


def sum_weeks(days: pd.DataFrame, start: pd.Timestamp) -> pd.DataFrame:
    """Return sums over whole weeks of seven days, one of which begins on `start`.

    The index holds each week's first day; weeks that the table does not wholly cover are
    left out.
    """
    offset = (pd.DatetimeIndex(days.index) - start).days // 7
    sums = days.groupby(offset).sum()
    n_days = pd.Series(1, index=days.index).groupby(offset).sum()
    whole = sums[(n_days == 7).to_numpy()]
    first_days = [start + pd.Timedelta(days=7 * int(number)) for number in whole.index]
    return whole.set_index(pd.DatetimeIndex(first_days))
