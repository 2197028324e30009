"""Files as bad as they come: an error in words or a table, and every row accounted for."""

import csv
import gzip
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxtopics.contacts import contacts_file, explain_contacts, read_contacts
from cxtopics.errors import CxTopicsError
from cxtopics.orders import read_orders
from cxtopics.records import Record, Rejected, open_records
from cxtopics.tables import write_table

HEADER = ["contact_id", "created_at", "text", "customer_id"]
WORDS = st.sampled_from(
    [
        "where is it",
        '=HYPERLINK("http://x.example","y")',
        "+1-2",
        "@SUM(A1)",
        "-",
        "two\nlines",
        'said "no"',
        "a,b;c\td",
        "größe é ñ",
        "日本語",
        "\N{FACE WITH TEARS OF JOY}",
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "x" * 3000,
        "",
    ]
)
ROWS = st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=8)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"])
FORMATS = st.sampled_from(["csv", "tsv", "ndjson", "json", "zip", "gz", "xlsx"])


def cells(rows: list[tuple[str, str]]) -> list[list[str]]:
    return [
        [f"{n:03d}", f"2026-01-{1 + n % 28:02d}T10:00:00Z", text, customer]
        for n, (text, customer) in enumerate(rows)
    ]


def to_bytes(form: str, rows: list[tuple[str, str]], encoding: str) -> tuple[str, bytes]:
    """Return a file's ending and a sound file."""
    table = cells(rows)
    objects = [dict(zip(HEADER, row, strict=True)) for row in table]
    if form in ("csv", "tsv"):
        text = io.StringIO()
        csv.writer(text, delimiter="\t" if form == "tsv" else ",").writerows([HEADER, *table])
        return form, text.getvalue().encode(encoding, "replace")
    if form == "ndjson":
        lines = (json.dumps(row) for row in objects)
        return form, "\n".join(lines).encode(encoding)
    if form == "json":
        return form, json.dumps(objects).encode()
    inner = to_bytes("ndjson", rows, "utf-8")[1]
    if form == "gz":
        return "ndjson.gz", gzip.compress(inner)
    packed = io.BytesIO()
    if form == "xlsx":
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.xlsx"
            write_table(pd.DataFrame(table, columns=HEADER), path)
            return form, path.read_bytes()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("part-1.ndjson", inner)
    return form, packed.getvalue()


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """Cut off, torn, mixed up: what downloads and editors do to files, and attackers."""
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(content)))
        how = draw(st.sampled_from(["cut", "insert", "drop", "twice", "flip"]))
        if how == "cut":
            content = content[:at]
        elif how == "insert":
            junk = st.sampled_from(
                [b"\0", b'"', b"\xff\xfe", b"\xe9", b"\n", b"\r", b'"""', b"[" * 9000, b"{}", b"\\"]
            )
            content = content[:at] + draw(junk | st.binary(max_size=8)) + content[at:]
        elif how == "drop":
            content = content[:at] + content[at + draw(st.integers(1, 40)) :]
        elif how == "twice":
            content = content[:at] + content
        elif content:
            at = min(at, len(content) - 1)
            content = (
                content[:at] + bytes([content[at] ^ draw(st.integers(1, 255))]) + content[at + 1 :]
            )
    return content


def check(path: Path, **options: Any) -> None:
    """Read a file every way there is; hold all accounts against each other."""
    out = path.parent / "out" / "contacts.csv"
    try:
        account = contacts_file([path], out, **options)
    except CxTopicsError as error:
        assert error.hint
        assert "\n" not in str(error) + error.hint
        assert not out.parent.exists() or not list(out.parent.iterdir())
        return
    n_out = sum(account.left_out.values())
    assert account.n_read == account.n_counted + n_out + account.n_rejected
    with out.open(newline="", encoding="utf-8") as text:
        written = list(csv.DictReader(text))
    assert len(written) == account.n_counted
    assert beside(out, "rejected") == account.n_rejected
    assert beside(out, "left_out") == n_out
    for row in written:
        assert not [c for c in row.values() if c and c[0] in "=+@\t\r"]
    n_found = sum(1 for row in open_records(path) if isinstance(row, Record | Rejected))
    assert account.n_read == n_found
    names = {entry.name for entry in out.parent.iterdir()}
    assert names <= {out.name, f"{out.name}.rejected.csv", f"{out.name}.left_out.csv"}


def beside(out: Path, what: str) -> int:
    path = Path(f"{out}.{what}.csv")
    if not path.exists():
        return 0
    with path.open(newline="", encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    assert all(row["file"] and int(row["line"]) >= 1 and row["reason"] for row in rows)
    return len(rows)


@settings(max_examples=60, deadline=None)
@given(form=FORMATS, rows=ROWS, encoding=ENCODINGS, data=st.data())
def test_a_damaged_file_is_a_table_or_an_error_in_words(
    form: str, rows: list[tuple[str, str]], encoding: str, data: st.DataObject
) -> None:
    ending, sound = to_bytes(form, rows, encoding)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{ending}"
        path.write_bytes(data.draw(damaged(sound)))
        check(path)


SCRIPT = re.compile("<script>.*?</script>")  # markup without a word is no text


@settings(max_examples=25, deadline=None)
@given(form=FORMATS, rows=ROWS, encoding=ENCODINGS)
def test_every_id_of_a_sound_file_comes_back(
    form: str, rows: list[tuple[str, str]], encoding: str
) -> None:
    ending, sound = to_bytes(form, rows, encoding)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{ending}"
        path.write_bytes(sound)
        if all(not SCRIPT.sub("", text).strip() for text, _ in rows):
            with pytest.raises(CxTopicsError, match="no text"):
                read_contacts([path])
            return
        contacts = read_contacts([path])
    assert contacts.table["contact_id"].tolist() == [f"{n:03d}" for n in range(len(rows))]


@settings(max_examples=30, deadline=None)
@given(lines=st.lists(st.binary(max_size=40).filter(lambda b: b.strip()), max_size=8))
def test_every_line_of_ndjson_is_counted_or_rejected(lines: list[bytes]) -> None:
    good = json.dumps(dict(zip(HEADER, ["1", "2026-01-01", "hi", "c"], strict=True))).encode()
    lines = [line.replace(b"\n", b"").replace(b"\r", b"") for line in lines]
    lines = [line for line in lines if line.decode("cp1252", "replace").strip()]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.ndjson"
        path.write_bytes(b"\n".join([good, *lines]))
        try:
            account = read_contacts([path]).reconciliation
        except CxTopicsError:
            return  # bytes of no encoding
    assert (account.n_read, account.n_counted) == (1 + len(lines), 1)


@settings(max_examples=25, deadline=None)
@given(content=st.binary(max_size=80), form=FORMATS)
def test_orders_and_explanations_fail_in_words_too(content: bytes, form: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{form}"
        path.write_bytes(b"order_id,created_at\n1,2026-01-01\n" + content)
        for read in (read_orders, explain_contacts):
            try:
                read([path])
            except CxTopicsError as error:
                assert error.hint


DEEP = '{"contact_id": "1", "created_at": "2026-01-01", "text": "hi", "x": ' + "[" * 100_000
HUGE = "contact_id,created_at,text\n1,2026-01-01," + "word " * 210_000 + "\n2,2026-01-02,short\n"


@pytest.mark.parametrize(
    ("name", "content", "n_read"),
    [
        ("deep.ndjson", '{"contact_id":1,"created_at":"2026-01-01","text":"a"}\n' + DEEP, 2),
        ("huge.csv", HUGE, 2),
        ("nul.csv", "contact_id,created_at,text\n1,2026-01-01,a\0b\n\0\n", 1),
        ("twice.csv", "contact_id,created_at,text,mood,mood\n1,2026-01-01,hi,a,b\n", 1),
        ("open.csv", 'contact_id,created_at,text\n1,2026-01-01,hi\n2,2026-01-02,"no end\n3\n', 2),
        ("cut.ndjson", '{"contact_id":1,"created_at":"2026-01-01","text":"a"}\n{"contact_i', 2),
        ("formula.csv", "contact_id,created_at,text\n=1+1,2026-01-01,=cmd|' /C calc'!A0\n", 1),
    ],
)
def test_known_traps(tmp_path: Path, name: str, content: str, n_read: int) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    check(path)
    assert read_contacts([path]).reconciliation.n_read == n_read


def test_the_command_never_shows_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "deep.json").write_text(DEEP)
    with zipfile.ZipFile(tmp_path / "out.zip", "w") as archive:
        archive.writestr("../../escaped.csv", "contact_id,created_at,text\n1,2026-01-01,hi\n")
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", "contact_id,created_at,text\n" + "\0" * 120_000_000)
    for name in ("deep.json", "out.zip", "bomb.zip"):
        command = [sys.executable, "-m", "cxtopics.cli", "contacts", name, "-o", "out.csv"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=os.environ)
        assert done.returncode == 1, done.stderr
        assert done.stderr.startswith("Error: ")
        assert "Hint: " in done.stderr
        assert "Traceback" not in done.stderr
    assert {entry.name for entry in tmp_path.iterdir()} == {"deep.json", "out.zip", "bomb.zip"}
    assert not (tmp_path.parent.parent / "escaped.csv").exists()
