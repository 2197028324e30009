"""Texts -> features: the sentence embedding and sparse words, side by side.

The embedding knows that "package" is "parcel"; the words know that "PayPal" is PayPal.
Beside each other they beat either alone (docs/method.md has the measurement).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import TfidfVectorizer

from cxtopics.classify.encoder import Encoder, Progress, clip_text

__all__ = ["TextFeatures"]

_FEW_TEXTS = 200


class TextFeatures:
    """Embedding times `scale`, then TF-IDF of words and word pairs.

    Parameters
    ----------
    encoder
        Gives unit vectors.
    scale
        Length of the embedding beside the TF-IDF rows, which have length 1.
    """

    def __init__(self, encoder: Encoder, scale: float = 2.0) -> None:
        self.encoder = encoder
        self.scale = scale
        self.words = _vectorizer()

    def fit(self, texts: Sequence[str]) -> TextFeatures:
        """Learn vocabulary and word weights; words seen in one text only are left out."""
        for min_df in (2 if len(texts) >= _FEW_TEXTS else 1, 1):
            self.words = _vectorizer(min_df=min_df)
            try:
                self.words.fit([clip_text(text) for text in texts])
            except ValueError:  # no word is left: texts of emoji, or one word each
                continue
            return self
        return self.restore([], np.zeros(0))

    def restore(self, vocabulary: Sequence[str], idf: np.ndarray) -> TextFeatures:
        """Set the state that `vocabulary` and `idf` returned when it was saved."""
        # TfidfVectorizer cannot hold an empty vocabulary: one word that never occurs stands in
        terms = list(vocabulary) or ["\x00"]
        self.words = _vectorizer(vocabulary={term: column for column, term in enumerate(terms)})
        self.words.idf_ = np.asarray(idf, dtype=np.float64) if len(idf) else np.ones(1)
        return self

    @property
    def vocabulary(self) -> list[str]:
        """Words and word pairs in the order of their columns."""
        return [str(term) for term in self.words.get_feature_names_out()]

    @property
    def idf(self) -> np.ndarray:
        """Weight of each word, float64 (n_words,)."""
        return np.asarray(self.words.idf_)

    def transform(self, texts: Sequence[str], progress: Progress | None = None) -> sp.csr_matrix:
        """Return float32 (n_texts, n_dims + n_words)."""
        vectors = self.encoder.encode(texts, progress)
        words = self.words.transform([clip_text(text) for text in texts])
        return sp.hstack(
            [sp.csr_matrix(vectors * np.float32(self.scale)), words.astype(np.float32)],
            format="csr",
        )


def _vectorizer(**given: object) -> TfidfVectorizer:
    return TfidfVectorizer(
        ngram_range=(1, 2),
        sublinear_tf=True,
        strip_accents="unicode",
        token_pattern=r"(?u)\b\w+\b",  # noqa: S106 (a pattern of words, no password)
        **given,
    )
