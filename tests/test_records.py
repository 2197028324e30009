"""Files of every format and fault, to rows with their lines."""

import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxtopics.errors import CxTopicsError, InputError
from cxtopics.records import (
    FileRead,
    LeftOut,
    Reconciliation,
    Record,
    Rejected,
    open_records,
    show_columns,
)


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def values(path: Path) -> list[dict[str, object]]:
    return [row.values for row in open_records(path) if isinstance(row, Record)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_reads_any_encoding_and_separator(tmp_path: Path, encoding: str, separator: str) -> None:
    text = f"id{separator}größe\n007{separator}é\n"
    path = write(tmp_path, "a.csv", text.encode(encoding))
    assert open_records(path).columns == ("id", "größe")
    assert values(path) == [{"id": "007", "größe": "é"}]


def test_a_line_that_names_the_separator_is_no_header(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "sep=;\r\nid;a,b,c\r\n1;2\r\n")
    assert list(open_records(path)) == [Record(3, {"id": "1", "a,b,c": "2"})]


def test_knows_the_line_on_which_a_row_starts(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", 'id,note\r\n1,"two\r\nlines"\r\n\r\n2,x\r\n')
    assert [row.line for row in open_records(path)] == [2, 5]


def test_rejects_rows_of_another_width_but_not_empty_cells_at_the_end(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "id,note\n1,a,,\n2\n3,b,c\n4,d\n")
    rows = list(open_records(path))
    assert [row.line for row in rows if isinstance(row, Record)] == [2, 5]
    assert rows[1] == Rejected("a.csv", 3, "1 fields where the header has 2")
    assert rows[2] == Rejected("a.csv", 4, "3 fields where the header has 2")


def test_says_when_a_quotation_mark_was_never_closed(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "id,note\n" + '1,"open\n' + "2,b\n" * 30 + "3,x")
    (only,) = open_records(path)
    assert isinstance(only, Rejected)
    assert only.reason.startswith("a quotation mark is not closed in the last row, which spans 32")


def test_numbers_a_name_that_comes_again(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "id,Reason,Reason\n1,a,b\n")
    assert open_records(path).columns == ("id", "Reason", "Reason (2)")


def test_a_character_torn_off_at_the_end_is_still_utf_8(tmp_path: Path) -> None:
    path = write(tmp_path, "a.ndjson", '{"id": 1, "a": "é"}\n{"id": 2, "a": "é'.encode()[:-1])
    file = open_records(path)
    assert file.encoding == "utf-8-sig"
    assert list(file) == [
        Record(1, {"id": 1, "a": "é"}),
        Rejected("a.ndjson", 2, "not valid JSON"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        '{"id": 1}\n\n{"id": 2}\n',
        '[{"id": 1}, {"id": 2}]',
        '[\n {"id": 1},\n {"id": 2}\n]',
        '{"tickets": [{"id": 1}, {"id": 2}], "count": 2}',
        '{"tickets": [{"id": 1}]}\n{"tickets": [{"id": 2}]}\n',
        '{\n "orders": [{"id": 1}, {"id": 2}]\n}',
    ],
)
def test_reads_every_form_of_json(tmp_path: Path, content: str) -> None:
    assert values(write(tmp_path, "a.json", content)) == [{"id": 1}, {"id": 2}]


def test_a_row_with_an_id_is_no_page_of_rows(tmp_path: Path) -> None:
    path = write(tmp_path, "a.ndjson", '{"id": 1, "orders": [{"id": 7}]}\n')
    assert values(path) == [{"id": 1, "orders": [{"id": 7}]}]


def test_rejects_json_lines_that_are_no_objects(tmp_path: Path) -> None:
    rows = list(open_records(write(tmp_path, "a.ndjson", '{"id": 1}\n7\n{broken\n[1]\n')))
    assert [row.reason for row in rows if isinstance(row, Rejected)] == [
        "not a JSON object",
        "not valid JSON",
        "not a JSON object",
    ]


def test_reads_parquet_and_xlsx(tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": ["007"], "n": [1.5]})
    frame.to_parquet(tmp_path / "a.parquet")
    assert values(tmp_path / "a.parquet") == [{"id": "007", "n": 1.5}]
    book = openpyxl.Workbook()
    for cells in (["id", "n"], ["007", 1.5], [None, None]):
        book.worksheets[0].append(cells)
    book.save(tmp_path / "a.xlsx")
    assert values(tmp_path / "a.xlsx") == [{"id": "007", "n": 1.5}]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "", "the file is empty"),
        ("a.csv", b"\xef\xbb\xbf \n", "the file is empty"),
        ("a.doc", "x", "got the ending '.doc'"),
        ("a.csv", b"a\x00b\x00c\x00", "UTF-16 without its mark"),
        ("a.csv", b"id,\x81\xff\n", "the encoding is neither"),
        ("a.json", '[{"id": 1}', "not valid JSON"),
        ("a.ndjson", "{broken", "no row could be read"),
        ("a.parquet", "PAR1 no", "not a Parquet file"),
        ("a.xlsx", "PK no", "not an XLSX workbook"),
    ],
)
def test_says_what_is_wrong_with_a_file(
    tmp_path: Path, name: str, content: str | bytes, message: str
) -> None:
    with pytest.raises(InputError, match="a\\.") as caught:
        list(open_records(write(tmp_path, name, content)))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.hint


def test_says_that_a_folder_or_nothing_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="got a folder"):
        open_records(tmp_path)
    with pytest.raises(InputError, match="no such file"):
        open_records(tmp_path / "none.csv")


JSONISH = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
LINES = st.lists(st.binary(max_size=30) | JSONISH.map(lambda v: json.dumps(v).encode()), max_size=6)


@pytest.mark.parametrize("ending", ["csv", "tsv", "ndjson", "json", "parquet", "xlsx"])
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lines=LINES)
def test_any_bytes_give_rows_or_an_error_in_words(
    tmp_path: Path, ending: str, lines: list[bytes]
) -> None:
    path = write(tmp_path, f"a.{ending}", b"\n".join(lines))
    try:
        rows = list(open_records(path))
    except CxTopicsError as error:
        assert error.hint
    else:
        assert all(isinstance(row, Record | Rejected) for row in rows)


FILE = FileRead("a.csv", "0" * 64, "table", "columns id", 4)


def test_reconciliation_adds_up() -> None:
    account = Reconciliation(
        n_read=4,
        n_counted=1,
        left_out_rows=(LeftOut("a.csv", 2, "1", "spam"), LeftOut("a.csv", 3, "2", "spam")),
        rejected=(Rejected("a.csv", 4, "no date"),),
        files=(FILE,),
    )
    assert account.left_out == {"spam": 2}
    assert account.to_dict()["files"][0]["n_rows"] == 4
    assert json.dumps(account.to_dict())


def test_reconciliation_refuses_a_lost_row() -> None:
    with pytest.raises(ValueError, match="4 rows read, but 3 counted"):
        Reconciliation(n_read=4, n_counted=3, files=(FILE,))
    with pytest.raises(ValueError, match="5 rows read"):
        Reconciliation(n_read=5, n_counted=5, files=(FILE,))


def test_errors_show_column_names_and_never_a_row_of_data() -> None:
    assert show_columns(["Id", "First reply time in minutes"]) == "Id, First reply time in minutes"
    assert show_columns(["where is my order?", "late"]) == "(a text), late"
    assert show_columns(["x" * 61, "late"]) == "(a text), late"
    for data in ("2025-01-01", "a@b.example", "4471"):
        assert show_columns(["my parcel is late", data]) == "of data: the file has no header"
