"""A file to a file through failures: nothing lost, nothing twice, one line said."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from cxtopics.classify import TopicModel
from cxtopics.errors import InputError
from cxtopics.tables import only_run_on
from cxtopics.tagging import files, tag_file, tag_folder


@pytest.fixture
def contacts(few_topics, tmp_path: Path) -> Path:
    texts = [example for topic in few_topics for example in topic.examples][:60]
    ids = [f"{number:03d}" for number in range(len(texts))]
    path = tmp_path / "in.csv"
    pd.DataFrame({"contact_id": ids, "text": texts}).to_csv(path, index=False)
    return path


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "ROWS_PER_PART", 15)


def beside(out: Path) -> list[str]:
    return sorted(path.name for path in out.parent.iterdir())


@pytest.mark.parametrize("n_writes", range(7))
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EIO])
def test_a_disk_that_refuses_is_one_line_and_the_next_run_goes_on(
    contacts: Path, model: TopicModel, tmp_path: Path, monkeypatch, n_writes: int, code: int
) -> None:
    """Four pieces, then the whole: the writer refuses after so many calls."""
    out = tmp_path / "out" / "tagged.parquet"
    real, n_left = pq.ParquetWriter.write_table, n_writes

    def write(self, *given, **named):
        nonlocal n_left
        n_left -= 1
        if n_left < 0:
            raise OSError(code, os.strerror(code))
        real(self, *given, **named)

    with monkeypatch.context() as patched:
        patched.setattr(pq.ParquetWriter, "write_table", write)
        with pytest.raises(InputError) as caught:
            tag_file(contacts, model, out)
    assert os.strerror(code) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert beside(out) == [".tagged.parquet.parts"]
    assert len(list((out.parent / ".tagged.parquet.parts").glob("*.parquet"))) == min(n_writes, 4)
    tag_file(contacts, model, out)
    tag_file(contacts, model, tmp_path / "whole.parquet")
    assert out.read_bytes() == (tmp_path / "whole.parquet").read_bytes()
    assert beside(out) == ["tagged.parquet"]


def test_a_piece_that_was_spoilt_is_made_again(
    contacts: Path, model: TopicModel, tmp_path: Path, monkeypatch
) -> None:
    out = tmp_path / "tagged.parquet"
    monkeypatch.setattr(files, "_write_whole", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        tag_file(contacts, model, out)
    monkeypatch.undo()
    monkeypatch.setattr(files, "ROWS_PER_PART", 15)
    piece = tmp_path / ".tagged.parquet.parts" / "00000001.parquet"
    piece.write_bytes(piece.read_bytes()[:100])
    assert tag_file(contacts, model, out).n_rows == 60


def test_the_second_process_on_one_output_is_told(
    contacts: Path, model: TopicModel, tmp_path: Path
) -> None:
    out = tmp_path / "tagged.parquet"
    script = (
        "import sys\nfrom cxtopics.tables import only_run_on\n"
        "with only_run_on(sys.argv[1]):\n    print('held', flush=True)\n    sys.stdin.read()"
    )
    for name in ("tagged.parquet", "folder"):
        holder = subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path / name)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(InputError, match=rf"another run \(process {holder.pid}\)"):
            if name == "folder":
                tag_folder(tmp_path, model, tmp_path / name)
            else:
                tag_file(contacts, model, out)
        holder.kill()  # a lock does not outlive its process
        holder.communicate()
    assert (tmp_path / ".tagged.parquet.lock").exists()
    assert tag_file(contacts, model, out).n_rows == 60
    assert not (tmp_path / ".tagged.parquet.lock").exists()


def test_one_process_holds_an_output_once(tmp_path: Path) -> None:
    with (
        only_run_on(tmp_path / "a"),
        only_run_on(tmp_path / "b"),
        pytest.raises(InputError, match="another run"),
        only_run_on(tmp_path / "a"),
    ):
        pass
    with only_run_on(tmp_path / "a"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_changes_while_it_is_read(
    contacts: Path, model: TopicModel, tmp_path: Path
) -> None:
    out, n_pieces = tmp_path / "tagged.parquet", []

    def edit(n: int) -> None:
        n_pieces.append(n)
        if len(n_pieces) == 2:
            with contacts.open("a") as file:
                file.write("999,late\n")

    with pytest.raises(InputError, match="was changed while"):
        tag_file(contacts, model, out, progress=edit)
    assert not out.exists()
    assert tag_file(contacts, model, out).n_rows == 61
    assert beside(out) == ["in.csv", "tagged.parquet"]


def test_a_place_that_cannot_be_written(contacts: Path, model: TopicModel, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot be written"):
        tag_file(contacts, model, tmp_path / "file" / "tagged.parquet")
