"""A new model in place of an older one: what changes, and whether it may.

Both are judged on the same contacts, each by a head that had not seen them: a model keeps
what it said of its own training texts out of fold (as digests, not as texts), and texts
that the older one never saw it simply tags.

The rule: a new model is refused where the older one is right more often on the contacts
whose topic both know, and McNemar's exact test (two-sided) gives p < 0.05; and where the
older one learnt from labels and the new one has none.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cxtopics.classify.model import TopicModel
from cxtopics.classify.persistence import load_model
from cxtopics.classify.versions import keep_version
from cxtopics.errors import ModelError
from cxtopics.measure.estimate import Band
from cxtopics.measure.paired import mcnemar, paired_difference
from cxtopics.taxonomy import Taxonomy, fate_of

__all__ = ["Comparison", "Succession", "digest_answers", "held_out_answers"]

_SIGNIFICANT = 0.05


def digest_answers(texts: Sequence[str], answers: Sequence[str]) -> dict[str, str]:
    """Return what a model said out of fold, by the digest of each text."""
    return {_digest(text): str(said) for text, said in zip(texts, answers, strict=True)}


def held_out_answers(folder: Path) -> Callable[[str], str | None]:
    """Return what tells a model's out-of-fold answer to a text; None for one it never saw."""
    before = _Before.read(folder)
    answers = before.answers if before else {}
    return lambda text: answers.get(_digest(text))


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()


@dataclass(frozen=True)
class Comparison:
    """An older and a newer model on the same contacts.

    Attributes
    ----------
    n
        Contacts whose topic both models know: what the figures rest on.
    n_unseen
        Of those, contacts that the older model never saw.
    on_examples
        Whether, for want of labels, these are the topics' example messages.
    accuracy_before, accuracy_after
        Forced choice. Parts of a topic that was split count as that topic here: the older
        model could not know them.
    difference
        After - before, with its 95 % interval.
    p_value
        McNemar's exact test, two-sided.
    by_topic
        Topic to contacts, accuracy before and after (of a part of a split topic: before as
        the whole, after as the part itself).
    churn
        Share of contacts to which the models give different topics; renames and merges are
        no difference.
    moves
        (before, after, n) of those, most frequent first.
    """

    n: int
    n_unseen: int
    on_examples: bool
    accuracy_before: float
    accuracy_after: float
    difference: Band
    p_value: float
    by_topic: dict[str, tuple[int, float, float]]
    churn: float
    moves: tuple[tuple[str, str, int], ...]

    @property
    def is_worse(self) -> bool:
        """Whether the older model is better beyond chance."""
        return self.accuracy_after < self.accuracy_before and self.p_value < _SIGNIFICANT


@dataclass
class Succession:
    """Holds a new model against the one in a folder, before that one is replaced.

    Attributes
    ----------
    folder
        Where the new model goes.
    force
        Replace a better model too.
    comparison
        Set by `admit`; None where there is nothing to compare.
    kept
        Set by `admit`: where the older model is kept; None where there was none.
    """

    folder: Path
    force: bool = False
    comparison: Comparison | None = field(default=None, init=False)
    kept: Path | None = field(default=None, init=False)

    def admit(
        self,
        model: TopicModel,
        texts: Sequence[str],
        topics: Sequence[str],
        n_labels: int,
    ) -> None:
        """Compare, refuse a model that is worse, and keep the older one.

        Parameters
        ----------
        texts, topics
            What the new model learnt from, the labelled contacts first, as many as
            `n_labels`; its out-of-fold probabilities have as many rows.

        Raises
        ------
        ModelError
            If the older model is better, unless forced.
        """
        before = _Before.read(self.folder)
        if before is None:
            self.kept = keep_version(self.folder)  # a broken model is kept all the same
            return
        n = n_labels or len(texts)
        forced = model.classifier.out_of_fold_[:n].argmax(axis=1)
        after = np.array(model.classes, dtype=object)[forced]
        self.comparison = _compare(
            before, list(texts[:n]), list(topics[:n]), after, model.taxonomy, not n_labels
        )
        if not self.force:
            self._refuse_worse(before, n_labels)
        self.kept = keep_version(self.folder)

    def _refuse_worse(self, before: _Before, n_labels: int) -> None:
        hint = "look for what was lost, or replace it all the same with --force"
        if before.n_labels and not n_labels:
            raise ModelError(
                f"{self.folder}: the model there learnt from {before.n_labels:,} labels, the new "
                "one from none",
                "train with labels, choose another name with -o, or replace it with --force",
            )
        found = self.comparison
        if found and found.is_worse:
            raise ModelError(
                f"{self.folder}: the model there is better: {found.accuracy_before:.1%} against "
                f"{found.accuracy_after:.1%} on the same {found.n:,} held-out contacts "
                f"(McNemar p = {found.p_value:.2g})",
                hint,
            )


@dataclass(frozen=True)
class _Before:
    """What an older model left of itself, without loading it."""

    folder: Path
    classes: tuple[str, ...]
    n_labels: int
    answers: dict[str, str]

    @classmethod
    def read(cls, folder: Path) -> _Before | None:
        try:
            config = json.loads((folder / "config.json").read_text("utf-8"))
            scores = json.loads((folder / "evaluation.json").read_text("utf-8"))
            answers = dict(scores.get("held_out") or {})
            return cls(folder, tuple(config["classes"]), int(config["n_labels"]), answers)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None  # none there, or a broken one: nothing to lose

    def say(self, texts: Sequence[str]) -> tuple[npt.NDArray[Any], int]:
        """Return its topics for texts, and how many of them it had not seen."""
        said = np.array([self.answers.get(_digest(text)) for text in texts], dtype=object)
        unseen = [row for row, name in enumerate(said) if name is None]
        if unseen and self.answers:  # without answers all it was trained on would count as unseen
            model = load_model(self.folder)
            x = model.features.transform([texts[row] for row in unseen])
            said[unseen] = model.classifier.predict(x)
        return said, len(unseen)


def _compare(
    before: _Before,
    texts: list[str],
    topics: list[str],
    after: npt.NDArray[Any],
    taxonomy: Taxonomy | None,
    on_examples: bool,
) -> Comparison | None:
    current = _Current(taxonomy, before.classes)
    shared = [row for row, topic in enumerate(topics) if current.is_known(topic)]
    if not shared or not before.answers:
        return None
    try:
        said, n_unseen = before.say([texts[row] for row in shared])
    except ModelError:
        return None
    said = np.array([current.topic(name) for name in said], dtype=object)
    truth, now = np.array(topics, dtype=object)[shared], after[shared]
    whole = np.array([current.whole(name) for name in truth], dtype=object)
    right_before = np.array([current.whole(name) for name in said], dtype=object) == whole
    right_after = np.array([current.whole(name) for name in now], dtype=object) == whole
    lost, won = int((right_before & ~right_after).sum()), int((right_after & ~right_before).sum())
    changed = said != now
    moves = Counter(zip(said[changed], now[changed], strict=True))
    ranked = sorted(moves.items(), key=lambda item: (-item[1], item[0]))
    return Comparison(
        n=len(shared),
        n_unseen=n_unseen,
        on_examples=on_examples,
        accuracy_before=float(right_before.mean()),
        accuracy_after=float(right_after.mean()),
        difference=paired_difference(won, lost, len(shared)),
        p_value=mcnemar(won, lost),
        by_topic={
            str(name): (
                int((truth == name).sum()),
                float(right_before[truth == name].mean()),
                float((now == truth)[truth == name].mean()),
            )
            for name in sorted(set(truth))
        },
        churn=float(changed.mean()),
        moves=tuple((str(old), str(new), n) for (old, new), n in ranked),
    )


class _Current:
    """Ids of an older model in today's words, and parts under the topic they were part of."""

    def __init__(self, taxonomy: Taxonomy | None, classes: Sequence[str]) -> None:
        self._names = {name: name for name in classes}
        self._wholes: dict[str, str] = {}
        if taxonomy:
            for name in classes:
                fate = fate_of(name, taxonomy)
                self._names[name] = fate.current
                self._wholes |= dict.fromkeys(fate.parts, fate.current)

    def topic(self, name: str) -> str:
        return self._names.get(name, name)

    def whole(self, name: str) -> str:
        return self._wholes.get(name, name)

    def is_known(self, topic: str) -> bool:
        return self.whole(topic) in self._names.values()
