"""A group of contacts -> the two topics that it may be.

Near topics are taken for one where nobody has labelled either. A group is cut in two where a
topic space parts it first, and the parts are listed if they lie further apart than those of a
usual topic, cut the same way; whether they are two topics is for people to say.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage

from cxtopics.classify.topic_space import TopicSpace

__all__ = ["cut_in_two", "parts_of_a_usual_topic"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

_MOST = 1000  # contacts of a group that are clustered; the others follow
_MOST_CUTS = 30
_ROUNDS = 5
_SOME = 60  # texts of a topic that show how it is usually cut


def cut_in_two(
    places: FloatArray, space: TopicSpace, min_size: int
) -> tuple[float, list[IntArray]]:
    """Cut a group where it parts first.

    Parameters
    ----------
    places
        Its contacts in the space (n_contacts, n_dims).
    min_size
        Fewest contacts of a part.

    Returns
    -------
    between
        How much likelier two contacts of different parts are of one topic than of two, the mean
        logarithm; infinite where no such parts are found.
    parts
        The rows of both, the larger first; none where none are found.
    """
    if len(places) < 2 * min_size:
        return np.inf, []
    some = np.arange(0, len(places), -(-len(places) // _MOST))
    evidence = space.pair_evidence(places, places[some])
    first = _first_parts(evidence[some], min_size * len(some) // len(places))
    if first is None:
        return np.inf, []
    itself = np.zeros(evidence.shape, dtype=bool)
    itself[some, np.arange(len(some))] = True
    evidence[itself] = 0
    part = np.column_stack(first).astype(np.float64)  # of those clustered
    for _ in range(_ROUNDS):
        near = evidence @ part / np.maximum(part.sum(axis=0) - itself @ part, 1)
        there = near[:, 0] > near[:, 1]
        part = np.column_stack([there, ~there])[some].astype(np.float64)
        if min(there.sum(), (~there).sum()) < min_size or not part.any(axis=0).all():
            return np.inf, []
    between = float(part[:, 0] @ evidence[some] @ part[:, 1] / part.sum(axis=0).prod())
    parts = [np.flatnonzero(there), np.flatnonzero(~there)]
    return between, sorted(parts, key=lambda rows: -len(rows))


def parts_of_a_usual_topic(
    places: FloatArray, codes: IntArray, space: TopicSpace, min_size: int
) -> float:
    """Return the evidence between the parts of the median topic, see `cut_in_two`.

    Parameters
    ----------
    places, codes
        Texts whose topic is known (n_labelled, n_dims), (n_labelled,).
    """
    topics = [np.flatnonzero(codes == code) for code in np.unique(codes)]
    some = [rows[:: -(-len(rows) // _SOME)] for rows in topics if len(rows) >= 2 * min_size]
    return float(np.median([cut_in_two(places[rows], space, min_size)[0] for rows in some] or [0]))


def _first_parts(
    evidence: FloatArray, fewest: int
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]] | None:
    """Return the two largest clusters of the coarsest cut with two that are large enough."""
    apart = evidence.max() - evidence[np.triu_indices(len(evidence), 1)]
    tree = linkage(apart, "average")
    for n_clusters in range(2, min(_MOST_CUTS, len(evidence))):
        cluster = fcluster(tree, n_clusters, "maxclust") - 1
        sizes = np.bincount(cluster, minlength=2)  # of equal texts there may be one cluster only
        one, two = np.argsort(-sizes, kind="stable")[:2]
        if sizes[two] >= max(fewest, 2):
            return cluster == one, cluster == two
    return None
