"""The tutorial, run as it is printed: every block in its order, in a folder of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

from conftest import ROOT


def test_every_block_of_the_tutorial_runs(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
    blocks = re.findall(r"```(sh|python)\n(.*?)```", text, re.DOTALL)
    assert len(blocks) >= 10
    for name in ("data", "topics"):
        (tmp_path / name).symlink_to(ROOT / name)
    here = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    for number, (language, block) in enumerate(blocks, start=1):
        shell = ["bash", "-euo", "pipefail", "-c", block]
        done = subprocess.run(
            shell if language == "sh" else [sys.executable, "-c", block],
            cwd=tmp_path,
            env={**os.environ, "PATH": here},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"block {number}: {block}\n{done.stderr[-2000:]}"
    made = tmp_path / "tutorial"
    assert (made / "ranking" / "ranking.html").stat().st_size > 10_000
    assert (made / "report" / "topics" / "parcel_late.html").exists()
    assert '"fell"' in (made / "impact.json").read_text("utf-8")
