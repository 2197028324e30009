"""A folder to a folder: a part for a file, a manifest, nothing done twice, nothing mixed."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from cxtopics.classify import TopicModel
from cxtopics.errors import InputError
from cxtopics.tables import parts_of, read_provenance
from cxtopics.tagging import folders, tag_file, tag_folder, tag_folder_on_spark

TEXTS = ("where is my parcel", "it came broken", "no refund yet", "password reset please", None)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "contacts"
    folder.mkdir()
    for number in range(3):
        ids = [f"{number}{row}" for row in range(len(TEXTS))]
        table = pd.DataFrame({"contact_id": ids, "text": TEXTS})
        table.to_csv(folder / f"2025-0{number + 1}.csv", index=False)
    return folder


def test_each_file_becomes_the_part_that_tag_file_would_make(
    source: Path, model: TopicModel, tmp_path: Path
) -> None:
    out = tmp_path / "tagged"
    summary = tag_folder(source, model, out)
    assert (summary.n_rows, summary.n_no_text) == (15, 3)
    parts = parts_of(out)
    assert [part.name for part in parts] == [f"2025-0{n}.csv.parquet" for n in (1, 2, 3)]
    tag_file(source / "2025-02.csv", model, tmp_path / "alone.parquet")
    assert parts[1].read_bytes() == (tmp_path / "alone.parquet").read_bytes()
    about = read_provenance(out)
    assert about["tagging"]["n_rows"] == 15
    assert about["taxonomy"]["name"] == "ecommerce"


def test_a_second_run_does_what_is_missing(
    source: Path, model: TopicModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "tagged"
    real, done = folders.tag_file, []

    def stop_at_the_second(path: Path, *given, **named):
        done.append(path.name)
        if len(done) == 2:
            raise KeyboardInterrupt
        return real(path, *given, **named)

    monkeypatch.setattr(folders, "tag_file", stop_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        tag_folder(source, model, out)
    with pytest.raises(InputError, match="has not finished"):
        parts_of(out)
    first = (out / "2025-01.csv.parquet").stat().st_mtime_ns
    assert tag_folder(source, model, out).n_rows == 15
    assert done == ["2025-01.csv", "2025-02.csv", "2025-02.csv", "2025-03.csv"]
    assert (out / "2025-01.csv.parquet").stat().st_mtime_ns == first
    shutil.copy(source / "2025-01.csv", source / "2025-04.csv")
    assert tag_folder(source, model, out).n_rows == 20
    assert done[4:] == ["2025-04.csv"]


def test_a_file_that_changed_is_named(source: Path, model: TopicModel, tmp_path: Path) -> None:
    out = tmp_path / "tagged"
    tag_folder(source, model, out)
    before = {part.name: part.read_bytes() for part in parts_of(out)}
    (source / "2025-02.csv").write_text("contact_id,text\n1,late\n")
    with pytest.raises(InputError, match=r"2025-02\.csv: was changed since") as caught:
        tag_folder(source, model, out)
    assert "2025-02.csv.parquet" in caught.value.hint
    assert {path.name: path.read_bytes() for path in out.glob("*.parquet")} == before
    (out / "2025-02.csv.parquet").unlink()
    assert tag_folder(source, model, out).n_rows == 11


def test_parts_of_another_job_or_of_somebody_are_not_mixed_in(
    source: Path, model: TopicModel, tmp_path: Path
) -> None:
    out = tmp_path / "tagged"
    tag_folder(source, model, out)
    with pytest.raises(InputError, match="another effort"):
        tag_folder(source, model, out, effort="best")
    shutil.copy(out / "2025-01.csv.parquet", out / "stray.parquet")
    assert len(parts_of(out)) == 3
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "notes.txt").write_text("keep me")
    with pytest.raises(InputError, match="not a folder that"):
        tag_folder(source, model, mine)
    assert [path.name for path in mine.iterdir()] == ["notes.txt"]


def test_folders_and_files_are_told_apart(
    source: Path, model: TopicModel, model_folder: Path, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="stdout"):
        tag_folder(source, model, "-")
    assert [path.name for path in tmp_path.iterdir()] == ["contacts"]
    with pytest.raises(InputError, match="not a folder"):
        tag_folder_on_spark(source / "2025-01.csv", model_folder, tmp_path / "out")
    with pytest.raises(InputError, match="without Parquet"):
        tag_folder_on_spark(source, model_folder, tmp_path / "out")


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"format": 1, "job": {}, "parts": ["../x.parquet"]}', "\0"]
)
def test_a_manifest_that_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "_manifest.json").write_text(content)
    with pytest.raises(InputError, match="not a manifest"):
        parts_of(tmp_path)


def test_a_part_that_went_missing(source: Path, model: TopicModel, tmp_path: Path) -> None:
    tag_folder(source, model, tmp_path / "tagged")
    (tmp_path / "tagged" / "2025-03.csv.parquet").unlink()
    with pytest.raises(InputError, match=r"2025-03\.csv\.parquet is missing"):
        parts_of(tmp_path / "tagged")


def test_the_log_of_sparks_writer_says_what_is_a_part(tmp_path: Path) -> None:
    log = tmp_path / "_spark_metadata"
    log.mkdir()
    names = [f"part-0000{n}.parquet" for n in range(5)]
    for name in [*names, "part-orphan.parquet"]:
        (tmp_path / name).touch()

    def step(*numbers: int) -> str:
        lines = [
            json.dumps({"path": f"file:///else/where%20now/{names[n]}", "action": "add"})
            for n in numbers
        ]
        return "\n".join(["v1", *lines])

    (log / "0").write_text(step(4))  # taken up by the compact file, which holds 0 and 1 only
    (log / "1.compact").write_text(step(0, 1))
    (log / "2").write_text(step(3))
    (log / ".3.tmp").write_text("torn")
    assert [part.name for part in parts_of(tmp_path)] == [names[0], names[1], names[3]]
    (log / "3").write_text("v2\n")
    with pytest.raises(InputError, match="not a log"):
        parts_of(tmp_path)
