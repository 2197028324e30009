"""One mapping file serves every format, nested JSON too."""

import json
from pathlib import Path

import pandas as pd
import pytest

from cxtopics.contacts import Contacts
from cxtopics.errors import InputError

from .reading import contact, read_contacts, write_ndjson

MAPPING = {
    "contact_id": "Nr", "created_at": "Opened", "channel": "Kind", "text": ["Title", "Body"],
    "csat": "Score", "resolved_at": "Done", "handle_time_s": "Worked", "status": "State",
}  # fmt: skip
ROWS = [
    {"Nr": "007", "Opened": "2026-04-13 09:05", "Kind": "E-Mail", "Title": "Lampe",
     "Body": "Dunkel", "Score": "5", "Done": "2026-04-13 10:05", "Worked": "00:10:00",
     "State": "Solved"},
    {"Nr": "008", "Opened": "2026-04-14 09:05", "Kind": "Marktplatz", "Title": "Stuhl",
     "Body": "Wackelt", "Score": "1", "Done": None, "Worked": None, "State": "Open"},
]  # fmt: skip


def save(folder: Path, ending: str) -> Path:
    path, frame = folder / f"t.{ending}", pd.DataFrame(ROWS, dtype=object)
    if ending in ("ndjson", "json"):
        text = "\n".join(map(json.dumps, ROWS)) if ending == "ndjson" else json.dumps(ROWS)
        path.write_text(text)
    elif ending == "parquet":
        frame.to_parquet(path)
    elif ending == "xlsx":
        frame.to_excel(path, index=False)
    else:
        frame.to_csv(path, index=False, sep="\t" if ending == "tsv" else ",", encoding="utf-16")
    return path


@pytest.mark.parametrize("ending", ["csv", "tsv", "ndjson", "json", "parquet", "xlsx"])
def test_every_format(tmp_path: Path, ending: str) -> None:
    found: Contacts = read_contacts(
        [save(tmp_path, ending)], mapping=MAPPING, timezone="Europe/Berlin"
    )
    assert found.table["contact_id"].tolist() == ["007", "008"]
    row = contact(found, "007")
    assert (row["text"], row["channel"], row["csat"]) == ("Lampe\nDunkel", "email", 1.0)
    assert row["created_at"] == pd.Timestamp("2026-04-13T07:05:00Z")
    assert row["resolved_at"] == pd.Timestamp("2026-04-13T08:05:00Z")
    assert (row["handle_time_s"], row["status"]) == (600.0, "resolved")
    row = contact(found, "008")
    assert (row["channel"], row["csat"], row["resolved_at"]) == ("Marktplatz", 0.0, None)


def test_keys_within_keys(tmp_path: Path) -> None:
    rows = [
        {"nr": 1, "at": 1775423181000, "who": {"mail": None}, "said": {"text": "Dark"}},
        {"nr": 2, "at": 1775423182000, "who": {"mail": "c9"}, "said": {"text": "Wobbly"}},
    ]
    path = write_ndjson(tmp_path / "t.ndjson", *rows)
    mapping = {
        "contact_id": "nr", "created_at": "at", "customer_id": "who.mail", "text": "said.text",
    }  # fmt: skip
    found = read_contacts([path], mapping=mapping)
    assert found.table["text"].tolist() == ["Dark", "Wobbly"]
    assert contact(found, "2")["customer_id"] == "c9"
    with pytest.raises(InputError, match=r"no row has 'who\.phone', which the mapping names"):
        read_contacts([path], mapping={**mapping, "customer_id": "who.phone"})
