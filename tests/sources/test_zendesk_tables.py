"""Zendesk's tables: comments, tags, users and history looked up beside the tickets."""

import zipfile
from pathlib import Path

import pandas as pd
import pytest

from cxtopics.contacts import explain_contacts
from cxtopics.render.explanation import explanation_text
from cxtopics.sources import email_key

from .reading import contact, dialects_of, read_contacts, write_csv

TICKET = (
    "id,created_at,description,requester_id,status,subject,submitter_id,via_channel,"
    "merged_ticket_ids"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_csv(
        tmp_path / "tickets.csv",
        TICKET,
        '1,2026-02-01 09:00:00,Lamp is dark,11,solved,Lamp,11,email,"[3]"',
        "2,2026-02-02 09:00:00,We have news,12,open,News,7,web,[]",
        "3,2026-02-03 09:00:00,Still dark,11,closed,Lamp again,11,email,",
        "4,2026-02-04 09:00:00,Hm,13,deleted,Oops,13,email,",
        "5,2026-02-05 09:00:00,Spammy,13,open,Buy,13,email,",
    )
    write_csv(
        tmp_path / "comments.csv",
        "id,ticket_id,user_id,public,created,body",
        "3,1,7,TRUE,2026-02-01 11:00:00,We send a bulb",
        "1,1,11,TRUE,2026-02-01 09:00:00,Lamp is dark",
        "2,1,7,FALSE,2026-02-01 10:00:00,Note: bulb?",
        "4,1,11,TRUE,2026-02-01 12:00:00,Thanks a lot",
        "5,2,7,TRUE,2026-02-02 09:00:00,We have news",
    )
    write_csv(tmp_path / "tags.csv", "ticket_id,tag", "1,vip", "1,vip", "1,lamp", "5,spam")
    write_csv(tmp_path / "users.csv", "id,email,role", "11,Ann@example.com,end-user")
    write_csv(
        tmp_path / "history.csv",
        "ticket_id,field_name,value,updated",
        "1,status,solved,2026-02-01 12:30:00",
        "1,status,solved,2026-02-02 08:00:00",
        "1,priority,solved,2026-03-01 00:00:00",
    )
    write_csv(tmp_path / "brands.csv", "id,name", "1,Lamps")
    return tmp_path


def test_a_folder_is_one_export(folder: Path) -> None:
    found = read_contacts([folder])
    assert found.reconciliation.n_read == 5
    assert found.reconciliation.left_out == {"outbound": 1, "merged": 1, "deleted": 1, "spam": 1}
    assert sorted(file.name for file in found.reconciliation.files) == [
        "comments.csv", "history.csv", "tags.csv", "tickets.csv", "users.csv",
    ]  # fmt: skip
    assert "not read, as nothing in them is needed: brands.csv" in found.reconciliation.notices
    row = contact(found, "1")
    assert row["text"] == "Lamp is dark"  # the description is the first comment: said once
    assert row["customer_id"] == email_key("ann@example.com")
    assert row["first_response_at"] == pd.Timestamp("2026-02-01T11:00:00Z")
    assert row["resolved_at"] == pd.Timestamp("2026-02-02T08:00:00Z")
    assert (row["n_agent_messages"], row["tags"], row["status"]) == (1, "vip, lamp", "resolved")


def test_a_zip_is_one_export_too(folder: Path) -> None:
    apart = read_contacts([folder])
    with zipfile.ZipFile(folder / "export.zip", "w") as archive:
        for path in sorted(folder.glob("*.csv")):
            archive.write(path, f"zendesk/{path.name}")
            path.unlink()
    found = read_contacts([folder / "export.zip"])
    pd.testing.assert_frame_equal(found.table, apart.table)
    assert found.reconciliation.left_out == apart.reconciliation.left_out
    tickets = found.reconciliation.files[-1]
    assert (tickets.name, tickets.n_rows) == ("export.zip/zendesk/tickets.csv", 5)
    assert {file.sha256 for file in found.reconciliation.files} == {tickets.sha256}


def test_an_explanation_tells_tables_beside_and_columns_of_service(folder: Path) -> None:
    found = explain_contacts([folder], keep=["merged"])
    became = {file.name: file.became for file in found.files}
    assert became["tickets.csv"]["status"] == ("status", "left_out")
    assert became["tickets.csv"]["created_at"] == ("created_at",)
    assert set(became) == {"tickets.csv", "comments.csv", "tags.csv", "users.csv", "history.csv"}
    text = explanation_text(found)
    assert "comments.csv: zendesk_tables (CSV, UTF-8, separated by commas)" in text
    assert "5 rows of comments beside" in text
    assert "tags 50.0 %" in text
    assert "--keep) although the export marks them: merged" in text
    assert "  csat: no satisfaction by topic" in text


def test_all_messages_are_the_customers_in_the_order_of_time(folder: Path) -> None:
    files = [folder / name for name in ("comments.csv", "tickets.csv")]
    found = read_contacts(files, messages="all")
    assert contact(found, "1")["text"] == "Lamp is dark\nThanks a lot"


def test_times_are_utc_whatever_the_zone_asked_for(folder: Path) -> None:
    found = read_contacts([folder / "tickets.csv"], timezone="Asia/Tokyo")
    assert contact(found, "1")["created_at"] == pd.Timestamp("2026-02-01T09:00:00Z")


def test_reasons_are_overruled_one_by_one(folder: Path) -> None:
    assert read_contacts([folder], keep=["merged"]).reconciliation.left_out == {
        "outbound": 1, "deleted": 1, "spam": 1,
    }  # fmt: skip
    kept = read_contacts([folder], keep=["Outbound", "deleted", "spam", "merged"])
    assert kept.reconciliation.n_counted == 5


def test_a_broken_row_beside_is_counted(folder: Path) -> None:
    with (folder / "tags.csv").open("a") as text:
        text.write("1,vip,too,many\n")
    account = read_contacts([folder]).reconciliation
    assert account.n_read == 6
    assert [(row.file, row.line) for row in account.rejected] == [("tags.csv", 6)]


def test_several_parts_of_one_table(folder: Path) -> None:
    write_csv(
        folder / "more.csv", TICKET, "6,2026-02-06 09:00:00,Where is it,14,open,Where,14,chat,"
    )
    found = read_contacts([folder])
    assert dialects_of(found).count("zendesk_tables") == 6
    assert contact(found, "6")["text"] == "Where is it"
