"""How sure is sure: temperature, abstention threshold, calibration error.

All three are worked out on out-of-fold predictions, never on texts the head was fitted on.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = [
    "abstention_threshold",
    "calibration_bins",
    "expected_calibration_error",
    "fit_temperature",
    "logsumexp",
    "softmax",
    "weighted_quantiles",
]

Array = npt.NDArray[np.floating]


def logsumexp(logits: Array) -> npt.NDArray[np.float64]:
    """Return ln sum exp of each row (n_texts,).

    SciPy's does the same, but importing it takes a third of a short run of `tag`.
    """
    most = logits.max(axis=1)
    return np.asarray(np.log(np.exp(logits - most[:, None]).sum(axis=1)) + most)


def softmax(logits: Array) -> npt.NDArray[np.float64]:
    """Return exp / sum exp of each row (n_texts, n_topics)."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def fit_temperature(
    logits: Array, labels: npt.NDArray[np.intp], weights: Array | None = None
) -> tuple[float, npt.NDArray[np.float64]]:
    """Return the T > 0 that makes softmax(logits / T) most likely, and the log losses there.

    Guo et al. 2017, sec. 4.2.

    Parameters
    ----------
    logits
        Out-of-fold scores (n_texts, n_topics).
    labels
        Column of the true topic (n_texts,).
    weights
        How much each text counts (n_texts,); default: 1.
    """
    from scipy.optimize import minimize_scalar

    rows = np.arange(len(labels))

    def losses(log_t: float) -> npt.NDArray[np.float64]:
        scaled = logits / np.exp(log_t)
        return np.asarray(logsumexp(scaled) - scaled[rows, labels])

    def loss(log_t: float) -> float:
        return float(np.average(losses(log_t), weights=weights))

    found = minimize_scalar(loss, bounds=(-3, 3), method="bounded")
    return float(np.exp(found.x)), losses(found.x)


def abstention_threshold(
    confidence: Array,
    right: npt.NDArray[np.bool_],
    target_precision: float,
    weights: Array | None = None,
) -> float:
    """Return the lowest confidence above which the share of right topics meets the target.

    Where no threshold meets it, the one with the best share is returned (at least a tenth
    of the texts, so that it is not one lucky text). Range 0-1. `weights` say how much each
    text counts (n_texts,); default: 1.
    """
    order = np.argsort(-confidence, kind="stable")
    count = np.ones(len(order)) if weights is None else weights[order]
    precision = np.cumsum(right[order] * count) / np.cumsum(count)
    # A cut may only fall between different confidences.
    ends = np.flatnonzero(np.diff(confidence[order], append=-1.0) != 0)
    meets = ends[precision[ends] >= target_precision]
    if len(meets):
        cut = meets[-1]
    else:
        enough = ends[ends >= len(order) // 10]
        cut = enough[np.argmax(precision[enough])]
    if cut == len(order) - 1:
        return 0.0
    return float((confidence[order][cut] + confidence[order][cut + 1]) / 2)


def weighted_quantiles(values: Array, weights: Array, at: Array) -> npt.NDArray[np.float64]:
    """Return the values below which the shares `at` of the weight lie, interpolated."""
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weights[order]) - weights[order] / 2
    ends = (below - below[0]) / max(below[-1] - below[0], 1e-12)
    return np.interp(at, ends, values[order])


def expected_calibration_error(
    confidence: Array, right: npt.NDArray[np.bool_], n_bins: int = 15
) -> float:
    """Return the mean gap between confidence and accuracy over equal-width bins, 0-1.

    Naeini et al. 2015; 15 bins as in Guo et al. 2017. NaN without texts.
    """
    if not len(confidence):
        return float("nan")
    gaps = (abs(said - true) * n for said, true, n in calibration_bins(confidence, right, n_bins))
    return float(sum(gaps) / len(confidence))


def calibration_bins(
    confidence: Array, right: npt.NDArray[np.bool_], n_bins: int = 15
) -> tuple[tuple[float, float, int], ...]:
    """Return mean confidence, accuracy and number of texts of each equal-width bin in use."""
    bins = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    return tuple(
        (
            float(confidence[bins == b].mean()),
            float(right[bins == b].mean()),
            int((bins == b).sum()),
        )
        for b in np.unique(bins)
    )
