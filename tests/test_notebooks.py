"""The notebooks run from top to bottom, one after the other, in an empty folder."""

from pathlib import Path

import nbformat
from conftest import ROOT
from nbclient import NotebookClient

NOTEBOOKS = sorted(ROOT.glob("notebooks/*.ipynb"))


def test_notebooks_run_and_end_in_a_ranking(tmp_path: Path) -> None:
    assert len(NOTEBOOKS) == 4
    for path in NOTEBOOKS:
        notebook = nbformat.read(path, as_version=4)
        assert all(not cell.get("outputs") for cell in notebook.cells), "kept without outputs"
        NotebookClient(
            notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
        ).execute()
        code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source]
        assert sum(bool(cell.outputs) for cell in code) >= len(code) / 2, path.name
        written = "".join(
            str(output.get("data", {})) for cell in code for output in cell.get("outputs", [])
        )
    assert "order_tracking" in written or "customs" in written
    assert (tmp_path / "cxtopics-notebooks" / "5-ranking" / "ranking.html").exists()
