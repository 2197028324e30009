"""Helpdesk exports to contacts: every row counted, left out or rejected."""

import csv
import json
import sys
import tempfile
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxtopics.contacts import (
    Contacts,
    contacts_file,
    explain_contacts,
    load_contacts,
    read_contacts,
    save_contacts,
)
from cxtopics.errors import CxTopicsError, InputError
from cxtopics.render.explanation import explanation_text
from cxtopics.schemas import LEFT_OUT_REASONS
from cxtopics.sources import email_key
from cxtopics.tables import read_provenance, read_table, spool

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "data" / "1-export"


def ticket(number: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": number, "subject": "Lamp", "description": "It is broken.", "status": "open",
        "tags": [], "via": {"channel": "web"}, "requester_id": 11, "submitter_id": 11,
        "created_at": "2026-01-02T10:00:00Z", **more,
    }  # fmt: skip


def write(folder: Path, name: str, *lines: Any) -> Path:
    path = folder / name
    path.write_text("".join((x if isinstance(x, str) else json.dumps(x)) + "\n" for x in lines))
    return path


@pytest.fixture
def two_files(tmp_path: Path) -> list[Path]:
    """12 rows: 5 contacts (one without text), 5 left out, 2 rejected."""
    mail = {"channel": "email", "source": {"from": {"address": "Ann@example.com"}}}
    return [
        write(
            tmp_path,
            "a.ndjson",
            ticket(3, created_at="2026-01-03T00:00:00+02:00", via=mail),
            ticket(1, custom_fields=[{"id": 5, "value": "hp1001"}]),
            ticket(9, tags=["spam"]),
            ticket(8, merged_ticket_ids=[7], custom_fields=[{"id": 5, "value": "#HP1002"}]),
            ticket(4, created_at="soon"),
            ticket(6, status="deleted"),
        ),
        write(
            tmp_path,
            "b.ndjson",
            {"ticket": ticket(1)},
            {"ticket": ticket(7)},
            {"ticket": ticket(2, subject="", description=" ")},
            {
                "ticket": ticket(
                    10, description="Where is #HP1003?", requester_id=12, submitter_id=12
                )
            },
            {"ticket": ticket(6, custom_fields=[{"id": 5, "value": "HP1003"}])},
            '{"ticket": {"id": 99, "sub',
        ),
    ]


def test_every_row_is_accounted_for(two_files: list[Path]) -> None:
    account = read_contacts(two_files).reconciliation
    assert (account.n_read, account.n_counted, account.n_rejected) == (12, 5, 2)
    assert account.left_out == {"duplicate": 2, "spam": 1, "deleted": 1, "merged": 1}
    assert [(row.file, row.line, row.reason) for row in account.rejected] == [
        ("a.ndjson", 5, "not a date"),
        ("b.ndjson", 6, "not valid JSON"),
    ]
    assert [(row.file, row.line, row.id) for row in account.left_out_rows][-3:] == [
        ("b.ndjson", 1, "1"), ("b.ndjson", 2, "7"), ("b.ndjson", 5, "6"),
    ]  # fmt: skip
    assert [(file.name, file.n_rows) for file in account.files] == [
        ("a.ndjson", 6), ("b.ndjson", 6),
    ]  # fmt: skip


def test_contacts_are_in_the_order_of_time_in_utc(two_files: list[Path]) -> None:
    table = read_contacts(two_files).table
    assert table["contact_id"].tolist() == ["1", "10", "2", "8", "3"]
    assert table["created_at"].iloc[-1] == pd.Timestamp("2026-01-02T22:00:00Z")
    assert table["text"].isna().tolist() == [False, False, True, False, False]
    assert table["text"].iloc[0] == "Lamp\nIt is broken."


def test_orders_are_linked_and_a_person_has_one_id(two_files: list[Path]) -> None:
    contacts = read_contacts(two_files)
    table = contacts.table.set_index("contact_id")
    assert table.loc["1", ["order_id", "link_method"]].tolist() == ["HP1001", "field"]
    assert table.loc["10", ["order_id", "link_method"]].tolist() == ["HP1003", "text"]
    assert table.loc["3", ["order_id", "link_method"]].isna().all()
    # person 11 wrote one of the tickets by mail, so the address is known for all of them
    assert set(table.loc[["1", "2", "3", "8"], "customer_id"]) == {email_key("ann@example.com")}
    assert table.loc["10", "customer_id"] == "12"
    assert "order numbers: read from the custom field 5" in contacts.reconciliation.notices[0]


def test_a_named_field_is_taken_as_it_is(tmp_path: Path) -> None:
    fields = [{"id": 5, "value": "0012"}, {"id": 6, "value": "HP1"}]
    none = [{"id": 5, "value": "none"}]
    path = write(
        tmp_path, "a.ndjson", ticket(1, custom_fields=fields), ticket(2, custom_fields=none)
    )
    orders = read_contacts([path], order_field="5").table["order_id"]
    assert orders.dropna().tolist() == ["0012"]
    with pytest.raises(InputError, match="no custom field '99' has a value"):
        read_contacts([path], order_field="99")


def test_the_zendesk_csv_says_that_it_saw_subjects_only(tmp_path: Path) -> None:
    path = tmp_path / "view.csv"
    path.write_text(
        "Summation column,Id,Requester,Requester id,Requester email,Subject,Tags,Status,Via,"
        "Created at,Order [txt]\n"
        "1,001,Ann,11,ann@example.com,Lamp broken,,Open,Mail,2026-07-01 12:00,HP1001\n"
        "1,002,Ann,11,,Out of office,,Open,Mail,2026-07-01 12:00,\n"
        "1,003,Bo,12,,Refund?,vip closed_by_merge,Closed,Web,2026-07-01 12:00,\n"
        "1,004,Bo,12,,Refund,,Closed,Web,2026-07-01 13:00,HP1002\n"
    )
    contacts = read_contacts([path], timezone="Europe/Paris", order_field="Order [txt]")
    account = contacts.reconciliation
    assert account.notices[0].startswith("subjects only: ")
    assert account.left_out == {"automated": 1, "merged": 1}
    assert account.timezone == "Europe/Paris"
    row = contacts.table.iloc[0]
    assert (row["contact_id"], row["channel"], row["text"]) == ("001", "email", "Lamp broken")
    assert row["created_at"] == pd.Timestamp("2026-07-01T10:00:00Z")
    assert row["order_id"] == "HP1001"


def test_a_table_with_our_names_and_one_with_a_mapping(tmp_path: Path) -> None:
    ours = tmp_path / "ours.csv"
    ours.write_text("contact_id,created_at,text,order_id\n007,2026-01-13,Hello,#0012\n")
    table = read_contacts([ours]).table
    assert table.loc[0, ["contact_id", "text", "order_id", "link_method"]].tolist() == [
        "007", "Hello", "0012", "column",
    ]  # fmt: skip
    theirs = tmp_path / "theirs.csv"
    theirs.write_text("Nr;Opened;E-Mail;Title;Body\n007;3/4/2026 9:05;A@x.org;Re: Hi;<p>Yo</p>\n")
    mapping = {
        "contact_id": "nr", "created_at": "Opened", "customer_id": "E-Mail",
        "text": ["Title", "Body"], "date_format": "D/M/YYYY H:MM",
    }  # fmt: skip
    contacts = read_contacts([theirs], mapping=mapping)
    row = contacts.table.iloc[0]
    assert (row["text"], row["customer_id"]) == ("Hi\nYo", email_key("a@x.org"))
    assert row["created_at"] == pd.Timestamp("2026-04-03T09:05:00Z")
    assert contacts.reconciliation.notices == (
        "no time zone: 1 of 1 dates name none and were read as UTC; say the zone with --timezone",
    )
    with pytest.raises(InputError, match="no column 'Wrong', which the mapping names"):
        read_contacts([theirs], mapping={**mapping, "text": "Wrong"})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("contact_id,created_at,text\n", "a header and no rows"),
        ("contact_id,created_at,text\n1,soon,Hi\n2,,Ho\n", "created_at: no dates in 2 rows"),
        ("contact_id,created_at,text\n1,2026-01-01,\n", "no text in any of 1 contacts"),
        ("contact_id,created_at,text\n,2026-01-01,a\n", "none of 1 rows counts: no contact_id"),
        ("contact_id,created_at,text,text\n1,2026-01-01,a,b\n", "'text' occurs more than once"),
        ("a,b\n1,2\n", "missing contact_id, created_at, text; found columns a, b"),
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(content)
    with pytest.raises(InputError) as caught:
        read_contacts([path])
    assert message in str(caught.value)
    assert "\n" not in str(caught.value) + caught.value.hint


def test_no_file_at_all() -> None:
    with pytest.raises(InputError, match="got no file"):
        read_contacts([])


def test_saved_contacts_carry_their_account_and_load_back(
    two_files: list[Path], tmp_path: Path
) -> None:
    contacts = read_contacts(two_files)
    out = tmp_path / "out" / "contacts.parquet"
    save_contacts(contacts, out)
    provenance = read_provenance(out)
    assert provenance["contacts"] == contacts.reconciliation.to_dict()
    assert provenance["cxtopics"]
    pd.testing.assert_frame_equal(load_contacts(out), contacts.table)
    with Path(f"{out}.left_out.csv").open() as text:
        assert next(csv.DictReader(text))["reason"] == "spam"
    assert len(Path(f"{out}.rejected.csv").read_text().splitlines()) == 3


def test_progress_adds_up_to_the_rows(two_files: list[Path]) -> None:
    steps: list[int] = []
    read_contacts(two_files, progress=steps.append)
    assert sum(steps) == 12


def test_redacted_texts_keep_the_order_numbers_they_are_linked_by(tmp_path: Path) -> None:
    text = "Hi Ann,\nHP1003 is late, ring 0113 496 0000 or bo@example.com"
    fields = [[{"id": 5, "value": f"HP100{n}"}] for n in range(3)]
    rows = [ticket(n, custom_fields=fields[n]) for n in range(3)]
    path = write(tmp_path, "a.ndjson", *rows, ticket(9, description=text))
    contacts = read_contacts([path], redacted=True)
    row = contacts.table.set_index("contact_id").loc["9"]
    assert row["text"] == "Lamp\nHi [name],\nHP1003 is late, ring [phone] or [email]"
    assert (row["order_id"], row["link_method"]) == ("HP1003", "text")
    assert any("redacted" in notice for notice in contacts.reconciliation.notices)


def test_redaction_knows_order_numbers_that_stand_in_a_column(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = [f"{n},2026-01-0{n},0113496000{n} is late,0113496000{n}" for n in range(1, 5)]
    path.write_text("\n".join(["contact_id,created_at,text,order_id", *lines]))
    assert read_contacts([path], redacted=True).table["text"][0] == "01134960001 is late"


@pytest.mark.parametrize("workers", [1, 2])
def test_a_machines_message_is_no_contact_unless_it_is_to_be_kept(
    tmp_path: Path, workers: int
) -> None:
    away = "I am on annual leave until 5 May and will reply on my return."
    path = write(tmp_path, "a.ndjson", ticket(1), ticket(2, description=away))
    assert read_contacts([path], workers=workers).reconciliation.left_out == {"automated": 1}
    kept = read_contacts([path], workers=workers, keep=["automated"])
    assert kept.table["contact_id"].tolist() == ["1", "2"]
    assert any("(--keep)" in notice for notice in kept.reconciliation.notices)


def test_other_processes_read_as_much_of_a_mail_as_this_one(tmp_path: Path) -> None:
    styles = f"<style>{'p {color: red} ' * 10_000}</style>"
    path = write(tmp_path, "a.ndjson", ticket(1, comments=[
        {"author_id": 11, "public": True, "html_body": f"{styles}<p>It is dark.</p>"},
    ]))  # fmt: skip
    for workers in (1, 2):
        table = read_contacts([path], workers=workers).table
        assert table["text"].tolist() == ["Lamp\nIt is dark."]


def test_dates_that_a_spreadsheet_spoilt_are_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["contact_id", "created_at", "text"])
    sheet.append(["1", datetime(2026, 4, 5), "It is dark."])
    sheet.append(["2", "25/4/2026", "It is dark."])
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(InputError, match="1 cells are dates of a spreadsheet and 1 are text"):
        read_contacts([tmp_path / "a.xlsx"])


@pytest.fixture(scope="module")
def sample() -> Contacts:
    paths = sorted(SAMPLE.glob("zendesk_tickets_*.ndjson"))
    if not paths:
        pytest.skip("the bundled sample is not here")
    return read_contacts(paths)


def test_the_sample_is_read_as_its_truth_says(sample: Contacts) -> None:
    truth = pd.read_csv(ROOT / "data" / "sample" / "truth.csv", dtype=str, keep_default_na=False)
    left_out = {(row.id, row.reason) for row in sample.reconciliation.left_out_rows}
    out = truth[truth["kind"].isin(LEFT_OUT_REASONS)]
    assert left_out == set(zip(out["ticket_id"], out["kind"], strict=True))
    contacts = truth[truth["kind"].isin(["contact", "no_text"])].set_index("ticket_id")
    assert set(contacts.index) == set(sample.table["contact_id"])
    table = sample.table.set_index("contact_id")
    silent = contacts.index[contacts["kind"] == "no_text"]
    assert set(table.index[table["text"].isna()]) == set(silent)
    linked = table["order_id"].dropna()
    assert (linked == contacts.loc[linked.index, "order_name"].str.removeprefix("#")).all()
    assert len(linked) > 0.4 * len(table)
    keys = contacts["customer_email"].map(email_key)
    assert (table["customer_id"] == keys.loc[table.index]).all()


def test_no_quoted_mail_is_left_in_the_sample(sample: Contacts) -> None:
    texts = sample.table["text"].dropna()
    assert not texts.str.contains(r"(?m)^>|wrote:$|Original Message|schrieb .*:$").any()


def test_the_file_is_the_same_by_every_way(
    two_files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "ROWS_PER_FRAME", 2)  # several frames, rows from anywhere in each
    monkeypatch.setattr(sys.modules["cxtopics.tables.writing"], "ROWS_PER_FRAME", 2)
    contacts = read_contacts(two_files)
    assert contacts.table["contact_id"].tolist() == ["1", "10", "2", "8", "3"]
    save_contacts(contacts, tmp_path / "saved.parquet")
    for workers in (1, 2):
        out = tmp_path / f"{workers}.parquet"
        assert contacts_file(two_files, out, workers=workers) == contacts.reconciliation
        assert out.read_bytes() == (tmp_path / "saved.parquet").read_bytes()
    redacted = [read_contacts(two_files, redacted=True, workers=n).table for n in (1, 2)]
    pd.testing.assert_frame_equal(*redacted)
    contacts_file(two_files, tmp_path / "a.xlsx")
    assert read_table(tmp_path / "a.xlsx")["contact_id"].tolist() == ["1", "10", "2", "8", "3"]


def test_an_interrupted_run_leaves_nothing(two_files: list[Path], tmp_path: Path) -> None:
    def interrupt(n: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        contacts_file(two_files, tmp_path / "out" / "a.parquet", progress=interrupt)
    assert not list((tmp_path / "out").iterdir())


def test_a_zip_of_parts_is_one_input(two_files: list[Path], tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "export.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in two_files:
            archive.write(file, file.name)
    apart, together = read_contacts(two_files), read_contacts([tmp_path / "export.zip"])
    pd.testing.assert_frame_equal(together.table, apart.table)
    assert [row.file for row in together.reconciliation.rejected] == [
        "export.zip/a.ndjson",
        "export.zip/b.ndjson",
    ]


def test_files_of_one_name_are_told_apart(two_files: list[Path], tmp_path: Path) -> None:
    (tmp_path / "may").mkdir()
    two_files[1].rename(tmp_path / "may" / "a.ndjson")
    account = read_contacts([tmp_path / "a.ndjson", tmp_path / "may"]).reconciliation
    assert [row.file.split("/")[-2:] for row in account.rejected] == [
        [tmp_path.name, "a.ndjson"],
        ["may", "a.ndjson"],
    ]


def test_a_part_without_rows_is_said_and_no_error(two_files: list[Path], tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("contact_id,created_at,text\n")
    account = read_contacts([*two_files, tmp_path / "c.csv"]).reconciliation
    assert "c.csv: a header and no rows" in account.notices
    assert [file.n_rows for file in account.files] == [6, 6, 0]


def test_an_explanation_says_what_became_of_every_column(two_files: list[Path]) -> None:
    found = explain_contacts(two_files)
    became = found.files[0].became
    assert became["id"] == ("contact_id",)
    assert became["description"] == ("text",)
    assert became["via.source.from.address"] == ("customer_id",)
    assert became["custom_fields[].value"] == ("order_id (custom field)",)
    assert became["merged_ticket_ids"] == ("left_out",)
    assert found.n_linked == {"field": 2, "text": 1}
    text = explanation_text(found)
    assert "12 read = 5 contacts + 5 left out (2 duplicate, 1 spam" in text
    assert "a.ndjson: zendesk_json (JSON, UTF-8)" in text
    assert "  csat: no satisfaction by topic" in text
    assert "broken" not in text  # no customer's words
    assert "ann@" not in text.lower()


def test_an_explanation_knows_columns_that_stand_in_for_each_other(tmp_path: Path) -> None:
    path = write(tmp_path, "a.ndjson", ticket(1, raw_subject="Lamp", assignee_id=4))
    traced = explain_contacts([path]).files[0]
    assert traced.became["subject"] == traced.became["raw_subject"] == ("text",)
    assert "assignee_id" in traced.unused


CELLS = st.sampled_from(["1", "2", "2026-01-01", "2026-13-01", "", '"', "Hi", "a,b", "\0", "é"])
KEYS = st.sampled_from(["id", "created_at", "via", "subject", "tags", "comments", "status"])
VALUES = st.recursive(
    CELLS | st.integers() | st.none() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
CSV_BYTES = st.lists(st.lists(CELLS, max_size=4).map(",".join), max_size=6).map(
    lambda lines: "\n".join(["contact_id,created_at,text", *lines]).encode()
)
JSON_BYTES = st.lists(
    st.dictionaries(KEYS, VALUES).map(lambda row: json.dumps({**ticket(1), **row}).encode())
    | st.binary(max_size=12),
    max_size=6,
).map(b"\n".join)


@pytest.mark.parametrize("ending", ["csv", "ndjson"])
@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_any_file_reconciles_or_is_an_error_in_words(ending: str, data: st.DataObject) -> None:
    content = data.draw((CSV_BYTES if ending == "csv" else JSON_BYTES) | st.binary(max_size=60))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{ending}"
        path.write_bytes(content)
        try:
            contacts = read_contacts([path])
            save_contacts(contacts, Path(folder) / "out.parquet")
        except CxTopicsError as error:
            assert error.hint
            assert "\n" not in str(error)
        else:
            account = contacts.reconciliation
            n_out = sum(account.left_out.values())
            assert account.n_read == len(contacts.table) + n_out + account.n_rejected
