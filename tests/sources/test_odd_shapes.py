"""Whatever stands in a key of an export, its row comes out: read or rejected."""

import copy
import json
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxtopics.records import open_records
from cxtopics.sources import (
    DIALECTS,
    SERVICE_COLUMNS,
    ContactRow,
    Kind,
    ReadOptions,
    service_cells,
    service_columns,
)

from . import test_freshdesk, test_gorgias, test_helpscout, test_intercom, test_shopify
from .reading import write_ndjson

ROWS: dict[str, Any] = {
    "gorgias_json": test_gorgias.ticket(1, test_gorgias.message(1, "Dark"), custom_fields=[]),
    "freshdesk_json": test_freshdesk.ticket(conversations=test_freshdesk.TALK, stats={}),
    "intercom_json": test_intercom.conversation("1", test_intercom.part({"type": "bot"}, "x", 1)),
    "helpscout_json": test_helpscout.conversation(1, test_helpscout.THREADS),
    "shopify_json": test_shopify.api("#1001", **test_shopify.refund("return")),
}
CREATED = pd.Timestamp("2026-04-05T21:06:21Z").as_unit("us")
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


def paths_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, inner in items:
        found.append((*path, key))
        if isinstance(inner, dict | list):
            found += paths_of(inner, (*path, key))
    return found


def spoil(row: Any, path: tuple[Any, ...], odd: Any) -> Any:
    spoilt = copy.deepcopy(row)
    at = spoilt
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = odd
    return spoilt


@pytest.mark.parametrize("dialect", ROWS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_every_row_comes_out(dialect: str, data: st.DataObject) -> None:
    kind: Kind = "orders" if dialect == "shopify_json" else "contacts"
    row = ROWS[dialect]
    path = data.draw(st.sampled_from(paths_of(row)))
    spoilt = spoil(row, path, data.draw(ODD))
    with tempfile.TemporaryDirectory() as folder:
        name = write_ndjson(Path(folder) / "a.ndjson", row, json.loads(json.dumps(spoilt)))
        file = open_records(name)
        rows = list(DIALECTS[kind][dialect].read(file, ReadOptions()))
    assert len(rows) == 2
    found = [each for each in rows if isinstance(each, ContactRow)]
    if found:
        created = pd.Series([CREATED] * len(found))
        kept = pd.DataFrame(
            [service_cells(each.service) for each in found], columns=SERVICE_COLUMNS
        )
        service_columns(lambda name: kept[name], created, "a.ndjson")
