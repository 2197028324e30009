"""The sample shop (data/sample/shop.yaml) as counts, for replays whose truth is known.

Contacts are drawn per topic and day from the rates and delays of shop.yaml, so that replays
of many seeds take seconds; data/sample/make_sample.py makes the same shop with words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from cxtopics.taxonomy import Taxonomy, load_taxonomy

__all__ = ["SHOP", "TAXONOMY", "Shop", "draw_shop", "rates_per_order"]

ROOT = Path(__file__).parent.parent
SHOP: dict[str, Any] = yaml.safe_load((ROOT / "data/sample/shop.yaml").read_text("utf-8"))
TAXONOMY: Taxonomy = load_taxonomy(ROOT / "topics" / "ecommerce.yaml")
WEEKDAYS = (1.1, 1.0, 0.95, 0.95, 0.9, 0.9, 1.2)
_GARMENTS = 0.6  # share of orders with a garment
_REPEAT = 1 / 25  # contacts followed by a second one on the same matter


@dataclass(frozen=True)
class Shop:
    """Counts day by day: orders (n_days,), and contacts (n_days, n_topics)."""

    days: pd.DatetimeIndex
    orders: np.ndarray
    contacts: pd.DataFrame
    rates: pd.DataFrame  # contacts per order that orders of each day cause, by topic


def rates_per_order(days: pd.DatetimeIndex, *, steady: bool = False) -> pd.DataFrame:
    """Return the contacts per order that each day's orders cause, by topic.

    `steady` takes the rates without dates, without the peak and without the fixed and the new
    problem, which keep the smaller of their two rates.
    """
    columns = {}
    peak = SHOP["peak"]
    in_peak = (days.date >= peak["from"]) & (days.date <= peak["until"])
    for topic, spec in SHOP["topics"].items():
        rate = np.full(len(days), spec["rate"] / 100)
        if "rate_otherwise" in spec:
            within = (days.date >= spec.get("from", date.min)) & (
                days.date <= spec.get("until", date.max)
            )
            other = spec["rate_otherwise"] / 100
            rate = (
                np.full(len(days), min(rate[0], other)) if steady else np.where(within, rate, other)
            )
        if "only" in spec:
            rate *= _GARMENTS
        if spec.get("peak") and not steady:
            rate = rate * np.where(in_peak, peak["factor"], 1)
        columns[topic] = rate
    return pd.DataFrame(columns, index=days)


def weigh_days(days: pd.DatetimeIndex) -> np.ndarray:
    """Return how busy each day is: the week, Black Friday, December."""
    weight = np.array([WEEKDAYS[day.weekday()] for day in days])
    for number, day in enumerate(days):
        friday = _black_friday(day.year)
        if friday <= day.date() <= friday + timedelta(3):
            weight[number] = 6.0
        elif day.month == 12:
            weight[number] *= 1.6 if day.day <= 18 else 0.7
    return weight


def _black_friday(year: int) -> date:
    first = date(year, 11, 1)
    return first + timedelta((3 - first.weekday()) % 7 + 22)


@cache
def delay_pmf(topic: str) -> tuple[int, np.ndarray]:
    """Return the first day of a topic's delay after the order, and the share of each day."""
    low, high = SHOP["topics"][topic]["delay"]
    hours = np.random.default_rng(0).triangular(low, low + (high - low) / 3, high, 20_000)
    days = np.floor(hours / 24 + 0.5).astype(int)
    first = int(days.min())
    return first, np.bincount(days - first) / len(days)


def _spread(orders: np.ndarray, start: int, pmf: np.ndarray) -> np.ndarray:
    """Return orders spread over the days on which their contacts come."""
    spread = np.convolve(orders, pmf)
    spread = np.concatenate([np.zeros(max(start, 0)), spread])[max(-start, 0) :]
    return np.pad(spread, (0, max(len(orders) - len(spread), 0)))[: len(orders)]


def draw_shop(
    rng: np.random.Generator,
    first: str,
    last: str,
    orders_per_day: float,
    *,
    steady: bool = False,
    rates: pd.DataFrame | None = None,
    dispersion: float = 1.0,
) -> Shop:
    """Draw orders and contacts day by day.

    Parameters
    ----------
    rates
        By day of the contact, contacts per order (see `rates_per_order`).
    dispersion
        Variance over mean of a topic's contacts in a week, 1 being Poisson; above 1, each
        topic's weeks are busier or quieter by a gamma factor.
    """
    days = pd.date_range(first, last, freq="D")
    weight = weigh_days(days)
    orders = rng.poisson(orders_per_day * weight / np.mean(WEEKDAYS))
    rates = rates_per_order(days, steady=steady) if rates is None else rates
    contacts = {}
    week = np.arange(len(days)) // 7
    for topic in rates:
        start, pmf = delay_pmf(topic)
        mean = _spread(orders, start, pmf) * rates[topic].to_numpy() * (1 + _REPEAT)
        if dispersion > 1:
            weekly = np.maximum(np.bincount(week, mean), 1e-9)
            shape = weekly / (dispersion - 1)
            mean = mean * (rng.gamma(shape) / shape)[week]
        contacts[topic] = rng.poisson(mean)
    return Shop(days, orders, pd.DataFrame(contacts, index=days), rates)
