"""The two laws, and a tagger that needs no torch."""

import ast
import inspect
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from conftest import ROOT


def test_imports_point_down_and_stations_are_strangers() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_tagging_works_where_torch_cannot_be_imported(model_folder: Path, tmp_path: Path) -> None:
    for name in ("torch", "sentence_transformers", "transformers", "onnx"):
        (tmp_path / f"{name}.py").write_text("raise ImportError('not here')")
    pd.DataFrame({"text": ["where is my parcel"]}).to_csv(tmp_path / "in.csv", index=False)
    command = [
        sys.executable, "-m", "cxtopics.cli", "tag", tmp_path / "in.csv",
        "--model", model_folder, "-o", tmp_path / "out.parquet",
    ]  # fmt: skip
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert pd.read_parquet(tmp_path / "out.parquet")["topic_forced"][0] == "order_on_the_way"
    probe = [sys.executable, "-c", "import torch"]
    assert subprocess.run(probe, env=env, capture_output=True).returncode != 0


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("cxtopics.cli", {"pandas", "numpy", "sklearn", "onnxruntime", "torch"}),  # `--help`
        ("cxtopics.text", {"pandas", "numpy", "pyarrow", "pandera"}),  # processes that clean
        ("cxtopics.training", {"sklearn", "torch", "scipy.stats", "pandera"}),
        (
            "cxtopics.render.evaluation_chart",
            {"sklearn", "scipy.stats", "altair"},
        ),  # draws the picture of a training
    ],
)
def test_what_starts_often_loads_nothing_heavy(module: str, heavy: set[str]) -> None:
    code = f"import sys, {module}; sys.exit(', '.join({heavy} & set(sys.modules)) or 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_module_has_a_sorted_and_true_all() -> None:
    import importlib
    import pkgutil

    import cxtopics

    for found in pkgutil.walk_packages(cxtopics.__path__, "cxtopics."):
        module = importlib.import_module(found.name)
        names = getattr(module, "__all__", None)
        assert names is not None or _only_says_what_it_is(module), f"{found.name}: no __all__"
        for name in names or ():
            assert hasattr(module, name), f"{found.name}.{name}"


def _only_says_what_it_is(module: ModuleType) -> bool:
    """Tell whether a package's own file holds a docstring and nothing else."""
    return len(ast.parse(inspect.getsource(module)).body) == 1
