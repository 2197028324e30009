"""Features -> calibrated probabilities, and knowing when to abstain.

`TopicClassifier` keeps scikit-learn's interface (fit, predict, predict_proba, classes_)
without importing it: tagging starts in half the time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from cxtopics.classify.calibration import (
    abstention_threshold,
    fit_temperature,
    logsumexp,
    softmax,
    weighted_quantiles,
)
from cxtopics.classify.features import Features
from cxtopics.classify.head import Head, LinearPart, Start, fit_head
from cxtopics.classify.softmax import principal_axes
from cxtopics.taxonomy import NOT_COUNTED

__all__ = [
    "EXAMPLE_WEIGHT",
    "LEAVE_OUT_CONFIDENCE",
    "UNFAMILIAR",
    "TopicClassifier",
    "WarmFolds",
    "deal_folds",
]

LEAVE_OUT_CONFIDENCE = 0.95
UNFAMILIAR = 0.05
"""Contacts less familiar than 95 % of the training texts are not tagged."""
EXAMPLE_WEIGHT = 0.03
"""What a topic's example counts beside a labelled contact when both train a head.

A topics file brings some 80 of them a topic, written without knowing the shop, and a few
dozen labels must be able to outweigh them. Measured with benchmarks/first_hour.py.
"""
# To choose from, the usual one first: words count less where texts are few, and the weight of
# the nearest known text depends on how much a topic's texts are like one another.
_SCALES = (3.0, 1.5)
_WEIGHTS = (4.0, 2.0, 8.0, 0.0)
_ENERGY_WEIGHT = 8.0  # of the nearest known text where it is asked how familiar a text is
_QUANTILES = np.linspace(0, 1, 201)

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class WarmFolds:
    """Folds and heads of an earlier fit, to start from (see `warm_start`).

    Attributes
    ----------
    folds
        Fold of each text (n_texts,).
    starts
        Of the head that has not seen a fold, for each fold, and last of the head of all texts.
    """

    folds: npt.NDArray[np.intp]
    starts: tuple[Start, ...]


class TopicClassifier:
    """A head with calibrated probabilities, a familiarity scale and an abstention threshold.

    Parameters
    ----------
    C
        Inverse strength of the L2 penalty.
    scale
        Length of the vectors beside the words' rows, see `head`; None to choose what predicts
        best out of fold.
    target_precision
        Share of right topics wanted among those it does not abstain on, 0-1.
    nearest_weight
        What the nearest known text counts, see `head`; 0 for a head that is linear only,
        None to choose likewise.
    n_folds
        Folds of the out-of-fold predictions behind temperature and threshold.
    seed
        Decides which text falls into which fold.

    Attributes
    ----------
    classes_
        Topic ids, sorted (n_topics,).
    head_, scale_
        See `head`; the scale it was fitted with.
    temperature_, threshold_
        See `calibration`.
    energies_
        Quantiles of the out-of-fold energy of the training texts (201,).
    folds_, linear_parts_
        Fold of each training text (n_texts,); linear parts of the heads that have not seen a
        fold, and last of `head_`.
    out_of_fold_, familiarity_out_of_fold_
        Calibrated out-of-fold probabilities of the training texts (n_texts, n_topics), and
        their familiarity (n_texts,).
    """

    def __init__(
        self,
        C: float = 3.0,  # noqa: N803 (scikit-learn's name)
        scale: float | None = 1.5,
        target_precision: float = 0.95,
        nearest_weight: float | None = None,
        n_folds: int = 5,
        seed: int = 0,
    ) -> None:
        self.C = C
        self.scale = scale
        self.target_precision = target_precision
        self.nearest_weight = nearest_weight
        self.n_folds = n_folds
        self.seed = seed

    def fit(
        self,
        x: Features,
        y: Sequence[str],
        groups: Sequence[str] | None = None,
        weights: FloatArray | None = None,
        warm: WarmFolds | None = None,
    ) -> TopicClassifier:
        """Fit head, temperature, familiarity and threshold.

        Parameters
        ----------
        y
            Topic ids (n_texts,), at least two different ones.
        groups
            Texts with equal group never straddle folds; default: each text for itself.
        weights
            How much each text counts, in the fit and in what is measured (n_texts,);
            default: 1.
        warm
            Of an earlier fit with the same C and scale.
        """
        self.classes_, codes = np.unique(np.asarray(y), return_inverse=True)
        count = np.ones(len(codes)) if weights is None else np.asarray(weights)
        self.folds_ = warm.folds if warm else deal_folds(codes, groups, self.n_folds, self.seed)
        linear, nearest = self._choose_head(x, codes, count, warm)
        self.energies_ = weighted_quantiles(_energy(linear, nearest), count, _QUANTILES)
        self.out_of_fold_, self.familiarity_out_of_fold_ = self._score(linear, nearest)
        right = self.out_of_fold_.argmax(axis=1) == codes
        familiar = self.familiarity_out_of_fold_ >= UNFAMILIAR
        sure = self.out_of_fold_.max(axis=1)
        self.threshold_ = abstention_threshold(
            sure[familiar], right[familiar], self.target_precision, count[familiar]
        )
        return self

    def _choose_head(
        self,
        x: Features,
        codes: npt.NDArray[np.intp],
        count: FloatArray,
        warm: WarmFolds | None,
    ) -> tuple[FloatArray, FloatArray]:
        """Keep what predicts best out of fold; return both parts of its scores.

        A later choice must beat the one before by a standard error (Breiman et al. 1984,
        sec. 3.4.3): with few texts the least loss is a matter of luck.
        """
        loss = None
        for scale in _SCALES if self.scale is None else (self.scale,):
            heads = self._fit_heads(x, codes, count, scale, warm)
            linear, nearest = self._hold_out(x, heads)
            for weight in _WEIGHTS if self.nearest_weight is None else (self.nearest_weight,):
                temperature, found = fit_temperature(linear + weight * nearest, codes, count)
                if loss is None or _clearly_above_0(loss - found, count):
                    loss, best = found, (linear, nearest)
                    self.temperature_, self.scale_ = temperature, scale
                    self.head_ = replace(heads[-1], nearest_weight=weight)
                    self.linear_parts_ = [LinearPart(part.coef, part.intercept) for part in heads]
        return best

    def _fit_heads(
        self,
        x: Features,
        codes: npt.NDArray[np.intp],
        count: FloatArray,
        scale: float,
        warm: WarmFolds | None,
    ) -> list[Head]:
        """Return the heads that have not seen a fold, and last that of all texts."""
        from joblib import Parallel, delayed
        from threadpoolctl import threadpool_limits

        compare = self.nearest_weight != 0
        seen = [self.folds_ != fold for fold in range(self.n_folds + 1)]
        starts: list[Start | None] = [None] * len(seen)
        with threadpool_limits(1, "blas"):  # a fold a thread; the last digit is always the same
            if warm:
                axes = principal_axes(x.vectors, count.astype(np.float32))  # one turn serves all
                starts = [replace(start, axes=axes) for start in warm.starts]
            return list(
                Parallel(n_jobs=-1, prefer="threads")(
                    delayed(fit_head)(
                        x[rows],
                        codes[rows],
                        len(self.classes_),
                        penalty=self.C,
                        scale=scale,
                        compare=compare,
                        weights=count[rows],
                        start=start,
                    )
                    for rows, start in zip(seen, starts, strict=True)
                )
            )

    def _hold_out(self, x: Features, heads: Sequence[Head]) -> tuple[FloatArray, FloatArray]:
        """Return both parts of the scores of each text, from the head that has not seen it."""
        linear, nearest = np.empty((2, len(x), len(self.classes_)))
        for fold, head in enumerate(heads[:-1]):
            out = self.folds_ == fold
            linear[out], nearest[out] = head.linear(x[out]), head.nearest(x[out])
        return linear, nearest

    @property
    def thresholds(self) -> FloatArray:
        """Least confidence for each topic to be said (n_topics,).

        That is `threshold_`; the classes that would leave a contact out of every rate need
        `LEAVE_OUT_CONFIDENCE` at least, since a problem left out by mistake is seen by nobody.
        """
        least: FloatArray = np.full(len(self.classes_), self.threshold_)
        leaves_out = np.isin(self.classes_.astype(str), NOT_COUNTED)
        least[leaves_out] = np.maximum(least[leaves_out], LEAVE_OUT_CONFIDENCE)
        return least

    def predict_proba(self, x: Features) -> FloatArray:
        """Return calibrated probabilities (n_texts, n_topics); rows sum to 1."""
        return self.score(x)[0]

    def predict(self, x: Features) -> npt.NDArray[np.str_]:
        """Return the best topic of each text, said even where it would rather abstain."""
        return np.asarray(self.classes_[self.head_.logits(x).argmax(axis=1)])

    def score(self, x: Features) -> tuple[FloatArray, FloatArray]:
        """Return calibrated probabilities (n_texts, n_topics) and familiarity (n_texts,).

        Familiarity is the share of the training texts (out of fold) that have less energy,
        0-1; energy is logsumexp of the logits (Liu et al. 2020), low for texts unlike any
        topic. The nearest text says more of that than of the topic: it counts eightfold.
        """
        return self._score(self.head_.linear(x), self.head_.nearest(x))

    def _score(self, linear: FloatArray, nearest: FloatArray) -> tuple[FloatArray, FloatArray]:
        logits = linear + self.head_.nearest_weight * nearest
        familiarity = np.interp(_energy(linear, nearest), self.energies_, _QUANTILES)
        return np.asarray(softmax(logits / self.temperature_)), np.asarray(familiarity)


def _energy(linear: FloatArray, nearest: FloatArray) -> FloatArray:
    return logsumexp(linear + _ENERGY_WEIGHT * nearest)


def _clearly_above_0(gains: FloatArray, count: FloatArray) -> bool:
    mean = np.average(gains, weights=count)
    error = np.sqrt((count**2 * (gains - mean) ** 2).sum()) / count.sum()
    return bool(mean > error)


def deal_folds(
    codes: npt.NDArray[np.intp],
    groups: Sequence[str] | None,
    n_folds: int,
    seed: int,
    given: Mapping[str, int] | None = None,
) -> npt.NDArray[np.intp]:
    """Deal each topic's groups to the folds in turn, so that every fold holds every topic.

    Groups that have a fold already (`given`) keep it.
    """
    keys = list(groups) if groups is not None else list(map(str, range(len(codes))))
    order = np.random.default_rng(seed).permutation(len(codes))
    turn = np.random.default_rng(seed).integers(n_folds, size=codes.max() + 1)
    fold_of: dict[str, int] = dict(given or {})
    for row in order:
        if keys[row] not in fold_of:
            fold_of[keys[row]] = int(turn[codes[row]] % n_folds)
            turn[codes[row]] += 1
    return np.array([fold_of[key] for key in keys])
