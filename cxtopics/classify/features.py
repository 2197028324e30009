"""Texts -> features: the sentence embedding and sparse words, side by side.

The embedding knows that "package" is "parcel"; the words know that "PayPal" is PayPal.
Beside each other they beat either alone (docs/method.md has the measurement).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from cxtopics.classify.encoder import Encoder
from cxtopics.classify.tokens import Tokens
from cxtopics.classify.words import WordWeights
from cxtopics.records import Progress

__all__ = ["Features", "TextFeatures"]


@dataclass(frozen=True)
class Features:
    """What is known of some texts.

    Attributes
    ----------
    vectors
        Unit rows, float32 (n_texts, n_dims).
    words
        Rows of length 1 or 0, float32 (n_texts, n_words).
    """

    vectors: npt.NDArray[np.float32]
    words: sp.csr_matrix

    def __len__(self) -> int:
        return len(self.vectors)

    def __getitem__(self, rows: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Features:
        return Features(self.vectors[rows], self.words[rows])


class TextFeatures:
    """The encoder's vectors beside the weights of words.

    Parameters
    ----------
    encoder
        Cuts texts into tokens and gives unit vectors.
    words
        Learnt from the training texts.
    """

    def __init__(self, encoder: Encoder, words: WordWeights) -> None:
        self.encoder = encoder
        self.words = words

    @classmethod
    def fit(cls, encoder: Encoder, tokens: Tokens) -> TextFeatures:
        """Learn which words there are, and what they weigh."""
        return cls(encoder, WordWeights.fit(tokens))

    def transform(self, texts: Sequence[str], progress: Progress | None = None) -> Features:
        """Return the full features."""
        return self.full(self.encoder.tokenise(texts), progress)

    def full(self, tokens: Tokens, progress: Progress | None = None) -> Features:
        """Return the encoder's vectors beside the words."""
        return Features(self.encoder.embed(tokens, progress), self.words.transform(tokens))

    def light(self, tokens: Tokens) -> Features:
        """Return the distilled table's vectors beside the words: no encoder is run."""
        return Features(self.encoder.static.encode(tokens), self.words.transform(tokens))
