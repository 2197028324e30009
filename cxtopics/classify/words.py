"""TF-IDF of tokens and pairs of neighbouring tokens.

The words a text is made of, beside what it means: "PayPal" is PayPal. Tokens are those
of the encoder (parts of words where a word is rare), so that a text is cut up only once.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from cxtopics.classify.tokens import IntArray, Tokens

__all__ = ["WordWeights"]

_PAIR = 32  # bits: a pair's key is (first + 1) << 32 | (second + 1), a token's is (token + 1)
_FEW_TEXTS = 200


class WordWeights:
    """Weights of the tokens and pairs that were seen in training.

    Parameters
    ----------
    keys
        Tokens and pairs, ascending int64 (n_words,).
    idf
        ln((1 + n) / (1 + texts with it)) + 1 (Salton & Buckley 1988, smoothed), (n_words,).
    """

    def __init__(self, keys: IntArray, idf: npt.NDArray[np.float32]) -> None:
        self.keys = keys
        self.idf = idf

    @classmethod
    def fit(cls, tokens: Tokens) -> WordWeights:
        """Learn from texts; what occurs in one only is left out, unless texts are few."""
        keys, rows = _keys(tokens)
        order = np.argsort(keys, kind="stable")  # rows ascend within a key
        keys, rows = keys[order], rows[order]
        first = (np.diff(keys, prepend=-1) != 0) | (np.diff(rows, prepend=-1) != 0)
        known, n_texts = np.unique(keys[first], return_counts=True)
        kept = n_texts >= (2 if len(tokens) >= _FEW_TEXTS else 1)
        idf = np.log((1 + len(tokens)) / (1 + n_texts[kept])) + 1
        return cls(known[kept], idf.astype(np.float32))

    def transform(self, tokens: Tokens) -> sp.csr_matrix:
        """Return (1 + ln count) idf, rows of length 1 (0 where nothing is known); float32."""
        keys, rows = _keys(tokens)
        columns = np.searchsorted(self.keys, keys)
        columns[columns == len(self.keys)] = 0
        known = self.keys[columns] == keys if len(self.keys) else np.zeros(len(keys), bool)
        weights = tokens.counts(columns[known], rows[known], len(self.keys))
        weights.data = (1 + np.log(weights.data)) * self.idf[weights.indices]
        length = np.sqrt(np.asarray(weights.multiply(weights).sum(axis=1)).ravel())
        weights.data /= np.repeat(np.where(length > 0, length, 1), np.diff(weights.indptr))
        return weights.astype(np.float32)


def _keys(tokens: Tokens) -> tuple[IntArray, IntArray]:
    """Return the keys of all tokens and pairs, and the text each belongs to."""
    single, rows = tokens.ids + 1, tokens.rows
    together = rows[1:] == rows[:-1]
    pairs = (single[:-1] << _PAIR | single[1:])[together]
    return np.concatenate([single, pairs]), np.concatenate([rows, rows[:-1][together]])
