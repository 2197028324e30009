"""Each file is taken for what it is, by a reason; what is none of them is told."""

from pathlib import Path

import pytest
import yaml

from cxtopics.errors import InputError
from cxtopics.records import open_records
from cxtopics.sources import DIALECTS, Kind, ReadOptions, detect, load_mapping

SHOPIFY = "Name,Email,Financial Status,Total,Created at,Lineitem quantity,Lineitem sku\n"
ZENDESK = "Summation column,Id,Requester,Subject,Tags,Status,Created at\n"


@pytest.mark.parametrize(
    ("name", "content", "kind", "dialect", "reason"),
    [
        ("a.csv", SHOPIFY, "orders", "shopify_csv", "columns Name, Lineitem quantity, Created at"),
        ("a.csv", SHOPIFY.upper(), "orders", "shopify_csv", "columns NAME"),
        ("a.csv", ZENDESK, "contacts", "zendesk_csv", "columns Id, Subject, Created at"),
        ("a.csv", "text,Contact_ID,created_at\n", "contacts", "table", "columns contact_id"),
        ("a.csv", "order_id;created_at\n", "orders", "table", "columns order_id, created_at"),
        ("a.json", '{"id": 1, "created_at": 2, "via": {}}', "contacts", "zendesk_json", "keys id"),
    ],
)
def test_detects_the_dialect_with_its_reason(
    tmp_path: Path, name: str, content: str, kind: Kind, dialect: str, reason: str
) -> None:
    (tmp_path / name).write_text(content)
    found = detect(open_records(tmp_path / name), kind)
    assert found.dialect.name == dialect
    assert found.reason.startswith(reason)


def test_the_real_headers_are_known(benchmark_data: Path) -> None:
    folder = benchmark_data / "exports" / "header_only"
    orders = detect(open_records(folder / "shopify_admin_orders_export.csv"), "orders")
    assert orders.dialect.name == "shopify_csv"
    contacts = detect(open_records(folder / "zendesk_view_csv_export.csv"), "contacts")
    assert contacts.dialect.name == "zendesk_csv"


def test_an_unknown_table_is_told_with_what_is_missing_and_found(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("contact_id,when,body\n")
    with pytest.raises(InputError, match="missing created_at, text; found columns") as caught:
        detect(open_records(tmp_path / "a.csv"), "contacts")
    assert "contact_id, when, body" in str(caught.value)
    assert "--map" in caught.value.hint


def test_a_file_without_header_does_not_show_a_customers_words(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('1,ann@example.com,"I have been waiting for so many days"\n')
    with pytest.raises(InputError) as caught:
        detect(open_records(tmp_path / "a.csv"), "contacts")
    assert "waiting" not in str(caught.value) + caught.value.hint
    assert "ann@" not in str(caught.value)


def test_orders_given_for_contacts_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(SHOPIFY)
    with pytest.raises(InputError, match=r"got orders \(shopify_csv: .*\), expected contacts"):
        detect(open_records(tmp_path / "a.csv"), "contacts")


def test_from_overrides_and_is_checked(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(ZENDESK)
    file = open_records(tmp_path / "a.csv")
    assert detect(file, "contacts", dialect="zendesk-csv").dialect.name == "zendesk_csv"
    assert detect(file, "contacts", dialect="Zendesk").dialect.name == "zendesk_csv"
    with pytest.raises(InputError, match="got 'zen', expected one of zendesk_tables"):
        detect(file, "contacts", dialect="zen")
    with pytest.raises(InputError, match="not in the dialect gorgias"):
        detect(file, "contacts", dialect="gorgias")
    with pytest.raises(InputError, match="not in the dialect zendesk_json"):
        detect(file, "contacts", dialect="zendesk_json")
    with pytest.raises(InputError, match="--map goes with tables"):
        options = ReadOptions(columns={"text": ("Subject",)})
        detect(file, "contacts", dialect="zendesk_csv", options=options)


def test_every_dialect_bears_its_own_name() -> None:
    for kind, dialects in DIALECTS.items():
        for name, dialect in dialects.items():
            assert (dialect.name, dialect.kind) == (name, kind)


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        ("txt: body", "unknown key 'txt'", "did you mean 'text'?"),
        ("created_at: [a, b]", "created_at: got 2 columns, expected one", "mapping.md"),
        ("text: {a: b}", "text: expected the name of a column", "mapping.md"),
        ("text: []", "text: expected the name of a column", "mapping.md"),
        ("date_format: 5", "date_format: expected text", "mapping.md"),
        ("- a", "expected lines", "mapping.md"),
        ("a: [", "not readable as YAML", "mapping.md"),
    ],
)
def test_faults_of_a_mapping_file(tmp_path: Path, content: str, message: str, hint: str) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(content)
    with pytest.raises(InputError) as caught:
        load_mapping(path, "contacts")
    assert message in str(caught.value)
    assert hint in caught.value.hint
    with pytest.raises(InputError, match="cannot be read"):
        load_mapping(tmp_path / "none.yaml", "contacts")


def test_the_mapping_files_of_the_docs_are_right() -> None:
    page = (Path(__file__).parents[2] / "docs" / "mapping.md").read_text(encoding="utf-8")
    contacts, orders = (part.split("```")[0] for part in page.split("```yaml\n")[1:])
    assert load_mapping(yaml.safe_load(contacts), "contacts").columns["text"] == (
        "Subject",
        "First message",
    )
    assert load_mapping(yaml.safe_load(orders), "orders").date_format == "M/D/YYYY H:MM"
