"""Features -> logits: a linear head, helped by the nearest known text of each topic.

A linear head draws one border per topic; from a few dozen examples it draws it too
narrowly, and a customer's odd wording falls outside. The nearest single text still
recognises it, and where nothing is near, all logits stay low: that is what tells an
unfamiliar contact. Their sum beats either one, with few texts and with many
(docs/method.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxtopics.classify.calibration import logsumexp
from cxtopics.classify.features import Features
from cxtopics.classify.softmax import fit_softmax

__all__ = ["Head", "LinearPart", "Start", "fit_head"]

_MOST_KNOWN = 10_000  # texts compared with one by one: a tenth of the encoder's work
_UNSEEN = -30.0  # logit of a topic that the training texts do not hold
_ROWS = 512  # texts at a time, so that the comparison stays in the cache

FloatArray = npt.NDArray[np.float32]
CodeArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class LinearPart:
    """Weights (n_dims + n_words, n_topics) and intercepts (n_topics,), float32."""

    coef: FloatArray
    intercept: FloatArray


@dataclass(frozen=True)
class Start:
    """A linear part of nearly the same texts.

    Attributes
    ----------
    changed
        Topics whose texts are others than it was fitted on (n_topics,).
    axes
        Principal axes of the vectors; default: those of the texts to be fitted.
    """

    part: LinearPart
    changed: npt.NDArray[np.bool_]
    axes: FloatArray | None = None


@dataclass(frozen=True)
class Head:
    """Weights of the head.

    Attributes
    ----------
    coef, intercept
        Float32 (n_dims + n_words, n_topics), (n_topics,); they apply to unit vectors.
    known, known_codes
        Unit vectors of known texts, float32 (n_known, n_dims), and the topic of each, in
        the order of the topics; empty for a head that is linear only.
    nearest_weight
        What the cosine to the nearest known text of a topic counts beside the linear score.
    """

    coef: FloatArray
    intercept: FloatArray
    known: FloatArray
    known_codes: CodeArray
    nearest_weight: float = 0.0

    def logits(self, x: Features) -> npt.NDArray[np.float64]:
        """Return the score of each topic (n_texts, n_topics)."""
        linear = self.linear(x)
        return linear + self.nearest_weight * self.nearest(x) if self.nearest_weight else linear

    def linear(self, x: Features) -> npt.NDArray[np.float64]:
        """Return the linear scores (n_texts, n_topics)."""
        n_dims = x.vectors.shape[1]
        scores = x.vectors @ self.coef[:n_dims] + x.words @ self.coef[n_dims:]
        return np.asarray(scores.astype(np.float64) + self.intercept)

    def nearest(self, x: Features) -> npt.NDArray[np.float64]:
        """Return the cosine to the nearest known text of each topic (n_texts, n_topics)."""
        found = np.zeros((len(x), len(self.intercept)))
        if len(self.known):
            topics, starts = np.unique(self.known_codes, return_index=True)
            for start in range(0, len(x), _ROWS):
                part = slice(start, start + _ROWS)
                cosines = x.vectors[part] @ self.known.T
                found[part, topics] = np.maximum.reduceat(cosines, starts, axis=1)
        return found


def fit_head(
    x: Features,
    codes: CodeArray,
    n_topics: int,
    *,
    penalty: float,
    scale: float,
    compare: bool = True,
    weights: npt.NDArray[np.float64] | None = None,
    start: Start | None = None,
) -> Head:
    """Fit a head with a row for every topic, also those that `codes` do not hold.

    Parameters
    ----------
    codes
        Topic of each text, 0 to n_topics - 1.
    penalty
        Inverse strength of the L2 penalty (scikit-learn's C).
    scale
        Length of the vectors beside the words' rows, which have length 1.
    compare
        Keep the texts' vectors, so that new ones are compared with each.
    weights
        How much each text counts in the linear part (n_texts,); default: 1.
    start
        Where four steps lead from; topics that have not changed stay as they are there.
    """
    linear = (
        _fit_all(x, codes, n_topics, penalty, scale, weights)
        if start is None
        else _fit_changed(x, codes, start, penalty, scale, weights)
    )
    rows = _spread_out(codes) if compare else np.zeros(0, dtype=np.intp)
    # half precision is what a model folder keeps
    known = x.vectors[rows].astype(np.float16).astype(np.float32)
    return Head(linear.coef, linear.intercept, known, codes[rows])


def _fit_all(
    x: Features,
    codes: CodeArray,
    n_topics: int,
    penalty: float,
    scale: float,
    weights: npt.NDArray[np.float64] | None,
) -> LinearPart:
    topics, own = np.unique(codes, return_inverse=True)
    n_dims = x.vectors.shape[1]
    coef = np.zeros((n_dims + x.words.shape[1], n_topics), dtype=np.float32)
    intercept = np.full(n_topics, _UNSEEN, dtype=np.float32)
    if len(topics) < 2:  # one fold of very few texts: all it knows is this topic, or none
        intercept[topics] = 0
    else:
        scaled = x.vectors * np.float32(scale)
        coef[:, topics], intercept[topics] = fit_softmax(
            scaled, x.words, own, len(topics), penalty, weights
        )
        coef[:n_dims] *= np.float32(scale)
    return LinearPart(coef, intercept)


def _fit_changed(
    x: Features,
    codes: CodeArray,
    start: Start,
    penalty: float,
    scale: float,
    weights: npt.NDArray[np.float64] | None,
) -> LinearPart:
    """Fit the topics that have changed, against the others as they are."""
    coef, intercept = start.part.coef.copy(), start.part.intercept.copy()
    n_dims = x.vectors.shape[1]
    seen = np.bincount(codes, minlength=len(intercept)) > 0
    intercept[start.changed & ~seen] = _UNSEEN
    topics = np.flatnonzero(start.changed & seen)
    if len(topics):
        rest = None
        if len(topics) < seen.sum():
            scores = x.vectors @ coef[:n_dims] + x.words @ coef[n_dims:] + intercept
            rest = logsumexp(np.delete(scores, topics, axis=1)).astype(np.float32)
        place = np.full(len(intercept), len(topics))
        place[topics] = np.arange(len(topics))
        first = coef[:, topics]
        first[:n_dims] /= np.float32(scale)
        scaled = x.vectors * np.float32(scale)
        coef[:, topics], intercept[topics] = fit_softmax(
            scaled, x.words, place[codes], len(topics), penalty, weights,
            (first, intercept[topics]), rest, start.axes,
        )  # fmt: skip
        coef[:n_dims, topics] *= np.float32(scale)
    return LinearPart(coef, intercept)


def _spread_out(codes: CodeArray) -> CodeArray:
    """Return rows ordered by topic; where there are too many, evenly fewer of the large topics."""
    order = np.argsort(codes, kind="stable")
    if len(order) <= _MOST_KNOWN:
        return np.asarray(order)
    turn = np.concatenate([np.arange(n) for n in np.bincount(codes)])
    last = np.sort(turn)[_MOST_KNOWN - 1]
    return np.asarray(order[turn <= last])
