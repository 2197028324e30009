"""An encoder that remembers: benchmarks train on the same texts many times."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxtopics.classify import OnnxEncoder
from cxtopics.classify.encoder import EncoderInfo, Progress
from cxtopics.classify.export import export_encoder


class RememberingEncoder:
    """The default encoder on one thread; each text is encoded once."""

    def __init__(self) -> None:
        self._encoder = OnnxEncoder(export_encoder(), n_workers=1)
        self._vectors: dict[str, np.ndarray] = {}

    @property
    def info(self) -> EncoderInfo:
        """That of the encoder."""
        return self._encoder.info

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
        """Return unit vectors (n_texts, n_dims)."""
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if new:
            self._vectors.update(zip(new, self._encoder.encode(new, progress), strict=True))
        return np.array([self._vectors[text] for text in texts])
