"""How long after an order its contacts come, and so how many orders a day's contacts rest on.

A week after a sale has many contacts and few new orders. Divided by the orders that its
contacts are about, instead of by that week's orders, the rate does not jump.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxtopics.measure.estimate import FloatArray

__all__ = ["LONGEST", "delay_shares", "exposures"]

LONGEST = 60
"""Days after an order beyond which a contact is not attributed to it any more."""
_ENOUGH = 100  # linked contacts from which a delay curve is told at all
_WEIGHT = 40  # linked contacts that the curve of all topics counts for
_PRESALES = 0.25  # linked share, relative to all topics', below which a topic is not about orders


def delay_shares(
    topics: pd.Series[str], contact_days: pd.Series, order_days: pd.Series, last: pd.Timestamp
) -> dict[str, FloatArray]:
    """Return the share of contacts that come 0, 1, ... `LONGEST` days after the order, by topic.

    Parameters
    ----------
    topics, contact_days
        Of every contact.
    order_days
        The day of the order that the contact is about; missing where not known.
    last
        The last day of the contacts. Orders younger than `LONGEST` days still wait for some
        of theirs, so they are left out where enough others are there.

    Returns
    -------
    dict
        Shares of shape (LONGEST + 1,) that sum to 1. A topic's own curve is drawn towards that
        of all topics by the weight of 40 contacts. Topics that are hardly ever about an order
        (before the purchase), and all topics where too few contacts are linked, are taken to
        come on the day of the order.
    """
    days = (contact_days - order_days).dt.days
    linked = days.between(0, LONGEST)
    settled = linked & (order_days <= last - pd.Timedelta(days=LONGEST))
    used = settled if settled.sum() >= _ENOUGH else linked
    at_once = np.eye(1, LONGEST + 1)[0]
    names = [str(name) for name in topics.unique()]
    if used.sum() < _ENOUGH:
        return dict.fromkeys(names, at_once)
    overall = _histogram(days[used])
    overall = overall / overall.sum()
    linked_share = float(linked.mean())
    shares = {}
    for name in names:
        own = topics == name
        presales = float(linked[own].mean()) < _PRESALES * linked_share
        counts = _histogram(days[own & used]) + _WEIGHT * overall
        shares[name] = at_once if presales else counts / counts.sum()
    return shares


def _histogram(days: pd.Series) -> FloatArray:
    return np.bincount(days.astype(int), minlength=LONGEST + 1).astype(float)


def exposures(orders: pd.Series[float], shares: dict[str, FloatArray]) -> pd.DataFrame:
    """Return the orders that the contacts of each day rest on: orders spread by the delays.

    Parameters
    ----------
    orders
        By day, without gaps. The days before the first are taken as its first four weeks.

    Returns
    -------
    DataFrame
        Days by topics; sums to the orders, but for those at the edges.
    """
    before = np.full(LONGEST, float(orders.iloc[:28].mean()))
    padded = np.concatenate([before, orders.to_numpy(float)])
    columns = {
        topic: np.convolve(padded, share)[LONGEST : LONGEST + len(orders)]
        for topic, share in shares.items()
    }
    return pd.DataFrame(columns, index=orders.index)
