"""What a model makes of texts: meaning, words, scores, and how much is new in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from cxtopics.classify import TopicModel
from cxtopics.classify.gaps import Labelled
from cxtopics.classify.tokens import Tokens
from cxtopics.classify.unfamiliar import surplus_words
from cxtopics.classify.words import WordWeights
from cxtopics.taxonomy import OTHER

__all__ = ["Evidence"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Evidence:
    """What is known of each text.

    Attributes
    ----------
    vectors, words
        Meaning (n_texts, n_dims), and TF-IDF of the texts' own words (n_texts, n_words).
    logits
        Scores of all topics (n_texts, n_topics).
    known
        Probabilities of the topics that make a text known (n_texts, n_known).
    familiarity
        Share of the training texts that are less familiar, 0-1 (n_texts,).
    forced
        The best topic's place among the model's classes (n_texts,).
    surplus
        What part of each text new words speak for (n_texts,); None where nothing can tell.
    labelled
        What the model learnt from, its topics as columns of `known`; of a model that learnt
        from examples, the contacts that it is sure of.
    """

    vectors: FloatArray
    words: sp.csr_matrix
    logits: FloatArray
    known: FloatArray
    familiarity: FloatArray
    forced: IntArray
    surplus: FloatArray | None
    labelled: Labelled

    @classmethod
    def of(cls, texts: list[str], model: TopicModel) -> Evidence:
        """Return what a model makes of texts."""
        tokens = model.features.encoder.tokenise(texts)
        x = model.features.full(tokens)
        probabilities, familiarity = model.classifier.score(x)
        # `other` says that no topic fits: it makes a contact no more familiar
        counts = np.array([name != OTHER for name in model.classes])
        learnt = _learnt_from_contacts(model)
        vectors, known = x.vectors.astype(np.float64), probabilities[:, counts]
        return cls(
            vectors=vectors,
            words=WordWeights.fit(tokens).transform(tokens),
            logits=model.classifier.head_.logits(x),
            known=known,
            familiarity=familiarity,
            forced=probabilities.argmax(axis=1),
            surplus=_surplus(tokens, model) if learnt else None,
            labelled=_labelled(model, counts) if learnt else _confident(vectors, known),
        )


def _learnt_from_contacts(model: TopicModel) -> bool:
    """Tell whether a model learnt mostly from contacts, and still holds some.

    Examples are worded otherwise than contacts, and every contact would be news to them.
    """
    learnt = model.details["n_labels"] >= model.details["n_examples"]
    return bool(learnt and len(model.classifier.head_.known))


def _labelled(model: TopicModel, counts: npt.NDArray[np.bool_]) -> Labelled:
    """Return the texts that the head keeps for comparison."""
    head = model.classifier.head_
    kept = counts[head.known_codes]
    column = np.cumsum(counts) - 1
    return Labelled(head.known[kept].astype(np.float64), column[head.known_codes[kept]])


def _confident(vectors: FloatArray, known: FloatArray) -> Labelled:
    """Return the half of the contacts that the model is surer of, as if they were labelled."""
    best = known.max(axis=1)
    rows = np.flatnonzero(best >= np.median(best))
    return Labelled(vectors[rows], known[rows].argmax(axis=1), tell_how_many=False)


def _surplus(tokens: Tokens, model: TopicModel) -> FloatArray | None:
    """Return what part of each text its new words speak for; None for texts without a word."""
    n_learnt = model.details["n_labels"] + model.details["n_examples"]
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
