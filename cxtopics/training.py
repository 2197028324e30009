"""Contacts + labels + topics -> a model folder; and a model held against labels.

What a model learns from: the example messages of the taxonomy, labelled contacts, or
both. With no labels at all it is a cold-start model: it works, and says that nothing is
known yet about its mistakes on the shop's own contacts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cxtopics import __version__
from cxtopics.classify import (
    EFFORTS,
    FEWEST_LABELS,
    Cascade,
    Effort,
    Evaluation,
    OnnxEncoder,
    TextFeatures,
    TopicClassifier,
    TopicModel,
    evaluate_predictions,
    fit_gates,
    load_model,
    save_model,
)
from cxtopics.classify.card import model_card
from cxtopics.classify.classifier import EXAMPLE_WEIGHT
from cxtopics.classify.export import DEFAULT_ENCODER, export_encoder
from cxtopics.classify.succession import Succession, digest_answers
from cxtopics.classify.vector_cache import CachingEncoder
from cxtopics.classify.warm_start import WarmStart
from cxtopics.errors import InputError, LabelError
from cxtopics.measure.audits.learnt_from import LearntFrom
from cxtopics.measure.prevalence.prevalence_error import fit_prevalence_error
from cxtopics.records import Progress, expect_rows, show_columns
from cxtopics.tables import as_text, read_table
from cxtopics.taxonomy import OTHER, Taxonomy, fate_of, normalise_text

__all__ = ["LabelledTexts", "evaluate_model", "read_labels", "train_model"]

# Freedom of the head (C), length of the vectors beside the words, precision wanted, weight of
# the nearest known text (None: chosen out of fold). A head that has seen hand-written examples
# only is held back more: real contacts are worded otherwise; what the nearest text counts
# cannot be chosen on them either. With many labels one length is as good as another
# (docs/method.md) and each that is tried costs as much time as the first.
_MANY_LABELS = (3.0, 1.5, 0.95, None)
_FEW_LABELS = (3.0, None, 0.95, None)
_COLD_START = (1.0, 1.0, 0.9, 4.0)


@dataclass(frozen=True)
class LabelledTexts:
    """Texts with the topic that people gave them.

    Attributes
    ----------
    n_blank
        Rows left out for want of a text or a topic.
    contact_ids
        Of the contacts, where the tables name them (`contact_id`); empty otherwise.
    """

    texts: tuple[str, ...]
    topics: tuple[str, ...]
    n_blank: int = 0
    contact_ids: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.texts)


def read_labels(
    paths: Sequence[str | Path], *, text_column: str = "text", topic_column: str = "topic"
) -> LabelledTexts:
    """Read labelled contacts from tables of any format.

    Raises
    ------
    InputError
        A file cannot be read, lacks a column, or holds no row with text and topic.
    """
    texts: list[str] = []
    topics: list[str] = []
    ids: list[str] = []
    n_rows = 0
    for path in paths:
        table = read_table(path)
        for column, option in ((text_column, "--text-column"), (topic_column, "--topic-column")):
            if column not in table:
                found = show_columns(table.columns)
                raise InputError(
                    f"{path}: no column '{column}'; found: {found}", f"name it with {option}"
                )
        kept = (
            table[[text_column, topic_column]].astype("str").apply(lambda cells: cells.str.strip())
        )
        kept = kept[(table[[text_column, topic_column]].notna() & (kept != "")).all(axis=1)]
        n_rows += len(table)
        texts += kept[text_column].tolist()
        topics += kept[topic_column].tolist()
        if "contact_id" in table:
            ids += as_text(table.loc[kept.index, "contact_id"]).dropna().tolist()
    if not texts:
        raise InputError(
            f"{paths[0]}: none of {n_rows} rows has both a text and a topic",
            f"check the columns '{text_column}' and '{topic_column}'",
        )
    return LabelledTexts(tuple(texts), tuple(topics), n_rows - len(texts), tuple(ids))


def train_model(
    folder: str | Path,
    *,
    labels: LabelledTexts | None = None,
    taxonomy: Taxonomy | None = None,
    encoder: str = DEFAULT_ENCODER,
    target_precision: float | None = None,
    draw: Callable[[Evaluation], str] | None = None,
    progress: Progress | None = None,
    succession: Succession | None = None,
) -> TopicModel:
    """Train a model and save it.

    Parameters
    ----------
    folder
        The model's folder; an earlier model there is replaced once the new one is complete.
    labels, taxonomy
        At least one. Without a taxonomy the labels themselves are the topics.
    target_precision
        Share of right topics wanted among those the model does not abstain on, 0-1;
        default: 0.95 with labels, 0.9 without (hand-written examples are harder to tell
        apart than real contacts, see benchmarks/cold_start.py).
    draw
        Makes the model card's picture of the out-of-fold results (SVG), such as
        `render.evaluation_svg`.
    progress
        Called with the number of texts encoded since the last call.
    succession
        Compares with the model in the folder first, and refuses one that is worse; by
        default an older model is replaced without a look.

    Raises
    ------
    LabelError
        Labels that the taxonomy does not know, or fewer than two topics.
    ModelError
        If the succession refuses the new model.
    """
    texts, topics = _training_texts(labels, taxonomy)
    n_labels = len(labels) if labels else 0
    many = n_labels >= FEWEST_LABELS
    settings = _MANY_LABELS if many else _FEW_LABELS if n_labels else _COLD_START
    penalty, scale, precision, nearest = settings
    precision = target_precision or precision
    reader = CachingEncoder(OnnxEncoder(export_encoder(encoder)))
    tokens = reader.tokenise(texts)
    features = TextFeatures.fit(reader, tokens)
    groups = [normalise_text(text) or text for text in texts]
    expect_rows(progress, len(texts))
    labelled = np.arange(len(texts)) < n_labels
    weights = np.where(labelled, 1.0, EXAMPLE_WEIGHT) if labels else np.ones(len(texts))
    same = f"{reader.folder.name}:{penalty}:{scale}"
    warm = WarmStart(groups, topics, weights, features.words.keys, same) if many else None
    head = TopicClassifier(penalty, scale, precision, nearest)
    full = features.full(tokens, progress)
    head.fit(full, topics, groups, weights, warm.of("full") if warm else None)
    cascade = None
    if warm:
        light = TopicClassifier(penalty, scale, precision, nearest_weight=0.0)
        light.fit(features.light(tokens), topics, groups, weights, warm.of("light"))
        warm.keep({"full": head, "light": light})
        codes = np.searchsorted(head.classes_, topics)
        cascade = Cascade(light, fit_gates(light, head, codes, labelled))
    details = {
        "cxtopics": __version__,
        "encoder": asdict(features.encoder.info),
        "n_labels": n_labels,
        "n_examples": len(texts) - n_labels,
        "n_labels_blank": labels.n_blank if labels else 0,
        "started_from": warm.source if warm else None,
        "taxonomy_name": taxonomy.name if taxonomy else None,
        "taxonomy_fingerprint": taxonomy.fingerprint if taxonomy else None,
        # Examples written by hand say little about real contacts (docs/method.md).
        "classifier_error": "out_of_fold" if n_labels else "unknown",
    }
    model = TopicModel(features, head, cascade, taxonomy, details)
    details["estimation"] = _estimation(model, topics, labels, weights)
    n_shown = n_labels or len(texts)  # where there are contacts, examples say nothing of them
    scores = {
        effort: evaluate_predictions(
            topics[:n_shown],
            model.out_of_fold(effort).first(n_shown),
            model.classes,
            head.thresholds,
        )
        for effort in EFFORTS
    }
    if succession:
        succession.admit(model, texts, topics, n_labels)
    evaluation: dict[str, Any] = {effort: found.to_dict() for effort, found in scores.items()}
    forced = head.classes_[head.out_of_fold_.argmax(axis=1)]
    evaluation["held_out"] = digest_answers(texts, forced)
    picture = draw(scores["balanced"]) if draw else None
    save_model(model, folder, evaluation, model_card(model, scores), picture)
    return load_model(folder)  # what was saved is what tags, to the last digit


def _estimation(
    model: TopicModel,
    topics: Sequence[str],
    labels: LabelledTexts | None,
    weights: npt.NDArray[np.float64],
) -> dict[str, Any]:
    """Return what the report's estimators need to know of a model.

    The mix that its probabilities assume is that of all rows it was fitted on; EMQ's error
    is measured on labels only, since examples written by hand are no contacts, and only if
    labels of at least half of the topics are there.
    """
    classes, codes = np.unique(np.asarray(topics), return_inverse=True)
    prior = np.bincount(codes, weights, minlength=len(classes)) / weights.sum()
    found: dict[str, Any] = {"training_prior": [float(f"{share:.6g}") for share in prior]}
    if labels is None:
        return found
    learnt = LearntFrom.of(labels.texts, labels.contact_ids)
    found["learnt_from"] = learnt.to_dict()
    n = len(labels)
    if len(set(codes[:n])) < max(2, len(classes) / 2):
        return found  # labels of a few topics say nothing of how often the others are missed
    error = fit_prevalence_error(model.out_of_fold("balanced").probabilities[:n], codes[:n], prior)
    return {**found, "prevalence_error": error.to_dict()}


def evaluate_model(
    model: TopicModel,
    labels: LabelledTexts,
    *,
    out_of_scope: str = OTHER,
    effort: Effort = "balanced",
    progress: Progress | None = None,
) -> Evaluation:
    """Hold a model against labelled contacts it was not trained on.

    Parameters
    ----------
    out_of_scope
        The label of contacts that no topic covers; those rows count for `oos_auroc` and
        `mcc` only.
    effort
        How much the light stage may answer alone, see `classify.cascade`.
    progress
        Called with the number of texts encoded since the last call.

    Raises
    ------
    LabelError
        A label that the model's taxonomy does not know.
    """
    if model.taxonomy:
        _check_known(labels.topics, model.taxonomy, {out_of_scope, *model.taxonomy.by_id})
    return evaluate_predictions(
        labels.topics,
        model.predict(labels.texts, effort, progress),
        model.classes,
        model.classifier.thresholds,
        out_of_scope=out_of_scope,
    )


def _training_texts(
    labels: LabelledTexts | None, taxonomy: Taxonomy | None
) -> tuple[list[str], list[str]]:
    texts: list[str] = list(labels.texts) if labels else []
    topics: list[str] = list(labels.topics) if labels else []
    if taxonomy:
        _check_known(topics, taxonomy, set(taxonomy.by_id))
        for topic in (*taxonomy, *taxonomy.retired):
            teaches = fate_of(topic.id, taxonomy).current  # merged: the topic it is part of now
            own = [topic.label, *topic.examples] if teaches in taxonomy.by_id else []
            texts += own
            topics += [teaches] * len(own)
    if len(set(topics)) < 2:
        raise LabelError(
            f"got {len(set(topics))} topic in {len(texts)} texts, expected at least 2",
            "check the topic column, or add --topics FILE with example messages",
        )
    return texts, topics


def _check_known(topics: Sequence[str], taxonomy: Taxonomy, known: set[str]) -> None:
    unknown = Counter(topic for topic in topics if topic not in known)
    if unknown:
        told = "; ".join(
            f"'{name}' ({count} rows; nearest: {', '.join(taxonomy.nearest(name)) or 'none'})"
            for name, count in unknown.most_common(5)
        )
        raise LabelError(
            f"{len(unknown)} labels are no topics of {taxonomy.name}: {told}",
            "rename them in the labels, or add the topics to the taxonomy",
        )
