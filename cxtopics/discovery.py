"""What the topics miss: new ones, ones to split or merge, and labels to look at again.

    tagged + model -> Suggestions (new topics, splits, merges) -> YAML for people to edit
    labels         -> LabelCheck, the labels that are probably wrong

Nothing is changed here: people read the suggestions and edit the topics file.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse as sp
import yaml
from sklearn.feature_extraction.text import CountVectorizer

from cxtopics.classify import Encoder, TextFeatures, TopicClassifier, TopicModel
from cxtopics.classify.classifier import EXAMPLE_WEIGHT
from cxtopics.classify.gaps import find_groups, group_coordinates, grow_groups, surplus_words
from cxtopics.classify.label_noise import doubt_labels
from cxtopics.classify.overlap import confusion_mass, rank_overlaps
from cxtopics.classify.tokens import Tokens
from cxtopics.classify.topic_space import fit_topic_space
from cxtopics.classify.words import WordWeights
from cxtopics.errors import InputError, LabelError
from cxtopics.records import show_columns
from cxtopics.tables import as_text
from cxtopics.taxonomy import OTHER, RESERVED, Taxonomy, Topic, normalise_text
from cxtopics.text import redact

__all__ = ["Candidate", "Suggestions", "check_labels", "rank_topic_overlaps", "suggest_topics"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

MIN_SIZE = 8
_MOST_TEXTS = 20_000
_DOUBT = 0.75  # both witnesses together: three to one
_N_WORDS = 6
_WORD = r"(?u)\b\w+\b"
_LETTERS = r"(?u)\b[^\W\d_]{2,}\b"  # numbers tell nobody what a group is about
_N_EXAMPLES = 8
_SPLIT_SHARE = 0.25  # of a topic that its second group must hold to be worth a split


@dataclass(frozen=True)
class Candidate:
    """A group of contacts that may be a topic.

    Attributes
    ----------
    words
        Words and word pairs far more frequent in it than outside, the most telling first.
    contact_ids
        Its contacts, in the order of the table.
    share
        Of the contacts looked at, 0-1.
    by_month
        Contacts by month (UTC, `YYYY-MM`); empty without `created_at`.
    examples
        Contacts nearest to the group's centre, personal data masked.
    nearest
        The topic that most of its contacts would be filed under.
    """

    words: tuple[str, ...]
    contact_ids: tuple[str, ...]
    share: float
    by_month: dict[str, int]
    examples: tuple[str, ...]
    nearest: str

    @property
    def n(self) -> int:
        """Number of contacts."""
        return len(self.contact_ids)


@dataclass(frozen=True)
class Suggestions:
    """Proposed changes to the topics.

    Attributes
    ----------
    new
        Candidates for new topics, the one with most evidence first.
    splits
        Topics that hold two clear groups, with the groups.
    merges
        Pairs of topics whose contacts look like one topic.
    n_contacts
        Contacts with text that were looked at.
    """

    new: tuple[Candidate, ...]
    splits: dict[str, tuple[Candidate, ...]]
    merges: tuple[tuple[str, str], ...]
    n_contacts: int

    def to_yaml(self, taxonomy: Taxonomy | None = None) -> str:
        """Return the suggestions with a stub for the topics file each, as YAML."""
        taken = set(taxonomy.by_id) if taxonomy else set()
        content: dict[str, Any] = {
            "n_contacts": self.n_contacts,
            "verdict": f"{len(self.new)} candidates" if self.new else "nothing new",
            "new": [_shown(group, taxonomy, taken) for group in self.new],
            "splits": {
                topic: [_shown(group, None, set()) for group in groups]
                for topic, groups in self.splits.items()
            },
            "merges": [list(pair) for pair in self.merges],
        }
        return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)


def suggest_topics(
    tagged: pd.DataFrame, model: TopicModel, *, min_size: int = MIN_SIZE
) -> Suggestions:
    """Group the contacts that no topic fits, and look for topics to split or merge.

    Parameters
    ----------
    tagged
        Contacts with `contact_id` and `text`; `created_at` gives the trend. Equal texts are
        one text. Of more than 20,000 different texts every k-th is looked at.
    min_size
        Fewest different texts of a candidate.

    Raises
    ------
    InputError
        No column `contact_id` or `text`, or fewer than `min_size` texts.
    """
    contacts = _in_fixed_order(tagged)
    texts = contacts.drop_duplicates("key")["text"].tolist()
    texts = texts[:: -(-len(texts) // _MOST_TEXTS)] if texts else texts
    if len(texts) < max(min_size, 3):
        raise InputError(f"got {len(texts)} different texts, expected more", "give more contacts")
    seen = _Seen.of(texts, model)
    groups = find_groups(
        seen.vectors, seen.words, seen.logits, seen.known, seen.surplus, min_size=min_size
    )
    describe = _Describer(contacts, texts, seen, model)
    return Suggestions(
        tuple(describe(rows) for rows in groups),
        {
            topic: tuple(describe(rows) for rows in parts)
            for topic, parts in _splits(seen, model.classes, groups, min_size).items()
        },
        tuple(_merges(seen, model.classes, groups, min_size)),
        len(contacts),
    )


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
        _require(tagged, ("text",))
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
    _require(labels, (text_column, topic_column))
    given = pd.DataFrame(
        {
            "text": as_text(labels[text_column]).to_numpy(),
            "topic": as_text(labels[topic_column]).str.strip().to_numpy(),
            "row": np.arange(1, len(labels) + 1),
        }
    ).dropna()
    texts, topics = given["text"].tolist(), given["topic"].tolist()
    n = len(texts)
    if len(set(topics)) < 2 or n < 20:
        raise LabelError(
            f"got {n} labels of {len(set(topics))} topics, expected 20 of 2", "label more contacts"
        )
    extra = [
        (text, topic.id) for topic in taxonomy or () for text in (topic.label, *topic.examples)
    ]
    all_texts = [*texts, *(text for text, _ in extra)]
    all_topics = [*topics, *(topic for _, topic in extra)]
    tokens = encoder.tokenise(all_texts)
    x = TextFeatures.fit(encoder, tokens).full(tokens)
    head = TopicClassifier().fit(
        x,
        all_topics,
        groups=[normalise_text(text) or text for text in all_texts],
        weights=np.array([1.0] * n + [EXAMPLE_WEIGHT] * len(extra)),
    )
    codes = np.searchsorted(head.classes_, np.asarray(topics))
    found = doubt_labels(x.vectors[:n].astype(np.float64), codes, head.out_of_fold_[:n])
    rows = np.flatnonzero(found.doubt > _DOUBT)
    rows = rows[np.argsort(-found.doubt[rows], kind="stable")]
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
                " | ".join(
                    f"{topics[near]}: {redact(texts[near])}"
                    for near in found.neighbours[row][:3].tolist()
                )
                for row in rows
            ],
        }
    )


@dataclass(frozen=True)
class _Seen:
    """What is known of each text: meaning, words, scores, and how much is new in it."""

    vectors: FloatArray
    words: sp.csr_matrix
    logits: FloatArray
    known: FloatArray
    forced: IntArray
    surplus: FloatArray | None

    @classmethod
    def of(cls, texts: list[str], model: TopicModel) -> _Seen:
        tokens = model.features.encoder.tokenise(texts)
        x = model.features.full(tokens)
        probabilities = model.classifier.predict_proba(x)
        return cls(
            vectors=x.vectors.astype(np.float64),
            words=WordWeights.fit(tokens).transform(tokens),
            logits=model.classifier.head_.logits(x),
            # `other` says that no topic fits: it makes a contact no more familiar
            known=probabilities[:, [name != OTHER for name in model.classes]],
            forced=probabilities.argmax(axis=1),
            surplus=_surplus(tokens, model),
        )


def _surplus(tokens: Tokens, model: TopicModel) -> FloatArray | None:
    """Return what part of each text its new words speak for.

    None for a model that learnt mostly from examples: those are worded otherwise than
    contacts, and every word of a contact would be news.
    """
    n_learnt = model.details["n_labels"] + model.details["n_examples"]
    if model.details["n_labels"] < model.details["n_examples"]:
        return None
    own = WordWeights.fit(tokens)
    if not len(own.keys):
        return None
    holds = own.transform(tokens)
    holds.data[:] = 1
    # TF-IDF's weight of a word tells how many of the training texts held it
    known = model.features.words
    n_held = (1 + n_learnt) / np.exp(known.idf - 1) - 1
    learnt = dict(zip(known.keys.tolist(), n_held.tolist(), strict=True))
    rate = np.array([max(learnt.get(key, 0), 1) for key in own.keys.tolist()])
    return surplus_words(holds, rate / n_learnt * len(tokens))[1]


def _in_fixed_order(tagged: pd.DataFrame) -> pd.DataFrame:
    """Return the contacts with text, in an order that does not depend on the table's."""
    _require(tagged, ("contact_id", "text"))
    contacts = pd.DataFrame(
        {
            "contact_id": as_text(tagged["contact_id"]).to_numpy(),
            "text": as_text(tagged["text"]).to_numpy(),
            "month": _months(tagged),
        }
    )
    contacts = contacts[contacts["text"].notna()]
    contacts["key"] = [normalise_text(text) or text for text in contacts["text"]]
    return contacts.sort_values(["key", "text", "contact_id"], kind="stable")


def _require(table: pd.DataFrame, columns: Sequence[str]) -> None:
    for name in columns:
        if name not in table:
            found = show_columns(table.columns)
            raise InputError(f"no column '{name}'; found: {found}", "give a table that has it")


def _months(tagged: pd.DataFrame) -> npt.NDArray[Any]:
    if "created_at" not in tagged:
        return np.full(len(tagged), None)
    times = pd.to_datetime(tagged["created_at"], utc=True, errors="coerce", format="ISO8601")
    return times.dt.strftime("%Y-%m").to_numpy(dtype=object)


class _Describer:
    """Words, trend and examples of a group of texts."""

    def __init__(
        self, contacts: pd.DataFrame, texts: list[str], seen: _Seen, model: TopicModel
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


def _space_of_topics(
    seen: _Seen, classes: Sequence[str], groups: Sequence[IntArray]
) -> tuple[Any, dict[str, IntArray]]:
    """Return the places of all texts, and the rows filed under each topic."""
    free = np.ones(len(seen.forced), dtype=bool)
    for rows in groups:
        free[rows] = False
    coordinates = group_coordinates(seen.vectors, seen.words, seen.logits)
    space = fit_topic_space(coordinates, seen.known * free[:, None])
    filed = {
        topic: np.flatnonzero(free & (seen.forced == code))
        for code, topic in enumerate(classes)
        if topic not in RESERVED
    }
    return (space, space.place(coordinates)), filed


def _splits(
    seen: _Seen, classes: Sequence[str], groups: Sequence[IntArray], min_size: int
) -> dict[str, tuple[IntArray, ...]]:
    """Return the topics whose contacts form two clear groups rather than one."""
    (space, places), filed = _space_of_topics(seen, classes, groups)
    found = {}
    for topic, rows in filed.items():
        rows = rows[:: -(-len(rows) // 400)] if len(rows) else rows
        if len(rows) < 4 * min_size:
            continue
        parts = sorted(grow_groups(places[rows], space), key=lambda part: -len(part))
        if len(parts) > 1 and len(parts[1]) >= max(min_size, _SPLIT_SHARE * len(rows)):
            found[topic] = tuple(np.sort(rows[part]) for part in parts[:2])
    return found


def _merges(
    seen: _Seen, classes: Sequence[str], groups: Sequence[IntArray], min_size: int
) -> list[tuple[str, str]]:
    """Return the pairs of topics that one common centre explains better than two."""
    (space, places), filed = _space_of_topics(seen, classes, groups)
    names = [topic for topic, rows in filed.items() if len(rows) >= min_size]
    if len(names) < 2:
        return []
    n = np.array([len(filed[topic]) for topic in names], dtype=np.float64)
    sums = np.array([places[filed[topic]].sum(axis=0) for topic in names])
    own = space.evidence(n, sums)
    gain = space.evidence(n[:, None] + n, sums[:, None] + sums) - own[:, None] - own
    pairs = [
        (gain[one, two], names[one], names[two])
        for one in range(len(names))
        for two in range(one + 1, len(names))
        if gain[one, two] > 0
    ]
    return [(a, b) for _, a, b in sorted(pairs, key=lambda pair: (-pair[0], pair[1:]))]


def _shown(group: Candidate, taxonomy: Taxonomy | None, taken: set[str]) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "contacts": group.n,
        "share": round(group.share, 4),
        "by_month": group.by_month,
        "distinctive_words": list(group.words),
        "nearest_topic": group.nearest,
        "examples": list(group.examples),
    }
    if taxonomy is not None:
        shown["stub"] = _stub(group, taxonomy.by_id.get(group.nearest), taken)
    return shown


def _stub(group: Candidate, nearest: Topic | None, taken: set[str]) -> dict[str, Any]:
    """Return a topic to copy into the topics file and reword."""
    about = ", ".join(group.words[:3]) or "(words)"
    stem = re.sub(r"[^a-z0-9]+", "_", "_".join(group.words[:2]).lower()).strip("_")[:36]
    number, name = 2, f"problem_{stem or 'new'}"
    while name in taken:
        name, number = f"problem_{stem}_{number}", number + 1
    taken.add(name)
    stub: dict[str, Any] = {
        "id": name,
        "label": f"I have a problem with: {about}",
        "description": "What goes wrong for the customer, in one sentence (to be written).",
    }
    if nearest is not None and nearest.lever is not None and nearest.deflectable is not None:
        stub["group"] = nearest.group
        stub["excludes"] = {nearest.id: "What stays there (to be written)"}
        stub["lever"] = nearest.lever
        stub["deflectable"] = {
            **nearest.deflectable.model_dump(include={"low", "likely", "high"}),
            "source": f"Copied from {nearest.id}, to be replaced by an estimate of its own.",
        }
    stub["examples"] = list(dict.fromkeys(group.examples))
    return stub
