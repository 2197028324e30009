"""Public samples of real exports: every row goes where a count by hand says it goes."""

from pathlib import Path

import pandas as pd
import pytest

from cxtopics.records import open_records
from cxtopics.sources import Kind, detect

from .reading import dialects_of, order, read_contacts, read_orders


@pytest.fixture(scope="module")
def exports(benchmark_data: Path) -> Path:
    folder = benchmark_data / "exports"
    if not folder.is_dir():
        pytest.skip("the samples of exports are not here")
    return folder


def test_zendesk_tables(exports: Path) -> None:
    """By hand: 10 tickets, two of status deleted (1595, 11013), none merged away: ticket 1966
    absorbed 1967, which is not in the file. Comments (20) and tags (10) are of other tickets."""
    found = read_contacts([exports / "zendesk_fivetran"])
    account = found.reconciliation
    assert (account.n_read, account.n_counted, account.left_out) == (10, 8, {"deleted": 2})
    assert {row.id for row in account.left_out_rows} == {"1595", "11013"}
    assert dialects_of(found) == ["zendesk_tables"] * 5  # comments, history, tags, users beside
    table = found.table.set_index("contact_id")
    # its status became solved on 2020-11-14, by ticket_field_history
    assert table.loc["11071", "resolved_at"] == pd.Timestamp("2020-11-14T11:01:27Z")
    assert table.loc["11071", "text"] == "subject1\nTicket to test field history changes"
    assert set(table["channel"]) == {"email"}
    said = " ".join(account.notices)
    assert "comments (20 rows), tags (10 rows)" in said
    assert "ticket_chat_event_data.csv" in said


def test_zendesk_tickets_alone_say_what_is_missing(exports: Path) -> None:
    found = read_contacts([exports / "zendesk_fivetran" / "ticket_data.csv"])
    assert found.reconciliation.n_counted == 8
    assert found.reconciliation.notices[0].startswith("no comments beside the tickets")


def test_zendesk_deleted_tickets_can_be_kept(exports: Path) -> None:
    found = read_contacts([exports / "zendesk_fivetran" / "ticket_data.csv"], keep=["deleted"])
    assert found.reconciliation.n_counted == 10
    assert "(--keep) although the export marks them: deleted" in found.reconciliation.notices[-1]


def test_intercom_history(exports: Path) -> None:
    """By hand: 9 rows are 3 versions of one conversation and 6 of another; one each is active."""
    found = read_contacts([exports / "intercom_fivetran"])
    account = found.reconciliation
    assert (account.n_read, account.left_out) == (9, {"duplicate": 7})
    assert found.table["contact_id"].tolist() == ["156643300001311", "156643300001372"]
    assert found.table["status"].tolist() == ["closed", "closed"]  # as the active versions say
    assert found.table["created_at"].iloc[0] == pd.Timestamp("2020-10-28T23:59:37Z")


def test_intercom_history_without_the_mark(exports: Path, tmp_path: Path) -> None:
    """The newest version counts where no column tells which is active."""
    rows = pd.read_csv(exports / "intercom_fivetran" / "conversation_history_data.csv", dtype=str)
    rows.drop(columns="_fivetran_active").to_csv(tmp_path / "c.csv", index=False)
    found = read_contacts([tmp_path / "c.csv"])
    assert found.reconciliation.left_out == {"duplicate": 7}
    assert found.table["status"].tolist() == ["closed", "closed"]


def test_shopify_tables(exports: Path) -> None:
    """By hand: 8 orders, none of them test or cancelled; three have their one line beside."""
    found = read_orders([exports / "shopify_fivetran"])
    account = found.reconciliation
    assert (account.n_read, account.n_counted, account.left_out) == (8, 8, {})
    assert order(found, "9e346f2e912c60e16679f4a4c8d29422")["total"] == 5.39
    assert found.table["sku"].notna().sum() == 3
    assert found.table["currency"].value_counts().to_dict() == {"USD": 5, "GBP": 3}
    assert found.table["created_at"].iloc[0] == pd.Timestamp("2020-09-09T22:57:51Z")


@pytest.mark.parametrize(
    ("name", "kind", "dialect"),
    [
        ("freshdesk_tickets_csv_export.csv", "contacts", "freshdesk_csv"),
        ("zendesk_view_csv_export.csv", "contacts", "zendesk_csv"),
        ("shopify_admin_orders_export.csv", "orders", "shopify_csv"),
    ],
)
def test_headers_of_real_exports(exports: Path, name: str, kind: Kind, dialect: str) -> None:
    assert detect(open_records(exports / "header_only" / name), kind).dialect.name == dialect
