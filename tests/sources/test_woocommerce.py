"""WooCommerce: the CSV of export plugins, and the REST API."""

from pathlib import Path

import pandas as pd
import pytest

from cxtopics.errors import InputError
from cxtopics.sources import email_key

from .reading import dialects_of, order, read_orders, write_csv, write_ndjson

HEADER = (
    "order_id,order_number,order_date,status,order_total,order_currency,customer_id,"
    "customer_email,billing_country,line_items"
)


def test_csv(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "o.csv",
        HEADER,
        "71,1001,4/13/2026 6:29:00,completed,24.50,EUR,9,ann@example.com,DE,id:1|name:Lamp|sku:L-1",
        "71,1001,4/13/2026 6:29:00,completed,24.50,EUR,9,ann@example.com,DE,id:2|name:Bulb|sku:B-2",
        "72,1002,4/5/2026 6:29:00,wc-cancelled,1.00,EUR,9,ann@example.com,DE,",
        "73,1003,4/5/2026 6:29:00,failed,1.00,EUR,0,,DE,",
        "74,1004,4/5/2026 6:29:00,processing,1.00,EUR,0,,DE,",
    )
    found = read_orders([path], timezone="Europe/Berlin")
    assert dialects_of(found) == ["woocommerce_csv"]
    assert found.reconciliation.left_out == {"continuation_line": 1, "cancelled": 1, "unpaid": 1}
    row = order(found, "1001")
    assert (row["sku"], row["customer_id"]) == ("L-1", email_key("ann@example.com"))
    assert row["created_at"] == pd.Timestamp("2026-04-13T04:29:00Z")
    assert order(found, "1004")["customer_id"] is None  # guests are nobody in particular
    assert order(found, "1004")["created_at"] == pd.Timestamp("2026-04-05T04:29:00Z")


def test_csv_whose_dates_fit_both_ways_is_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "o.csv", HEADER, "1,1,4/5/2026 6:29:00,completed,1,EUR,9,,DE,")
    with pytest.raises(InputError, match="ambiguous dates") as caught:
        read_orders([path])
    assert "date_format" in caught.value.hint


def test_rest(tmp_path: Path) -> None:
    rows = [
        {
            "id": 71, "number": "1001", "status": status, "currency": "EUR", "total": "24.50",
            "date_created": "2026-04-13T08:29:00", "date_created_gmt": "2026-04-13T06:29:00",
            "customer_id": 0, "billing": {"email": "ann@example.com", "country": "DE"},
            "shipping": {"country": ""}, "line_items": [{"sku": "L-1"}],
        }
        for status in ("completed", "checkout-draft")
    ]  # fmt: skip
    found = read_orders([write_ndjson(tmp_path / "o.json", rows)], timezone="Europe/Berlin")
    assert dialects_of(found) == ["woocommerce_json"]
    assert found.reconciliation.left_out == {"unpaid": 1}
    row = order(found, "1001")
    assert row["created_at"] == pd.Timestamp("2026-04-13T06:29:00Z")
    assert (row["sku"], row["country"], row["total"]) == ("L-1", "DE", 24.5)
