"""A model is a folder of plain data: copy it anywhere, loading it runs no code.

    config.json        classes, encoder, head, threshold, what it was trained on
    head.safetensors   coef, intercept, idf, vectors of the topics' examples
    vocabulary.json    words and word pairs in the order of their columns
    encoder.onnx, encoder.json, tokenizer.json
    taxonomy.yaml      the topics it was trained on (absent where labels were the topics)
    evaluation.json    out-of-fold results
    README.md          model card
    SHA256SUMS         of all of the above, in the format of sha256sum

Loading compares every byte with SHA256SUMS, so that a model with an altered head or
somebody else's taxonomy is refused instead of tagging wrongly.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save_file

from cxtopics.classify.classifier import TopicClassifier
from cxtopics.classify.encoder import ENCODER_FILES, OnnxEncoder
from cxtopics.classify.features import TextFeatures
from cxtopics.classify.head import Head
from cxtopics.errors import InputError, ModelError
from cxtopics.tables import file_sha256, writing
from cxtopics.taxonomy import Taxonomy, load_taxonomy

__all__ = ["TopicModel", "load_model", "save_model"]

_FORMAT = 1
_SUMS = "SHA256SUMS"
_REQUIRED = ("README.md", "config.json", "evaluation.json", "head.safetensors", "vocabulary.json")


@dataclass(frozen=True)
class TopicModel:
    """Everything needed to tag.

    Attributes
    ----------
    details
        What the model was trained on and with, as `config.json` shows it.
    fingerprint
        SHA-256 over all files; empty for a model not saved yet.
    """

    features: TextFeatures
    classifier: TopicClassifier
    taxonomy: Taxonomy | None
    details: dict[str, Any]
    fingerprint: str = ""

    @property
    def classes(self) -> list[str]:
        """Topic ids in the order of the probabilities."""
        return [str(name) for name in self.classifier.classes_]


def save_model(
    model: TopicModel, folder: str | Path, evaluation: dict[str, Any], card: str
) -> None:
    """Write a model folder, whole or not at all.

    Raises
    ------
    InputError
        Where `folder` exists and is not a model folder (nothing of the user's is replaced).
    """
    folder = Path(folder)
    if folder.exists() and not (folder / _SUMS).is_file() and any(folder.iterdir()):
        raise InputError(f"{folder}: exists and is not a model folder", "choose another name")
    with writing(folder) as beside:
        beside.mkdir()
        _write_json(beside / "config.json", _config(model))
        _write_json(beside / "vocabulary.json", model.features.vocabulary)
        _write_json(beside / "evaluation.json", evaluation)
        (beside / "README.md").write_text(card, "utf-8")
        if model.taxonomy:
            (beside / "taxonomy.yaml").write_text(model.taxonomy.dump(), "utf-8")
        head = model.classifier
        weights = {
            "coef": head.head_.coef,
            "intercept": head.head_.intercept,
            "examples": head.head_.examples,
            "example_codes": head.head_.example_codes.astype(np.int32),
            "idf": model.features.idf.astype(np.float32),
        }
        save_file(
            {k: np.ascontiguousarray(v) for k, v in weights.items()}, beside / "head.safetensors"
        )
        source = model.features.encoder.folder  # type: ignore[attr-defined]
        for file in ENCODER_FILES:
            shutil.copyfile(source / file, beside / file)
        (beside / _SUMS).write_text(_sums(beside), "utf-8")


def load_model(folder: str | Path, n_workers: int | None = None) -> TopicModel:
    """Read a model folder.

    Raises
    ------
    ModelError
        Where it is no model folder, a file is missing or altered, or its format is newer.
    """
    folder = Path(folder)
    if not (folder / _SUMS).is_file():
        raise ModelError(
            f"{folder}: not a model folder (no {_SUMS})",
            "give a folder that `cxtopics train` wrote",
        )
    _check_sums(folder)
    try:
        return _read(folder, n_workers)
    except (KeyError, ValueError, TypeError, OSError) as error:
        raise ModelError(
            f"{folder}: the model cannot be read ({type(error).__name__})", "train it again"
        ) from None


def _read(folder: Path, n_workers: int | None) -> TopicModel:
    config = json.loads((folder / "config.json").read_text("utf-8"))
    if config["format"] != _FORMAT:
        raise ModelError(
            f"{folder}: got model format {config['format']}, expected {_FORMAT}",
            "update cxtopics, or train the model again",
        )
    weights = load_file(folder / "head.safetensors")
    vocabulary = json.loads((folder / "vocabulary.json").read_text("utf-8"))
    head = TopicClassifier(
        C=config["head"]["C"], target_precision=config["head"]["target_precision"]
    )
    head.classes_ = np.array(config["classes"])
    codes = weights["example_codes"].astype(np.intp)
    head.head_ = Head(weights["coef"], weights["intercept"], weights["examples"], codes)
    head.temperature_ = config["head"]["temperature"]
    head.threshold_ = config["head"]["threshold"]
    encoder = OnnxEncoder(folder, n_workers)
    features = TextFeatures(encoder, config["head"]["scale"]).restore(vocabulary, weights["idf"])
    expected = (len(head.classes_), encoder.info.n_dims + len(vocabulary))
    if head.head_.coef.shape != expected or not np.isfinite(head.head_.coef).all():
        raise ModelError(f"{folder}: the head does not fit its classes or words", "train it again")
    topics = folder / "taxonomy.yaml"
    taxonomy = load_taxonomy(topics) if topics.is_file() else None
    return TopicModel(features, head, taxonomy, config, file_sha256(folder / _SUMS))


def _config(model: TopicModel) -> dict[str, Any]:
    head = model.classifier
    return {
        **model.details,
        "format": _FORMAT,
        "classes": model.classes,
        "head": {
            "C": head.C,
            "scale": model.features.scale,
            "target_precision": head.target_precision,
            "temperature": head.temperature_,
            "threshold": head.threshold_,
        },
    }


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False), "utf-8")


def _sums(folder: Path) -> str:
    names = sorted(file.name for file in folder.iterdir() if file.name != _SUMS)
    return "".join(f"{file_sha256(folder / name)}  {name}\n" for name in names)


def _check_sums(folder: Path) -> None:
    """Refuse a folder whose files are not byte for byte those that SHA256SUMS lists."""
    hint = "copy the whole folder again, or train the model again"
    said = (folder / _SUMS).read_bytes().decode("utf-8", "replace")
    listed = {line[66:]: line[:64] for line in said.splitlines()}
    for name in (*_REQUIRED, *ENCODER_FILES):
        if name not in listed or not (folder / name).is_file():
            raise ModelError(f"{folder}: {name} is missing", hint)
    for name, digest in listed.items():
        if Path(name).name != name or not (folder / name).is_file():
            raise ModelError(f"{folder}: {name} is missing", hint)
        if file_sha256(folder / name) != digest:
            raise ModelError(f"{folder}: {name} was altered after training", hint)
    if "taxonomy.yaml" not in listed and (folder / "taxonomy.yaml").exists():
        raise ModelError(f"{folder}: taxonomy.yaml does not belong to this model", hint)
    expected = "".join(f"{listed[name]}  {name}\n" for name in sorted(listed))
    if said != expected:
        raise ModelError(f"{folder}: {_SUMS} was altered after training", hint)
