"""Labels that are probably wrong, with the evidence.

Two witnesses who have not seen the label in question: the model of the other folds, and
the nearest labelled contacts. Where both of them say another topic, the label is worth a
second look.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["LabelDoubts", "doubt_labels"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

_N_NEIGHBOURS = 10


@dataclass(frozen=True)
class LabelDoubts:
    """What speaks against each label (all of length n_contacts).

    Attributes
    ----------
    doubt
        0-1; how far both witnesses prefer the suggested topic to the given one. At 0.5
        they give both the same chance.
    suggested
        The topic they prefer, as a column number.
    p_given, p_suggested
        Out-of-fold probability of the two.
    neighbours
        Rows of the nearest labelled contacts (n_contacts, n_neighbours), nearest first.
    n_given, n_suggested
        How many of these neighbours bear the two topics.
    """

    doubt: FloatArray
    suggested: IntArray
    p_given: FloatArray
    p_suggested: FloatArray
    neighbours: IntArray
    n_given: IntArray
    n_suggested: IntArray


def doubt_labels(vectors: FloatArray, codes: IntArray, out_of_fold: FloatArray) -> LabelDoubts:
    r"""Weigh each label against what the model and the neighbours say.

    The witnesses' mean, :math:`q = (p + k/n) / 2` with k of n neighbours bearing a topic,
    gives doubt = q(suggested) / (q(suggested) + q(given)).

    Parameters
    ----------
    vectors
        Unit vectors (n_contacts, n_dims).
    codes
        Given topic of each contact, as a column of `out_of_fold`.
    out_of_fold
        Calibrated probabilities by a model that has not seen the contact
        (n_contacts, n_topics).

    References
    ----------
    C. Northcutt, L. Jiang and I. Chuang (2021), J. Artif. Intell. Res. 70, 1373-1411, for
    out-of-fold probabilities as a witness.
    """
    rows = np.arange(len(codes))
    near = _nearest(vectors, min(_N_NEIGHBOURS, len(codes) - 1))
    votes = np.zeros(out_of_fold.shape)
    np.add.at(votes, (rows[:, None], codes[near]), 1)
    both = (out_of_fold + votes / max(near.shape[1], 1)) / 2
    others = both.copy()
    others[rows, codes] = -1
    suggested = others.argmax(axis=1)
    for_it, against = both[rows, codes], both[rows, suggested]
    return LabelDoubts(
        doubt=against / np.maximum(for_it + against, 1e-12),
        suggested=suggested,
        p_given=out_of_fold[rows, codes],
        p_suggested=out_of_fold[rows, suggested],
        neighbours=near,
        n_given=votes[rows, codes].astype(np.intp),
        n_suggested=votes[rows, suggested].astype(np.intp),
    )


def _nearest(vectors: FloatArray, n: int) -> IntArray:
    found = np.empty((len(vectors), n), dtype=np.intp)
    for start in range(0, len(vectors), 2048):  # rows at once; memory 2048 x n_contacts
        near = vectors[start : start + 2048] @ vectors.T
        rows = np.arange(len(near))
        near[rows, start + rows] = -np.inf
        some = np.argpartition(-near, n - 1, axis=1)[:, :n]
        order = np.argsort(-np.take_along_axis(near, some, axis=1), axis=1, kind="stable")
        found[start : start + 2048] = np.take_along_axis(some, order, axis=1)
    return found
