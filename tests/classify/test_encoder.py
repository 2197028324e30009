"""The exported encoder: the same vector alone and in any company, for any text."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxtopics.classify.encoder import MAX_CHARACTERS, OnnxEncoder, clip_text
from cxtopics.classify.export import (
    _PINNED,
    DEFAULT_ENCODER,
    _find_source,
    _load_source,
    export_encoder,
)
from cxtopics.errors import CxTopicsError, ModelError
from cxtopics.taxonomy import Taxonomy


@pytest.fixture(scope="module")
def encoder() -> OnnxEncoder:
    return OnnxEncoder(export_encoder())


def test_vectors_are_unit_rows(encoder: OnnxEncoder) -> None:
    vectors = encoder.encode(["Where is my parcel?", "refund"])
    assert vectors.dtype == np.float32
    assert vectors.shape == (2, 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_text_has_the_same_vector_alone_and_in_company(
    encoder: OnnxEncoder, ecommerce: Taxonomy
) -> None:
    texts = [example for topic in ecommerce.topics[:8] for example in topic.examples]
    together = encoder.encode(texts)
    alone = np.vstack([encoder.encode([text]) for text in texts[::9]])
    np.testing.assert_allclose(together[::9], alone, atol=1e-5)
    backwards = encoder.encode(texts[::-1])[::-1]
    np.testing.assert_allclose(together, backwards, atol=1e-5)


def test_the_number_of_workers_changes_nothing(encoder: OnnxEncoder, ecommerce: Taxonomy) -> None:
    texts = [example for topic in ecommerce.topics[:8] for example in topic.examples]
    one = OnnxEncoder(encoder.folder, n_workers=1).encode(texts)
    two = OnnxEncoder(encoder.folder, n_workers=2).encode(texts)
    assert one.tobytes() == two.tobytes()


def test_equal_texts_and_no_texts(encoder: OnnxEncoder) -> None:
    twice = encoder.encode(["late", "late"])
    assert (twice[0] == twice[1]).all()
    assert encoder.encode([]).shape == (0, 384)


def test_near_texts_are_nearer_than_far_ones(encoder: OnnxEncoder) -> None:
    parcel, package, password = encoder.encode(
        ["my parcel has not come", "the package never arrived", "I forgot my password"]
    )
    assert parcel @ package > parcel @ password + 0.2


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(alphabet=st.characters(), max_size=300))  # lone surrogates and NUL included
def test_any_text_gets_a_finite_vector(encoder: OnnxEncoder, text: str) -> None:
    assert np.isfinite(encoder.encode([text])).all()


def test_a_long_text_is_clipped(encoder: OnnxEncoder) -> None:
    assert len(clip_text("a " * MAX_CHARACTERS)) == MAX_CHARACTERS
    assert np.isfinite(encoder.encode(["word " * 200_000])).all()


def test_other_weights_under_the_default_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(_PINNED, "model.safetensors", "0" * 64)
    with pytest.raises(ModelError, match="SHA-256") as caught:
        export_encoder(DEFAULT_ENCODER)
    assert caught.value.hint


def test_a_folder_that_is_no_model_is_an_error(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXTOPICS_CACHE", str(tmp_path / "cache"))
    (tmp_path / "nothing").mkdir()
    for name in (str(tmp_path / "nothing"), str(tmp_path / "nowhere")):
        with pytest.raises(CxTopicsError) as caught:
            export_encoder(name)
        assert caught.value.hint


def test_eight_bit_weights_stay_close_to_the_source(encoder: OnnxEncoder) -> None:
    assert encoder.info.precision == "int8"
    assert (encoder.folder / "encoder.onnx").stat().st_size < 30_000_000
    texts = ["Where is my parcel?", "refund", "The left shoe is size 7, the right one is size 8."]
    exact = _load_source(_find_source(DEFAULT_ENCODER)).encode(texts, normalize_embeddings=True)
    assert (exact * encoder.encode(texts)).sum(axis=1).min() > 0.985


def test_the_light_table_knows_near_words(encoder: OnnxEncoder) -> None:
    texts = ["refund", "reimbursement", "courier", ""]
    refund, money_back, courier, _ = encoder.static.encode(encoder.tokenise(texts))
    assert refund @ money_back > refund @ courier + 0.1
