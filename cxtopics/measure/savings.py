"""Draws of what a lever could save, and what they say of the order of topics."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxtopics.measure.costs import Costs
from cxtopics.measure.deflection import beta_from_range
from cxtopics.measure.estimate import FloatArray
from cxtopics.taxonomy import Topic

__all__ = [
    "RANGE",
    "draw_contacts_per_month",
    "draw_deflectable",
    "range_of",
    "rank_draws",
    "savings",
]

RANGE = (0.10, 0.90)
"""Percentiles of the draws that every range of the ranking goes from and to."""


def draw_contacts_per_month(
    n_contacts: float, n_months: float, n_draws: int, rng: np.random.Generator
) -> FloatArray:
    r"""Draw a topic's rate of contacts per month, given its count.

    .. math::

        \lambda \mid x \sim \mathrm{Gamma}(x + \tfrac12) / t

    Parameters
    ----------
    n_contacts, n_months
        Contacts x observed over t months (> 0).

    References
    ----------
    The posterior under Jeffreys' prior for a Poisson rate: H. Jeffreys (1961), Theory of
    Probability, 3rd ed., section 3.1; L. D. Brown, T. T. Cai and A. DasGupta (2003),
    Interval estimation in exponential families, Statistica Sinica 13, 19-49.
    """
    return np.asarray(rng.gamma(n_contacts + 0.5, size=n_draws) / n_months)


def draw_deflectable(
    topics: list[Topic],
    n_contacts: pd.Series[float],
    n_months: float,
    n_draws: int,
    seed: int,
) -> FloatArray:
    """Draw deflectable contacts per month: contacts per month times the share a lever spares.

    Returns
    -------
    array of shape (n_topics, n_draws)
        Topics are drawn independently, each from a stream of its own, so that adding a topic
        leaves the draws of the others alone.
    """
    draws = np.empty((len(topics), n_draws))
    for row, topic in enumerate(topics):
        if topic.deflectable is None:
            raise ValueError(f"topic {topic.id} has no deflectable range")
        rng = np.random.default_rng([seed, *topic.id.encode()])
        contacts = draw_contacts_per_month(float(n_contacts[topic.id]), n_months, n_draws, rng)
        share = beta_from_range(topic.deflectable.low, topic.deflectable.high)
        draws[row] = contacts * share.draw(n_draws, rng)
    return draws


def savings(deflectable: FloatArray, topics: list[Topic], costs: Costs) -> FloatArray:
    """Return net savings per month, in the currency of the costs; may be negative.

    deflectable contacts x (cost per contact - cost of the self-service answer) - one-off
    cost / horizon. Shape as `deflectable`: topics first.
    """
    one_off = np.array([costs.one_off_per_month(topic) for topic in topics])
    return np.asarray((deflectable.T * costs.saved_per_contact - one_off).T)


def range_of(draws: FloatArray, value: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the ends of `RANGE` by topic, widened where needed to hold the value shown.

    A likely share close to an end of its own range can lie outside the middle 80 % of draws.
    """
    low, high = np.quantile(draws, RANGE, axis=1)
    return np.asarray(np.minimum(low, value)), np.asarray(np.maximum(high, value))


def rank_draws(savings_draws: FloatArray) -> FloatArray:
    """Return each topic's rank (1 = most saved) in every draw; shape as given."""
    order = np.argsort(-savings_draws, axis=0, kind="stable")
    ranks = np.empty_like(savings_draws)
    np.put_along_axis(ranks, order, np.arange(1, len(order) + 1)[:, None].astype(float), axis=0)
    return ranks
