"""Which unknown is worth measuring next: the expected value of perfect information."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cxtopics.measure.deflection.savings import Prices, Unknowns
from cxtopics.measure.estimate import FloatArray

__all__ = ["value_of_information"]

_MEASURE = {
    "contacts": "audit some contacts, so that they are counted more surely",
    "deflectable share": "pilot the lever and enter it under pilots",
    "adoption": "offer the lever to some and count who meets it",
    "rebound": "count which of the spared write all the same",
}


def value_of_information(
    topics: Sequence[str], unknowns: Unknowns, prices: Prices, n_months: float, k: int
) -> pd.DataFrame:
    r"""Return what knowing one factor of one topic for sure would be worth, dearest first.

    The decision: work on at most k topics, those with the highest expected net savings that
    are above 0. Were factor x of topic i known before deciding, topic i would be taken where
    its expected savings beat the topic it competes with, so

    .. math::

        \mathrm{EVPPI}(x_i) = \mathrm{E}_x \max(s_i(x), c_i) - \max(\mathrm{E}\, s_i, c_i)

    with :math:`s_i(x)` the savings expected given x (the factors are independent, so the
    others stand at their means) and :math:`c_i` the k-th highest expected savings among the
    other topics, at least 0.

    Parameters
    ----------
    n_months
        Time over which the decision pays; amounts are for the whole of it.

    Returns
    -------
    DataFrame
        `topic`, `unknown`, `value` (in the currency of the costs, >= 0), `how`; and in the
        row with topic "all" what knowing everything would be worth. Rows worth nothing are
        left out.

    References
    ----------
    H. Raiffa and R. Schlaifer (1961), Applied Statistical Decision Theory, ch. 4; A. Ades,
    G. Lu and K. Claxton (2004), Med. Decis. Making 24, 207-227.
    """
    if not len(topics):
        return pd.DataFrame(columns=["topic", "unknown", "value", "how"])
    expected = prices.net(unknowns.deflectable)
    rows = []
    for row, topic in enumerate(topics):
        rival = _rival(np.delete(expected, row), k)
        for number, name in enumerate(unknowns.NAMES):
            others = np.delete(unknowns.expected[:, row], number).prod()
            factor = unknowns.draws[number, row]
            # Draws are centred on the expected value, so that cutting off at 0 adds no worth.
            factor = factor + (unknowns.expected[number, row] - factor.mean())
            known = factor * others * prices.per_contact[row] - prices.per_month[row]
            gain = np.maximum(known, rival).mean() - max(known.mean(), rival)
            rows.append((topic, name, n_months * max(gain, 0.0), _MEASURE[name]))
    drawn = prices.net(unknowns.deflectable_draws)
    everything = _best(drawn, k).mean() - _best(drawn.mean(axis=1)[:, None], k).mean()
    rows.append(("all", "everything", n_months * max(everything, 0.0), "-"))
    table = pd.DataFrame(rows, columns=["topic", "unknown", "value", "how"])
    table = table[table["value"] > 1e-9 * max(n_months * float(np.abs(expected).max()), 1e-9)]
    return table.sort_values("value", ascending=False, kind="stable").reset_index(drop=True)


def _rival(others: FloatArray, k: int) -> float:
    """Return the savings that topic i must beat: the k-th of the others, at least 0."""
    return max(float(np.sort(others)[-k]), 0.0) if len(others) >= k else 0.0


def _best(savings: FloatArray, k: int) -> FloatArray:
    """Return the sum of the k highest savings above 0, in every draw."""
    return np.asarray(np.maximum(np.sort(savings, axis=0)[-k:], 0).sum(axis=0))
