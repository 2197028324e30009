"""Features -> calibrated probabilities, and knowing when to abstain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from joblib import Parallel, delayed
from scipy.special import logsumexp, softmax
from sklearn.base import BaseEstimator, ClassifierMixin

from cxtopics.classify.calibration import abstention_threshold, fit_temperature
from cxtopics.classify.head import fit_head
from cxtopics.taxonomy import NOT_COUNTED

__all__ = ["EXAMPLE_WEIGHT", "LEAVE_OUT_CONFIDENCE", "TopicClassifier"]

LEAVE_OUT_CONFIDENCE = 0.95
EXAMPLE_WEIGHT = 0.03
"""What a topic's example counts beside a labelled contact when both train a head.

A topics file brings some 80 of them a topic, written without knowing the shop, and a few
dozen labels must be able to outweigh them. Measured with benchmarks/first_hour.py.
"""


class TopicClassifier(ClassifierMixin, BaseEstimator):
    """A head with calibrated probabilities and an abstention threshold.

    Parameters
    ----------
    C
        Inverse strength of the L2 penalty.
    target_precision
        Share of right topics wanted among those it does not abstain on, 0-1.
    n_dims
        How many of the features, the first ones, are the embedding.
    n_folds
        Folds of the out-of-fold predictions behind temperature and threshold.
    seed
        Decides which text falls into which fold.

    Attributes
    ----------
    classes_
        Topic ids, sorted (n_topics,).
    head_
        See `head`.
    temperature_, threshold_
        See `calibration`.
    out_of_fold_
        Calibrated out-of-fold probabilities of the training texts (n_texts, n_topics).
    """

    def __init__(
        self,
        C: float = 3.0,  # noqa: N803 (scikit-learn's name)
        target_precision: float = 0.95,
        n_dims: int = 0,
        n_folds: int = 5,
        seed: int = 0,
    ) -> None:
        self.C = C
        self.target_precision = target_precision
        self.n_dims = n_dims
        self.n_folds = n_folds
        self.seed = seed

    def fit(
        self,
        x: sp.csr_matrix,
        y: Sequence[str],
        groups: Sequence[str] | None = None,
        is_example: Sequence[bool] | None = None,
        weights: Sequence[float] | None = None,
    ) -> TopicClassifier:
        """Fit head, temperature and threshold.

        Parameters
        ----------
        x
            Features (n_texts, n_features).
        y
            Topic ids (n_texts,), at least two different ones.
        groups
            Texts with equal group never straddle folds; default: each text for itself.
        is_example
            Texts that new ones are compared with one by one (n_texts,); default: none.
        weights
            How much each text counts when the head is fitted (n_texts,); default: 1.
        """
        self.classes_, codes = np.unique(np.asarray(y), return_inverse=True)
        examples = np.zeros(len(codes), bool) if is_example is None else np.asarray(is_example)
        count = np.ones(len(codes)) if weights is None else np.asarray(weights)
        folds = _folds(codes, groups, self.n_folds, self.seed)
        held_out = [folds == fold for fold in range(self.n_folds)]
        nothing = np.zeros(len(codes), dtype=bool)
        *fold_heads, self.head_ = Parallel(n_jobs=-1, prefer="threads")(
            delayed(fit_head)(
                x[kept],
                codes[kept],
                len(self.classes_),
                self.C,
                examples[kept],
                self.n_dims,
                count[kept],
            )
            for kept in [*(~out for out in held_out), ~nothing]
        )
        logits = np.empty((len(codes), len(self.classes_)))
        for out, head in zip(held_out, fold_heads, strict=True):
            logits[out] = head.logits(x[out])
        self.temperature_ = fit_temperature(logits, codes)
        self.out_of_fold_ = softmax(logits / self.temperature_, axis=1)
        right = self.out_of_fold_.argmax(axis=1) == codes
        best = self.out_of_fold_.max(axis=1)
        self.threshold_ = abstention_threshold(best, right, self.target_precision)
        return self

    @property
    def thresholds(self) -> npt.NDArray[np.float64]:
        """Least confidence for each topic to be said (n_topics,).

        That is `threshold_`; the classes that would leave a contact out of every rate need
        `LEAVE_OUT_CONFIDENCE` at least, since a problem left out by mistake is seen by nobody.
        """
        least: npt.NDArray[np.float64] = np.full(len(self.classes_), self.threshold_)
        leaves_out = np.isin(self.classes_.astype(str), NOT_COUNTED)
        least[leaves_out] = np.maximum(least[leaves_out], LEAVE_OUT_CONFIDENCE)
        return least

    def decision_function(self, x: sp.csr_matrix) -> npt.NDArray[np.float64]:
        """Return logits before the temperature (n_texts, n_topics)."""
        return np.asarray(self.head_.logits(x))

    def predict_proba(self, x: sp.csr_matrix) -> npt.NDArray[np.float64]:
        """Return calibrated probabilities (n_texts, n_topics); rows sum to 1."""
        return np.asarray(softmax(self.decision_function(x) / self.temperature_, axis=1))

    def predict(self, x: sp.csr_matrix) -> npt.NDArray[np.str_]:
        """Return the best topic of each text, said even where it would rather abstain."""
        return np.asarray(self.classes_[self.decision_function(x).argmax(axis=1)])

    def energy(self, x: sp.csr_matrix) -> npt.NDArray[np.float64]:
        """Return logsumexp of the logits: low for texts unlike any topic (Liu et al. 2020)."""
        return np.asarray(logsumexp(self.decision_function(x), axis=1))


def _folds(
    codes: npt.NDArray[np.intp], groups: Sequence[str] | None, n_folds: int, seed: int
) -> npt.NDArray[np.intp]:
    """Deal each topic's groups to the folds in turn, so that every fold holds every topic."""
    keys = list(groups) if groups is not None else list(map(str, range(len(codes))))
    order = np.random.default_rng(seed).permutation(len(codes))
    turn = np.random.default_rng(seed).integers(n_folds, size=codes.max() + 1)
    fold_of: dict[str, int] = {}
    for row in order:
        if keys[row] not in fold_of:
            fold_of[keys[row]] = int(turn[codes[row]] % n_folds)
            turn[codes[row]] += 1
    return np.array([fold_of[key] for key in keys])
