"""Files, folders, patterns, gzip and zip as input; what is refused, and how it is said."""

import gzip
import json
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from cxtopics.errors import InputError
from cxtopics.records import InputFile, Record, Rejected, find_inputs, open_records
from cxtopics.records.packed import MAX_RATIO

CSV = "contact_id,created_at,text\n1,2026-01-01,hi\n"


def zipped(path: Path, **members: str | bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return path


def labels(*paths: object) -> list[str]:
    return [file.label for file in find_inputs([Path(str(path)) for path in paths]).files]


def test_folders_and_patterns_stand_for_their_files(tmp_path: Path) -> None:
    for name in ("b/1.csv", "a/1.csv", "a/2.ndjson.gz", "a/notes.md", "a/.hidden.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(CSV)
    (tmp_path / "a" / "x.parquet.rejected.csv").write_text("file,line,reason\n")
    found = find_inputs([tmp_path])
    assert [file.label for file in found.files] == ["a/1.csv", "2.ndjson.gz", "b/1.csv"]
    assert found.notices[0].endswith("being no tables: notes.md, x.parquet.rejected.csv")
    assert labels(tmp_path / "*" / "1.csv") == ["a/1.csv", "b/1.csv"]
    assert labels(tmp_path / "**" / "2*") == ["2.ndjson.gz"]
    again = find_inputs([tmp_path / "a" / "1.csv", tmp_path / "a"])
    assert [file.label for file in again.files] == ["1.csv", "2.ndjson.gz"]
    assert "1.csv is named twice and was read once" in again.notices


@pytest.mark.parametrize(
    ("name", "message"),
    [("none.csv", "no such file"), ("*.xyz", "no file fits"), ("empty", "no readable file")],
)
def test_nothing_to_read_is_said(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "x.png").write_text("")
    with pytest.raises(InputError, match=message) as caught:
        find_inputs([tmp_path / name])
    assert caught.value.hint


def test_packed_files_are_read_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(CSV.encode("utf-16")))
    pd.DataFrame({"id": ["007"]}).to_parquet(tmp_path / "p")
    parts = zipped(
        tmp_path / "z.zip",
        **{"in/p__parquet": (tmp_path / "p").read_bytes(), "__MACOSX/x": "", "readme__md": "?"},
    )
    row = {"contact_id": "1", "created_at": "2026-01-01", "text": "hi"}
    assert list(open_records(tmp_path / "a.csv.gz")) == [Record(2, row)]
    assert list(open_records(parts)) == [Record(1, {"id": "007"})]
    found = find_inputs([parts])
    assert (found.files[0].label, found.files[0].shown) == (
        "z.zip/in/p.parquet",
        parts / "in/p.parquet",
    )
    assert found.notices == ("z.zip: passed over, being no tables: readme.md",)


def test_bytes_read_add_up_to_what_was_announced(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CSV)
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(CSV.encode()))
    files = find_inputs([tmp_path, zipped(tmp_path.parent / "c.zip", c__csv=CSV)]).files
    assert len(files) == 3
    for file in files:
        steps: list[int] = []
        with file.open(steps.append) as raw:
            assert raw.read() == CSV.encode()
        assert sum(steps) == file.n_bytes


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../../etc/cron.csv", "leads out of the archive"),
        ("/etc/cron.csv", "leads out of the archive"),
        ("C:\\x.csv", "leads out of the archive"),
        ("..\\x.csv", "leads out of the archive"),
        ("more.zip", "an archive within the archive"),
        ("part.csv.gz", "an archive within the archive"),
        ("notes.md", "no readable file in this archive"),
    ],
)
def test_zips_that_are_refused(tmp_path: Path, name: str, message: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(name, CSV)
    with pytest.raises(InputError, match=message) as caught:
        find_inputs([tmp_path / "a.zip"])
    assert "\n" not in str(caught.value) + caught.value.hint


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", a__csv=CSV)
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1  # the flag in the central directory
    path.write_bytes(content)
    with pytest.raises(InputError, match="is encrypted"):
        find_inputs([path])
    path.write_bytes(content[:40])
    with pytest.raises(InputError, match="not a zip archive, or a broken one"):
        find_inputs([path])


def test_what_unpacks_to_too_much_is_refused_before_and_while_it_is_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", a__csv=CSV * 100)
    with pytest.raises(InputError, match="unpacks to more than 1e-06 GB") as caught:
        find_inputs([path], max_unpacked=1000)
    assert "--max-unpacked" in caught.value.hint
    content = path.read_bytes()
    at = content.index(b"PK\x01\x02") + 24
    path.write_bytes(content[:at] + (900).to_bytes(4, "little") + content[at + 4 :])
    (lying,) = find_inputs([path], max_unpacked=1000).files
    with pytest.raises(InputError, match="broken or cut off"), lying.open() as raw:
        raw.read()
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(CSV.encode() * 100))
    (small,) = find_inputs([tmp_path / "a.csv.gz"], max_unpacked=1000).files
    with pytest.raises(InputError, match="unpacks to more than"), small.open() as raw:
        raw.read()


def test_the_ratio_is_bounded_unless_the_user_allows_more(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b" " * 101_000_000, 6))
    with (
        pytest.raises(InputError, match=f"more than {MAX_RATIO} times its size"),
        InputFile.at(path).open() as raw,
    ):
        while raw.read(1 << 20):
            pass
    with InputFile.at(path, max_unpacked=10**9).open() as raw:
        assert sum(len(block) for block in iter(lambda: raw.read(1 << 20), b"")) == 101_000_000


def test_a_gzip_that_breaks_off_is_an_error_not_half_a_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(CSV.encode() * 50)[:-20])
    with pytest.raises(InputError, match="broken or cut off"):
        open_records(path)


def workbook(path: Path, sheet: bytes) -> Path:
    book = openpyxl.Workbook()
    book.active.append(["id", "text"])
    book.active.append(["1", "hi"])
    book.save(path)
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"SHEET", parts["xl/worksheets/sheet1.xml"])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return path


def test_workbooks_with_entities_or_a_false_size_do_no_harm(tmp_path: Path) -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    with pytest.raises(InputError, match="entities of its own"):
        open_records(
            workbook(tmp_path / "a.xlsx", b"<!-- " + b"x" * 70_000 + b" -->" + laughs + b"SHEET")
        )
    path = workbook(tmp_path / "b.xlsx", b"SHEET")
    with zipfile.ZipFile(path) as old:
        sheet = old.read("xl/worksheets/sheet1.xml")
    false = sheet.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"')
    assert false != sheet
    assert list(open_records(workbook(tmp_path / "c.xlsx", false))) == [
        Record(2, {"id": "1", "text": "hi"})
    ]


def test_cells_beyond_a_sheets_header_are_not_lost(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["id", "id"], ["1", "2"], ["3", "4", "5"]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    assert list(open_records(tmp_path / "a.xlsx")) == [
        Record(2, {"id": "1", "id (2)": "2"}),
        Rejected("a.xlsx", 3, "cells beyond the header's 2 columns"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"%PDF-1.7 ...", "is a PDF"),
        ("a.csv", b"<!DOCTYPE html><html>", "is a web page"),
        ("a.json", b"\n <html><body>Sign in", "is a web page"),
        ("a.csv", b"<?xml version='1.0'?><Error>", "is an XML document"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1", "is an old Excel or Word file"),
        ("a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1", "is an old Excel or Word file"),
        ("a.csv", b"PK\x03\x04...", "let its name end in .xlsx or .zip"),
        ("a.csv", b"PAR1...", "let its name end in .parquet"),
        ("a.json", gzip.compress(b"{}", mtime=0), "is gzipped"),
        ("a.tar.bz2", b"BZh9", "unpack it and name the files"),
        ("a.html", b"hello", "got the ending '.html'"),
        ("a", b"hello", "got the ending ''"),
    ],
)
def test_files_given_by_mistake_are_told(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as caught:
        open_records(tmp_path / name)
    assert message in f"{caught.value} {caught.value.hint}"


def test_a_long_list_is_read_a_window_at_a_time(tmp_path: Path) -> None:
    rows = [{"id": n, "text": "x" * 900, "list": [[n]]} for n in range(3000)]
    path = tmp_path / "a.json"
    path.write_text(json.dumps(rows, indent=1))
    assert [row.values for row in open_records(path) if isinstance(row, Record)] == rows
    path.write_text(json.dumps(rows)[:-5000])
    with pytest.raises(InputError, match=r"not valid JSON after element 2,99\d"):
        list(open_records(path))
    path.write_text('[1, 2.5,\n {}, {"id": 1}]')
    assert [getattr(row, "reason", "") for row in open_records(path)] == [
        *["not a JSON object"] * 3,
        "",
    ]
    for broken in ("[{}] x", "[{} {}]", "[{},]", "[,{}]"):
        path.write_text(broken)
        with pytest.raises(InputError, match="not valid JSON"):
            list(open_records(path))


def test_names_inside_archives_are_shown_without_control_characters(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("x\x1b[31m\n.csv", CSV)
    assert labels(tmp_path / "a.zip") == ["a.zip/x?[31m?.csv"]


def test_an_archive_with_more_tables_is_no_single_file(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", a__csv=CSV, b__csv=CSV)
    with pytest.raises(InputError, match="an archive with 2 tables, expected one"):
        open_records(path)


def test_utf_16_that_breaks_off_keeps_its_rows(tmp_path: Path) -> None:
    content = (CSV + "2,2026-01-02,bye").encode("utf-16")[:-1]
    (tmp_path / "a.csv").write_bytes(content)
    assert [row.line for row in open_records(tmp_path / "a.csv")] == [2, 3]
