"""Texts -> topics: encoder, features, linear head, calibration, evaluation, persistence.

    texts -> tokens -> light features -> sure? -> topic
                    -> encoder -> features -> classifier -> calibrated probabilities -> topic,
                                                            or abstain

Nothing here needs torch but `export`, which turns a sentence-transformers model into the
ONNX file that everything else runs on.
"""

from cxtopics.classify.cascade import EFFORTS, FEWEST_LABELS, Cascade, Effort, fit_gates
from cxtopics.classify.classifier import UNFAMILIAR, TopicClassifier
from cxtopics.classify.encoder import Encoder, OnnxEncoder
from cxtopics.classify.evaluation import Evaluation, evaluate_predictions
from cxtopics.classify.features import TextFeatures
from cxtopics.classify.model import Predictions, TopicModel
from cxtopics.classify.persistence import load_model, save_model

__all__ = [
    "EFFORTS",
    "FEWEST_LABELS",
    "UNFAMILIAR",
    "Cascade",
    "Effort",
    "Encoder",
    "Evaluation",
    "OnnxEncoder",
    "Predictions",
    "TextFeatures",
    "TopicClassifier",
    "TopicModel",
    "evaluate_predictions",
    "fit_gates",
    "load_model",
    "save_model",
]
