"""Which topics are taken for one another, and what that costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxtopics.taxonomy import Taxonomy, Topic

__all__ = ["confusion_mass", "rank_overlaps"]

FloatArray = npt.NDArray[np.float64]


def confusion_mass(probabilities: FloatArray) -> FloatArray:
    """Return how many contacts of one topic are expected under another (n_topics, n_topics).

    Entry (a, b): the contacts filed under b, each counted with its probability of being a.
    With calibrated probabilities that is the expected confusion matrix; no label is needed.
    """
    filed = np.eye(probabilities.shape[1])[probabilities.argmax(axis=1)]
    mass = probabilities.T @ filed
    np.fill_diagonal(mass, 0)
    return np.asarray(mass)


def rank_overlaps(
    mass: FloatArray,
    classes: Sequence[str],
    taxonomy: Taxonomy | None,
    confused: Mapping[tuple[str, str], int],
) -> pd.DataFrame:
    """Rank pairs of topics by the avoidable contacts that confusing them misplaces.

    A contact of topic a filed under b is credited to b's lever. Where both have the same
    lever, the error is the difference of their deflectable shares; where the levers differ,
    the whole share of a is credited to the wrong work. Without a taxonomy, or for topics
    without a lever, each misfiled contact counts whole.

    Parameters
    ----------
    mass
        See `confusion_mass`.
    confused
        Out-of-fold confusions on the training texts by (is, was taken for); empty if unknown.

    Returns
    -------
    DataFrame
        One row a pair, dearest first: `topic_a, topic_b, lever_a, lever_b, misfiled` (contacts
        either way), `cost` (avoidable contacts credited wrongly), `out_of_fold` (texts).
    """
    by_id = taxonomy.by_id if taxonomy else {}
    rows = []
    for one in range(len(classes)):
        for two in range(one + 1, len(classes)):
            a, b = classes[one], classes[two]
            topic_a, topic_b = by_id.get(a), by_id.get(b)
            rows.append(
                {
                    "topic_a": a,
                    "topic_b": b,
                    "lever_a": topic_a.lever if topic_a else None,
                    "lever_b": topic_b.lever if topic_b else None,
                    "misfiled": mass[one, two] + mass[two, one],
                    "cost": mass[one, two] * _credited_wrongly(topic_a, topic_b)
                    + mass[two, one] * _credited_wrongly(topic_b, topic_a),
                    "out_of_fold": confused.get((a, b), 0) + confused.get((b, a), 0),
                }
            )
    order = ["cost", "out_of_fold", "topic_a", "topic_b"]
    ranked = pd.DataFrame(rows).sort_values(order, ascending=[False, False, True, True])
    return ranked[(ranked["misfiled"] > 0) | (ranked["out_of_fold"] > 0)].reset_index(drop=True)


def _credited_wrongly(is_: Topic | None, filed: Topic | None) -> float:
    """Return the avoidable share of a contact that misfiling credits to the wrong lever, 0-1."""
    if is_ is None or filed is None or is_.deflectable is None or filed.deflectable is None:
        return 1.0
    if is_.lever != filed.lever:
        return is_.deflectable.likely
    return abs(is_.deflectable.likely - filed.deflectable.likely)
