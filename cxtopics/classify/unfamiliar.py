"""How much of a contact, and of its surroundings, the labelled texts do not explain.

    surplus words     words far more frequent than in the labelled texts
    unexplained       contacts lie closer together somewhere than the labelled texts there
                      would lead one to expect

Both compare a count with what was expected of it, so that neither needs the model to be
unsure: a new topic is often filed under its nearest neighbour with great confidence.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

__all__ = ["neighbour_mean", "surplus_words", "unexplained_by_neighbours"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

_N_NEIGHBOURS = 10
_N_AROUND = 20  # contacts and labelled texts together
_ROWS = 2048  # at a time; memory is this times the number of texts


def surplus_words(
    holds: sp.csr_matrix, expected: FloatArray, n_errors: float = 3.0
) -> tuple[FloatArray, FloatArray]:
    """Return what part of each word's contacts its earlier frequency does not explain.

    Parameters
    ----------
    holds
        Whether a contact holds a word (n_contacts, n_words).
    expected
        In how many of these contacts each word would occur at its earlier rate (n_words,).
    n_errors
        How many standard errors (of a Poisson count) are forgiven, and 3 contacts more.

    Returns
    -------
    by_word, by_contact
        0-1 (n_words,); and the largest of a contact's words (n_contacts,).
    """
    found = np.asarray(holds.sum(axis=0), dtype=np.float64).ravel()
    explained = expected + n_errors * np.sqrt(expected) + 3
    by_word = np.clip(1 - explained / np.maximum(found, 1), 0, 1)
    by_contact = holds.multiply(by_word[None, :]).tocsr().max(axis=1)
    return by_word, np.asarray(by_contact.todense()).ravel()


def unexplained_by_neighbours(
    contacts: FloatArray, labelled: FloatArray, expected: FloatArray, n: int = _N_AROUND
) -> FloatArray:
    r"""Return what part of the contacts around each the labelled texts do not explain, 0-1.

    Of its `n` nearest neighbours, contacts and labelled texts together, let u be contacts
    (itself included) and let the labelled ones lead to expect e contacts. Then

    .. math:: 1 - (e + \sqrt{e}) / u

    is left over, one standard error (of a Poisson count) being forgiven.

    Parameters
    ----------
    contacts, labelled
        Unit vectors (n_contacts, n_dims), (n_labelled, n_dims).
    expected
        How many contacts each labelled text stands for (n_labelled,).
    """
    n_contacts = len(contacts)
    n = min(n, n_contacts + len(labelled) - 1)
    stands_for = np.concatenate([np.zeros(n_contacts), expected])
    everything = np.vstack([contacts, labelled]).T
    found = np.empty(n_contacts)
    for start in range(0, n_contacts, _ROWS):
        near = contacts[start : start + _ROWS] @ everything
        rows = np.arange(len(near))
        near[rows, start + rows] = -np.inf
        around = np.argpartition(-near, n - 1, axis=1)[:, :n]
        explained = stands_for[around].sum(axis=1)
        there = (around < n_contacts).sum(axis=1) + 1
        found[start : start + _ROWS] = 1 - (explained + np.sqrt(explained)) / there
    return np.clip(found, 0, 1)


def neighbour_mean(vectors: FloatArray, values: FloatArray, n: int = _N_NEIGHBOURS) -> FloatArray:
    """Return the mean of each contact's values and its `n` nearest neighbours'.

    Parameters
    ----------
    vectors
        Unit vectors (n_contacts, n_dims).
    values
        (n_contacts, n_values).
    """
    n = min(n, len(values) - 1)
    found = np.empty(values.shape)
    for start in range(0, len(values), _ROWS):
        near = vectors[start : start + _ROWS] @ vectors.T
        rows = np.arange(len(near))
        near[rows, start + rows] = np.inf  # itself, also among equal texts
        around = np.argpartition(-near, n, axis=1)[:, : n + 1]
        found[start : start + _ROWS] = values[around].mean(axis=1)
    return found
