"""Retraining starts where an earlier training on nearly the same texts ended.

The linear parts of all heads are kept in the cache folder, with the fold and the topic of
each text (texts as hashes). A text stays in its fold, so the earlier head of a fold has never
seen the texts that the new one will be held against, and may be its start. Topics may have
been renamed, merged, split or added: a topic whose texts are the same stays as it is, another
one starts as the mean of the topics that its texts had before and is fitted again.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cxtopics import __version__
from cxtopics.classify.classifier import TopicClassifier, WarmFolds, deal_folds
from cxtopics.classify.head import LinearPart, Start
from cxtopics.classify.vector_cache import cache_folder
from cxtopics.errors import InputError
from cxtopics.tables import writing

__all__ = ["MOST_TRAININGS", "WarmStart"]

MOST_TRAININGS = 4  # kept; about 45 MB each at 10,000 texts and 77 topics
_NEARLY = 0.9  # share of the texts that an earlier training must have seen
_HEADS = 6  # one for each of the folds, and one of all texts
_UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)

IntArray = npt.NDArray[np.int64]


class WarmStart:
    """The starts of a training's heads, from an earlier training in the cache.

    Parameters
    ----------
    groups, topics, weights
        Of the texts (n_texts,), as `TopicClassifier.fit` takes them.
    words
        Keys of the words' columns, ascending (n_words,).
    settings
        What else the heads depend on: only trainings with the same are of use.
    """

    def __init__(
        self,
        groups: Sequence[str],
        topics: Sequence[str],
        weights: npt.NDArray[np.float64],
        words: IntArray,
        settings: str,
    ) -> None:
        self._now = _Training(_digests(groups), np.asarray(topics, str), weights, words)
        about = f"{__version__}:{settings}".encode()
        self._prefix = hashlib.blake2b(about, digest_size=8).hexdigest()
        self._earlier = _find(self._prefix, self._now.texts)
        self._fates = _trace(self._earlier, self._now, groups) if self._earlier else None

    @property
    def source(self) -> str | None:
        """Name of the training that is started from; None where the end is as from nothing."""
        before, now = self._earlier, self._now
        if before is None:
            return None
        same_words = np.array_equal(before.words, now.words)
        if same_words and sorted(before.contents) == sorted(now.contents):
            return None
        return _name(before.texts)

    def of(self, stage: str) -> WarmFolds | None:
        """Return where the heads of a stage start; None where no earlier training is of use."""
        before, now = self._earlier, self._now
        if before is None or self._fates is None or stage not in before.parts:
            return None
        folds, same, became = self._fates
        starts = tuple(
            Start(_translate(part, counts, before.words, now.words), same < 0)
            for part, counts in zip(before.parts[stage], became, strict=True)
        )
        return WarmFolds(folds, starts)

    def keep(self, stages: Mapping[str, TopicClassifier]) -> None:
        """Keep what was fitted, unless it started from an earlier training itself.

        So the same labels give the same model again, revisions between or not, as long as the
        cache holds what they started from.
        """
        if self._earlier is not None:
            return
        now = self._now
        arrays: dict[str, npt.NDArray[np.generic]] = {
            "texts": now.texts,
            "topics": now.topics,
            "weights": now.weights,
            "words": now.words,
            "folds": stages["full"].folds_,
        }
        for stage, head in stages.items():
            for number, part in enumerate(head.linear_parts_):
                arrays[f"{stage}.{number}.coef"] = part.coef
                arrays[f"{stage}.{number}.intercept"] = part.intercept
        try:
            with writing(_folder() / f"{self._prefix}-{_name(now.texts)}.npz") as beside:
                np.savez(beside, allow_pickle=False, **arrays)
            for old in sorted(_folder().glob("*.npz"), key=_age)[:-MOST_TRAININGS]:
                old.unlink(missing_ok=True)
        except (OSError, InputError):
            return  # a cache that cannot be written to costs time only


@dataclass(frozen=True, eq=False)
class _Training:
    """What some heads were fitted on, and their linear parts by stage."""

    texts: npt.NDArray[np.uint64]
    topics: npt.NDArray[np.str_]
    weights: npt.NDArray[np.float64]
    words: IntArray
    folds: npt.NDArray[np.intp] = field(default_factory=lambda: np.zeros(0, dtype=np.intp))
    parts: dict[str, tuple[LinearPart, ...]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> _Training:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            stages = {name.split(".")[0] for name in file.files if "." in name}
            return cls(
                file["texts"],
                file["topics"],
                file["weights"],
                file["words"],
                file["folds"],
                {
                    stage: tuple(
                        LinearPart(file[f"{stage}.{n}.coef"], file[f"{stage}.{n}.intercept"])
                        for n in range(_HEADS)
                    )
                    for stage in stages
                },
            )

    @cached_property
    def codes(self) -> npt.NDArray[np.intp]:
        """Number of each text's topic, in the order of their names."""
        return np.unique(self.topics, return_inverse=True)[1]

    @cached_property
    def contents(self) -> list[bytes]:
        """What tells each topic's texts and weights, in the order of the topics."""
        order = np.lexsort((self.weights, self.texts, self.codes))
        ends = np.cumsum(np.bincount(self.codes))[:-1]
        texts, weights = np.split(self.texts[order], ends), np.split(self.weights[order], ends)
        return [a.tobytes() + b.tobytes() for a, b in zip(texts, weights, strict=True)]


def _trace(
    before: _Training, now: _Training, groups: Sequence[str]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], list[npt.NDArray[np.float32]]]:
    """Return folds, topics that stay, and what became of the texts of all heads.

    Returns
    -------
    tuple
        Fold of each text (n_texts,); the old topic with the very texts of each new one, or
        -1 (n_topics,); for each head how many of its texts were on an old topic and are on a
        new one (n_old_topics, n_topics).
    """
    at, known = _places(before.texts, now.texts)
    kept = zip(groups, before.folds[at].tolist(), known, strict=True)
    given = {group: fold for group, fold, is_known in kept if is_known}
    folds = deal_folds(now.codes, groups, _HEADS - 1, seed=0, given=given)
    place = {content: number for number, content in enumerate(before.contents)}
    same = np.array([place.get(content, -1) for content in now.contents])
    became = []
    for fold in range(_HEADS):
        rows = np.flatnonzero(known & (folds != fold))  # of the last head: all
        counts = np.zeros((len(before.contents), len(now.contents)), dtype=np.float32)
        np.add.at(counts, (before.codes[at[rows]], now.codes[rows]), 1)
        counts[:, same >= 0] = np.eye(len(counts))[:, same[same >= 0]]
        became.append(counts)
    return folds, same, became


def _find(prefix: str, texts: npt.NDArray[np.uint64]) -> _Training | None:
    """Return the training that has seen most of the texts, if it has seen nearly all."""
    best, most = None, _NEARLY
    for path in sorted(_folder().glob(f"{prefix}-*.npz")):
        try:
            with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
                share = float(np.isin(texts, file["texts"]).mean())
            if share >= most:
                best, most = _Training.read(path), share
        except _UNREADABLE:
            continue
    return best


def _translate(
    part: LinearPart, became: npt.NDArray[np.float32], old_words: IntArray, words: IntArray
) -> LinearPart:
    """Return a linear part in terms of new topics and words; `became` counts texts."""
    n_texts = became.sum(axis=0)
    mean = became / np.maximum(n_texts, 1)
    n_dims = len(part.coef) - len(old_words)
    at, known = _places(old_words, words)
    coef = np.zeros((n_dims + len(words), len(n_texts)), dtype=np.float32)
    coef[:n_dims] = part.coef[:n_dims] @ mean
    coef[n_dims:][known] = part.coef[n_dims:][at[known]] @ mean
    intercept = part.intercept @ mean
    intercept[n_texts == 0] = intercept[n_texts > 0].min(initial=0)
    return LinearPart(coef, intercept)


def _places(
    old: npt.NDArray[np.integer], new: npt.NDArray[np.integer]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """Return where each of `new` is in `old`, and whether it is there at all."""
    order = np.argsort(old, kind="stable")
    at = np.searchsorted(old, new, sorter=order)
    at = order[np.minimum(at, len(old) - 1)]
    return at, old[at] == new


def _digests(groups: Sequence[str]) -> npt.NDArray[np.uint64]:
    made = (hashlib.blake2b(group.encode("utf-8", "replace"), digest_size=8) for group in groups)
    return np.frombuffer(b"".join(digest.digest() for digest in made), dtype=np.uint64)


def _name(texts: npt.NDArray[np.uint64]) -> str:
    return hashlib.blake2b(texts.tobytes(), digest_size=8).hexdigest()


def _folder() -> Path:
    return cache_folder() / "heads"


def _age(path: Path) -> float:
    return path.stat().st_mtime
