"""What the progress bar says."""

from pathlib import Path

import pytest

from cxtopics.cli.output import Step, time_left
from cxtopics.contacts import read_contacts
from cxtopics.tables import iter_frames


@pytest.mark.parametrize(
    ("done", "total", "pace", "said"),
    [
        (5, None, 1.0, ""),
        (5, 10, None, "50 %"),
        (25, 100, 1.0, "25 %, 1:15 left"),
        (101, 100, 1.0, "100 %, 0:00 left"),
    ],
)
def test_time_left(done: float, total: float | None, pace: float | None, said: str) -> None:
    assert time_left(done, total, pace) == said


def test_the_rows_to_come_are_estimated_from_the_bytes_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [f"{n},2026-01-01,{'hello ' * 20}" for n in range(30_000)]
    path.write_text("\n".join(["contact_id,created_at,text", *rows]))
    n_done, expected = [], []

    def show(n: int, total: float | None) -> None:
        n_done.append(n)
        if total is not None:
            expected.append(total)

    read_contacts([path], progress=Step(show), workers=1)
    assert sum(n_done) == 30_000
    assert expected[-1] == 30_000
    assert all(abs(total - 30_000) < 7_500 for total in expected[len(expected) // 2 :])
    expected.clear()
    assert sum(len(frame) for frame, _ in iter_frames(path, 10_000, Step(show))) == 30_000
    assert 24_000 < expected[-1] < 36_000
