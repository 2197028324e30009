"""What topic pages show that a report does not hold: messages, and the model's mistakes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cxtopics.errors import ModelError
from cxtopics.measure.costs import Costs
from cxtopics.measure.store.inputs import Source
from cxtopics.measure.store.sample_texts import sample_texts
from cxtopics.taxonomy import Taxonomy
from cxtopics.text.typical import typical_messages

__all__ = ["Evidence", "choose_messages", "read_mistakes"]


@dataclass(frozen=True)
class Evidence:
    """What topic pages show beyond the report; each may be missing, and the page says so.

    Attributes
    ----------
    messages
        Redacted messages by topic; None: none were asked for.
    confused
        Pairs of topic, what it was taken for, and how often, of the model's evaluation; None: no
        model was given.
    scores
        Precision and recall by topic, of the same evaluation.
    costs
        The user's.
    """

    messages: Mapping[str, Sequence[str]] | None = None
    confused: Sequence[tuple[str, str, int]] | None = None
    scores: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    costs: Costs | None = None


def choose_messages(
    tagged: Source, taxonomy: Taxonomy | None, n_messages: int
) -> dict[str, list[str]]:
    """Return typical messages by topic, redacted; none where the table has no texts."""
    sample = sample_texts(tagged, taxonomy)
    orders = sample["order_id"].astype(object).where(sample["order_id"].notna(), None)
    return {
        str(topic): typical_messages(rows["text"].tolist(), n_messages, orders[rows.index].tolist())
        for topic, rows in sample.groupby("topic", sort=False)
    }


def read_mistakes(model: str | Path) -> dict[str, Any]:
    """Return `confused` and `scores` of a model's folder, as `Evidence` takes them.

    Raises
    ------
    ModelError
        If the folder holds no evaluation, or one of another version.
    """
    path = Path(model) / "evaluation.json"
    try:
        found = json.loads(path.read_text("utf-8"))["best"]
        confused = [(str(true), str(said), int(n)) for true, said, n in found["confused"]]
        return {"confused": confused, "scores": dict(found["per_topic"])}
    except OSError as error:
        raise ModelError(
            f"{path}: cannot be read ({error.strerror})", "give the folder that `train` wrote"
        ) from None
    except (KeyError, TypeError, ValueError):
        raise ModelError(
            f"{path}: not the evaluation of a model of this version", "train the model again"
        ) from None
