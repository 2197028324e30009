"""A table of token vectors distilled from the encoder: meaning at the price of a look-up.

Each token's vector is what the encoder says of that token alone; a text's is the weighted
mean of its tokens' (Minish Lab's model2vec; the weights are those of Arora et al. 2017,
with Zipf's law for the frequencies). It knows no word order, so it serves the light stage.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from cxtopics.classify.tokens import Tokens
from cxtopics.classify.vetting import read_arrays

__all__ = ["STATIC_FILE", "StaticTable", "distil"]

STATIC_FILE = "static.safetensors"
_N_DIMS = 256
_N_AXES = 2
_RARITY = 1e-3  # Arora et al.'s a: tokens more frequent than this count less

FloatArray = npt.NDArray[np.float32]


class StaticTable:
    """Vectors of tokens.

    Parameters
    ----------
    levels, scale
        Int8 (n_tokens, n_dims) and float32 (n_tokens, 1); the vectors are their product.
    """

    def __init__(self, levels: npt.NDArray[np.int8], scale: FloatArray) -> None:
        self.levels = levels
        self.scale = scale
        self._table = levels * scale

    @property
    def n_dims(self) -> int:
        """Length of the vectors."""
        return int(self.levels.shape[1])

    @classmethod
    def load(cls, folder: Path) -> StaticTable:
        """Read the table of an exported encoder.

        Raises
        ------
        ValueError, KeyError
            If it is no such table.
        """
        found = read_arrays(folder / STATIC_FILE)
        levels, scale = found["levels"], found["scale"]
        if levels.dtype != np.int8 or scale.dtype != np.float32 or levels.ndim != _N_AXES:
            raise ValueError(f"{STATIC_FILE} holds other numbers than it should")
        if scale.shape != (len(levels), 1):
            raise ValueError(f"{STATIC_FILE}: its levels and its scale do not belong together")
        return cls(levels, scale)

    def save(self, folder: Path) -> None:
        """Write the table beside the encoder."""
        from safetensors.numpy import save_file

        save_file({"levels": self.levels, "scale": self.scale}, folder / STATIC_FILE)

    def encode(self, tokens: Tokens) -> FloatArray:
        """Return unit vectors, float32 (n_texts, n_dims); zero for a text without tokens."""
        ones = np.ones(len(tokens.ids), dtype=np.float32)
        shape = (len(tokens), len(self._table))
        total = sp.csr_matrix((ones, tokens.ids, tokens.starts), shape=shape) @ self._table
        length = np.linalg.norm(total, axis=1, keepdims=True)
        return np.asarray(total / np.maximum(length, 1e-12), dtype=np.float32)


def distil(vectors: FloatArray, n_dims: int = _N_DIMS) -> StaticTable:
    """Make the table from the encoder's vectors of every token of its vocabulary.

    Parameters
    ----------
    vectors
        Float32 (n_tokens, d), in the vocabulary's order: the frequent ones first.
    n_dims
        Main directions kept (principal components).
    """
    centred = vectors - vectors.mean(axis=0)
    _, directions = np.linalg.eigh(centred.T @ centred)
    rank = np.arange(1, len(vectors) + 1)
    frequency = 1 / rank / np.log(len(vectors))
    table = (centred @ directions[:, ::-1][:, :n_dims]) * (_RARITY / (_RARITY + frequency))[:, None]
    scale = np.maximum(np.abs(table).max(axis=1, keepdims=True) / 127, 1e-12).astype(np.float32)
    return StaticTable(np.round(table / scale).astype(np.int8), scale)
