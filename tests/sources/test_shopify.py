"""Shopify: the admin's CSV, the API's JSON, and its tables."""

from pathlib import Path
from typing import Any

import pytest

from cxtopics.sources import email_key

from .reading import dialects_of, order, read_orders, write_csv, write_ndjson


def api(name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": 450, "name": name, "order_number": 1001, "created_at": "2026-04-05T21:06:21+04:00",
        "total_price": "24.50", "currency": "EUR", "email": "Ann@example.com", "test": False,
        "cancelled_at": None, "financial_status": "paid", "customer": {"id": 9},
        "line_items": [{"sku": "LAMP-1"}, {"sku": "BULB-2"}], "refunds": [],
        "fulfillments": [{"tracking_company": None}, {"tracking_company": "DHL"}],
        "shipping_address": {"country_code": "DE"}, **more,
    }  # fmt: skip


def refund(kind: str) -> dict[str, Any]:
    return {"refunds": [{"refund_line_items": [{"restock_type": kind}]}]}


def test_api_orders(tmp_path: Path) -> None:
    page = {"orders": [
        api("#1001"), api("#1002", test=True), api("#1003", cancelled_at="2026-04-06T00:00:00Z"),
        api("#1004", email="", customer={"id": 9}),
    ]}  # fmt: skip
    found = read_orders([write_ndjson(tmp_path / "orders.json", page)])
    assert dialects_of(found) == ["shopify_json"]
    assert found.reconciliation.left_out == {"test": 1, "cancelled": 1}
    row = order(found, "1001")
    assert (row["sku"], row["carrier"], row["country"]) == ("LAMP-1", "DHL", "DE")
    assert (row["total"], row["currency"], row["returned"]) == (24.5, "EUR", False)
    assert row["customer_id"] == email_key("ann@example.com")
    assert order(found, "1004")["customer_id"] == "9"


@pytest.mark.parametrize(
    ("kind", "returned"),
    [("return", True), ("cancel", False), ("no_restock", None), ("legacy_restock", None)],
)
def test_a_refund_is_no_return(tmp_path: Path, kind: str, returned: bool | None) -> None:
    path = write_ndjson(tmp_path / "o.ndjson", api("#1001", **refund(kind)))
    assert order(read_orders([path]), "1001")["returned"] is returned


def test_tables(tmp_path: Path) -> None:
    write_csv(
        tmp_path / "orders.csv",
        "id,name,order_number,created_at,total_price,currency,financial_status,email,customer_id,"
        "test,cancelled_at,shipping_address_country_code",
        "1,#1001,1001,2026-04-05 21:06:21,24.50,EUR,paid,ann@example.com,9,FALSE,,DE",
        "2,#1002,1002,2026-04-05 22:06:21,10.00,EUR,paid,bo@example.com,8,TRUE,,DE",
        "3,#1003,1003,2026-04-05 23:06:21,10.00,EUR,voided,,8,FALSE,2026-04-06 00:00:00,DE",
        "4,#1004,1004,2026-04-06 23:06:21,10.00,EUR,paid,hashed,8,FALSE,,DE",
    )
    write_csv(
        tmp_path / "lines.csv",
        "id,order_id,index,variant_id,sku,quantity",
        "11,1,2,5,BULB-2,1",
        "12,1,1,6,LAMP-1,1",
    )
    write_csv(tmp_path / "refund.csv", "id,order_id,restock,processed_at", "7,1,TRUE,2026-04-09")
    write_csv(
        tmp_path / "refund_lines.csv", "id,refund_id,order_line_id,restock_type", "8,7,12,return"
    )
    write_csv(tmp_path / "parcels.csv", "id,order_id,tracking_company,created_at", "3,1,DHL,x")
    found = read_orders([tmp_path])
    assert found.reconciliation.left_out == {"test": 1, "cancelled": 1}
    row = order(found, "1001")
    assert (row["sku"], row["carrier"], row["returned"]) == ("LAMP-1", "DHL", True)
    assert order(found, "1004")["returned"] is False
    assert order(found, "1004")["customer_id"] == "8"  # "hashed" is no address
    assert read_orders([tmp_path], keep_cancelled=True).reconciliation.left_out == {"test": 1}
    alone = read_orders([tmp_path / "orders.csv"])
    assert order(alone, "1001")["returned"] is None


def test_the_admins_csv_counts_orders_not_lines(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "orders_export.csv",
        "Name,Email,Financial Status,Currency,Total,Created at,Lineitem quantity,Lineitem sku,"
        "Notes,Shipping Country,Billing Country,Cancelled at",
        '#0101,ann@example.com,paid,EUR,24.50,2026-04-05 21:06:21 +0400,1,LAMP-1,"two\nlines",,DE,',
        "#0101,ann@example.com,,,,,2,BULB-2,,,,",
        "#0102,bo@example.com,paid,GBP,9.00,2026-04-05 22:06:21 +0100,1,BULB-2,,GB,GB,",
    )
    found = read_orders([path])
    assert found.reconciliation.left_out == {"continuation_line": 1}
    row = order(found, "0101")
    assert (row["sku"], row["country"], row["currency"]) == ("LAMP-1", "DE", "EUR")
    assert "totals are in 2 currencies" in found.reconciliation.notices[-1]
