"""Vectors are looked up before they are computed, and are the same either way."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from cxtopics.classify import vector_cache
from cxtopics.classify.encoder import OnnxEncoder
from cxtopics.classify.export import export_encoder
from cxtopics.classify.vector_cache import CachingEncoder

TEXTS = ["where is my parcel", "refund please", "where is my parcel", ""]


@pytest.fixture(scope="module")
def encoder() -> OnnxEncoder:
    return OnnxEncoder(export_encoder(), n_workers=1)


def test_the_second_time_nothing_is_computed(
    encoder: OnnxEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = encoder.tokenise(TEXTS)
    first = CachingEncoder(encoder, tmp_path / "v.sqlite").embed(tokens)
    assert (first == encoder.embed(tokens)).all()
    ran: list[int] = []
    run = OnnxEncoder._run
    monkeypatch.setattr(OnnxEncoder, "_run", lambda s, t, r: ran.append(len(r)) or run(s, t, r))
    steps: list[int] = []
    again = CachingEncoder(encoder, tmp_path / "v.sqlite").embed(tokens, steps.append)
    assert again.tobytes() == first.tobytes()
    assert ran == []
    assert sum(steps) == len(TEXTS)


def test_no_text_is_kept_and_the_oldest_go(
    encoder: OnnxEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vector_cache, "MOST_VECTORS", 2)
    cache = CachingEncoder(encoder, tmp_path / "v.sqlite")
    for text in ("parcel", "refund", "login"):
        cache.embed(encoder.tokenise([text]))
    assert b"parcel" not in (tmp_path / "v.sqlite").read_bytes()
    with sqlite3.connect(tmp_path / "v.sqlite") as file:
        assert file.execute("SELECT count(*) FROM vectors").fetchone() == (2,)


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"x" * 500])
def test_a_broken_cache_is_passed_over(
    encoder: OnnxEncoder, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "v.sqlite").write_bytes(content)
    found = CachingEncoder(encoder, tmp_path / "v.sqlite").embed(encoder.tokenise(TEXTS))
    assert np.isfinite(found).all()
    (tmp_path / "folder").mkdir()
    found = CachingEncoder(encoder, tmp_path / "folder").embed(encoder.tokenise(TEXTS))
    assert len(found) == len(TEXTS)
