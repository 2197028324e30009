"""A model folder: whole, plain data, and refused when a single byte differs."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from cxtopics.classify import TopicModel, load_model
from cxtopics.errors import CxTopicsError, ModelError
from cxtopics.training import train_model

FILES = (
    "README.md",
    "SHA256SUMS",
    "config.json",
    "encoder.json",
    "encoder.onnx",
    "evaluation.json",
    "head.safetensors",
    "static.safetensors",
    "taxonomy.yaml",
    "tokenizer.json",
)


@pytest.fixture
def copy(model_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model_folder, tmp_path / "copy"))


def test_folder_holds_plain_data_only(model_folder: Path) -> None:
    assert tuple(sorted(file.name for file in model_folder.iterdir())) == tuple(sorted(FILES))
    for file in model_folder.iterdir():
        assert not file.read_bytes().startswith(b"\x80"), f"{file.name} looks like a pickle"


def test_loaded_model_says_the_same(model_folder: Path, few_topics) -> None:
    texts = ["where is my parcel", "it came broken", "no refund yet"]
    one, two = load_model(model_folder), load_model(model_folder)
    assert (one.predict(texts).probabilities == two.predict(texts).probabilities).all()
    assert one.taxonomy == few_topics
    assert one.fingerprint == two.fingerprint != ""


def test_training_again_gives_the_same_bytes(
    few_topics, model_folder: Path, tmp_path: Path
) -> None:
    train_model(tmp_path / "again", taxonomy=few_topics)
    for name in FILES:
        assert (tmp_path / "again" / name).read_bytes() == (model_folder / name).read_bytes(), name


@pytest.mark.parametrize("name", FILES)
def test_one_changed_byte_is_refused(copy: Path, name: str) -> None:
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(content)
    with pytest.raises(ModelError) as caught:
        load_model(copy)
    assert caught.value.hint
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_or_cut_file_is_refused(copy: Path, name: str) -> None:
    content = (copy / name).read_bytes()
    (copy / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(CxTopicsError):
        load_model(copy)
    (copy / name).unlink()
    with pytest.raises(CxTopicsError):
        load_model(copy)


def test_another_taxonomy_is_refused(copy: Path, ecommerce) -> None:
    (copy / "taxonomy.yaml").write_text(ecommerce.dump(), "utf-8")
    with pytest.raises(ModelError, match=r"taxonomy\.yaml was altered"):
        load_model(copy)


def test_sums_cannot_point_outside_the_folder(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    with (copy / "SHA256SUMS").open("a") as sums:
        sums.write("0" * 64 + "  ../secret\n")
    with pytest.raises(ModelError):
        load_model(copy)


def test_a_folder_of_something_else_is_never_replaced(tmp_path: Path, few_topics) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "work.txt").write_text("keep me")
    with pytest.raises(CxTopicsError, match="not a model folder"):
        train_model(tmp_path / "mine", taxonomy=few_topics)
    assert (tmp_path / "mine" / "work.txt").read_text() == "keep me"


def test_config_and_card_say_what_the_model_is(model_folder: Path, model: TopicModel) -> None:
    config = json.loads((model_folder / "config.json").read_text("utf-8"))
    assert config["classes"] == model.classes
    assert config["classifier_error"] == "unknown"
    card = (model_folder / "README.md").read_text("utf-8")
    assert "Cold start" in card
    assert "256 tokens" in card
    assert np.isfinite(
        json.loads((model_folder / "evaluation.json").read_text())["best"]["accuracy"]
    )
