"""Texts as numbers of the encoder's tokenizer, the one form every feature is made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

__all__ = ["Tokens"]

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Tokens:
    """Token numbers of several texts, end to end.

    Attributes
    ----------
    ids
        Int64 (n_tokens,), text after text.
    starts
        Int64 (n_texts + 1,): text i is `ids[starts[i]:starts[i + 1]]`.
    """

    ids: IntArray
    starts: IntArray

    @classmethod
    def of(cls, texts: Sequence[Sequence[int]]) -> Tokens:
        """Join lists of token numbers."""
        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        ids = np.fromiter((token for text in texts for token in text), np.int64, lengths.sum())
        return cls(ids, np.concatenate([[0], np.cumsum(lengths)]))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __iter__(self) -> Iterator[IntArray]:
        for start, end in zip(self.starts[:-1], self.starts[1:], strict=True):
            yield self.ids[start:end]

    def take(self, rows: npt.NDArray[np.intp]) -> Tokens:
        """Return some of the texts, in the order of `rows`."""
        lengths = np.diff(self.starts)[rows]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        shift = np.repeat(self.starts[:-1][rows] - starts[:-1], lengths)
        return Tokens(self.ids[np.arange(starts[-1]) + shift], starts)

    def counts(self, columns: IntArray, rows: IntArray, n_columns: int) -> sp.csr_matrix:
        """Return how often each column occurs in each text, float32 (n_texts, n_columns)."""
        ones = np.ones(len(columns), dtype=np.float32)
        return sp.csr_matrix((ones, (rows, columns)), shape=(len(self), n_columns))

    @property
    def rows(self) -> IntArray:
        """Return which text each token belongs to, int64 (n_tokens,)."""
        return np.repeat(np.arange(len(self)), np.diff(self.starts))
