"""What a group of contacts is about, in their own words."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer

from cxtopics.classify import TopicModel
from cxtopics.discovery.candidates import Candidate
from cxtopics.discovery.evidence import Evidence
from cxtopics.taxonomy import normalise_text
from cxtopics.text import redact

__all__ = ["Describer"]

IntArray = npt.NDArray[np.intp]

_N_WORDS = 6
_LETTERS = r"(?u)\b[^\W\d_]{2,}\b"  # numbers tell nobody what a group is about
_N_EXAMPLES = 8


class Describer:
    """Words, trend and examples of a group of texts."""

    def __init__(
        self, contacts: pd.DataFrame, texts: list[str], seen: Evidence, model: TopicModel
    ) -> None:
        self._contacts, self._seen, self._classes = contacts, seen, model.classes
        self._keys = [normalise_text(text) or text for text in texts]
        self._masked = [redact(text) for text in texts]
        self._counter = CountVectorizer(
            ngram_range=(1, 2), strip_accents="unicode", token_pattern=_LETTERS,
            binary=True,
        )  # fmt: skip
        try:
            self._holds = self._counter.fit_transform(self._masked)
        except ValueError:  # not one word
            self._holds = None

    def __call__(self, rows: IntArray) -> Candidate:
        """Describe the group of these texts."""
        keys = {self._keys[row] for row in rows}
        own = self._contacts[self._contacts["key"].isin(keys)]
        centre = self._seen.vectors[rows].mean(axis=0)
        near = rows[np.argsort(-(self._seen.vectors[rows] @ centre), kind="stable")]
        filed = Counter(self._classes[topic] for topic in self._seen.forced[rows])
        return Candidate(
            words=self._words(rows),
            contact_ids=tuple(own.sort_index()["contact_id"].astype(str)),
            share=len(own) / len(self._contacts),
            by_month={
                str(month): int(n) for month, n in own["month"].value_counts().sort_index().items()
            },
            examples=tuple(self._masked[row] for row in near[:_N_EXAMPLES]),
            nearest=min(filed, key=lambda topic: (-filed[topic], topic)),
        )

    def _words(self, rows: IntArray) -> tuple[str, ...]:
        """Return the words with the largest share inside, times the log of how much it exceeds."""
        if self._holds is None:
            return ()
        inside = np.asarray(self._holds[rows].sum(axis=0)).ravel()
        outside = np.asarray(self._holds.sum(axis=0)).ravel() - inside
        here = inside / len(rows)
        there = (outside + 0.5) / (self._holds.shape[0] - len(rows) + 1)
        score = np.where(inside >= 3, here * np.log(np.maximum(here, 1e-9) / there), 0)
        names = self._counter.get_feature_names_out()
        order = [int(word) for word in np.lexsort((names, -score)) if score[word] > 0]
        chosen: list[str] = []
        for word in order[:40]:  # a pair makes its single words redundant, and the other way
            if not any(set(names[word].split()) & set(given.split()) for given in chosen):
                chosen.append(str(names[word]))
        return tuple(chosen[:_N_WORDS])
