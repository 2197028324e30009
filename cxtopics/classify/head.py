"""Features -> logits: a linear head, helped by the nearest example message of each topic.

A linear head draws one border per topic; from a few dozen examples it draws it too
narrowly, and a customer's odd wording falls outside. The nearest single example still
recognises it. Their sum beats either one wherever examples are few (docs/method.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression

__all__ = ["Head", "fit_head"]

NEAREST_WEIGHT = 4.0
_UNSEEN = -30.0  # logit of a topic that the training texts do not hold

FloatArray = npt.NDArray[np.float32]
CodeArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Head:
    """Weights of the head.

    Attributes
    ----------
    coef, intercept
        Float32 (n_topics, n_features), (n_topics,).
    examples, example_codes
        Unit vectors of the example messages (n_examples, n_dims) and the topic of each,
        in the order of the topics; empty where there are none.
    """

    coef: FloatArray
    intercept: FloatArray
    examples: FloatArray
    example_codes: CodeArray

    def logits(self, x: sp.csr_matrix) -> npt.NDArray[np.float64]:
        """Return the score of each topic (n_texts, n_topics)."""
        scores = np.asarray(x @ self.coef.T, dtype=np.float64) + self.intercept
        if len(self.examples):
            known, starts = np.unique(self.example_codes, return_index=True)
            vectors = _unit_vectors(x, self.examples.shape[1])
            nearest = np.maximum.reduceat(vectors @ self.examples.T, starts, axis=1)
            scores[:, known] += NEAREST_WEIGHT * nearest
        return scores


def fit_head(
    x: sp.csr_matrix,
    codes: CodeArray,
    n_topics: int,
    penalty: float,
    is_example: npt.NDArray[np.bool_],
    n_dims: int,
    weights: npt.NDArray[np.floating] | None = None,
) -> Head:
    """Fit a head with a row for every topic, also those that `codes` do not hold.

    Parameters
    ----------
    x
        Features; the first `n_dims` are the embedding (n_texts, n_features).
    codes
        Topic of each text, 0 to n_topics - 1.
    penalty
        Inverse strength of the L2 penalty (scikit-learn's C).
    is_example
        The texts that new ones are compared with one by one (n_texts,).
    weights
        How much each text counts when the linear head is fitted (n_texts,); default: 1.
    """
    known = np.unique(codes)
    coef = np.zeros((n_topics, x.shape[1]), dtype=np.float32)
    intercept = np.full(n_topics, _UNSEEN, dtype=np.float32)
    if len(known) < 2:  # one fold of very few texts: all it knows is this topic, or none
        intercept[known] = 0
    else:
        fitted = LogisticRegression(C=penalty, max_iter=300).fit(x, codes, weights)
        if len(known) == 2:  # scikit-learn gives the second topic's log-odds only
            coef[known[1]], intercept[known] = fitted.coef_[0], (0, fitted.intercept_[0])
        else:
            coef[known], intercept[known] = fitted.coef_, fitted.intercept_
    rows = np.flatnonzero(is_example)
    rows = rows[np.argsort(codes[rows], kind="stable")]
    return Head(coef, intercept, _unit_vectors(x[rows], n_dims), codes[rows])


def _unit_vectors(x: sp.csr_matrix, n_dims: int) -> FloatArray:
    vectors = x[:, :n_dims].toarray().astype(np.float32)
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12))
