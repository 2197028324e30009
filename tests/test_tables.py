"""Tables read, typed, checked and written; times of a whole column."""

import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as arrow
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxtopics.errors import InputError
from cxtopics.records import Rejected
from cxtopics.schemas import CONTACTS, ORDERS
from cxtopics.tables import (
    Spool,
    as_flags,
    as_numbers,
    as_text,
    check_table,
    defuse_formulas,
    iter_frames,
    load_table,
    parse_times,
    read_provenance,
    read_table,
    write_rejected,
    write_sheets,
    write_table,
    writing,
)
from cxtopics.tables.checking import coerce
from cxtopics.tables.times import to_strptime


def utc(cells: list[object], **options: str) -> list[str | None]:
    times = parse_times(pd.Series(cells, dtype=object), "a.csv: created_at", **options).values
    assert str(times.dtype) == "datetime64[us, UTC]"
    return [None if pd.isna(time) else f"{time:%Y-%m-%d %H:%M:%S}" for time in times]


# Times


def test_offsets_may_differ_within_a_column() -> None:
    cells = ["2026-04-05 21:06:21 +0400", "2026-04-05T21:06:21Z", "2026-04-05 21:06:21-05:00"]
    assert utc([*cells, "2026-04-05 21:06:21 UTC"]) == [
        "2026-04-05 17:06:21",
        "2026-04-05 21:06:21",
        "2026-04-06 02:06:21",
        "2026-04-05 21:06:21",
    ]


def test_times_without_an_offset_are_in_the_zone_given() -> None:
    summer, winter = "2026-07-01 12:00", "2026-01-01T12:00:00.5"
    assert utc([summer, winter], timezone="Europe/Paris") == [
        "2026-07-01 10:00:00",
        "2026-01-01 11:00:00",
    ]
    times = parse_times(pd.Series([summer, "2026-07-01T12:00Z"], dtype=object), "x")
    assert times.n_naive == 1


def test_the_hours_of_a_clock_change() -> None:
    # 02:30 came twice on 25 October 2026 (the first time is summer time, UTC+2) and not at
    # all on 29 March 2026 (moved to 03:00 summer time).
    assert utc(["2026-10-25 02:30", "2026-03-29 02:30"], timezone="Europe/Paris") == [
        "2026-10-25 00:30:00",
        "2026-03-29 01:00:00",
    ]


def test_epoch_seconds_and_milliseconds() -> None:
    cells = [1_767_225_600, "1767225600000", 1_767_225_600.25]
    assert utc(cells) == ["2026-01-01 00:00:00"] * 3


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (["3/4/2026 9:05", "3/25/2026"], "2026-03-04 09:05:00"),
        (["3/4/2026 9:05 PM", "3/25/2026 1:00 am"], "2026-03-04 21:05:00"),
        (["3/4/2026 09:05:07", "25/3/2026"], "2026-04-03 09:05:07"),
        (["3.4.2026 09:05"], "2026-04-03 09:05:00"),
        (["4/4/2026", "5/5/2026"], "2026-04-04 00:00:00"),
    ],
)
def test_the_column_decides_on_the_order_of_day_and_month(cells: list[object], first: str) -> None:
    assert utc(cells)[0] == first


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["3/4/2026", "5/6/2026"], "every date fits both"),
        (["3/14/2026", "14/3/2026"], "some dates are day/month"),
    ],
)
def test_an_undecided_order_is_an_error_with_the_way_out(cells: list[object], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        utc(cells)
    assert "date_format" in caught.value.hint


def test_a_format_decides() -> None:
    assert utc(["3/4/2026 9:05"], date_format="M/D/YYYY H:MM") == ["2026-03-04 09:05:00"]
    assert utc(["3/4/2026 9:05"], date_format="%d/%m/%Y %H:%M") == ["2026-04-03 09:05:00"]
    with pytest.raises(InputError, match="no dates in 1 rows, expected the format YYYY"):
        utc(["3/4/2026"], date_format="YYYY-MM-DD")


@pytest.mark.parametrize(
    ("letters", "form"),
    [
        ("M/D/YYYY H:MM", "%m/%d/%Y %H:%M"),
        ("DD.MM.YYYY HH:MM:SS", "%d.%m.%Y %H:%M:%S"),
        ("YYYY-MM-DD h:mm AM", "%Y-%m-%d %I:%M %p"),
        ("%d %b", "%d %b"),
    ],
)
def test_letters_of_a_format(letters: str, form: str) -> None:
    assert to_strptime(letters) == form


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (["5 Apr 2026 21:06", "2026-04-06"], "2026-04-05 21:06:00"),
        (["Sun, 05 April 2026 21:06:07 +0200"], "2026-04-05 19:06:07"),
        (["Apr 5, 2026 9:06 PM", "Sunday, April 5th, 2026 at 9:07 PM"], "2026-04-05 21:06:00"),
        (["Tue, 05-May-2026 09:30:00 GMT"], "2026-05-05 09:30:00"),
        (["2026/04/05 9:06"], "2026-04-05 09:06:00"),
        (["2026-04-05 10:00:00-05", "2026-04-05 10:00:00 +0530"], "2026-04-05 15:00:00"),
        (["46117.8792", "46118", None], "2026-04-05 21:06:03"),
        ([46117.5, 46118.0], "2026-04-05 12:00:00"),
    ],
)
def test_dates_that_are_plain_in_any_country_and_serial_dates(
    cells: list[object], first: str
) -> None:
    times = utc(cells)
    assert times[0] == first
    assert sum(time is not None for time in times) == sum(cell is not None for cell in cells)


def test_numbers_among_dates_are_no_serial_dates() -> None:
    assert utc(["46117.8792", "2026-04-05"]) == [None, "2026-04-05 00:00:00"]
    assert utc(["4611", "46117", "2026-04-05"])[:2] == [None, None]


@pytest.mark.parametrize("turned", [pd.Timestamp("2026-05-04").to_pydatetime(), "46146", 46146.5])
def test_a_column_that_a_spreadsheet_may_have_turned_is_refused(turned: object) -> None:
    with pytest.raises(InputError, match="may have swapped the two") as caught:
        utc(["25/4/2026", turned])
    assert "as it came" in caught.value.hint


def test_single_cells_that_are_no_dates_stay_missing() -> None:
    cells = ["2026-01-01", None, "", "soon", "2026-02-30", "31/13/2026", float("nan"), True]
    never = ["0001-01-01", "9999-12-31 23:59:59", "9999-12-31T23:59:59-12:00"]
    assert utc([*cells, *never]) == ["2026-01-01 00:00:00", *[None] * 10]


def test_no_date_at_all_and_no_such_zone() -> None:
    with pytest.raises(InputError, match=r"a\.csv: created_at: no dates in 2 rows"):
        utc(["soon", None])
    with pytest.raises(InputError, match="got 'Paris'"):
        utc(["2026-01-01"], timezone="Paris")


@settings(deadline=None, max_examples=80)
@given(st.lists(st.none() | st.text(max_size=20) | st.integers() | st.floats(), max_size=5))
def test_any_cells_give_times_or_an_error_in_words(cells: list[object]) -> None:
    try:
        assert len(utc(cells)) == len(cells)
    except InputError as error:
        assert error.hint


# Columns


def test_text_keeps_zeros_and_what_is_missing() -> None:
    cells = pd.Series(["007", 7, 7.0, 2.5, None, " ", float("nan"), True], dtype=object)
    text = as_text(cells)
    assert text.isna().tolist() == [False] * 4 + [True] * 3 + [False]
    assert text.dropna().tolist() == ["007", "7", "7", "2.5", "true"]
    assert as_text(pd.Series([1.0, None])).iloc[0] == "1"


def test_numbers() -> None:
    assert as_numbers(pd.Series(["12.50", "£3", None])).tolist()[:2] == [12.5, 3.0]
    assert as_numbers(pd.Series(["12,50", "3"])).tolist() == [12.5, 3.0]
    assert as_numbers(pd.Series(["1,234.50", "3"])).isna().tolist() == [True, False]
    assert as_numbers(pd.Series([1, 2])).dtype == "float64"


def test_flags() -> None:
    flags = as_flags(pd.Series(["Yes", "0", "perhaps", None, True], dtype=object))
    assert flags.isna().tolist() == [False, False, True, True, False]
    assert flags.dropna().tolist() == [True, False, True]


# Tables

CONTACT_ROW = "contact_id,created_at,order_id,text,mood\n007,2026-01-01T10:00:00Z,0012,Hello,blue\n"


def test_loads_a_table_with_its_types(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CONTACT_ROW)
    table = load_table(tmp_path / "a.csv", CONTACTS)
    assert table.loc[0, ["contact_id", "order_id", "mood"]].tolist() == ["007", "0012", "blue"]
    assert table["created_at"].dt.tz is not None


@pytest.mark.parametrize("ending", ["csv", "tsv", "ndjson", "parquet", "xlsx"])
def test_what_is_written_is_read_back(tmp_path: Path, ending: str) -> None:
    (tmp_path / "a.csv").write_text(CONTACT_ROW)
    table = load_table(tmp_path / "a.csv", CONTACTS)
    write_table(table, tmp_path / f"b.{ending}", {"n": 1})
    pd.testing.assert_frame_equal(load_table(tmp_path / f"b.{ending}", CONTACTS), table)
    assert read_provenance(tmp_path / f"b.{ending}") == ({"n": 1} if ending == "parquet" else {})


def test_all_faults_of_a_table_at_once_and_none_of_its_words(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("order_id,created_at\nsecret,2026-01-01\nsecret,2026-01-02\n,2026-01-02\n")
    with pytest.raises(InputError) as caught:
        load_table(path, ORDERS)
    assert "order_id: is empty (rows 3)" in str(caught.value)
    assert "order_id: occurs more than once (rows 1, 2)" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_missing_column_and_missing_dates_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="created_at: is missing"):
        check_table(pd.DataFrame({"order_id": ["1"]}), ORDERS, "x")
    (tmp_path / "a.csv").write_text("order_id,created_at\n1,2026-01-01\n2,\n3,soon\n")
    with pytest.raises(InputError, match=r"2 cells are missing or no dates \(rows 2, 3\)"):
        load_table(tmp_path / "a.csv", ORDERS)


def test_optional_times_may_be_missing_but_not_wrong() -> None:
    frame = pd.DataFrame({"contact_id": ["1", "2"], "created_at": ["2026-01-01"] * 2})
    frame = frame.assign(channel="", customer_id="", order_id="", text="Hi")
    some = coerce(frame.assign(resolved_at=["2026-01-02", None]), CONTACTS, "t")
    assert some["resolved_at"].isna().tolist() == [False, True]
    none = coerce(frame.assign(resolved_at=[None, None]), CONTACTS, "t")
    assert none["resolved_at"].isna().all()
    with pytest.raises(InputError, match="'resolved_at': 1 cells are missing or no dates"):
        coerce(frame.assign(resolved_at=["2026-01-02", "soon"]), CONTACTS, "t")


def test_read_table_names_the_first_broken_line(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n3\n4,5,6\n")
    with pytest.raises(InputError, match=r"line 3: 1 fields .* \(2 such rows\)"):
        read_table(tmp_path / "a.csv")
    (tmp_path / "b.csv").write_text("a,b\n")
    with pytest.raises(InputError, match="no rows"):
        read_table(tmp_path / "b.csv")


def test_frames_of_json_have_the_same_types_in_every_part(tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_text('{"id": 1}\n{"id": null}\n{"id": "x", "l": [1]}\n')
    frames = [frame for frame, _ in iter_frames(tmp_path / "a.ndjson", 2)]
    assert [len(frame) for frame in frames] == [2, 1]
    assert pd.concat(frames)["id"].tolist()[::2] == ["1", "x"]
    assert frames[1].loc[0, "l"] == "[1]"


def test_formulas_are_defused() -> None:
    frame = pd.DataFrame({"=x": ["=1+1", "@a", "-5", " -b", "ok", None]})
    safe = defuse_formulas(frame)
    assert safe.columns.tolist() == ["'=x"]
    assert safe["'=x"].tolist()[:5] == ["'=1+1", "'@a", "-5", "' -b", "ok"]
    assert safe["'=x"].isna().tolist() == [False] * 5 + [True]


@pytest.mark.parametrize("ending", ["csv", "tsv", "xlsx", "ndjson"])
def test_defused_cells_come_back_as_they_were(tmp_path: Path, ending: str) -> None:
    ids = [
        "=1",
        "'=1",
        "''@x",
        "-5",
        "'-5",
        "+49 1",
        "007",
        " =x",
        "'x",
        "＝1",
        "\N{NO-BREAK SPACE}=1",
    ]
    path = tmp_path / f"a.{ending}"
    write_table(pd.DataFrame({"=id": ids}), path)
    assert read_table(path)["=id"].tolist() == ids
    first = path.read_bytes()
    write_table(pd.DataFrame({"=id": ids}), path)
    assert path.read_bytes() == first


def test_nothing_in_a_workbook_is_a_formula(tmp_path: Path) -> None:
    write_table(
        pd.DataFrame({"a": ["=1+1", "@x", "\x07bell", None], "n": [1.5, None, 2, 3]}),
        tmp_path / "a.xlsx",
    )
    rows = list(openpyxl.load_workbook(tmp_path / "a.xlsx").active.iter_rows(min_row=2))
    assert [(row[0].value, row[0].data_type) for row in rows[:3]] == [
        ("'=1+1", "s"), ("'@x", "s"), ("bell", "s"),
    ]  # fmt: skip
    assert [row[1].value for row in rows] == [1.5, None, 2, 3]


def test_a_workbook_holds_no_time_of_writing(tmp_path: Path) -> None:
    write_table(pd.DataFrame({"a": ["b"]}), tmp_path / "a.xlsx")
    said = openpyxl.load_workbook(tmp_path / "a.xlsx").properties
    assert said.created == said.modified == datetime(1980, 1, 1)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert {file.date_time[:3] for file in archive.infolist()} == {(1980, 1, 1)}


def test_a_workbook_of_several_sheets_leaves_nothing_behind_when_one_fails(tmp_path: Path) -> None:
    one, long = pd.DataFrame({"a": ["=1+1"]}), pd.DataFrame({"a": ["x" * 32_768]})
    with pytest.raises(InputError, match="32,767"):
        write_sheets({"one": one, "long": long}, tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []
    write_sheets({"one": one, "two": one}, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert [sheet["A2"].value for sheet in book] == ["'=1+1", "'=1+1"]


def test_a_workbook_refuses_what_it_would_cut_off(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="row 2 has a cell of 32,768 characters"):
        write_table(pd.DataFrame({"a": ["x" * 32_768]}), tmp_path / "a.xlsx")
    assert not list(tmp_path.iterdir())


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.csv"
    write_table(pd.DataFrame({"a": [1]}), path)
    with pytest.raises(RuntimeError), writing(path) as beside:
        beside.write_text("half")
        raise RuntimeError
    assert path.read_text() == "a\n1\n"
    assert [entry.name for entry in path.parent.iterdir()] == ["a.csv"]


def test_says_what_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"got the ending '\.xls'"):
        write_table(pd.DataFrame({"a": [1]}), tmp_path / "a.xls")
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        write_table(pd.DataFrame({"a": [1]}), tmp_path / "file" / "a.csv")


def test_rejected_rows_beside_the_output_and_none_left_from_before(tmp_path: Path) -> None:
    beside = tmp_path / "a.parquet.rejected.csv"
    assert write_rejected([Rejected("x.csv", 3, "no date")], tmp_path / "a.parquet") == 1
    assert beside.read_text() == "file,line,reason\nx.csv,3,no date\n"
    assert write_rejected([], tmp_path / "a.parquet") == 0
    assert not beside.exists()


def test_a_spool_gives_back_columns_and_rows_in_any_order(tmp_path: Path) -> None:
    rows = Spool(tmp_path / "rows", ["id", "n", "text"], ["n"])
    rows.add([("b", 2, "two"), ("a", 1, None)])
    rows.add([("c", 3, "three")])
    columns = rows.columns(["n", "id"])
    assert columns.columns.tolist() == ["n", "id"]
    assert columns["n"].tolist() == [2, 1, 3]
    assert rows.columns(["text"])["text"].isna().tolist() == [False, True, False]
    (frame,) = rows.frames(np.array([2, 0]))
    assert frame["id"].tolist() == ["c", "b"]
    assert not list(tmp_path.iterdir())


def test_times_are_the_same_whether_read_together_or_in_pieces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cells = ["2026-01-02T10:00:00Z", None, "1767348000", "3/4/2026 10:00", "2026-01-02 11:00"] * 3
    cells.append("13/4/2026 10:00")  # the last cell tells the order of all
    whole = utc(cells)
    assert whole[3] == "2026-04-03 10:00:00"
    for module in ("date_text", "times"):
        monkeypatch.setattr(sys.modules[f"cxtopics.tables.{module}"], "AT_ONCE", 4)
    assert utc(cells) == whole


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc to ask")
def test_a_long_parquet_file_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    with pq.ParquetWriter(tmp_path / "long.parquet", arrow.schema({"text": arrow.string()})) as out:
        for _ in range(60):  # groups of rows, 2 MB each
            texts = [rng.bytes(1000).hex() for _ in range(1000)]
            out.write_table(arrow.table({"text": texts}))
    code = (
        "import re, sys\nfrom cxtopics.tables import iter_frames\n"
        "def held():\n"
        "    with open('/proc/self/status') as status:\n"
        "        return int(re.search(r'RssAnon:\\s+(\\d+)', status.read())[1]) / 1024\n"
        "grown = [held() for _ in iter_frames(sys.argv[1], 1000)]\n"
        "print(grown[-1] - grown[5])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "long.parquet"], capture_output=True, text=True
    )
    assert float(done.stdout) < 40, done.stderr  # MB, of 120 that were read
