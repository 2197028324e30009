"""How often `watch` errs, and how soon it finds a topic that doubles.

    python benchmarks/watch.py [--runs 4000] [--seed 0]

Shops with the sample shop's topics (steady rates), 28 weeks each: 26 of baseline,
and the latest two. Every week all topics together are busier or quieter by chance (coefficient
of variation 14 %), as seasons make them; each topic's weeks have a variance of `dispersion`
times that of a Poisson count. False alarms are counted in the latest week of every run.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd
from shop import rates_per_order

from cxtopics.measure.trends.rising import find_rising
from cxtopics.watch import RATE, WEEKS

VOLUMES = (300, 700, 1500)
DISPERSIONS = ((1.0,), (1.5,), (2.5,), (1.2, 2.0))  # of all topics, or of every other one
EVERY = 100  # the stated rate is computed in every 100th run


def main() -> None:
    """Print false alarms as stated and as counted, then the share of doublings found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    shares = rates_per_order(pd.DatetimeIndex(["2026-01-15"])).iloc[0].to_numpy()
    shares = shares / shares.sum()
    print(f"{given.runs} runs x {len(shares)} topics each; asked for at most {RATE:.2%}")
    print(
        f"{'contacts a week':>16}{'dispersion':>12}{'stated':>9}{'counted':>9}{'ratio':>7}"
        f"{'alarms':>8}{'doubling of 2 % found: week 1':>32}{'in 2 weeks':>12}"
    )
    for volume in VOLUMES:
        for dispersion in DISPERSIONS:
            rng = np.random.default_rng([given.seed, volume, *(int(10 * d) for d in dispersion)])
            print(_row(rng, volume, dispersion, shares, given.runs), flush=True)


def _row(
    rng: np.random.Generator,
    volume: int,
    dispersion: tuple[float, ...],
    shares: np.ndarray,
    n_runs: int,
) -> str:
    stated, alarms = [], 0
    for run in range(n_runs):
        weeks = draw_weeks(rng, volume * np.tile(shares, (WEEKS + 2, 1)), dispersion)
        tell = run % EVERY == 0
        found = find_rising(weeks[:-2], weeks[-2:], RATE, n_draws=20_000 if tell else 1)
        if tell:
            stated.append(found.false_alarms.mean())
        alarms += int(found.rising.sum())
    counted = alarms / (n_runs * len(shares))
    first, second = doublings(rng, volume, dispersion, shares, max(n_runs // 10, 50))
    return (
        f"{volume:>16,}{'/'.join(map(str, dispersion)):>12}{np.mean(stated):>9.3%}{counted:>9.3%}"
        f"{counted / np.mean(stated):>7.2f}{alarms:>8}{first:>32.1%}{second:>12.1%}"
    )


def draw_weeks(
    rng: np.random.Generator, mean: np.ndarray, dispersion: tuple[float, ...]
) -> np.ndarray:
    """Draw contacts by week and topic."""
    mean = mean * rng.gamma(50, 1 / 50, (len(mean), 1))
    excess = np.resize(dispersion, mean.shape[1]) - 1
    if excess.any():
        mean = rng.gamma(mean / excess, excess)
    return rng.poisson(mean).astype(float)


def doublings(
    rng: np.random.Generator,
    volume: int,
    dispersion: tuple[float, ...],
    shares: np.ndarray,
    n_runs: int,
) -> tuple[float, float]:
    """Return the share of runs in which a topic of 2 % that doubles is found, after 1 and 2 weeks.

    The program looks every week: "in 2 weeks" is found by either look.
    """
    shares = np.append(0.98 * shares, 0.02)
    early = late = 0
    for _ in range(n_runs):
        mean = volume * np.tile(shares, (WEEKS + 3, 1))
        mean[-2:, -1] *= 2
        weeks = draw_weeks(rng, mean, dispersion)
        after_one = bool(find_rising(weeks[:-3], weeks[-3:-1], RATE, n_draws=1).rising[-1])
        after_two = bool(find_rising(weeks[1:-2], weeks[-2:], RATE, n_draws=1).rising[-1])
        early += after_one
        late += after_one or after_two
    return early / n_runs, late / n_runs


if __name__ == "__main__":
    main()
