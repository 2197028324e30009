"""What is not known of each topic, as draws, and what a lever could save in each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxtopics.measure.costs import Costs, ShareRange
from cxtopics.measure.deflection.pilots import learn_shares
from cxtopics.measure.deflection.ranges import BetaShare, beta_from_range
from cxtopics.measure.estimate import FloatArray
from cxtopics.measure.rates.topic_covariance import draw_counts
from cxtopics.taxonomy import Topic

__all__ = ["RANGE", "Prices", "Unknowns", "draw_unknowns", "prices", "range_of", "rank_draws"]

RANGE = (0.10, 0.90)
"""Percentiles of the draws that every range of the ranking goes from and to."""


@dataclass(frozen=True)
class Unknowns:
    """The four factors of deflectable contacts, topics first: expected values and draws.

    Attributes
    ----------
    expected
        Of shape (4, n_topics): contacts a month, deflectable share, adoption, 1 - rebound.
    draws
        Of shape (4, n_topics, n_draws). The factors are independent of one another.
    """

    NAMES = ("contacts", "deflectable share", "adoption", "rebound")

    expected: FloatArray
    draws: FloatArray

    @property
    def deflectable(self) -> FloatArray:
        """Expected deflectable contacts a month: the product of the four, by topic."""
        return np.asarray(self.expected.prod(axis=0))

    @property
    def deflectable_draws(self) -> FloatArray:
        """Deflectable contacts a month in every draw; shape (n_topics, n_draws)."""
        return np.asarray(self.draws.prod(axis=0))


@dataclass(frozen=True)
class Prices:
    """What a spared contact saves, and what the lever costs a month; by topic."""

    per_contact: FloatArray
    per_month: FloatArray

    def net(self, deflectable: FloatArray) -> FloatArray:
        """Return net savings a month, topics first; may be negative."""
        return np.asarray((deflectable.T * self.per_contact - self.per_month).T)


def draw_unknowns(
    topics: Sequence[Topic],
    contacts: pd.Series[float],
    covariance: pd.DataFrame,
    costs: Costs,
    n_draws: int,
    seed: int,
) -> Unknowns:
    """Draw contacts a month, share, adoption and rebound of every topic.

    Parameters
    ----------
    contacts, covariance
        Contacts a month by topic, and their covariance (square, by topic).

    Returns
    -------
    Unknowns
        Every topic draws from a stream of its own, so that adding a topic leaves the draws
        of the others alone (as long as the counts are independent).
    """
    ids = [topic.id for topic in topics]
    shares = learn_shares(topics, costs.pilots)
    beliefs = [
        (share, _belief(costs.adoption_of(topic)), _one_less(costs.rebound_of(topic)))
        for topic, share in zip(topics, shares, strict=True)
    ]
    normals = np.empty((len(ids), n_draws))
    draws = np.empty((4, len(ids), n_draws))
    for row, topic_id in enumerate(ids):
        rng = np.random.default_rng([seed, *topic_id.encode()])
        normals[row] = rng.standard_normal(n_draws)
        draws[1:, row] = [belief.draw(n_draws, rng) for belief in beliefs[row]]
    counts = np.asarray(contacts[ids], dtype=np.float64)
    spread = np.asarray(covariance.loc[ids, ids], dtype=np.float64)
    draws[0] = draw_counts(counts, spread, normals)
    means = np.array([[belief.mean for belief in row] for row in beliefs]).reshape(-1, 3).T
    return Unknowns(np.vstack([counts, means]), draws)


def _belief(share: ShareRange) -> BetaShare:
    return beta_from_range(share.low, share.high)


def _one_less(share: ShareRange) -> BetaShare:
    return beta_from_range(1 - share.high, 1 - share.low)


def prices(
    topics: Sequence[Topic], costs: Costs, channel_mix: dict[str, dict[str, float]]
) -> Prices:
    """Return what a spared contact of each topic saves, and what its lever costs a month.

    Parameters
    ----------
    channel_mix
        Share of each channel by topic; a topic that is not there costs the default.
    """
    saved = [
        costs.cost_of_contact(channel_mix.get(topic.id)) - costs.self_service_cost
        for topic in topics
    ]
    monthly = [costs.one_off_per_month(topic) + costs.running_per_month(topic) for topic in topics]
    return Prices(np.array(saved, dtype=float), np.array(monthly, dtype=float))


def range_of(draws: FloatArray, value: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the ends of `RANGE` by topic, widened where needed to hold the value shown."""
    low, high = np.quantile(draws, RANGE, axis=1)
    return np.asarray(np.minimum(low, value)), np.asarray(np.maximum(high, value))


def rank_draws(savings_draws: FloatArray) -> FloatArray:
    """Return each topic's rank (1 = most saved) in every draw; shape as given."""
    order = np.argsort(-savings_draws, axis=0, kind="stable")
    ranks = np.empty_like(savings_draws)
    np.put_along_axis(ranks, order, np.arange(1, len(order) + 1)[:, None].astype(float), axis=0)
    return ranks
