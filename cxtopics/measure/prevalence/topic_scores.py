"""What the model thinks of every contact, as the estimators need it.

A tagged Parquet table holds a probability for every topic, and in its footer the topics'
order, the mix the model was trained on, and how far EMQ was off in pseudo-months. A CSV
holds the two best topics only: enough to guide an audit, not enough for EMQ.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxtopics.errors import InputError
from cxtopics.measure.estimate import FloatArray
from cxtopics.measure.prevalence.audit_design import guard_scores
from cxtopics.measure.prevalence.emq import Emq, estimate_mix, row_blocks
from cxtopics.measure.prevalence.prevalence_error import PrevalenceError, mean_doubt
from cxtopics.records import show_columns
from cxtopics.tables import as_numbers, as_text
from cxtopics.taxonomy import NOT_COUNTED, OTHER, Taxonomy, fate_of

__all__ = [
    "Population",
    "TopicScores",
    "best_column",
    "read_scores",
    "scores_of_two_best",
    "scores_of_vectors",
]

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Population:
    """The contacts of one period (or slice, or audit frame) with their scores.

    Attributes
    ----------
    topics
        The columns: the model's topics and, last, `other`, which also holds what the
        model does not know and the classes that are no contacts.
    scores
        Guarded scores (n_contacts, n_topics), see `audit_design.guard_scores`.
    mix
        EMQ's shares (n_topics,); without a training mix, the mean probabilities.
    mix_error
        Half-widths of their intervals; None where the model's error is not known.
    """

    topics: tuple[str, ...]
    scores: FloatArray
    mix: FloatArray
    mix_error: FloatArray | None


@dataclass(frozen=True)
class TopicScores:
    """Probabilities of all rows of a tagged table.

    Attributes
    ----------
    classes
        The model's classes, in the order of the columns.
    probabilities
        (n_rows, n_classes), in single or in double precision; a row without text is NaN.
    prior
        Share of each class among the rows the model was trained on; None where unknown.
    error
        EMQ's error as measured out of fold; None where unknown.
    """

    classes: tuple[str, ...]
    probabilities: FloatArray
    prior: FloatArray | None = None
    error: PrevalenceError | None = None

    @property
    def has_text(self) -> Mask:
        """Which rows the model could score (n_rows,)."""
        return ~np.isnan(self.probabilities[:, 0])

    @property
    def topics(self) -> tuple[str, ...]:
        """The columns of every `Population`: the classes that count, `other` last."""
        kept = dict.fromkeys(name for name in self.classes if name not in (OTHER, *NOT_COUNTED))
        return (*kept, OTHER)

    def follow(self, taxonomy: Taxonomy | None) -> TopicScores:
        """Return the scores under today's names; classes that were merged share a column."""
        if taxonomy is None:
            return self
        return replace(
            self, classes=tuple(fate_of(name, taxonomy).current for name in self.classes)
        )

    def take(self, rows: Mask) -> TopicScores:
        """Return the scores of some rows."""
        return replace(self, probabilities=self.probabilities[rows])

    def population(self, counted: Mask) -> Population:
        """Return the contacts of these rows that have a text and are counted.

        Parameters
        ----------
        counted
            False for rows that are no contacts by their tag. They still take part in
            finding the mix, which the classifier's probabilities need whole.
        """
        told = self.has_text
        q, kept = self.probabilities, counted
        if not told.all():
            q, kept = q[told], kept[told]
        found = error = None
        if self.prior is not None and len(q):
            found = estimate_mix(q, self.prior)
            if self.error:
                error = self.error.half_width(found.share, len(q), mean_doubt(q))
                error = np.sqrt(_fold(error[None] ** 2, self.classes, self.topics)[0])
        scores = self._folded(q, kept, found)
        if not len(scores):
            return Population(self.topics, scores, np.full(len(self.topics), np.nan), error)
        mix = scores.mean(axis=0)
        return Population(self.topics, guard_scores(scores, out=scores), mix, error)

    def _folded(self, q: FloatArray, kept: Mask, mix: Emq | None) -> FloatArray:
        """Return the kept rows of q under the mix, by topic.

        Done block by block: a million contacts of seventy classes are half a gigabyte, and
        only the result is held.
        """
        folded, done, put = np.empty((int(kept.sum()), len(self.topics))), 0, 0
        for rows in row_blocks(q):
            chosen = kept[done : done + len(rows)]
            done += len(rows)
            taken = rows if chosen.all() else rows[chosen]
            taken = mix.posterior(taken) if mix else taken
            folded[put : put + len(taken)] = _fold(taken, self.classes, self.topics)
            put += len(taken)
        return folded


def _fold(values: FloatArray, classes: tuple[str, ...], topics: tuple[str, ...]) -> FloatArray:
    """Add up the columns of classes that share a topic's column (n, n_topics)."""
    folded = np.zeros((len(values), len(topics)))
    places = {topic: column for column, topic in enumerate(topics)}
    for column, name in enumerate(classes):
        folded[:, places.get(name, len(topics) - 1)] += values[:, column]
    return folded


def read_scores(tagged: pd.DataFrame, estimation: dict[str, Any] | None) -> TopicScores:
    """Return the scores of a tagged table.

    Parameters
    ----------
    tagged
        With `probabilities`, or else with `topic_forced` (or `topic`), `confidence` and,
        where known, `runner_up`, `runner_up_confidence`.
    estimation
        What `tag` left in the table's footer: `classes`, `training_prior`,
        `prevalence_error`.

    Raises
    ------
    InputError
        Where neither the one nor the other is there.
    """
    about = estimation or {}
    if "probabilities" in tagged.columns and about.get("classes"):
        n_classes = len(about["classes"])
        unscored = np.full(n_classes, np.nan, dtype=np.float32)
        given = [unscored if row is None else row for row in tagged["probabilities"]]
        if all(len(row) == n_classes for row in given):
            return scores_of_vectors(np.stack(given), about)
    return scores_of_two_best(tagged)


def scores_of_vectors(probabilities: npt.ArrayLike, about: dict[str, Any]) -> TopicScores:
    """Return the scores of contacts that have a probability for every class.

    Parameters
    ----------
    probabilities
        (n_rows, n_classes).
    about
        As `estimation` in `read_scores`.
    """
    prior, error = about.get("training_prior"), about.get("prevalence_error")
    return TopicScores(
        tuple(about["classes"]),
        np.asarray(probabilities),
        np.asarray(prior, dtype=np.float64) if prior else None,
        PrevalenceError.from_dict(error) if error else None,
    )


def best_column(columns: Collection[str]) -> str:
    """Return the column of each contact's best topic."""
    return "topic_forced" if "topic_forced" in columns else "topic"


def scores_of_two_best(
    tagged: pd.DataFrame, best_topics: pd.Series[int] | None = None
) -> TopicScores:
    """Spread what the two best topics leave over the others, in their overall mix.

    Parameters
    ----------
    tagged
        As for `read_scores`.
    best_topics
        Contacts by best topic in the whole table of which these rows are a part, 0 for a
        topic that is a runner-up only; None where these are all.
    """
    name = best_column(tagged.columns)
    if name not in tagged.columns or "confidence" not in tagged.columns:
        raise InputError(
            f"tagged contacts: no scores; found: {show_columns(tagged.columns)}",
            "expected what `cxtopics tag` writes: probabilities, or topic_forced and confidence",
        )
    best, second = as_text(tagged[name]), _column(tagged, "runner_up")
    if best_topics is None:
        best_topics = best.value_counts().reindex(
            [*best.dropna().unique(), *second.dropna().unique()]
        )
        best_topics = best_topics[~best_topics.index.duplicated()].fillna(0)
    sure = as_numbers(tagged["confidence"]).to_numpy()
    sure = np.where(best.notna(), np.nan_to_num(sure, nan=0.5), np.nan)
    classes = (*sorted({*best_topics.index} - {OTHER}), OTHER)
    place = {topic: column for column, topic in enumerate(classes)}
    mix = best_topics.reindex(classes).fillna(0).to_numpy(float) + 0.5
    probabilities = np.tile(mix, (len(tagged), 1))
    rows = np.flatnonzero(best.notna())
    first = best.iloc[rows].map(place).to_numpy(int)
    next_best = second.iloc[rows].map(place)
    has_next = next_best.notna().to_numpy()
    after = next_best.fillna(0).to_numpy(int)
    less = np.zeros(len(rows))
    if "runner_up_confidence" in tagged.columns:
        less = np.nan_to_num(as_numbers(tagged["runner_up_confidence"]).to_numpy()[rows])
    less = np.where(has_next, np.clip(less, 0, 1 - sure[rows]), 0)
    probabilities[rows, first] = 0
    probabilities[rows[has_next], after[has_next]] = 0
    total = np.maximum(probabilities.sum(axis=1, keepdims=True), 1e-12)
    probabilities[rows] *= ((1 - sure[rows] - less)[:, None]) / total[rows]
    probabilities[rows, first] = sure[rows]
    probabilities[rows[has_next], after[has_next]] = less[has_next]
    probabilities[best.isna().to_numpy()] = np.nan
    return TopicScores(classes, probabilities)


def _column(tagged: pd.DataFrame, name: str) -> pd.Series:
    if name in tagged.columns:
        return as_text(tagged[name])
    return pd.Series(None, index=tagged.index, dtype=object)
