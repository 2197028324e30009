"""Where temporary files cannot be written: one line, and nothing left behind."""

import subprocess
import sys
from pathlib import Path

import pandas as pd

from cxtopics.tables import write_table

SCRIPT = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))  # no file may grow larger
from cxtopics.cli import main
main()
"""


def test_a_full_folder_for_temporary_files_is_one_line(tmp_path: Path) -> None:
    times = pd.date_range("2026-01-01", periods=20_000, freq="min", tz="UTC").as_unit("us")
    ids = [f"c{number}" for number in range(len(times))]
    tagged = pd.DataFrame({"contact_id": ids, "created_at": times, "topic": "late"})
    write_table(tagged, tmp_path / "tagged.csv")
    orders = pd.DataFrame({"order_id": ids, "created_at": times})
    write_table(orders, tmp_path / "orders.csv")
    (tmp_path / "room").mkdir()
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            SCRIPT,
            "report",
            "tagged.csv",
            "--orders",
            "orders.csv",
            "-o",
            "out",
        ],
        cwd=tmp_path,
        env={"TMPDIR": str(tmp_path / "room")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert f"{tmp_path / 'room'}: File too large" in done.stderr
    assert not (tmp_path / "out").exists()
    assert list((tmp_path / "room").iterdir()) == []
