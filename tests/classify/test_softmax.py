"""The solver against scikit-learn's, on the same problem."""

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression

from cxtopics.classify.softmax import fit_softmax


@pytest.mark.parametrize("n_topics", [2, 5])
def test_loss_comes_close_to_scikit_learns(n_topics: int) -> None:
    rng = np.random.default_rng(n_topics)
    codes = rng.integers(n_topics, size=600)
    dense = (rng.normal(size=(n_topics, 20))[codes] + rng.normal(size=(600, 20))) * 0.3
    dense = dense.astype(np.float32)
    words = sp.random(600, 80, 0.05, "csr", np.float32, random_state=1)
    penalty = 2.0
    weights, intercepts = fit_softmax(dense, words, codes, n_topics, penalty)
    both = sp.hstack([sp.csr_matrix(dense), words]).tocsr()
    exact = LogisticRegression(C=penalty, max_iter=2000, tol=1e-8).fit(both, codes)

    def loss(w: np.ndarray, b: np.ndarray) -> float:
        chance = log_softmax(both @ w + b, axis=1)[np.arange(600), codes]
        return float(-chance.sum() + (w**2).sum() / (2 * penalty))

    coef, intercept = exact.coef_.T, exact.intercept_
    if n_topics == 2:  # scikit-learn keeps the difference only; halves have the least penalty
        coef, intercept = np.hstack([-coef, coef]) / 2, np.array([-1, 1]) * intercept / 2
    assert loss(weights, intercepts) <= loss(coef, intercept) * 1.06
    said = (both @ weights + intercepts).argmax(axis=1)
    assert (said == exact.predict(both)).mean() > 0.97
