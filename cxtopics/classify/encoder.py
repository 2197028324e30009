"""Sentence embeddings without torch: ONNX Runtime on an exported encoder.

A text gets the same vector alone and in any company (to about 1e-7): a batch holds only
texts of one length, so there is no padding, every batch runs on one thread, and the 8-bit
ranges are those of single tokens (see `quantise`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from cxtopics.classify.onnx_file import check_onnx
from cxtopics.classify.static import STATIC_FILE, StaticTable
from cxtopics.classify.tokens import IntArray, Tokens
from cxtopics.classify.vetting import check_file, read_json
from cxtopics.errors import ModelError
from cxtopics.records import Progress

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

__all__ = ["ENCODER_FILES", "MAX_CHARACTERS", "Encoder", "EncoderInfo", "OnnxEncoder", "clip_text"]

ENCODER_FILES = ("encoder.onnx", "encoder.json", STATIC_FILE, "tokenizer.json")
MAX_CHARACTERS = 10_000
"""What is handed to the tokenizer of a text; 256 tokens are about 1,200 characters."""
_TOKENS_PER_BATCH = 1024  # fits the cache of a core
_LARGEST_SIZE = 16_384  # dimensions or tokens
_INPUTS = {"input_ids", "attention_mask", "token_type_ids"}

FloatArray = npt.NDArray[np.float32]


class Encoder(Protocol):
    """What turns texts into vectors."""

    @property
    def info(self) -> EncoderInfo:
        """Name, revision and sizes."""

    @property
    def folder(self) -> Path:
        """Where the `ENCODER_FILES` lie."""

    @property
    def static(self) -> StaticTable:
        """The light stage's table of token vectors."""

    def tokenise(self, texts: Sequence[str]) -> Tokens:
        """Cut texts into tokens, at most `info.max_tokens` of each."""

    def embed(self, tokens: Tokens, progress: Progress | None = None) -> FloatArray:
        """Return unit vectors, float32 (n_texts, n_dims)."""

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> FloatArray:
        """Return unit vectors of texts, float32 (n_texts, n_dims)."""


@dataclass(frozen=True)
class EncoderInfo:
    """Which encoder this is.

    Attributes
    ----------
    revision
        SHA-256 over the source's files: the same revision gives the same vectors.
    max_tokens
        Longer texts are cut here; the rest is not seen.
    precision
        `int8` (weights, and activations by token) or `float32`.
    """

    name: str
    revision: str
    n_dims: int
    max_tokens: int
    precision: str = "float32"


class OnnxEncoder:
    """An exported encoder: a folder with the `ENCODER_FILES`.

    Parameters
    ----------
    folder
        Where the files lie.
    n_workers
        Batches encoded at once, each on one thread; default: all cores. The vectors do
        not depend on it.
    """

    def __init__(self, folder: str | Path, n_workers: int | None = None) -> None:
        from tokenizers import Tokenizer

        folder = Path(folder)
        self.folder = folder
        self.n_workers = n_workers or os.cpu_count() or 1
        with _refusing(folder):
            self.info = _read_info(folder)
            for name in ("tokenizer.json", "encoder.onnx"):
                check_file(folder / name)
            check_onnx(folder / "encoder.onnx")
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._tokenizer.no_padding()
            self._tokenizer.enable_truncation(self.info.max_tokens)

    @cached_property
    def _session(self) -> InferenceSession:
        """The graph, read when it is first needed: not where the light stage or a cache does."""
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        with _refusing(self.folder):
            session = ort.InferenceSession(
                str(self.folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"]
            )
            if not {"input_ids"} <= {given.name for given in session.get_inputs()} <= _INPUTS:
                raise ValueError("encoder.onnx wants other inputs than tokens")
            return session

    @cached_property
    def static(self) -> StaticTable:
        """The light stage's table, read when it is first needed."""
        with _refusing(self.folder):
            table = StaticTable.load(self.folder)
            largest = max(self._tokenizer.get_vocab(with_added_tokens=True).values())
            if largest >= len(table.levels):  # would be read from beyond the table
                raise ValueError("tokenizer.json has more tokens than the table of the light stage")
            return table

    @property
    def vocabulary_size(self) -> int:
        """How many tokens there are."""
        return int(self._tokenizer.get_vocab_size())

    def tokenise(self, texts: Sequence[str]) -> Tokens:
        """Cut texts into tokens.

        Parameters
        ----------
        texts
            Any strings; only the first `MAX_CHARACTERS` and `info.max_tokens` are seen.
        """
        found = self._tokenizer.encode_batch_fast([clip_text(text) for text in texts])
        return Tokens.of([text.ids for text in found])

    def embed(self, tokens: Tokens, progress: Progress | None = None) -> FloatArray:
        """Return unit vectors, float32 (n_texts, n_dims); equal texts are encoded once.

        Parameters
        ----------
        progress
            Called with the number of texts encoded since the last call.
        """
        keys = [text.tobytes() for text in tokens]
        unique = {key: row for row, key in enumerate(dict.fromkeys(keys))}
        texts = [np.frombuffer(key, np.int64) for key in unique]
        vectors = np.empty((len(texts), self.info.n_dims), dtype=np.float32)
        batches = list(_equal_length_batches(texts))
        if progress:
            progress(len(keys) - len(unique))
        if not batches:
            return vectors
        session = self._session
        with ThreadPoolExecutor(self.n_workers) as pool:
            for rows, found in zip(
                batches,
                pool.map(lambda rows: self._run(session, texts, rows), batches),
                strict=True,
            ):
                vectors[rows] = found
                if progress:
                    progress(len(rows))
        return vectors[[unique[key] for key in keys]]

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> FloatArray:
        """Return unit vectors of texts, float32 (n_texts, n_dims)."""
        return self.embed(self.tokenise(texts), progress)

    def _run(self, session: InferenceSession, texts: list[IntArray], rows: list[int]) -> FloatArray:
        ids = np.stack([texts[row] for row in rows])
        ones = np.ones_like(ids)
        given = {"input_ids": ids, "attention_mask": ones, "token_type_ids": ones * 0}
        with _refusing(self.folder):
            wanted = {each.name: given[each.name] for each in session.get_inputs()}
            (vectors,) = session.run(None, wanted)
            vectors = np.asarray(vectors, dtype=np.float32)
            if vectors.shape != (len(rows), self.info.n_dims) or not np.isfinite(vectors).all():
                raise ValueError("encoder.onnx gives no vectors")
        return vectors


@contextmanager
def _refusing(folder: Path) -> Iterator[None]:
    """Turn whatever the runtimes raise on broken or hostile files into one line."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # a panic of the tokenizer's is no Exception
        reason = str(error) if isinstance(error, ValueError) else type(error).__name__
        raise ModelError(
            f"{folder}: the encoder cannot be used ({' '.join(reason.split())[:200]})",
            "train the model again, or copy its whole folder again",
        ) from None


def _read_info(folder: Path) -> EncoderInfo:
    info = EncoderInfo(**read_json(folder / "encoder.json"))
    sizes = (info.n_dims, info.max_tokens)
    if not all(type(size) is int and 0 < size <= _LARGEST_SIZE for size in sizes):
        raise ValueError("encoder.json: a size is out of range")
    if not all(isinstance(text, str) for text in (info.name, info.revision, info.precision)):
        raise ValueError("encoder.json: a name is no text")
    return info


def clip_text(text: str) -> str:
    """Return what is read of a text: valid Unicode, at most `MAX_CHARACTERS`."""
    return text[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8")


def _equal_length_batches(texts: Sequence[IntArray]) -> Iterator[list[int]]:
    """Yield rows in batches of one length each, so that no batch needs padding."""
    by_length: dict[int, list[int]] = {}
    for row, ids in enumerate(texts):
        by_length.setdefault(len(ids), []).append(row)
    for length, rows in sorted(by_length.items()):
        size = max(1, _TOKENS_PER_BATCH // max(1, length))
        for start in range(0, len(rows), size):
            yield rows[start : start + size]
