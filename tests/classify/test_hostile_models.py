"""Model folders made to harm: refused in one line, no code run, no wrong tag."""

import ast
import hashlib
import json
import os
import random
import struct
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import cxtopics
from cxtopics.classify import load_model, vetting
from cxtopics.classify.onnx_file import check_onnx
from cxtopics.errors import CxTopicsError, ModelError

TEXTS = ["where is my parcel", "it came broken"]
FILES = (
    "config.json",
    "encoder.json",
    "encoder.onnx",
    "head.safetensors",
    "static.safetensors",
    "taxonomy.yaml",
    "tokenizer.json",
)


@pytest.fixture
def copy(model_folder: Path, tmp_path: Path) -> Path:
    """A copy whose files are links: a test replaces the one it spoils."""
    folder = tmp_path / "copy"
    folder.mkdir()
    for file in model_folder.iterdir():
        os.link(file, folder / file.name)
    return folder


def spoil(folder: Path, name: str, content: bytes) -> None:
    """Put other content into a file, and make the folder's sums agree."""
    (folder / name).unlink(missing_ok=True)
    (folder / name).write_bytes(content)
    sums = folder / "SHA256SUMS"
    lines = dict(line.split("  ")[::-1] for line in sums.read_text().splitlines())
    lines[name] = hashlib.sha256(content).hexdigest()
    sums.unlink()
    sums.write_text("".join(f"{lines[name]}  {name}\n" for name in sorted(lines)))


def refused(folder: Path) -> str:
    """Return what is said when the folder is loaded and used."""
    with pytest.raises(CxTopicsError) as caught:
        load_model(folder, 1).predict(TEXTS)
    assert "\n" not in str(caught.value)
    assert caught.value.hint
    return str(caught.value)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("share", [0, 0.97])
def test_a_cut_file_with_fitting_sums(copy: Path, name: str, share: float) -> None:
    content = (copy / name).read_bytes()
    spoil(copy, name, content[: int(len(content) * share)])
    refused(copy)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("other", ["README.md", "encoder.json"])
def test_a_file_in_the_place_of_another(copy: Path, name: str, other: str) -> None:
    if name != other:
        spoil(copy, name, (copy / other).read_bytes())
        refused(copy)


@pytest.mark.parametrize("name", FILES)
def test_an_oversized_file_is_refused_before_it_is_read(
    copy: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    largest = vetting._LARGEST.get(name, vetting._LARGEST_OTHER)
    (copy / name).unlink()
    with (copy / name).open("wb") as file:
        file.truncate(largest + 1)  # takes no room on disk
    monkeypatch.setattr("cxtopics.classify.persistence.file_sha256", None)
    assert "too large" in refused(copy) or "TypeError" in refused(copy)


@pytest.mark.parametrize("name", ["head.safetensors", "static.safetensors"])
def test_a_header_that_promises_more_than_there_is(copy: Path, name: str) -> None:
    header = {"words": {"dtype": "I64", "shape": [1 << 40], "data_offsets": [0, 1 << 43]}}
    text = json.dumps(header).encode()
    for n_header in (len(text), 1 << 62):
        spoil(copy, name, struct.pack("<Q", n_header) + text + bytes(64))
        refused(copy)


def arrays(folder: Path) -> dict[str, np.ndarray]:
    return dict(load_file(folder / "head.safetensors"))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_number_is_refused_in_every_array(copy: Path, tmp_path: Path, value) -> None:
    for file in ("head.safetensors", "static.safetensors"):
        whole = dict(load_file(copy / file))
        for name, values in whole.items():
            if values.dtype.kind == "f" and values.size:
                bad = values.copy()
                bad.flat[-1] = value
                save_file({**whole, name: bad}, tmp_path / "bad")
                spoil(copy, file, (tmp_path / "bad").read_bytes())
                assert name in refused(copy)
        save_file(whole, tmp_path / "good")
        spoil(copy, file, (tmp_path / "good").read_bytes())
    load_model(copy)


@pytest.mark.parametrize(
    "change",
    [
        lambda values: values[:-1],
        lambda values: np.concatenate([values, values[-1:]]),
        lambda values: values.reshape(1, *values.shape),
        lambda values: values.astype(np.uint8),
        lambda values: values.astype(bool),
        lambda values: values.ravel()[::-1].reshape(values.shape).copy(),
    ],
    ids=["shorter", "longer", "deeper", "bytes", "flags", "backwards"],
)
def test_an_array_of_another_shape_kind_or_order(copy: Path, tmp_path: Path, change) -> None:
    whole = arrays(copy)
    before = load_model(copy, 1).predict(TEXTS).probabilities
    for name in ("full.coef", "full.known", "full.known_codes", "words", "full.energies"):
        values = whole[name]
        changed = change(values)
        if not values.size or (changed.shape == values.shape and (changed == values).all()):
            continue
        save_file({**whole, name: np.ascontiguousarray(changed)}, tmp_path / "bad")
        spoil(copy, "head.safetensors", (tmp_path / "bad").read_bytes())
        try:
            found = load_model(copy, 1).predict(TEXTS).probabilities
        except CxTopicsError as error:
            assert "\n" not in str(error)
        else:  # other weights of the right form are another model, and nothing worse
            assert found.shape == before.shape
            np.testing.assert_allclose(found.sum(axis=1), 1)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("classes", None),
        ("classes", ["a", "a"]),
        ("classes", ["a", ["b"]]),
        ("classes", "abc"),
        ("heads", {}),
        ("heads", {"full": {"C": "1"}}),
        ("heads", [1]),
        ("gates", {"fast": None}),
        ("encoder", "x"),
        ("encoder", {"name": 5}),
        ("n_labels", "many"),
        ("classifier_error", None),
        ("estimation", [1]),
        ("format", 10**400),
        ("format", {}),
    ],
)
def test_a_config_of_another_kind(copy: Path, key: str, value) -> None:
    config = json.loads((copy / "config.json").read_text("utf-8"))
    spoil(copy, "config.json", json.dumps({**config, key: value}).encode())
    refused(copy)


@pytest.mark.parametrize("text", ['{"a": NaN}', "[" * 100_000, "[]", "\xff", "1" * 5000, "{}"])
@pytest.mark.parametrize("name", ["config.json", "encoder.json"])
def test_json_that_is_none(copy: Path, name: str, text: str) -> None:
    spoil(copy, name, text.encode("latin-1"))
    refused(copy)


@pytest.mark.parametrize(
    "change", [{"n_dims": 10**9}, {"n_dims": 3}, {"max_tokens": -1}, {"max_tokens": True},
               {"max_tokens": 10**12}, {"name": None}, {"code": "import os"}],
)  # fmt: skip
def test_an_encoder_that_lies_about_itself(copy: Path, change: dict) -> None:
    about = json.loads((copy / "encoder.json").read_text("utf-8"))
    spoil(copy, "encoder.json", json.dumps({**about, **change}).encode())
    refused(copy)


def test_a_tokenizer_with_more_tokens_than_there_are_vectors(copy: Path) -> None:
    content = json.loads((copy / "tokenizer.json").read_text("utf-8"))
    vocabulary = content["model"]["vocab"]
    for far in (max(vocabulary.values()) + 7, 2**31):
        vocabulary["parcel"] = far
        spoil(copy, "tokenizer.json", json.dumps(content).encode())
        model_refused = refused(copy)
        assert "encoder" in model_refused
    with pytest.raises(ModelError, match="more tokens than the table"):
        _ = load_model(copy, 1).features.encoder.static


def test_yaml_that_would_build_objects(copy: Path, tmp_path: Path) -> None:
    witness = tmp_path / "ran"
    spoil(copy, "taxonomy.yaml", f"!!python/object/apply:os.mkdir ['{witness}']".encode())
    refused(copy)
    assert not witness.exists()


def test_yaml_that_repeats_itself_without_end(copy: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    spoil(copy, "taxonomy.yaml", "\n".join([*lines, "topics: *a11", "name: *a11"]).encode())
    assert len(refused(copy)) < 5000


def test_a_link_out_of_the_folder(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes((copy / "config.json").read_bytes())
    (copy / "config.json").unlink()
    (copy / "config.json").symlink_to(tmp_path / "elsewhere")
    assert "leads out of the folder" in refused(copy)


def test_random_damage_with_fitting_sums(copy: Path, model_folder: Path) -> None:
    """Flipped, repeated and removed bytes: an error, or probabilities that are some."""
    dice = random.Random(0)
    n_refused = 0
    for round_ in range(21):
        name = FILES[round_ % len(FILES)]
        content = bytearray((model_folder / name).read_bytes())
        place = dice.randrange(min(len(content), 4000))
        kind = dice.randrange(3)
        if kind == 0:
            content[place] ^= 1 << dice.randrange(8)
        elif kind == 1:
            del content[place : place + dice.randrange(1, 50)]
        else:
            content[place:place] = content[place : place + 20]
        spoil(copy, name, bytes(content))
        try:
            found = load_model(copy, 1).predict(TEXTS)
        except CxTopicsError as error:
            assert "\n" not in str(error)
            n_refused += 1
        else:
            assert np.isfinite(found.probabilities).all()
            np.testing.assert_allclose(found.probabilities.sum(axis=1), 1, atol=1e-6)
        spoil(copy, name, (model_folder / name).read_bytes())
    assert n_refused >= 10


# ---- ONNX


def field(number: int, value: "int | bytes") -> bytes:
    """Write a field of a protobuf message."""

    def varint(n: int) -> bytes:
        out = b""
        while n > 127:
            out, n = out + bytes([n & 127 | 128]), n >> 7
        return out + bytes([n])

    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def with_in_graph(content: bytes, extra: bytes) -> bytes:
    """Return a model with something more in its graph (a repeated field is merged)."""
    assert content
    return field(1, 8) + field(7, extra) + field(8, field(2, 17))


TENSOR = field(1, 4) + field(2, 1) + field(8, b"w")
EXTERNAL = TENSOR + field(14, 1) + field(13, field(1, b"location") + field(2, b"/etc/passwd"))
NODE = field(2, b"y") + field(4, b"Identity")


@pytest.mark.parametrize(
    ("graph", "says"),
    [
        (field(5, EXTERNAL), "other files"),
        (field(5, TENSOR + field(13, b"")), "other files"),
        (field(1, NODE + field(7, b"my.library")), "not standard"),
        (field(1, field(4, b"Loop")), "loops"),
        (field(1, NODE + field(5, field(5, EXTERNAL))), "other files"),
        (field(1, NODE + field(5, field(6, field(5, EXTERNAL)))), "other files"),
        (field(1, NODE + field(5, field(11, field(1, field(7, b"evil"))))), "not standard"),
        (field(5, field(1, 1 << 40) + field(2, 1) + field(9, bytes(8))), "larger than it is"),
        (field(15, b""), "sparse"),
    ],
)
def test_an_onnx_file_that_wants_more_than_arithmetic(copy: Path, graph: bytes, says: str) -> None:
    spoil(copy, "encoder.onnx", with_in_graph(b"x", graph))
    assert says in refused(copy)


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        (field(25, b""), "functions"),
        (field(20, b""), "training"),
        (field(8, field(1, b"com.evil") + field(2, 1)), "not standard"),
        (field(7, b""), "no ONNX"),
        (b"\x0b", "no ONNX"),
        (b"\x3a\xff\xff\xff\xff\x0f", "cut off"),
        (b"\xff" * 11, "no ONNX"),
    ],
)
def test_more_than_a_graph_in_an_onnx_file(
    copy: Path, model_folder: Path, extra: bytes, says: str
) -> None:
    spoil(copy, "encoder.onnx", (model_folder / "encoder.onnx").read_bytes() + extra)
    assert says in refused(copy)


def test_graphs_within_graphs_without_end(tmp_path: Path) -> None:
    graph = b""
    for _ in range(300):
        graph = field(1, field(5, field(6, graph)))
    (tmp_path / "deep.onnx").write_bytes(field(7, graph))
    with pytest.raises(ValueError, match="too deeply"):
        check_onnx(tmp_path / "deep.onnx")


# ---- the program itself


def test_nothing_installed_reads_a_pickle() -> None:
    """No module imports what runs code on loading, or calls a loader that could."""
    forbidden = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal"}
    loaders = {("joblib", "load"), ("torch", "load"), ("np", "load"), ("numpy", "load"),
               ("pd", "read_pickle"), ("pandas", "read_pickle"), ("yaml", "load"),
               ("yaml", "unsafe_load"), ("yaml", "full_load")}  # fmt: skip
    for path in Path(cxtopics.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                assert not forbidden & {name.name.split(".")[0] for name in node.names}, path
            elif isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] not in forbidden, path
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in {"eval", "exec", "compile"}, path
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = node.func.value
                named = (owner.id, node.func.attr) if isinstance(owner, ast.Name) else None
                if named in loaders:
                    given = {word.arg: ast.unparse(word.value) for word in node.keywords}
                    safe = given.get("Loader", "").endswith("SafeLoader")
                    safe |= given.get("allow_pickle") == "False"
                    safe |= given.get("weights_only") == "True"
                    assert safe, f"{path}:{node.lineno}: {ast.unparse(node.func)}"
