"""Vectors of labelled texts on disk, so that retraining does not encode them again.

One SQLite file in the cache folder, safe to delete and to share between processes. It
holds vectors by a hash of the tokens and the encoder, no texts; the oldest go once there
are more than `MOST_VECTORS`. Tagging does not use it: customers' contacts leave no trace.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cxtopics.classify.encoder import EncoderInfo, OnnxEncoder
from cxtopics.classify.static import StaticTable
from cxtopics.classify.tokens import Tokens
from cxtopics.records import Progress

__all__ = ["MOST_VECTORS", "CachingEncoder", "cache_folder"]

MOST_VECTORS = 400_000  # about 650 MB at 384 dimensions
_AT_ONCE = 500  # keys in one question to SQLite

FloatArray = npt.NDArray[np.float32]


def cache_folder() -> Path:
    """Return the folder for what can be made again."""
    if own := os.environ.get("CXTOPICS_CACHE"):
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cxtopics"


class CachingEncoder:
    """An encoder that looks vectors up before it computes them.

    Parameters
    ----------
    encoder
        Computes what the cache does not hold.
    path
        The SQLite file; default: `vectors.sqlite` in the cache folder. A file that cannot
        be used is passed over: the vectors are computed.
    """

    def __init__(self, encoder: OnnxEncoder, path: Path | None = None) -> None:
        self._encoder = encoder
        self._path = path or cache_folder() / "vectors.sqlite"
        self.info: EncoderInfo = encoder.info
        self.folder = encoder.folder
        self.tokenise = encoder.tokenise

    @property
    def static(self) -> StaticTable:
        """The light stage's table."""
        return self._encoder.static

    def embed(self, tokens: Tokens, progress: Progress | None = None) -> FloatArray:
        """Return unit vectors, float32 (n_texts, n_dims); the same as without a cache."""
        keys = [self._key(text) for text in tokens]
        found = self._look_up(keys)
        missing = np.array([row for row, key in enumerate(keys) if key not in found], np.intp)
        if progress:
            progress(len(keys) - len(missing))
        new = self._encoder.embed(tokens.take(missing), progress)
        fresh = {keys[row]: vector for row, vector in zip(missing, new, strict=True)}
        self._keep(fresh)
        vectors = np.empty((len(keys), self.info.n_dims), dtype=np.float32)
        for row, key in enumerate(keys):
            vectors[row] = fresh[key] if key in fresh else found[key]
        return vectors

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> FloatArray:
        """Return unit vectors of texts, float32 (n_texts, n_dims)."""
        return self.embed(self.tokenise(texts), progress)

    def _key(self, text: npt.NDArray[np.int64]) -> bytes:
        about = f"{self.info.revision}:{self.info.precision}:{self.folder.name}".encode()
        return hashlib.blake2b(text.tobytes(), digest_size=16, key=about[-64:]).digest()

    def _look_up(self, keys: list[bytes]) -> dict[bytes, FloatArray]:
        found: dict[bytes, FloatArray] = {}
        n_bytes = self.info.n_dims * 4
        try:
            with closing(self._open()) as file:
                for start in range(0, len(keys), _AT_ONCE):
                    part = keys[start : start + _AT_ONCE]
                    marks = ",".join("?" * len(part))
                    asked = f"SELECT key, vector FROM vectors WHERE key IN ({marks})"  # noqa: S608
                    for key, vector in file.execute(asked, part):
                        if isinstance(vector, bytes) and len(vector) == n_bytes:
                            found[key] = np.frombuffer(vector, np.float32)
        except (sqlite3.Error, OSError):
            return {}
        return found

    def _keep(self, vectors: dict[bytes, FloatArray]) -> None:
        rows: Iterable[tuple[bytes, bytes]] = (
            (key, vector.tobytes()) for key, vector in vectors.items()
        )
        try:
            with closing(self._open()) as file, file:
                file.executemany("INSERT OR REPLACE INTO vectors (key, vector) VALUES (?, ?)", rows)
                file.execute(
                    "DELETE FROM vectors WHERE number <= (SELECT max(number) FROM vectors) - ?",
                    (MOST_VECTORS,),
                )
        except (sqlite3.Error, OSError):
            return

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = sqlite3.connect(self._path, timeout=60)
        file.execute(
            "CREATE TABLE IF NOT EXISTS vectors"
            " (number INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB UNIQUE, vector BLOB)"
        )
        return file
