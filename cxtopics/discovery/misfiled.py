"""Topics taken for one another, and labels that are probably wrong."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

from cxtopics.classify import Encoder, TextFeatures, TopicClassifier, TopicModel
from cxtopics.classify.classifier import EXAMPLE_WEIGHT
from cxtopics.classify.features import Features
from cxtopics.classify.label_noise import doubt_labels
from cxtopics.classify.overlap import confusion_mass, rank_overlaps
from cxtopics.discovery.table import require_columns
from cxtopics.errors import LabelError
from cxtopics.tables import as_text
from cxtopics.taxonomy import Taxonomy, normalise_text
from cxtopics.text import redact

__all__ = ["check_labels", "rank_topic_overlaps"]

_DOUBT = 0.75  # both witnesses together: three to one


def rank_topic_overlaps(
    model: TopicModel, tagged: pd.DataFrame | None, *, folder: str | Path
) -> pd.DataFrame:
    """Rank the pairs of topics that are taken for one another by what that costs.

    Parameters
    ----------
    tagged
        Contacts with `text` to weigh the pairs by; without them the pairs are those that were
        confused out of fold in training, each text counted as one contact.
    folder
        The model's folder: its evaluation holds the out-of-fold confusions.

    See Also
    --------
    rank_overlaps : The columns.
    """
    evaluation = json.loads((Path(folder) / "evaluation.json").read_text("utf-8"))
    confused = {(is_, said): int(n) for is_, said, n in evaluation["best"]["confused"]}
    place = {name: code for code, name in enumerate(model.classes)}
    if tagged is None:
        mass = np.zeros((len(place), len(place)))
        for (is_, said), n in confused.items():
            mass[place[is_], place[said]] = n
    else:
        require_columns(tagged, ("text",))
        texts = as_text(tagged["text"]).dropna().tolist()
        x = model.features.transform(texts)
        mass = confusion_mass(model.classifier.predict_proba(x))
    return rank_overlaps(mass, model.classes, model.taxonomy, confused)


def check_labels(
    labels: pd.DataFrame,
    encoder: Encoder,
    *,
    taxonomy: Taxonomy | None = None,
    text_column: str = "text",
    topic_column: str = "topic",
) -> pd.DataFrame:
    """Find labels that are probably wrong.

    A head is fitted anew on the labels (and the taxonomy's examples), so that no label is
    judged by a model that has seen it.

    Returns
    -------
    DataFrame
        Labels with doubt above 0.75, the worst first: `row` (of the table, from 1), `doubt`,
        `given`, `suggested`, `p_given`, `p_suggested` (out of fold), `n_given`, `n_suggested`
        (of the 10 nearest labelled contacts), `text` and `neighbours` (the nearest three,
        `topic: text`), personal data masked.

    Raises
    ------
    InputError
        No such column.
    LabelError
        Fewer than two topics or 20 labels.
    """
    given = _given(labels, text_column, topic_column)
    texts = given["text"].tolist()
    x, head = _fit_with_examples(given, encoder, taxonomy)
    codes = np.searchsorted(head.classes_, given["topic"].to_numpy())
    vectors, out_of_fold = x.vectors[: len(texts)], head.out_of_fold_[: len(texts)]
    found = doubt_labels(vectors.astype(np.float64), codes, out_of_fold)
    rows = np.flatnonzero(found.doubt > _DOUBT)
    rows = rows[np.argsort(-found.doubt[rows], kind="stable")]
    told = [f"{topic}: {redact(text)}" for text, topic in zip(texts, given["topic"], strict=True)]
    return pd.DataFrame(
        {
            "row": given["row"].to_numpy()[rows],
            "doubt": found.doubt[rows].round(4),
            "given": head.classes_[codes[rows]],
            "suggested": head.classes_[found.suggested[rows]],
            "p_given": found.p_given[rows].round(4),
            "p_suggested": found.p_suggested[rows].round(4),
            "n_given": found.n_given[rows],
            "n_suggested": found.n_suggested[rows],
            "text": [redact(texts[row]) for row in rows],
            "neighbours": [
                " | ".join(told[near] for near in found.neighbours[row][:3].tolist())
                for row in rows
            ],
        }
    )


def _given(labels: pd.DataFrame, text_column: str, topic_column: str) -> pd.DataFrame:
    """Return text, topic and row of the labels that have both."""
    require_columns(labels, (text_column, topic_column))
    given = pd.DataFrame(
        {
            "text": as_text(labels[text_column]).to_numpy(),
            "topic": as_text(labels[topic_column]).str.strip().to_numpy(),
            "row": np.arange(1, len(labels) + 1),
        }
    ).dropna()
    n, n_topics = len(given), given["topic"].nunique()
    if n_topics < 2 or n < 20:
        raise LabelError(
            f"got {n} labels of {n_topics} topics, expected 20 of 2", "label more contacts"
        )
    return given


def _fit_with_examples(
    given: pd.DataFrame, encoder: Encoder, taxonomy: Taxonomy | None
) -> tuple[Features, TopicClassifier]:
    """Fit a head on labels and examples; return it with the features of both, labels first."""
    extra = [
        (text, topic.id) for topic in taxonomy or () for text in (topic.label, *topic.examples)
    ]
    texts = [*given["text"], *(text for text, _ in extra)]
    tokens = encoder.tokenise(texts)
    x = TextFeatures.fit(encoder, tokens).full(tokens)
    head = TopicClassifier().fit(
        x,
        [*given["topic"], *(topic for _, topic in extra)],
        groups=[normalise_text(text) or text for text in texts],
        weights=np.array([1.0] * len(given) + [EXAMPLE_WEIGHT] * len(extra)),
    )
    return x, head
