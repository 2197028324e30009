"""Draws to the table of ranks: one row per topic, each with its reason."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxtopics.measure.costs import Costs
from cxtopics.measure.estimate import Band, FloatArray
from cxtopics.measure.savings import RANGE, range_of, rank_draws, savings
from cxtopics.schemas import TOPIC_RANKS
from cxtopics.tables import check_table
from cxtopics.taxonomy import Topic

__all__ = ["KEEP_HUMAN", "count_in_words", "kept_rows", "rank_table", "ranked_rows"]

KEEP_HUMAN = "keep_human"
_TOP = 5


def ranked_rows(
    topics: list[Topic], per_month: pd.Series[float], draws: FloatArray, costs: Costs
) -> pd.DataFrame:
    """Return the rows of the topics that compete for a rank, best first.

    Parameters
    ----------
    topics
        With a lever and its range.
    per_month
        Contacts a month by topic id.
    draws
        Deflectable contacts a month, topics first; see `measure.savings`.

    Notes
    -----
    Ranks come from the point values (contacts x likely share); ties go to the topic that
    the taxonomy lists first. Rank intervals and `p_top5` are shares of draws.
    """
    if not topics:
        return pd.DataFrame(columns=list(TOPIC_RANKS.columns))
    likely = np.array([topic.deflectable.likely for topic in topics if topic.deflectable])
    value = per_month[[topic.id for topic in topics]].to_numpy(float) * likely
    saved, saved_draws = savings(value, topics, costs), savings(draws, topics, costs)
    ranks = rank_draws(saved_draws)
    rank_low, rank_high = np.quantile(ranks, RANGE, axis=1, method="inverted_cdf")
    rank = rank_draws(saved[:, None])[:, 0]
    rows = pd.DataFrame(
        {
            "rank": rank,
            "rank_low": np.minimum(rank_low, rank),
            "rank_high": np.maximum(rank_high, rank),
            "p_top5": (ranks <= _TOP).mean(axis=1),
            "topic": [topic.id for topic in topics],
            "lever": [topic.lever for topic in topics],
            **Band(value, *range_of(draws, value)).columns("deflectable_contacts_per_month"),
            **Band(saved, *range_of(saved_draws, saved)).columns("savings_per_month"),
            "reason": [_why(topic, float(per_month[topic.id])) for topic in topics],
        }
    )
    return rows.sort_values("rank")


def _why(topic: Topic, per_month: float) -> str:
    share = topic.deflectable
    if share is None:
        return ""
    return (
        f"{count_in_words(per_month)} contacts a month x {100 * share.likely:.0f} % "
        f"({100 * share.low:.0f}-{100 * share.high:.0f} %) by {topic.lever}; range: {share.source}"
    )


def kept_rows(topics: list[Topic], per_month: pd.Series[float]) -> pd.DataFrame:
    """Return the rows of the topics kept with people, the most frequent first; no ranks."""
    also = [f"; perhaps {topic.also}" if topic.also else "" for topic in topics]
    rows = pd.DataFrame(
        {
            "topic": [topic.id for topic in topics],
            "lever": KEEP_HUMAN,
            "reason": [
                f"{count_in_words(float(per_month[topic.id]))} contacts a month, kept with people: "
                f"these customers need one, so nothing is proposed for deflection{more}"
                for topic, more in zip(topics, also, strict=True)
            ],
            "n": [float(per_month[topic.id]) for topic in topics],
        }
    )
    return rows.sort_values("n", ascending=False, kind="stable").drop(columns="n")


def rank_table(ranked: pd.DataFrame, kept: pd.DataFrame) -> pd.DataFrame:
    """Return both kinds of rows as one table by `schemas.TOPIC_RANKS`."""
    columns = list(TOPIC_RANKS.columns)
    parts = [part.reindex(columns=columns) for part in (ranked, kept) if len(part)]
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
