"""An encoder for benchmarks that train many models on the same texts."""

from __future__ import annotations

import tempfile
from pathlib import Path

from cxtopics.classify import OnnxEncoder
from cxtopics.classify.export import export_encoder
from cxtopics.classify.vector_cache import CachingEncoder


def remembering_encoder() -> CachingEncoder:
    """Return the default encoder on one thread; each text is encoded once."""
    room = Path(tempfile.gettempdir()) / "cxtopics-benchmarks"
    return CachingEncoder(OnnxEncoder(export_encoder(), n_workers=1), room / "vectors.sqlite")
