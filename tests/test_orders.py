"""Shop exports to orders: one row per order."""

from pathlib import Path

import pandas as pd
import pytest

from cxtopics.errors import InputError
from cxtopics.orders import load_orders, read_orders, save_orders
from cxtopics.sources import email_key
from cxtopics.tables import read_provenance

ROOT = Path(__file__).parent.parent
HEADER = (
    "Name,Email,Financial Status,Total,Shipping Country,Created at,Lineitem quantity,"
    "Lineitem sku,Notes,Cancelled at\n"
)
FIRST = (
    "#1002,Ann@example.com,paid,20.50,GB,2026-04-05 21:06:21 +0400,1,A-1,,\n"
    '#1002,ann@example.com,,,,,2,B-2,"two\nlines",\n'
    "#1002,ann@example.com,,,,,1,C-3,,\n"
    "#1001,bo@example.com,refunded,9.00,FR,2026-04-05 10:00:00 -0500,1,A-1,,\n"
)
SECOND = (
    "#1003,bo@example.com,refunded,9.00,FR,2026-04-06 10:00:00 +0000,1,A-1,,2026-04-06\n"
    "#1001,bo@example.com,refunded,9.00,FR,2026-04-05 10:00:00 -0500,1,A-1,,\n"
    "#1001,bo@example.com,,,,,1,D-4,,\n"
    "#1009,cy@example.com,,,,,1,D-4,,\n"
    "#1004,cy@example.com,paid,5,US,soon,1,D-4,,\n"
)


@pytest.fixture
def shopify(tmp_path: Path) -> list[Path]:
    """9 rows: orders 1001 and 1002; 3 further lines, 1 cancelled, 1 duplicate, 2 rejected."""
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for path, rows in zip(paths, (FIRST, SECOND), strict=True):
        path.write_text(HEADER + rows)
    return paths


def test_an_order_is_a_distinct_name(shopify: list[Path]) -> None:
    orders = read_orders(shopify)
    table, account = orders.table, orders.reconciliation
    assert table["order_id"].tolist() == ["1001", "1002"]
    assert account.left_out == {"continuation_line": 3, "cancelled": 1, "duplicate": 1}
    assert [(row.file, row.line, row.reason) for row in account.rejected] == [
        ("b.csv", 5, "further line of an order whose first line is missing"),
        ("b.csv", 6, "not a date"),
    ]
    second = table.iloc[1]
    assert second["created_at"] == pd.Timestamp("2026-04-05T17:06:21Z")
    assert second[["sku", "country", "total"]].tolist() == ["A-1", "GB", 20.5]
    assert second["customer_id"] == email_key("ann@example.com")
    assert table["returned"].isna().all()  # a refund is no return


def test_part_files_may_come_in_any_order(shopify: list[Path]) -> None:
    turned = read_orders(shopify[::-1])
    pd.testing.assert_frame_equal(turned.table, read_orders(shopify).table)
    assert turned.reconciliation.left_out["continuation_line"] == 3


def test_cancelled_orders_may_be_kept(shopify: list[Path]) -> None:
    orders = read_orders(shopify, keep_cancelled=True)
    assert orders.table["order_id"].tolist() == ["1001", "1002", "1003"]
    assert "cancelled" not in orders.reconciliation.left_out


def test_a_table_with_our_names(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "order_id;created_at;customer_id;total;returned;carrier\n"
        "0012;13/4/2026 9:05;Ann@example.com;12,50;yes;DHL\n"
        "0013;14/4/2026 9:05;;;no;\n"
    )
    table = read_orders([path], timezone="Europe/Berlin").table
    assert table["order_id"].tolist() == ["0012", "0013"]
    assert table["total"].iloc[0] == 12.5
    assert table["returned"].tolist() == [True, False]
    assert table["created_at"].iloc[0] == pd.Timestamp("2026-04-13T07:05:00Z")
    assert table["customer_id"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (HEADER, "a header and no rows"),
        (HEADER + "#1,,paid,1,GB,,1,A,,\n", "created_at: no dates in 1 rows"),
        (HEADER + "#1,,,,,,1,A,,\n", "none of 1 rows counts: continuation_line (1)"),
        ("order_id,created_at\n1,1/2/2026\n2,3/4/2026\n", "ambiguous dates"),
        ("order_id,total\n1,2\n", "missing created_at; found columns order_id, total"),
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(content)
    with pytest.raises(InputError) as caught:
        read_orders([path])
    assert message in str(caught.value)


@pytest.mark.parametrize("ending", ["parquet", "csv", "ndjson"])
def test_saved_orders_load_back(shopify: list[Path], tmp_path: Path, ending: str) -> None:
    orders = read_orders(shopify)
    out = tmp_path / f"orders.{ending}"
    save_orders(orders, out)
    loaded = load_orders(out)
    assert loaded["order_id"].tolist() == ["1001", "1002"]
    pd.testing.assert_series_equal(loaded["created_at"], orders.table["created_at"])
    if ending == "parquet":
        assert read_provenance(out)["orders"] == orders.reconciliation.to_dict()
        pd.testing.assert_frame_equal(loaded, orders.table)


def test_the_sample_counts_distinct_names() -> None:
    path = ROOT / "data" / "1-export" / "shopify_orders.csv"
    if not path.exists():
        pytest.skip("the bundled sample is not here")
    raw = pd.read_csv(path, dtype=str, keep_default_na=False)
    orders = read_orders([path])
    cancelled = raw.loc[raw["Cancelled at"] != "", "Name"].nunique()
    assert len(orders.table) == raw["Name"].nunique() - cancelled
    assert orders.reconciliation.n_read == len(raw)


def test_olist_by_the_mapping_of_the_docs(benchmark_data: Path, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "mapping.md").read_text()
    mapping = tmp_path / "olist.yaml"
    mapping.write_text(page.split("```yaml\n")[2].split("```")[0])
    orders = read_orders(
        [benchmark_data / "olist_orders_visible" / "orders.csv"],
        mapping=mapping,
        timezone="America/Sao_Paulo",
    )
    assert (orders.reconciliation.n_read, len(orders.table)) == (5000, 5000)
    placed = orders.table.set_index("order_id").loc["e481f51cbdc54678b7cc49136f2d6af7"]
    # 10/2/2017 10:56 in Sao Paulo, which was at UTC-3 until 15 October 2017
    assert placed["created_at"] == pd.Timestamp("2017-10-02T13:56:00Z")
