"""Labels given under older topics, carried over to today's; what nobody can know is queued.

A renamed or merged topic's labels are worth as much as before. Which part of a split topic
a contact belongs to is for people to say: the model only proposes. So are the example
messages of a split topic, until they are moved to a part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxtopics.classify.model import TopicModel
from cxtopics.taxonomy import Taxonomy, fate_of, normalise_text

__all__ = ["CarriedLabels", "carry_labels", "propose_labels"]


@dataclass(frozen=True)
class CarriedLabels:
    """Labels under today's topics.

    Attributes
    ----------
    texts, topics
        What a model can learn from; ids that the taxonomy never knew are left as they are.
    moved
        (old, new) to the number of labels that a rename or merge carried over.
    waiting
        Texts whose topic was split, with that topic: for people to tell which part.
    retired
        Topics that nothing took the place of, to the number of labels left out.
    """

    texts: tuple[str, ...]
    topics: tuple[str, ...]
    moved: dict[tuple[str, str], int]
    waiting: tuple[tuple[str, str], ...]
    retired: dict[str, int]


def carry_labels(texts: Sequence[str], topics: Sequence[str], taxonomy: Taxonomy) -> CarriedLabels:
    """Carry labels over to today's topics.

    A text that waits and has a current label too, among the labels or as an example, is
    settled and waits no more.
    """
    fates = {topic: fate_of(topic, taxonomy) for topic in set(topics)}
    kept, moved, retired = [], Counter[tuple[str, str]](), Counter[str]()
    waiting: dict[str, tuple[str, str]] = {}
    for text, topic in zip(texts, topics, strict=True):
        fate = fates[topic]
        if fate.change == "split":
            waiting.setdefault(normalise_text(text), (text, fate.current))
        elif fate.change == "retired":
            retired[fate.current] += 1
        else:
            kept.append((text, fate.current))
            if fate.current != topic:
                moved[topic, fate.current] += 1
    for former in taxonomy.retired if waiting else ():
        for example in former.examples if former.split_into else ():
            waiting.setdefault(normalise_text(example), (example, former.id))
    known = {normalise_text(text) for text, _ in kept}
    known |= {normalise_text(example) for topic in taxonomy for example in topic.examples}
    return CarriedLabels(
        texts=tuple(text for text, _ in kept),
        topics=tuple(topic for _, topic in kept),
        moved=dict(moved),
        waiting=tuple(pair for key, pair in waiting.items() if key not in known),
        retired=dict(retired),
    )


def propose_labels(
    model: TopicModel, waiting: Sequence[tuple[str, str]], taxonomy: Taxonomy
) -> pd.DataFrame:
    """Return a sheet for people: `text`, `topic` (empty), `was`, `proposed`, `confidence`.

    The proposal is the likeliest part of the topic that was split, its confidence that
    among the parts; the least certain come first, because there an answer teaches most.
    """
    columns = ["text", "topic", "was", "proposed", "confidence"]
    if not waiting:
        return pd.DataFrame(columns=columns)
    texts = [text for text, _ in waiting]
    probabilities = model.classifier.predict_proba(model.features.transform(texts))
    rows = []
    for (text, was), row in zip(waiting, probabilities, strict=True):
        parts = [part for part in fate_of(was, taxonomy).parts if part in model.classes]
        among = np.array([row[model.classes.index(part)] for part in parts])
        best = int(among.argmax()) if len(among) else 0
        proposed = parts[best] if parts else None
        share = round(float(among[best] / among.sum()), 4) if among.sum() > 0 else None
        rows.append((text, None, was, proposed, share))
    return pd.DataFrame(rows, columns=columns).sort_values("confidence", kind="stable")
