"""What an encoder or a model makes of labels and examples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from cxtopics.classify import Encoder, TopicModel
from cxtopics.classify.succession import held_out_answers
from cxtopics.errors import Fault
from cxtopics.lint.source import TopicsSource
from cxtopics.taxonomy import RESERVED, fate_of

__all__ = ["lint_model", "lint_overlaps"]

SAME_EXAMPLES, SAME_LABELS = 0.9, 0.85  # cosine
_MOST_PAIRS = 30


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
    """Warn of examples that a model files under another topic.

    Of examples that the model learnt from, it is what it said while it had not seen them.
    """
    said = held_out_answers(Path(folder))
    for topic in file.taxonomy:
        if topic.id not in model.classes or not topic.examples:
            continue
        answers = {text: said(text) for text in topic.examples}
        if unseen := [text for text, answer in answers.items() if answer is None]:
            predicted = model.classifier.predict(model.features.transform(unseen))
            answers |= dict(zip(unseen, map(str, predicted), strict=True))
        elsewhere = []
        for number, text in enumerate(topic.examples):
            answer = fate_of(str(answers[text]), file.taxonomy).current
            if answer != topic.id:
                line = file.source.line(file.place(topic.id, "examples", number))
                elsewhere.append(f"line {line} under {answer}")
        if elsewhere:
            rest = f" and {len(elsewhere) - 5} more" if len(elsewhere) > 5 else ""
            n = f"{len(elsewhere)} of {len(topic.examples)} examples"
            message = f"the model files {n} elsewhere: {', '.join(elsewhere[:5])}{rest}"
            hint = "are they in the right place, and do the two topics differ?"
            yield file.warn(file.place(topic.id, "examples"), message, hint)
