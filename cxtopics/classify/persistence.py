"""A model is a folder of plain data: copy it anywhere, loading it runs no code.

    config.json         classes, encoder, heads, threshold, what it was trained on
    head.safetensors    weights of the heads and words, vectors of the known texts
    encoder.onnx, encoder.json, static.safetensors, tokenizer.json
    taxonomy.yaml       the topics it was trained on (absent where labels were the topics)
    evaluation.json     out-of-fold results
    README.md           model card, with evaluation.svg
    SHA256SUMS          of all of the above, in the format of sha256sum

Loading compares every byte with SHA256SUMS, so that a model with an altered head or
somebody else's taxonomy is refused instead of tagging wrongly.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file

from cxtopics.classify.cascade import Cascade
from cxtopics.classify.classifier import TopicClassifier
from cxtopics.classify.encoder import ENCODER_FILES, OnnxEncoder
from cxtopics.classify.features import TextFeatures
from cxtopics.classify.head import Head
from cxtopics.classify.model import TopicModel
from cxtopics.classify.vetting import check_config, check_file, check_yaml, read_arrays, read_json
from cxtopics.classify.words import WordWeights
from cxtopics.errors import InputError, ModelError
from cxtopics.tables import file_sha256, writing
from cxtopics.taxonomy import Taxonomy, load_taxonomy

__all__ = ["load_model", "save_model"]

_FORMAT = 2
_SUMS = "SHA256SUMS"
_N_ENERGIES = 201  # quantiles, see `TopicClassifier.energies_`
_REQUIRED = ("README.md", "config.json", "evaluation.json", "head.safetensors")


def save_model(
    model: TopicModel,
    folder: str | Path,
    evaluation: dict[str, Any],
    card: str,
    picture: str | None = None,
) -> None:
    """Write a model folder, whole or not at all.

    Parameters
    ----------
    evaluation
        Out-of-fold results, as JSON holds them.
    card, picture
        The model card as Markdown, and the picture that it shows, as SVG.

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
        _write_json(beside / "evaluation.json", evaluation)
        if picture:
            card += "\n![Accuracy by coverage, and calibration](evaluation.svg)\n"
            (beside / "evaluation.svg").write_text(picture, "utf-8")
        (beside / "README.md").write_text(card, "utf-8")
        if model.taxonomy:
            (beside / "taxonomy.yaml").write_text(model.taxonomy.dump(), "utf-8")
        save_file(_weights(model), beside / "head.safetensors")
        source = model.features.encoder.folder
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
    try:
        _check_sums(folder)
        return _read(folder, n_workers)
    except ModelError:
        raise
    except Exception as error:  # whatever hostile files make the readers raise
        reason = str(error) if type(error) is ValueError else type(error).__name__
        raise ModelError(
            f"{folder}: the model cannot be read ({' '.join(reason.split())[:200]})",
            "train it again, or get its folder again from where you trust it",
        ) from None


def _read(folder: Path, n_workers: int | None) -> TopicModel:
    config = read_json(folder / "config.json")
    if config["format"] != _FORMAT:
        raise ModelError(
            f"{folder}: got model format {config['format']}, expected {_FORMAT}",
            "update cxtopics, or train the model again",
        )
    check_config(config)
    weights = read_arrays(folder / "head.safetensors")
    words = _words(weights)
    taxonomy = _taxonomy(folder / "taxonomy.yaml")
    encoder = OnnxEncoder(folder, n_workers)
    full = _read_head("full", config, weights, encoder.info.n_dims)
    table, cascade = encoder.static, None
    if "light" in config["heads"]:
        cascade = Cascade(_read_head("light", config, weights, table.n_dims), config["gates"])
    features = TextFeatures(encoder, words)
    return TopicModel(features, full, cascade, taxonomy, config, file_sha256(folder / _SUMS))


def _taxonomy(path: Path) -> Taxonomy | None:
    if not path.is_file():
        return None
    check_yaml(path)
    return load_taxonomy(path)


def _words(weights: dict[str, npt.NDArray[Any]]) -> WordWeights:
    words, idf = weights["words"], weights["idf"]
    fits = words.dtype == np.int64 and words.ndim == 1 and idf.shape == words.shape
    if not fits or not (np.diff(words) > 0).all() or (idf < 0).any():
        raise ModelError("the words do not fit their weights", "train the model again")
    return WordWeights(words, idf)


def _heads(model: TopicModel) -> dict[str, TopicClassifier]:
    light = {"light": model.cascade.light} if model.cascade else {}
    return {"full": model.classifier, **light}


def _config(model: TopicModel) -> dict[str, Any]:
    heads = {
        name: {
            "C": head.C,
            "scale": head.scale_,
            "nearest_weight": head.head_.nearest_weight,
            "target_precision": head.target_precision,
            "temperature": head.temperature_,
            "threshold": head.threshold_,
        }
        for name, head in _heads(model).items()
    }
    gates = {"gates": model.cascade.gates} if model.cascade else {}
    return {
        **model.details,
        "format": _FORMAT,
        "classes": model.classes,
        "heads": heads,
        **gates,
    }


def _weights(model: TopicModel) -> dict[str, npt.NDArray[Any]]:
    """Return every array of the model by its name in `head.safetensors`."""
    arrays: dict[str, npt.NDArray[Any]] = {
        "words": model.features.words.keys,
        "idf": model.features.words.idf,
    }
    for name, head in _heads(model).items():
        arrays |= {
            f"{name}.coef": head.head_.coef,
            f"{name}.intercept": head.head_.intercept,
            f"{name}.energies": head.energies_,
            f"{name}.known": head.head_.known.astype(np.float16),
            f"{name}.known_codes": head.head_.known_codes.astype(np.int32),
        }
    return {name: np.ascontiguousarray(values) for name, values in arrays.items()}


def _read_head(
    name: str, config: dict[str, Any], weights: dict[str, npt.NDArray[Any]], n_dims: int
) -> TopicClassifier:
    """Return a fitted classifier, after checking that its arrays belong together."""
    about = config["heads"][name]
    head = TopicClassifier(
        about["C"], about["scale"], about["target_precision"], about["nearest_weight"]
    )
    head.classes_ = np.array(config["classes"])
    head.scale_, head.temperature_ = about["scale"], about["temperature"]
    head.threshold_ = about["threshold"]
    head.energies_ = weights[f"{name}.energies"]
    head.head_ = Head(
        weights[f"{name}.coef"],
        weights[f"{name}.intercept"],
        weights[f"{name}.known"].astype(np.float32),
        weights[f"{name}.known_codes"].astype(np.intp),
        float(about["nearest_weight"]),
    )
    n_topics, known = len(head.classes_), head.head_.known
    fits = (
        head.head_.coef.shape == (n_dims + len(weights["words"]), n_topics)
        and head.head_.intercept.shape == (n_topics,)
        and known.shape[1:] == (n_dims,)
        and head.head_.known_codes.shape == known.shape[:1]
        and ((head.head_.known_codes >= 0) & (head.head_.known_codes < n_topics)).all()
    )
    ascends = all(
        (np.diff(values) >= 0).all() for values in (head.head_.known_codes, head.energies_)
    )
    if not fits or not ascends or head.energies_.shape != (_N_ENERGIES,):
        raise ModelError("the head does not fit its classes or words", "train the model again")
    return head


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False), "utf-8")


def _sums(folder: Path) -> str:
    names = sorted(file.name for file in folder.iterdir() if file.name != _SUMS)
    return "".join(f"{file_sha256(folder / name)}  {name}\n" for name in names)


def _check_sums(folder: Path) -> None:
    """Refuse a folder whose files are not byte for byte those that SHA256SUMS lists."""
    hint = "copy the whole folder again, or train the model again"
    check_file(folder / _SUMS)
    said = (folder / _SUMS).read_bytes().decode("utf-8", "replace")
    listed = {line[66:]: line[:64] for line in said.splitlines()}
    for name in (*_REQUIRED, *ENCODER_FILES):
        if name not in listed or not (folder / name).is_file():
            raise ModelError(f"{folder}: {name} is missing", hint)
    for name, digest in listed.items():
        if Path(name).name != name or not (folder / name).is_file():
            raise ModelError(f"{folder}: {name} is missing", hint)
        check_file(folder / name)
        if file_sha256(folder / name) != digest:
            raise ModelError(f"{folder}: {name} was altered after training", hint)
    if "taxonomy.yaml" not in listed and (folder / "taxonomy.yaml").exists():
        raise ModelError(f"{folder}: taxonomy.yaml does not belong to this model", hint)
    expected = "".join(f"{listed[name]}  {name}\n" for name in sorted(listed))
    if said != expected:
        raise ModelError(f"{folder}: {_SUMS} was altered after training", hint)
