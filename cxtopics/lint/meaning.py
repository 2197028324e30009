"""What an encoder or a model makes of labels and examples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import binom

from cxtopics.classify import Encoder, TopicModel
from cxtopics.classify.succession import held_out_answers
from cxtopics.errors import Fault
from cxtopics.lint.source import TopicsSource
from cxtopics.taxonomy import RESERVED, Taxonomy, fate_of

__all__ = ["lint_model", "lint_overlaps"]

SAME_EXAMPLES, SAME_LABELS = 0.9, 0.85  # cosine
_MOST_PAIRS = 30
_CHANCE = 0.05
_N_NEAREST, _WITH_MODEL = 10, 8
_MOST_LINES = 5

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.intp]
StrArray = npt.NDArray[Any]


def lint_overlaps(file: TopicsSource, encoder: Encoder) -> Iterator[Fault]:
    """Warn of labels, and of examples, of different topics that mean nearly the same."""
    topics = list(file.taxonomy)
    labels = [(topic.id, None, topic.label) for topic in topics if topic.id not in RESERVED]
    examples = [
        (topic.id, number, text) for topic in topics for number, text in enumerate(topic.examples)
    ]
    for rows, least in ((labels, SAME_LABELS), (examples, SAME_EXAMPLES)):
        for first, second, cosine in _near_pairs(rows, encoder, least):
            (one, number, said), (other, other_number, other_said) = rows[first], rows[second]
            steps = ("label",) if number is None else ("examples", number)
            other_steps = ("label",) if other_number is None else ("examples", other_number)
            line = file.source.line(file.place(other, *other_steps))
            message = f"'{said}' and '{other_said}' ({other}, line {line}) mean nearly the same"
            hint = f"cosine {cosine:.2f}: word them apart, keep one, or merge the topics"
            yield file.warn(file.place(one, *steps), message, hint)


def _near_pairs(
    rows: Sequence[tuple[str, int | None, str]], encoder: Encoder, least: float
) -> list[tuple[int, int, float]]:
    """Return the nearest pairs of different topics, nearest first, at most `_MOST_PAIRS`."""
    if len(rows) < 2:
        return []
    vectors = encoder.encode([text for _, _, text in rows])
    owners = np.array([topic for topic, _, _ in rows])
    cosines = np.triu(vectors @ vectors.T, k=1)
    cosines[owners[:, None] == owners[None, :]] = 0
    first, second = np.nonzero(cosines >= least)
    near = sorted(zip(-cosines[first, second], first, second, strict=True))[:_MOST_PAIRS]
    return [(int(one), int(other), -float(cosine)) for cosine, one, other in near]


def lint_model(file: TopicsSource, model: TopicModel, folder: str | Path) -> Iterator[Fault]:
    """Warn of examples that a model and their nearest neighbours both put elsewhere.

    Of examples that the model learnt from, it is what it said while it had not seen them. No
    model is always right: a topic is warned of as a whole only where more of its examples are
    filed elsewhere than chance allows at the rate of all topics (binomial, 5 % over the file).
    """
    filed = _Filed.of(file.taxonomy, model, Path(folder))
    rate = float((filed.own != filed.said).mean()) if len(filed.own) else 0.0
    for topic in file.taxonomy:
        own = np.flatnonzero(filed.own == topic.id)
        wrong = own[filed.said[own] != topic.id]
        doubted = wrong[filed.doubted(wrong)]
        too_many = binom.sf(len(wrong) - 1, len(own), rate) < _CHANCE / len(model.classes)
        if len(wrong) and (len(doubted) or too_many):
            yield _filed_elsewhere(file, topic.id, filed, doubted, wrong if too_many else doubted)


def _filed_elsewhere(
    file: TopicsSource, topic: str, filed: _Filed, doubted: IntArray, told: IntArray
) -> Fault:
    first = [*doubted, *(row for row in told if row not in doubted)][:_MOST_LINES]
    elsewhere = ", ".join(
        f"line {file.source.line(file.place(topic, 'examples', int(filed.number[row])))}"
        f" under {filed.said[row]}"
        for row in first
    )
    rest = f" and {len(told) - len(first)} more" if len(told) > len(first) else ""
    n = f"{len(told)} of {int((filed.own == topic).sum())} examples"
    message = f"the model files {n} elsewhere: {elsewhere}{rest}"
    hint = (
        "are they in the right place? The nearest examples are of that topic too"
        if len(doubted)
        else "more than chance allows: do the two topics differ?"
    )
    return file.warn(file.place(topic, "examples"), message, hint)


@dataclass(frozen=True)
class _Filed:
    """Examples of the topics that a model knows, and where it files them."""

    own: StrArray
    number: IntArray
    said: StrArray
    vectors: FloatArray

    @classmethod
    def of(cls, taxonomy: Taxonomy, model: TopicModel, folder: Path) -> _Filed:
        rows = [
            (topic.id, number, text)
            for topic in taxonomy
            if topic.id in model.classes and topic.id not in RESERVED  # nothing in common
            for number, text in enumerate(topic.examples)
        ]
        texts = [text for _, _, text in rows]
        held_out = held_out_answers(folder)
        answers = {text: held_out(text) for text in texts}
        if unseen := [text for text, answer in answers.items() if answer is None]:
            predicted = model.classifier.predict(model.features.transform(unseen))
            answers |= dict(zip(unseen, map(str, predicted), strict=True))
        current = {said: fate_of(str(said), taxonomy).current for said in set(answers.values())}
        return cls(
            own=np.array([topic for topic, _, _ in rows], dtype=object),
            number=np.array([number for _, number, _ in rows], dtype=np.intp),
            said=np.array([current[answers[text]] for text in texts], dtype=object),
            vectors=model.features.encoder.encode(texts) if texts else np.zeros((0, 1), "f4"),
        )

    def doubted(self, rows: IntArray) -> npt.NDArray[np.bool_]:
        """Tell whether the ten nearest examples side with the model: eight with it, none against.

        Were an example of either topic as likely, that would happen to one in 256 (sign test).
        """
        cosines = self.vectors[rows] @ self.vectors.T
        cosines[np.arange(len(rows)), rows] = -np.inf
        near = np.argsort(-cosines, axis=1, kind="stable")[:, :_N_NEAREST]
        with_model = (self.own[near] == self.said[rows, None]).sum(axis=1)
        with_file = (self.own[near] == self.own[rows, None]).sum(axis=1)
        return np.asarray((with_model >= _WITH_MODEL) & (with_file == 0))
