"""The ranking held against the truth, on the sample shop's rates.

    python benchmarks/ranking.py [--seeds 20] [--worlds 25]

Every replay draws what each lever can truly spare from the ranges in the topics file, and
three months of contacts (5,000 a month) from the rates of the sample shop; then it ranks.
What is uncertain: the volumes alone (every lever spares what its range expects), by chance or as
an audit of 500 contacts a month tells them; the shares too, known by their ranges only, or after
ten pilots of 200 contacts on the topics that lead without them; and the same where every range
is too hopeful by a third.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from shop import SHOP, TAXONOMY, rates_per_order

from cxtopics.measure.costs import Costs, Pilot
from cxtopics.measure.deflection.ranges import beta_from_range
from cxtopics.measure.estimate import Band
from cxtopics.measure.intervals import garwood
from cxtopics.ranking import Ranking, build_ranking
from cxtopics.schemas import TOPIC_RATES

MONTHS = [("2026-01-01", "2026-01-31"), ("2026-02-01", "2026-02-28"), ("2026-03-01", "2026-03-31")]
CONTACTS = 5000
RIVALS = [topic for topic in TAXONOMY.topics if topic.lever != "keep_human"]
IDS = [topic.id for topic in RIVALS]
PILOT = 200
BINS = np.array([0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0001])


def main() -> None:
    """Print what was found, and whether probabilities and ranges held."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--worlds", type=int, default=25)
    given = parser.parse_args()
    print(
        f"{given.seeds} seeds x {given.worlds} worlds, {CONTACTS:,} contacts a month, "
        f"{len(IDS)} topics with a lever"
    )
    print(
        f"{'':<44}{'top 5 found':>12}{'of knowable':>13}{'10-90 holds':>13}{'overstated':>12}"
        f"{'as told':>9}{'P(top 5) off by':>17}"
    )
    for name, world in WORLDS.items():
        rows = [
            world(np.random.default_rng([seed, number]))
            for seed in range(given.seeds)
            for number in range(given.worlds)
        ]
        print(f"{name:<44}" + summary(pd.DataFrame(rows)))


def replay(
    rng: np.random.Generator,
    *,
    pilots: bool = False,
    shift: float = 0.0,
    as_told: bool = False,
    audit: int = 0,
) -> dict[str, object]:
    """Draw one world, rank in it, and return what became of the ranking."""
    beliefs = [beta_from_range(t.deflectable.low, t.deflectable.high) for t in RIVALS]
    told = np.array([belief.mean for belief in beliefs])
    share = expit(logit([belief.draw(1, rng)[0] for belief in beliefs]) + shift)
    share = told if as_told else share
    volume = true_volume()
    rates = draw_rates(rng, volume, audit)
    ranking = build_ranking(rates, TAXONOMY, Costs(), n_draws=1000)
    naive = float("nan")
    if pilots:
        done = ranking.ranked["topic"].head(10).tolist()
        hits = {topic: int(rng.binomial(PILOT, share[IDS.index(topic)])) for topic in done}
        made = tuple(
            Pilot(topic=topic, contacts_offered=PILOT, contacts_deflected=hit)
            for topic, hit in hits.items()
        )
        ranking = build_ranking(rates, TAXONOMY, Costs(pilots=made), n_draws=1000)
        measured = np.array(
            [hits.get(t, PILOT * m) / PILOT for t, m in zip(IDS, told, strict=True)]
        )
        naive = overstatement(count(rates) * measured, volume[IDS].to_numpy() * share)
    judged = judge(ranking, volume[IDS].to_numpy(), share, told, naive)
    # Ranges and probabilities that draw the shares are no subject where the shares are known.
    nothing = {"holds": np.nan, "p": np.full(len(IDS), np.nan)} if as_told else {}
    return {**judged, **nothing}


def true_volume() -> pd.Series:
    """Return the contacts a month by topic, the sample shop's rates scaled to `CONTACTS`."""
    rates = rates_per_order(pd.DatetimeIndex(["2026-01-15"])).iloc[0]
    return rates * CONTACTS / rates.sum()


def draw_rates(rng: np.random.Generator, volume: pd.Series, audit: int = 0) -> pd.DataFrame:
    """Draw three months of counts with their intervals, as a report gives them.

    Counts are Poisson; with an audit their error is that of a score-guided audit of so many
    contacts a month besides (variance of a share p: p / 4 over the contacts audited).
    """
    parts = []
    for start, end in MONTHS:
        n = garwood(rng.poisson(volume))
        if audit:
            spread = np.sqrt(volume.to_numpy() * CONTACTS / 4 / audit + n.value)
            value = np.maximum(rng.normal(n.value, np.sqrt(spread**2 - n.value)), 0)
            n = Band(value, np.maximum(value - 1.96 * spread, 0), value + 1.96 * spread)
        part = pd.DataFrame({"topic": volume.index, **n.columns("n_contacts")})
        parts.append(part.assign(period_start=start, period_end=end))
    table = pd.concat(parts, ignore_index=True).reindex(columns=list(TOPIC_RATES.columns))
    table = table.assign(slice="all", slice_value="all", method="replay")
    missing = [name for name in table.columns if table[name].isna().all()]
    return table.astype(dict.fromkeys(missing, float))


def count(rates: pd.DataFrame) -> np.ndarray:
    """Return contacts a month by topic, as counted."""
    return rates.groupby("topic")["n_contacts"].sum()[IDS].to_numpy() / len(MONTHS)


def top(values: np.ndarray) -> set[int]:
    """Return the places of the five highest."""
    return set(np.argsort(-values, kind="stable")[:5].tolist())


def overstatement(estimate: np.ndarray, truth: np.ndarray) -> float:
    """Return by how much the five chosen were overstated, as a share of the truth."""
    chosen = list(top(estimate))
    return float(estimate[chosen].sum() / truth[chosen].sum() - 1)


def judge(
    ranking: Ranking, volume: np.ndarray, share: np.ndarray, told: np.ndarray, naive: float
) -> dict[str, object]:
    """Hold a ranking against true savings a month.

    `found` compares with the five that truly save most; `knowable` with the five that would
    be chosen by someone who knows every volume exactly and the shares as far as told.
    """
    ranks = ranking.ranks.set_index("topic").loc[IDS]
    per_contact = Costs().saved_per_contact
    truth, saved = volume * share * per_contact, ranks["savings_per_month"].to_numpy(float)
    chosen = top(saved)
    low, high = (ranks[f"savings_per_month_{end}"].to_numpy(float) for end in ("low", "high"))
    return {
        "found": len(chosen & top(truth)) / 5,
        "knowable": len(chosen & top(volume * told)) / 5,
        "holds": ((low <= truth) & (truth <= high)).mean(),
        "overstated": overstatement(saved, truth),
        "naive": naive,
        "p": ranks["p_top5"].to_numpy(float),
        "in_top": np.isin(np.arange(len(truth)), list(top(truth))),
    }


def summary(rows: pd.DataFrame) -> str:
    """Return the figures of many replays in one line."""
    p, hit = np.concatenate(rows["p"].to_list()), np.concatenate(rows["in_top"].to_list())
    bins = np.digitize(p, BINS)
    off = {
        number: p[bins == number].mean() - hit[bins == number].mean()
        for number in np.unique(bins)
        if (bins == number).sum() >= 50
    }
    worst = max(off.values(), key=abs)
    naive = rows["naive"].mean()
    return (
        f"{rows['found'].mean():>12.1%}{rows['knowable'].mean():>13.1%}{rows['holds'].mean():>13.1%}"
        f"{rows['overstated'].mean():>12.1%}{naive:>9.1%}{worst:>17.3f}"
    )


WORLDS: dict[str, Callable[[np.random.Generator], dict[str, object]]] = {
    "volumes alone uncertain": lambda rng: replay(rng, as_told=True),
    "volumes alone, by an audit of 500 a month": lambda rng: replay(rng, as_told=True, audit=500),
    "ranges only": lambda rng: replay(rng, pilots=False),
    "ten pilots of 200": lambda rng: replay(rng, pilots=True),
    "ranges too hopeful (logit -0.5)": lambda rng: replay(rng, pilots=False, shift=-0.5),
    "ranges too hopeful, ten pilots of 200": lambda rng: replay(rng, pilots=True, shift=-0.5),
}


if __name__ == "__main__":
    assert set(SHOP["topics"]) >= set(IDS)
    main()
