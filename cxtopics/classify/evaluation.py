"""How good is a model on labelled contacts: accuracy, coverage, calibration, per topic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cxtopics.classify.calibration import calibration_bins, expected_calibration_error
from cxtopics.classify.model import Predictions

__all__ = ["Evaluation", "TopicScore", "evaluate_predictions"]


@dataclass(frozen=True)
class TopicScore:
    """Precision and recall of one topic, forced choice, with 95 % Wilson intervals.

    NaN where nothing was predicted (precision) or labelled (recall).
    """

    n: int
    precision: float
    precision_low: float
    precision_high: float
    recall: float
    recall_low: float
    recall_high: float


@dataclass(frozen=True)
class Evaluation:
    """Results on labelled contacts. All shares are 0-1.

    Attributes
    ----------
    n
        In-scope contacts; everything but `oos_auroc` and `mcc` is measured on them.
    n_unknown
        Of those, contacts whose label the model does not know (always counted as wrong).
    share_by_light
        Share that the light stage answered, without the encoder.
    accuracy, accuracy_low, accuracy_high
        Share right when the model must choose, with its 95 % Wilson interval.
    macro_f1
        Mean F1 over the topics that occur in the labels, forced choice.
    coverage, accuracy_covered
        Share it does not abstain on, and the share right among those.
    expected_calibration_error
        Mean gap between confidence and accuracy, 15 bins.
    oos_auroc
        Chance that an out-of-scope contact looks less familiar than an in-scope one.
    mcc
        Matthews correlation over all contacts, abstentions and `other` read as out of scope.
    curve
        Coverage and accuracy if only the most confident contacts were tagged: points
        (confidence, coverage, accuracy) from one contact in twenty to all of them.
    calibration
        Bins (mean confidence, accuracy, contacts).
    confused
        The pairs (true, predicted, n) most often taken for each other.
    """

    n: int
    n_out_of_scope: int
    n_unknown: int
    share_by_light: float
    accuracy: float
    accuracy_low: float
    accuracy_high: float
    macro_f1: float
    coverage: float
    accuracy_covered: float
    expected_calibration_error: float
    threshold: float
    oos_auroc: float | None
    mcc: float | None
    curve: tuple[tuple[float, float, float], ...]
    calibration: tuple[tuple[float, float, int], ...]
    confused: tuple[tuple[str, str, int], ...]
    per_topic: dict[str, TopicScore]

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON can hold: no NaN, keys without a meaning left out."""
        content = {key: value for key, value in asdict(self).items() if value is not None}
        return dict(_without_nan(content))


def evaluate_predictions(
    labels: Sequence[str],
    found: Predictions,
    classes: Sequence[str],
    thresholds: npt.NDArray[np.float64],
    *,
    out_of_scope: str | None = None,
) -> Evaluation:
    """Compare predictions with labels.

    Parameters
    ----------
    labels
        True topic of each contact (n,).
    found
        What the model said of the same contacts.
    classes
        Topic of each column.
    thresholds
        Confidence below which the model abstains, by topic (n_topics,).
    out_of_scope
        The label of contacts that no topic covers.
    """
    truth = np.asarray(labels, dtype=object)
    names = np.asarray(classes, dtype=object)
    forced = names[found.probabilities.argmax(axis=1)]
    confidence = found.probabilities.max(axis=1)
    outside = truth == out_of_scope if out_of_scope else np.zeros(len(truth), dtype=bool)
    inside, known = ~outside, set(classes)
    sure = found.sure(thresholds)
    right, covered = (forced == truth)[inside], sure[inside]
    from cxtopics.measure.intervals import wilson

    accuracy, low, high = map(float, wilson(right.sum(), len(right)))
    auroc = mcc = None
    if outside.any() and inside.any():
        from sklearn.metrics import matthews_corrcoef, roc_auc_score

        auroc = float(roc_auc_score(outside, -found.familiarity))
        said = np.where(sure, forced, out_of_scope)
        mcc = float(matthews_corrcoef(list(truth), list(said)))
    topics = sorted({str(name) for name in truth[inside]})
    per_topic = {name: _score(name, truth[inside], forced[inside]) for name in topics}
    return Evaluation(
        n=int(inside.sum()),
        n_out_of_scope=int(outside.sum()),
        n_unknown=sum(name not in known for name in truth[inside]),
        share_by_light=_mean(found.by_light[inside]),
        accuracy=accuracy,
        accuracy_low=low,
        accuracy_high=high,
        macro_f1=_macro_f1(per_topic.values()),
        coverage=_mean(covered),
        accuracy_covered=_mean(right[covered]),
        expected_calibration_error=expected_calibration_error(confidence[inside], right),
        threshold=float(thresholds.min()),
        oos_auroc=auroc,
        mcc=mcc,
        curve=_curve(confidence[inside], right),
        calibration=calibration_bins(confidence[inside], right),
        confused=_confused(truth[inside], forced[inside]),
        per_topic=per_topic,
    )


def _curve(
    confidence: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]
) -> tuple[tuple[float, float, float], ...]:
    order = np.argsort(-confidence, kind="stable")
    ends = np.unique(np.ceil(np.linspace(0.05, 1, 20) * len(order)).astype(int))
    return tuple(
        (float(confidence[order[n - 1]]), n / len(order), float(right[order[:n]].mean()))
        for n in ends[ends > 0]
    )


def _macro_f1(scores: Iterable[TopicScore]) -> float:
    """Return the mean of 2 p r / (p + r) over the topics; 0 for a topic with no hit."""
    pairs = [(score.precision, score.recall) for score in scores]
    # a topic that was never said has no precision (NaN), and its recall is 0
    each = [2 * p * r / (p + r) if r > 0 else 0.0 for p, r in pairs]
    return float(np.mean(each)) if each else float("nan")


def _score(topic: str, truth: npt.NDArray[Any], forced: npt.NDArray[Any]) -> TopicScore:
    from cxtopics.measure.intervals import wilson

    is_it, said = truth == topic, forced == topic
    hits = int((is_it & said).sum())
    precision = map(float, wilson(hits, said.sum()))
    recall = map(float, wilson(hits, is_it.sum()))
    return TopicScore(int(is_it.sum()), *precision, *recall)


def _confused(
    truth: npt.NDArray[Any], forced: npt.NDArray[Any], most: int = 15
) -> tuple[tuple[str, str, int], ...]:
    wrong = truth != forced
    pairs = Counter(zip(map(str, truth[wrong]), map(str, forced[wrong]), strict=True))
    ranked = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
    return tuple((true, said, n) for (true, said), n in ranked[:most])


def _mean(values: npt.NDArray[np.bool_]) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    return None if isinstance(value, float) and np.isnan(value) else value
