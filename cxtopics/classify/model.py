"""Everything needed to tag, in one object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cxtopics.classify.cascade import Cascade, Effort
from cxtopics.classify.classifier import UNFAMILIAR, TopicClassifier
from cxtopics.classify.features import TextFeatures
from cxtopics.records import Progress
from cxtopics.taxonomy import Taxonomy

__all__ = ["Predictions", "TopicModel"]


@dataclass(frozen=True)
class Predictions:
    """What a model says of some texts.

    Attributes
    ----------
    probabilities
        Calibrated (n_texts, n_topics), in the order of the model's classes.
    familiarity
        Share of the training texts that are less familiar, 0-1 (n_texts,).
    by_light
        Which texts the light stage answered (n_texts,).
    """

    probabilities: npt.NDArray[np.float64]
    familiarity: npt.NDArray[np.float64]
    by_light: npt.NDArray[np.bool_]

    def first(self, n_texts: int) -> Predictions:
        """Return what was said of the first texts."""
        return Predictions(
            self.probabilities[:n_texts], self.familiarity[:n_texts], self.by_light[:n_texts]
        )

    def sure(self, thresholds: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Return which texts get a topic: confident enough, and not unfamiliar (n_texts,)."""
        least = thresholds[self.probabilities.argmax(axis=1)]
        confident = self.probabilities.max(axis=1) >= least
        return np.asarray(confident & (self.familiarity >= UNFAMILIAR))


@dataclass(frozen=True)
class TopicModel:
    """Everything needed to tag.

    Attributes
    ----------
    features, classifier
        The full model.
    cascade
        The light stage before it; None where the model learnt from examples only.
    details
        What the model was trained on and with, as `config.json` shows it.
    fingerprint
        SHA-256 over all files; empty for a model not saved yet.
    """

    features: TextFeatures
    classifier: TopicClassifier
    cascade: Cascade | None
    taxonomy: Taxonomy | None
    details: dict[str, Any]
    fingerprint: str = ""

    @property
    def classes(self) -> list[str]:
        """Topic ids in the order of the probabilities."""
        return [str(name) for name in self.classifier.classes_]

    def out_of_fold(self, effort: Effort = "best") -> Predictions:
        """Return what the heads of the folds said of the training texts (before saving only)."""
        full = self.classifier
        probabilities, familiarity = full.out_of_fold_, full.familiarity_out_of_fold_
        by_light = np.zeros(len(familiarity), dtype=bool)
        if self.cascade:
            found = self.cascade.light.out_of_fold_
            known = self.cascade.light.familiarity_out_of_fold_
            by_light = self.cascade.answers(found, known, effort)
            probabilities = np.where(by_light[:, None], found, probabilities)
            familiarity = np.where(by_light, known, familiarity)
        return Predictions(probabilities, familiarity, by_light)

    def predict(
        self,
        texts: Sequence[str],
        effort: Effort = "balanced",
        progress: Progress | None = None,
    ) -> Predictions:
        """Return what the model says of texts; a text's answer does not depend on the others."""
        tokens = self.features.encoder.tokenise(texts)
        n_texts, n_topics = len(tokens), len(self.classes)
        probabilities = np.empty((n_texts, n_topics))
        familiarity = np.empty(n_texts)
        by_light = np.zeros(n_texts, dtype=bool)
        if self.cascade and effort in self.cascade.gates:
            found, known = self.cascade.light.score(self.features.light(tokens))
            by_light = self.cascade.answers(found, known, effort)
            probabilities[by_light], familiarity[by_light] = found[by_light], known[by_light]
        rest = np.flatnonzero(~by_light)
        if len(rest):
            full = self.features.full(tokens.take(rest), progress)
            probabilities[rest], familiarity[rest] = self.classifier.score(full)
        return Predictions(probabilities, familiarity, by_light)
