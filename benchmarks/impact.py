"""`impact` held against planted changes on the sample shop.

    python benchmarks/impact.py [--runs 400] [--first 0] [--whole 0]

Count level: contacts and orders are drawn by day at the sample shop's rates (at 100 orders
a day, about 1,700 contacts a month, unless said), counted, and judged by the same code as the
command. With --whole N, N shops of each kind go through the whole program instead: texts,
export files, a model trained from the topics' examples, tagging, `impact`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from shop import ROOT, SHOP, TAXONOMY, Shop, delay_pmf, draw_shop, rates_per_order

from cxtopics.impact import Impact, impact_of_days
from cxtopics.measure.trends.exposure import LONGEST, exposures
from cxtopics.measure.trends.topic_days import TopicDays

WISMO = "order_on_the_way"
FROM, TO = 0.17, 0.05
PEAK_TOPICS = [topic for topic, spec in SHOP["topics"].items() if spec.get("peak")]


def main() -> None:
    """Print one row per kind of change."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--whole", type=int, default=0, help="shops of each kind, with texts")
    given = parser.parse_args()
    kinds = WHOLE if given.whole else COUNTS
    print(
        f"{'':<52}{'runs':>6}{'fell':>8}{'rose':>8}{'no clear':>10}{'cannot tell':>13}"
        f"{'true in 95 %':>14}{'ratio':>8}{'truth':>8}"
    )
    for name, kind in kinds.items():
        found = [kind(given.first + run) for run in range(given.whole or given.runs)]
        verdicts = Counter(impact.verdict for impact, _ in found)
        ratios = np.array([impact.ratio.value for impact, _ in found])
        held = [i.ratio.low <= truth <= i.ratio.high for i, truth in found if i.ratio.n]
        shares = [verdicts[v] / len(found) for v in ("fell", "rose", "no_clear_change")]
        truth = np.median([truth for _, truth in found])
        print(
            f"{name:<52}{len(found):>6}{shares[0]:>8.1%}{shares[1]:>8.1%}{shares[2]:>10.1%}"
            f"{verdicts['cannot_tell'] / len(found):>13.1%}{np.mean(held):>14.1%}"
            f"{np.nanmedian(ratios):>8.2f}{truth:>8.2f}",
            flush=True,
        )


def to_days(shop: Shop) -> TopicDays:
    """Return a shop's counts as the command would count them, delays known."""
    delays = {}
    for topic in shop.contacts:
        start, pmf = delay_pmf(topic)
        curve = np.bincount(np.clip(start + np.arange(len(pmf)), 0, LONGEST), pmf, LONGEST + 1)
        delays[topic] = curve
    orders = pd.Series(shop.orders.astype(float), index=shop.days)
    return TopicDays(
        shop.contacts.astype(float), orders, exposures(orders, delays), delays, n_linked=1
    )


def replay(
    seed: int,
    *,
    topic: str | None = None,
    factor: float = 1.0,
    share: float | None = None,
    weeks_after: int = 8,
    per_day: float = 100.0,
    dispersion: float = 1.3,
    steady: bool = True,
    change: str | None = None,
    first: str = "2025-01-06",
    unlisted_sale: bool = False,
) -> tuple[Impact, float]:
    """Draw a shop with a change, and return its impact with the true ratio."""
    rng = np.random.default_rng([7, seed])
    day = pd.Timestamp(change or "2025-08-04")
    last = day + pd.Timedelta(days=7 * weeks_after - 1)
    days = pd.date_range(first, last, freq="D")
    rates = rates_per_order(days, steady=steady)
    topic = topic or str(rng.choice([t for t in rates if rates[t].iloc[0] > 0.01]))
    if share:
        rates[topic] = share / (1 - share) * rates.drop(columns=topic).sum(axis=1)
    if unlisted_sale:
        rates[topic] *= _sale(days, day - pd.Timedelta(days=int(rng.integers(0, 28))), 2.0)
    rates.loc[day:, topic] *= factor
    shop = draw_shop(rng, first, f"{last:%Y-%m-%d}", per_day, rates=rates, dispersion=dispersion)
    found = impact_of_days(
        to_days(shop), topic=topic, changed_on=f"{day:%Y-%m-%d}", taxonomy=TAXONOMY
    )
    return found, factor


def _sale(days: pd.DatetimeIndex, end: pd.Timestamp, factor: float) -> np.ndarray:
    """Return a factor for five weeks that end on a day."""
    within = (days <= end) & (days > end - pd.Timedelta(days=35))
    return np.where(within, factor, 1.0)


def own_peak(seed: int) -> tuple[Impact, float]:
    """Date a change that did nothing into or after the sample shop's Christmas peak."""
    rng = np.random.default_rng([8, seed])
    day = pd.Timestamp("2025-12-01") + pd.Timedelta(days=int(rng.integers(0, 77)))
    topic = str(rng.choice([*PEAK_TOPICS, WISMO, "refund_not_received", "does_not_fit"]))
    return replay(seed, topic=topic, steady=False, change=f"{day:%Y-%m-%d}", weeks_after=10)


SMALL = FROM / (1 - FROM), TO / (1 - TO)
FIX = SMALL[1] / SMALL[0]  # the rate that takes the share from 17 to 5 %
COUNTS: dict[str, Callable[[int], tuple[Impact, float]]] = {
    "fix, 17 to 5 % of contacts, 8 weeks": lambda s: replay(s, topic=WISMO, factor=FIX, share=FROM),
    "the same, 13 orders a day (the sample's size)": lambda s: replay(
        s, topic=WISMO, factor=FIX, share=FROM, per_day=13
    ),
    "the same, 2 weeks after": lambda s: replay(
        s, topic=WISMO, factor=FIX, share=FROM, weeks_after=2
    ),
    "fix of a quarter, any topic above 1 %": lambda s: replay(s, factor=0.75),
    "the same, 26 weeks after": lambda s: replay(s, factor=0.75, weeks_after=26),
    "no fix, any topic above 1 %": replay,
    "no fix, dispersion 2": lambda s: replay(s, dispersion=2.0),
    "no fix, 13 orders a day": lambda s: replay(s, per_day=13),
    "no fix, 26 weeks after": lambda s: replay(s, weeks_after=26),
    "peak alone: the shop's own Christmas": own_peak,
    "peak alone: a sale in no calendar doubles the topic": lambda s: replay(s, unlisted_sale=True),
    "such a sale, 26 weeks after": lambda s: replay(s, unlisted_sale=True, weeks_after=26),
    "such a sale, 13 orders a day": lambda s: replay(s, unlisted_sale=True, per_day=13),
}


def whole(seed: int, *, topic: str, changes: dict[str, object], day: str) -> tuple[Impact, float]:
    """Make a shop with texts, run the program over it, and return the impact."""
    sys.path.insert(0, str(ROOT / "data" / "sample"))
    import make_sample

    from cxtopics.flow import Folders, impact_files, run_flow

    before = {name: dict(spec) for name, spec in make_sample.SHOP["topics"].items()}
    make_sample.SHOP["topics"][topic].update(changes)
    with tempfile.TemporaryDirectory() as room:
        make_sample.main(["--seed", str(seed), "--out", room])
        exports = sorted((Path(room) / "1-export").glob("zendesk_tickets_*.ndjson"))
        orders = [Path(room) / "1-export" / "shopify_orders.csv"]
        run_flow(exports, orders, room, timezone="Europe/London", model=_model())
        made = Folders.under(room)
        found = impact_files(
            made.tagged, made.orders, Path(room) / "impact.json", topic=topic, changed_on=day
        )
    make_sample.SHOP["topics"].update(before)
    spec = {**before[topic], **changes}
    return found, float(spec.get("rate_otherwise", spec["rate"])) / float(spec["rate"])


def _model() -> Path:
    """Return the model trained from the topics' examples, made once."""
    from cxtopics.flow import cold_model

    folder = Path(tempfile.gettempdir()) / "cxtopics-benchmark-model"
    cold_model(folder)
    return folder


_DAY = "2025-09-01"
WHOLE: dict[str, Callable[[int], tuple[Impact, float]]] = {
    "whole program: fix, 17 to 5 % of contacts": lambda s: whole(
        s + 1,
        topic=WISMO,
        changes={"rate": 9.4, "until": pd.Timestamp("2025-08-31").date(), "rate_otherwise": 2.4},
        day=_DAY,
    ),
    "whole program: no fix": lambda s: whole(s + 1, topic=WISMO, changes={}, day=_DAY),
    "whole program: Christmas peak alone": lambda s: whole(
        s + 1, topic="order_late", changes={}, day="2025-12-22"
    ),
}


if __name__ == "__main__":
    main()
