"""Cohort and period contacts per order around Black Friday, held against a simulated truth.

    python benchmarks/cohorts.py [--seeds 200]

A shop of so many orders a day, five times as many from Black Friday to Cyber Monday, the
same chance of a contact for every order, and contacts that follow orders by 0 to 45 days.
Each seed is looked at as a report would see it: on every third day of the four weeks after
the sale. Errors are of the Black Friday week; coverage is of all the weekly cohorts.

- rate: the 95 % interval of the rate behind the cohort, against the rate simulated
- final: the 95 % prediction of what the cohort comes to, against what it came to
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cxtopics.measure.cohorts.delays import Triangle
from cxtopics.measure.cohorts.projection import cohort_rates

N_DAYS, SALE, N_AGES, CPO = 30 * 7, 23 * 7, 61, 0.142
BINS = ((0.30, 0.60), (0.60, 0.80), (0.80, 0.95), (0.95, 1.001))


@dataclass(frozen=True)
class World:
    """A shop to simulate."""

    name: str
    orders_a_day: int = 800
    repeats: float = 0.0  # chance that a contact brings a further one
    linked: float = 1.0
    slower: float = 1.0  # delays of orders in the sale are so many times as long
    varying: float = 0.0  # standard deviation of the log of each week's rate


WORLDS = (
    World("small shop", orders_a_day=100),
    World("middle shop"),
    World("large shop", orders_a_day=5000),
    World("customers write again", repeats=0.25),
    World("rates differ by week", varying=0.15),
    World("six in ten contacts linked", linked=0.6),
    World("linked, varying, repeated", repeats=0.25, linked=0.6, varying=0.15),
    World("stress: slower in the sale", slower=1.5),
)


@dataclass(frozen=True)
class Look:
    """One cohort on one day: how full it is, and where its intervals lie."""

    complete: float
    is_sale: bool
    rate: float
    truth: float
    final: float
    period: float
    in_rate: bool
    in_final: bool
    half_width: float


def main() -> None:
    """Print one row per world and state of completion."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    seeds = parser.parse_args().seeds
    head = ("complete", "cohorts", "rate", "final", "bias", "error", "period", "+- width")
    print(f"{seeds} seeds; coverage of rate and of final; the rest: Black Friday week, % of truth")
    print(f"{'world':<30}" + "".join(f"{name:>11}" for name in head))
    for world in WORLDS:
        looks = [look for seed in range(seeds) for look in looks_at(world, seed)]
        for low, high in BINS:
            inside = [look for look in looks if low <= look.complete < high]
            if inside:
                print(row(world.name, low, high, inside))


def row(name: str, low: float, high: float, looks: list[Look]) -> str:
    """Return a row of the table."""
    sale = [look for look in looks if look.is_sale]
    errors = np.array([look.rate / look.final - 1 for look in sale])
    period = np.array([look.period / look.final - 1 for look in sale])
    cells = (
        f"{100 * low:.0f}-{min(100 * high, 100):.0f} %",
        f"{len(looks):,}",
        f"{100 * np.mean([look.in_rate for look in looks]):.1f} %",
        f"{100 * np.mean([look.in_final for look in looks]):.1f} %",
        f"{100 * errors.mean():+.1f}" if len(sale) else "-",
        f"{100 * np.abs(errors).mean():.1f}" if len(sale) else "-",
        f"{100 * period.mean():+.0f}" if len(sale) else "-",
        f"{100 * np.mean([look.half_width for look in sale]):.1f}" if len(sale) else "-",
    )
    return f"{name:<30}" + "".join(f"{cell:>11}" for cell in cells)


def looks_at(world: World, seed: int) -> Iterator[Look]:
    """Simulate one history and look at it on several days."""
    rng = np.random.default_rng([seed, 11])
    day = np.arange(N_DAYS)
    weekday = np.array([1.1, 1.0, 0.95, 0.95, 0.9, 0.9, 1.2])[day % 7]
    busy = np.where((day >= SALE + 4) & (day < SALE + 8), 5.0, 1.0)  # Friday to Monday
    orders = rng.poisson(world.orders_a_day * weekday * busy)
    rates = CPO * np.exp(rng.normal(0, world.varying, N_DAYS // 7))
    order_day, delay, linked, group = contacts_of(world, rng, orders, rates)
    for end in range(SALE + 7, SALE + 35, 3):
        came = order_day + delay <= end
        yield from judge(orders[: end + 1], order_day, delay, linked, came, group, rates)


def contacts_of(
    world: World, rng: np.random.Generator, orders: np.ndarray, rates: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Return each contact's order day, delay, whether it is linked, and its order."""
    chance = (rates * (1 - world.repeats))[np.arange(len(orders)) // 7]
    writers = rng.poisson(orders * chance)
    first = np.repeat(np.arange(len(orders)), writers)
    n = 1 + (rng.geometric(1 - world.repeats, len(first)) - 1 if world.repeats else 0)
    n = np.broadcast_to(n, len(first))
    order_day, group = np.repeat(first, n), np.repeat(np.arange(len(first)), n)
    soon = rng.random(len(first)) < 0.3
    start = np.where(soon, rng.gamma(1.0, 1.5, len(first)), rng.gamma(3.0, 2.6, len(first)))
    stretched = np.where((first >= SALE + 4) & (first < SALE + 8), world.slower, 1.0) * start
    later = rng.gamma(2.0, 2.0, len(order_day))
    again = np.append(False, group[1:] == group[:-1])
    delay = np.repeat(stretched, n) + np.where(again, later, 0.0)
    linked = np.repeat(rng.random(len(first)) < world.linked, n)
    return order_day, np.minimum(delay.astype(int), N_AGES - 1), linked, group


def judge(
    orders: np.ndarray, order_day: np.ndarray, delay: np.ndarray, linked: np.ndarray,
    came: np.ndarray, group: np.ndarray, rates: np.ndarray,
) -> Iterator[Look]:  # fmt: skip
    """Yield the cohorts of the weeks that are not yet complete."""
    n_days = len(orders)
    known = came & linked
    triangle = np.zeros((n_days, N_AGES))
    np.add.at(triangle, (order_day[known], delay[known]), 1)
    loose = came & ~linked
    unlinked = np.bincount((order_day + delay)[loose], minlength=n_days).astype(float)
    week = np.arange(n_days) // 7
    n_weeks = int(week[-1]) + 1
    n_by_order = np.bincount(group[known])
    clustering = float((n_by_order**2).sum() / n_by_order.sum())
    found = cohort_rates(
        Triangle(orders.astype(float), triangle, 0), week.astype(float), n_weeks,
        unlinked, clustering,
    )  # fmt: skip
    inside = order_day < n_days
    final = np.bincount(week[order_day[inside]], minlength=n_weeks) / found.n_orders
    period = np.bincount(week[(order_day + delay)[came]], minlength=n_weeks) / found.n_orders
    for number in range(n_weeks - 6, n_weeks):
        if (number + 1) * 7 > n_days:
            continue
        rate, ends = found.rate, found.final
        yield Look(
            complete=float(found.complete[number]),
            is_sale=number == SALE // 7,
            rate=float(rate.value[number]),
            truth=float(rates[number]),
            final=float(final[number]),
            period=float(period[number]),
            in_rate=bool(rate.low[number] <= rates[number] <= rate.high[number]),
            in_final=bool(ends.low[number] - 1e-12 <= final[number] <= ends.high[number] + 1e-12),
            half_width=float((rate.high - rate.low)[number] / 2 / rate.value[number]),
        )


if __name__ == "__main__":
    main()
