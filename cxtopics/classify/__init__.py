"""Texts -> topics: encoder, features, linear head, calibration, evaluation, persistence.

    texts -> encoder -> features -> classifier -> calibrated probabilities -> topic or abstain

Nothing here needs torch but `export`, which turns a sentence-transformers model into the
ONNX file that everything else runs on.
"""

from cxtopics.classify.classifier import TopicClassifier
from cxtopics.classify.encoder import Encoder, OnnxEncoder
from cxtopics.classify.evaluation import Evaluation, evaluate_predictions
from cxtopics.classify.features import TextFeatures
from cxtopics.classify.persistence import TopicModel, load_model, save_model

__all__ = [
    "Encoder",
    "Evaluation",
    "OnnxEncoder",
    "TextFeatures",
    "TopicClassifier",
    "TopicModel",
    "evaluate_predictions",
    "load_model",
    "save_model",
]
