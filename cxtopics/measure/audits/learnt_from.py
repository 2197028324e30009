"""Whether a model has already seen what an audit checks.

A model is too sure of contacts it learnt from, so a month must not be estimated with a
model that was trained on that month's audit. A model keeps hashes of its labels, never the
words: 40 bits each, enough to find a match (one false alarm in a hundred thousand audited
contacts for ten thousand labels) and far too few to get a text back from.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cxtopics.taxonomy import normalise_text

__all__ = ["LearntFrom"]

_BYTES = 5


@dataclass(frozen=True)
class LearntFrom:
    """Hashes of the labelled contacts that a model was trained on.

    Attributes
    ----------
    contacts
        Hashes of contact ids, sorted; empty where the labels had none.
    texts
        Hashes of normalised texts, sorted.
    """

    contacts: npt.NDArray[np.uint64]
    texts: npt.NDArray[np.uint64]

    @classmethod
    def of(cls, texts: Iterable[str], contact_ids: Iterable[str] = ()) -> LearntFrom:
        """Return the hashes of labels."""
        return cls(np.unique(_hashes(contact_ids)), np.unique(_text_hashes(texts)))

    def to_dict(self) -> dict[str, str]:
        """Return plain JSON."""
        return {"contacts": _packed(self.contacts), "texts": _packed(self.texts)}

    @classmethod
    def from_dict(cls, content: dict[str, Any] | None) -> LearntFrom:
        """Read what `to_dict` returned; nothing gives a model that learnt from no label."""
        about = content or {}
        return cls(_unpacked(about.get("contacts", "")), _unpacked(about.get("texts", "")))

    def knows(self, contact_ids: Sequence[str], texts: Sequence[str]) -> bool:
        """Tell whether these audited contacts were among the labels.

        True where more than a tenth of the ids were. Where the labels had no ids, more than
        half of the texts: customers do write the same words ("where is my order"), but most
        of a month's contacts are not word for word those of the labels by chance.
        """
        if len(self.contacts):
            return _share(_hashes(contact_ids), self.contacts) > 0.1
        return _share(_text_hashes(texts), self.texts) > 0.5


def _share(asked: npt.NDArray[np.uint64], known: npt.NDArray[np.uint64]) -> float:
    return float(np.isin(asked, known).mean()) if len(asked) else 0.0


def _text_hashes(texts: Iterable[str]) -> npt.NDArray[np.uint64]:
    return _hashes(normalise_text(text) or text for text in texts)


def _hashes(words: Iterable[str]) -> npt.NDArray[np.uint64]:
    digests = (hashlib.blake2b(word.encode(), digest_size=_BYTES).digest() for word in words)
    return np.array([int.from_bytes(digest, "big") for digest in digests], dtype=np.uint64)


def _packed(hashes: npt.NDArray[np.uint64]) -> str:
    raw = b"".join(int(number).to_bytes(_BYTES, "big") for number in hashes)
    return base64.b64encode(raw).decode()


def _unpacked(packed: str) -> npt.NDArray[np.uint64]:
    raw = base64.b64decode(packed)
    parts = (raw[at : at + _BYTES] for at in range(0, len(raw), _BYTES))
    return np.array([int.from_bytes(part, "big") for part in parts], dtype=np.uint64)
