"""The light stage answers what it is sure of; the encoder reads the rest.

Most contacts are easy. A head on the distilled table and the words tells them at a
fifteenth of the cost, and how sure it must be for that is settled on out-of-fold
predictions: the accuracy lost against the full model, plus its standard error, must stay
below the effort's tolerance. With fewer labels than `FEWEST_LABELS` there is no light stage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from cxtopics.classify.classifier import TopicClassifier

__all__ = ["EFFORTS", "FEWEST_LABELS", "Cascade", "Effort", "fit_gates"]

Effort = Literal["fast", "balanced", "best"]
EFFORTS: tuple[Effort, ...] = get_args(Effort)

FEWEST_LABELS = 2000
"""Labelled contacts below which out-of-fold losses are too coarse for a light stage."""
_TOLERANCE = {"fast": 0.02, "balanced": 0.007}  # accuracy that may be lost against `best`
_NEVER = 2.0  # a confidence that no text reaches
_FAMILIAR = 0.1  # the light stage leaves the odd tenth of the texts to the encoder

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Cascade:
    """The light stage and how sure it must be.

    Attributes
    ----------
    light
        Fitted on light features, with the classes of the full classifier.
    gates
        Least confidence of the light stage to answer, by effort (`best`: never).
    """

    light: TopicClassifier
    gates: dict[str, float]

    def answers(
        self, probabilities: FloatArray, familiarity: FloatArray, effort: Effort
    ) -> npt.NDArray[np.bool_]:
        """Return which texts the light stage answers itself (n_texts,)."""
        sure = probabilities.max(axis=1) >= self.gates.get(effort, _NEVER)
        return np.asarray(sure & (familiarity >= _FAMILIAR))


def fit_gates(
    light: TopicClassifier,
    full: TopicClassifier,
    codes: npt.NDArray[np.intp],
    labelled: npt.NDArray[np.bool_] | None = None,
) -> dict[str, float]:
    """Return the lowest gate for each effort that keeps to its tolerance, out of fold.

    Parameters
    ----------
    light, full
        Fitted on the same texts with the same folds.
    codes
        True topic of each text (n_texts,).
    labelled
        Which texts are contacts, and not examples written by hand; default: all.
    """
    contacts = np.ones(len(codes), dtype=bool) if labelled is None else labelled
    confidence = light.out_of_fold_.max(axis=1)
    may_answer = contacts & (light.familiarity_out_of_fold_ >= _FAMILIAR)
    order = np.flatnonzero(may_answer)[np.argsort(-confidence[may_answer], kind="stable")]
    lost = _right(full, codes)[order] * 1.0 - _right(light, codes)[order]
    n = int(contacts.sum())
    mean = np.cumsum(lost) / n  # accuracy lost if the first 1, 2, ... texts are answered
    error = np.sqrt(np.maximum(np.cumsum(lost**2) / n - mean**2, 1 / n) / n)
    ends = np.diff(confidence[order], append=-1.0) != 0  # equal confidence, equal treatment
    gates = {}
    for effort, tolerance in _TOLERANCE.items():
        kept = np.flatnonzero(ends & (mean + error <= tolerance))
        gates[effort] = float(confidence[order][kept[-1]]) if len(kept) else _NEVER
    return gates


def _right(head: TopicClassifier, codes: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    return np.asarray(head.out_of_fold_.argmax(axis=1) == codes)
