"""Draws to the table of ranks: one row per topic, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cxtopics.measure.deflection.savings import RANGE, Prices, Unknowns, range_of, rank_draws
from cxtopics.measure.estimate import Band
from cxtopics.schemas import TOPIC_RANKS
from cxtopics.tables import check_table
from cxtopics.taxonomy import Topic

__all__ = [
    "KEEP_HUMAN",
    "TOP",
    "count_in_words",
    "kept_rows",
    "paying_rows",
    "rank_table",
    "ranked_rows",
]

KEEP_HUMAN = "keep_human"
TOP = 5
"""How many topics are "the top": of `p_top5`, and of the decision that information serves."""


def ranked_rows(
    topics: Sequence[Topic],
    unknowns: Unknowns,
    prices: Prices,
    notes: dict[str, str],
) -> pd.DataFrame:
    """Return the rows of the topics that compete for a rank, best first.

    Parameters
    ----------
    topics
        With a lever and its range.
    unknowns, prices
        See `measure.savings`.
    notes
        What else to say of a topic, by id.

    Notes
    -----
    Ranks come from the expected savings; ties go to the topic that the taxonomy lists first.
    Rank intervals, `p_top5` and `p_net_positive` are shares of draws.
    """
    if not topics:
        return pd.DataFrame(columns=list(TOPIC_RANKS.columns))
    value, draws = unknowns.deflectable, unknowns.deflectable_draws
    saved, saved_draws = prices.net(value), prices.net(draws)
    ranks = rank_draws(saved_draws)
    rank_low, rank_high = np.quantile(ranks, RANGE, axis=1, method="inverted_cdf")
    rank = rank_draws(saved[:, None])[:, 0]
    rows = pd.DataFrame(
        {
            "rank": rank,
            "rank_low": np.minimum(rank_low, rank),
            "rank_high": np.maximum(rank_high, rank),
            "p_top5": (ranks <= TOP).mean(axis=1),
            "topic": [topic.id for topic in topics],
            "lever": [topic.lever for topic in topics],
            **Band(value, *range_of(draws, value)).columns("deflectable_contacts_per_month"),
            **Band(saved, *range_of(saved_draws, saved)).columns("savings_per_month"),
            "reason": [
                _why(topic, factors) + notes.get(topic.id, "")
                for topic, factors in zip(topics, unknowns.expected.T, strict=True)
            ],
            "p_net_positive": (saved_draws > 0).mean(axis=1),
        }
    )
    return rows.sort_values("rank")


def _why(topic: Topic, factors: Sequence[float]) -> str:
    range_ = topic.deflectable
    if range_ is None:
        return ""
    contacts, share, adoption, kept = factors
    met = f" x {100 * adoption:.0f} % adoption" if adoption < 1 else ""
    back = f" x {100 * kept:.0f} % who do not come back" if kept < 1 else ""
    return (
        f"{count_in_words(contacts)} contacts a month x {100 * share:.0f} % "
        f"({100 * range_.low:.0f}-{100 * range_.high:.0f} %) by {topic.lever}{met}{back}; "
        f"range: {range_.source}"
    )


def kept_rows(topics: Sequence[Topic], per_month: pd.Series[float]) -> pd.DataFrame:
    """Return the rows of the topics kept with people, the most frequent first; no ranks."""
    reasons = [
        "kept with people: these customers need one, so nothing is proposed for deflection"
        + (f"; perhaps {topic.also}" if topic.also else "")
        for topic in topics
    ]
    return _apart(topics, [KEEP_HUMAN] * len(topics), reasons, per_month)


def paying_rows(
    topics: Sequence[Topic], revenue: pd.DataFrame, per_month: pd.Series[float], currency: str
) -> pd.DataFrame:
    """Return the rows of the topics whose conversations pay; no ranks.

    Parameters
    ----------
    revenue
        See `measure.guards`.
    """
    reasons = [
        f"conversation pays: {currency} {revenue['value'][topic.id]:,.2f} of orders follow each "
        f"contact (at least {revenue['low'][topic.id]:,.2f}), more than it costs"
        for topic in topics
    ]
    return _apart(topics, [str(topic.lever) for topic in topics], reasons, per_month)


def _apart(
    topics: Sequence[Topic], levers: list[str], reasons: list[str], per_month: pd.Series[float]
) -> pd.DataFrame:
    counts = [float(per_month[topic.id]) for topic in topics]
    rows = pd.DataFrame(
        {
            "topic": [topic.id for topic in topics],
            "lever": levers,
            "reason": [
                f"{count_in_words(n)} contacts a month, {reason}"
                for n, reason in zip(counts, reasons, strict=True)
            ],
            "n": counts,
        }
    )
    return rows.sort_values("n", ascending=False, kind="stable").drop(columns="n")


def rank_table(*kinds: pd.DataFrame) -> pd.DataFrame:
    """Return all kinds of rows as one table by `schemas.TOPIC_RANKS`."""
    columns = list(TOPIC_RANKS.columns)
    parts = [part.reindex(columns=columns) for part in kinds if len(part)]
    whole = pd.concat([part.astype(object) for part in parts], ignore_index=True)
    text = ["topic", "lever", "reason"]
    whole[text] = whole[text].astype("str")
    numbers = [name for name in columns if name not in text]
    whole[numbers] = whole[numbers].astype(float)
    whole = whole.astype(dict.fromkeys(("rank", "rank_low", "rank_high"), "Int64"))
    return check_table(whole, TOPIC_RANKS, "ranking")


def count_in_words(number: float) -> str:
    """Return a number of contacts for a sentence: whole, or one decimal where small."""
    return f"{number:,.0f}" if number >= 10 or number == 0 else f"{number:.1f}"
