"""Forecasts held against what came, beside a seasonal-naive forecast.

    python benchmarks/forecast.py [--seeds 20] [--first 0] [--data DIR]

Sample shop: two years and two months of contacts by week (rates, fixed and new problem and
Christmas peak of the sample shop; 40 orders a day, dispersion 1.3), forecast four weeks
ahead from origins eight weeks apart, the orders known. Olist: 5,000 visible orders of a real
marketplace, reviews of one or two stars standing in for contacts, by month, one and two
months ahead from every origin after the first eight months; without --data (or
$CXTOPICS_BENCHMARK_DATA) this part is left out. Seasonal naive: the period one year before;
where there is none, the last one.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import numpy as np
import pandas as pd
from shop import SHOP, Shop, delay_pmf, draw_shop, rates_per_order

from cxtopics.forecast import CONFIDENCE, forecast_periods
from cxtopics.measure.calendar.holiday_windows import holiday_windows, touched_weeks
from cxtopics.measure.counting import ALL
from cxtopics.measure.trends.exposure import LONGEST, delay_shares, exposures
from cxtopics.measure.trends.topic_days import sum_weeks

AHEAD = 4
BREAKS = ("2025-07-31", "2025-09-01")  # one problem of the sample shop ends, another begins
PEAK_TOPICS = [topic for topic, spec in SHOP["topics"].items() if spec.get("peak")]


def main() -> None:
    """Print one row per data set and kind of series."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=0, help="first seed")
    default = os.environ.get("CXTOPICS_BENCHMARK_DATA", "")
    parser.add_argument("--data", type=Path, default=Path(default) if default else None)
    given = parser.parse_args()
    print(
        f"{'':<44}{'forecasts':>10}{'90 % holds':>12}{'error':>9}{'naive':>9}{'naive x orders':>16}"
    )
    seeds = range(given.first, given.first + given.seeds)
    rows = pd.concat([shop_rows(seed) for seed in seeds])
    show("sample shop, all contacts, by week", rows[rows["topic"] == ALL])
    topics = rows[rows["topic"] != ALL]
    show("sample shop, topics of 5 and more a week", topics[topics["usual"] >= 5])
    show("sample shop, topics of 1 to 5 a week", topics[topics["usual"].between(1, 5)])
    show("sample shop, every topic", topics)
    total = totals(rows)
    show("sample shop, all contacts of four weeks", total)
    show("  of these: no problem begins or ends in them", total[~total["broken"]])
    show("  of these: with a holiday week", total[total["holiday"]])
    total = totals(pd.concat([shop_rows(seed, yearly_peak=True) for seed in seeds]))
    show("peak in both years, all contacts of four weeks", total)
    show("  of these: with a holiday week", total[total["holiday"]])
    if given.data:
        show("Olist, low reviews by month", olist_rows(given.data / "olist_orders_visible"))


def totals(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row per origin: all contacts of its four weeks."""
    rows = rows[rows["topic"] == ALL]
    sums = ["came", "forecast", "naive", "scaled"]
    how = dict.fromkeys(sums, "sum") | {"total_low": "first", "total_high": "first"}
    how |= dict.fromkeys(["broken", "holiday"], "any")
    total = rows.groupby(["seed", "origin"]).agg(how)
    return total.rename(columns={"total_low": "low", "total_high": "high"}).reset_index()


def show(name: str, rows: pd.DataFrame) -> None:
    """Print coverage, and mean absolute errors."""
    held = rows["came"].between(rows["low"], rows["high"]).mean()
    errors = [(rows[name] - rows["came"]).abs().mean() for name in ("forecast", "naive", "scaled")]
    print(
        f"{name:<44}{len(rows):>10}{held:>12.1%}{errors[0]:>9.2f}{errors[1]:>9.2f}"
        f"{errors[2]:>16.2f}"
    )


def shop_rows(seed: int, *, yearly_peak: bool = False) -> pd.DataFrame:
    """Forecast one shop from every origin of its second year.

    In the sample shop more goes wrong at the second Christmas than at the first, which nobody
    can know; with `yearly_peak` at both.
    """
    days = pd.date_range("2024-01-01", "2026-02-22", freq="D")
    rates = rates_per_order(days)
    if yearly_peak:
        rates.loc["2024-11-25":"2024-12-20", PEAK_TOPICS] *= SHOP["peak"]["factor"]
    rng = np.random.default_rng([9, seed])
    shop = draw_shop(rng, "2024-01-01", "2026-02-22", 40, rates=rates, dispersion=1.3)
    orders = pd.Series(shop.orders.astype(float), index=shop.days)
    exposure = exposures(orders, _delays(shop))
    start = shop.days[0]
    contacts = sum_weeks(shop.contacts.astype(float), start)
    rests_on, placed = sum_weeks(exposure, start), sum_weeks(orders.to_frame(ALL), start)[ALL]
    starts = pd.DatetimeIndex(contacts.index)
    touched = touched_weeks(starts, holiday_windows(starts[0], starts[-1]))
    parts = [
        forecast_rows(contacts, rests_on, placed, origin, AHEAD, 52, touched)
        for origin in range(56 + seed % 8, len(contacts) - AHEAD + 1, 8)
    ]
    rows = pd.concat(parts).assign(seed=seed)
    week = (rows["origin"] + rows["step"]).to_numpy()
    broken = np.isin(week, (pd.DatetimeIndex(BREAKS) - start).days // 7)
    return rows.assign(broken=broken, holiday=touched[week])


def _delays(shop: Shop) -> dict[str, np.ndarray]:
    curves = {}
    for topic in shop.contacts:
        start, pmf = delay_pmf(topic)
        curves[topic] = np.bincount(
            np.clip(start + np.arange(len(pmf)), 0, LONGEST), pmf, LONGEST + 1
        )
    return curves


def forecast_rows(
    contacts: pd.DataFrame,
    exposure: pd.DataFrame,
    orders: pd.Series,
    origin: int,
    n_ahead: int,
    year: int,
    holidays: np.ndarray | None = None,
) -> pd.DataFrame:
    """Forecast the periods from an origin on, and set beside them what came."""
    draws = forecast_periods(
        contacts.iloc[:origin],
        exposure.iloc[:origin],
        exposure.iloc[origin : origin + n_ahead],
        n_draws=1000,
        holidays=None
        if holidays is None
        else (holidays[:origin], holidays[origin : origin + n_ahead]),
    )
    tails = (1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2
    whole = contacts.assign(**{ALL: contacts.sum(axis=1)})
    rows = []
    for topic, drawn in draws.items():
        total_low, total_high = np.quantile(drawn.sum(axis=0), tails)
        for step in range(drawn.shape[0]):
            now = origin + step
            before = now - year if now >= year else origin - 1
            low, high = np.quantile(drawn[step], tails)
            naive = whole[topic].iloc[before]
            rows.append(
                {
                    "topic": topic, "origin": origin, "step": step,
                    "came": whole[topic].iloc[now], "forecast": drawn[step].mean(),
                    "low": low, "high": high, "total_low": total_low, "total_high": total_high,
                    "naive": naive,
                    "scaled": naive * orders.iloc[now] / max(orders.iloc[before], 1),
                    "usual": whole[topic].iloc[:origin].mean(),
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def olist_rows(folder: Path) -> pd.DataFrame:
    """Forecast low reviews by month, one and two months ahead, the orders known."""
    orders = pd.read_csv(folder / "orders.csv")
    reviews = pd.read_csv(folder / "order_reviews.csv")
    placed = _days(orders.set_index("order_id")["order_purchase_timestamp"])
    low = reviews[reviews["review_score"] <= 2]
    wrote = _days(low["review_creation_date"])
    first, last = pd.Timestamp("2017-01-01"), pd.Timestamp("2018-08-31")
    days = pd.date_range(first, last, freq="D")
    by_day = placed.value_counts().reindex(days, fill_value=0).astype(float)
    counts = wrote.value_counts().reindex(days, fill_value=0).astype(float)
    ordered = low["order_id"].map(placed)
    months = days.to_period("M")
    parts = []
    for origin in range(8, 20):
        end = months.unique()[origin].start_time
        known = (wrote < end).to_numpy()
        names = pd.Series("low", index=low.index)[known]
        curve = delay_shares(names, wrote[known], ordered[known], end)
        exposure = exposures(by_day, curve).groupby(months).sum()
        table = counts.groupby(months).sum().to_frame("low")
        table.index = exposure.index = pd.DatetimeIndex(table.index.to_timestamp())
        rows = forecast_rows(
            table, exposure, by_day.groupby(months).sum(), origin, min(2, 20 - origin), 12
        )
        parts.append(rows[rows["topic"] == "low"])
    return pd.concat(parts)


def _days(stamps: pd.Series) -> pd.Series:
    return pd.to_datetime(stamps, format="%m/%d/%Y %H:%M").dt.normalize()


if __name__ == "__main__":
    main()
