"""Files of a model folder, taken for hostile until looked at.

SHA256SUMS tells that a folder is as it was written, not that whoever wrote it meant well.
So sizes are held against bounds before anything is read, JSON and arrays are what they
must be, and no number is infinite or none: a folder made to harm ends in a one-line error.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

__all__ = ["check_config", "check_file", "check_yaml", "read_arrays", "read_json"]

_KB, _MB, _GB = 1 << 10, 1 << 20, 1 << 30
_LARGEST = {
    "SHA256SUMS": 64 * _KB,
    "config.json": 64 * _MB,
    "encoder.json": 64 * _KB,
    "encoder.onnx": 2 * _GB,  # no protobuf is larger
    "head.safetensors": 4 * _GB,
    "static.safetensors": _GB,
    "taxonomy.yaml": 4 * _MB,
    "tokenizer.json": 64 * _MB,
}
_LARGEST_OTHER = 64 * _MB
_MOST_DIMS = 2
_MOST_TOPICS = 100_000
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Arrays = dict[str, npt.NDArray[Any]]


def check_file(path: Path) -> None:
    """Refuse a file that lies elsewhere, or is larger than any honest one.

    Raises
    ------
    ValueError
        With the reason.
    """
    if path.resolve().parent != path.parent.resolve():
        raise ValueError(f"{path.name} leads out of the folder")
    if path.stat().st_size > _LARGEST.get(path.name, _LARGEST_OTHER):
        raise ValueError(f"{path.name} is too large")


def read_json(path: Path) -> dict[str, Any]:
    """Read an object of plain JSON: no NaN, no Infinity, no nesting without end.

    Raises
    ------
    ValueError
        If it is anything else.
    """
    check_file(path)
    try:
        content = json.loads(path.read_text("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise ValueError(f"{path.name} is not plain JSON") from None
    if not isinstance(content, dict):
        raise ValueError(f"{path.name} is not an object")
    return content


def read_arrays(path: Path, dtypes: str = "ifu") -> Arrays:
    """Read the arrays of a safetensors file, at most two-dimensional, all numbers finite.

    Parameters
    ----------
    dtypes
        Kinds of numbers, as NumPy abbreviates them.

    Raises
    ------
    ValueError
        If it is anything else.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    check_file(path)
    try:
        arrays: Arrays = load_file(path)
    except (SafetensorError, ValueError, KeyError, OverflowError):
        raise ValueError(f"{path.name} is not a safetensors file, or a broken one") from None
    for name, values in arrays.items():
        if values.dtype.kind not in dtypes or values.ndim > _MOST_DIMS:
            raise ValueError(f"{path.name}: {name} is {values.dtype} with {values.ndim} axes")
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise ValueError(f"{path.name}: {name} holds what is no number")
    return arrays


def check_yaml(path: Path) -> None:
    """Refuse YAML that refers to itself: a few lines of it can stand for terabytes.

    Raises
    ------
    ValueError
        If it does, or is no YAML.
    """
    check_file(path)
    try:
        with path.open("rb") as raw:
            if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(raw, _Loader)):
                raise ValueError(f"{path.name} refers to itself")
    except yaml.YAMLError:
        raise ValueError(f"{path.name} is no YAML") from None


def check_config(config: Mapping[str, Any]) -> None:
    """Refuse a `config.json` that could not have been written here.

    Raises
    ------
    ValueError, KeyError, TypeError
        With the reason, where there is more than one key to blame.
    """
    classes = config["classes"]
    if not (isinstance(classes, list) and 2 <= len(classes) <= _MOST_TOPICS):
        raise ValueError("config.json: classes is no list of topics")
    if not all(isinstance(name, str) and name.strip() for name in classes):
        raise ValueError("config.json: a topic has no name")
    if len(set(classes)) < len(classes):
        raise ValueError("config.json: a topic comes twice")
    numbers = [*config["heads"].values(), config.get("gates", {})]
    for name, value in (pair for part in numbers for pair in part.items()):
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
        ):
            raise ValueError(f"config.json: {name} is no number")
    if any(head["temperature"] <= 0 for head in config["heads"].values()):
        raise ValueError("config.json: temperature is not positive")
    for key, kind in (("classifier_error", str), ("n_labels", int), ("encoder", dict)):
        if not isinstance(config[key], kind):
            raise ValueError(f"config.json: {key} is of another kind")
    if not isinstance(config["encoder"]["name"], str):
        raise ValueError("config.json: the encoder has no name")
    if not isinstance(config.get("estimation", {}), dict):
        raise ValueError("config.json: estimation is of another kind")


def _refuse(constant: str) -> None:
    raise ValueError(constant)
