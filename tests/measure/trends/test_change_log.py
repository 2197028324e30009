"""A log of changes: read by date, under today's ids, every fault with its line."""

from datetime import date

import pytest

from cxtopics.errors import ChangeLogError
from cxtopics.measure.trends.change_log import load_change_log
from cxtopics.taxonomy import Taxonomy

SHOP = Taxonomy.model_validate(
    {
        "name": "shop",
        "version": 2,
        "groups": {"gg": "All"},
        "topics": [
            {"id": "order_late", "label": "Late", "description": "-", "group": "gg",
             "lever": "proactive", "replaces": ["late"]},
            {"id": "wrong_size", "label": "Size", "description": "-", "group": "gg"},
        ],
    }
)  # fmt: skip


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_entries_come_by_date_under_todays_ids(tmp_path):
    path = write(
        tmp_path / "changes.yaml",
        "- date: 2026-03-02\n  topic: wrong_size\n  what: Size table\n  lever: self_service\n"
        "  settle_days: 5\n"
        "- date: '2026-01-15'\n  topic: late\n  what: Mail when a scan is missed\n",
    )
    first, second = load_change_log(path, SHOP)
    assert (first.date, first.topic, first.lever) == (date(2026, 1, 15), "order_late", "proactive")
    assert (second.topic, second.lever, second.settle_days) == ("wrong_size", "self_service", 5)
    assert load_change_log(path)[0].topic == "late"


FAULTS = [
    (
        "- date: 20260302\n  topic: order_late\n  what: x\n",
        1,
        "date: got 20260302, expected a date",
    ),
    ("- date: 2026-13-02\n  topic: order_late\n  what: x\n", 1, "expected a date"),
    ("- topic: order_late\n  date: 2026-03-02\n", 1, "what: missing"),
    ("- date: 2026-03-02\n  topic: order_late\n  wat: x\n", 3, "did you mean 'what'?"),
    ("- date: 2026-03-02\n  topic: order_lat\n  what: x\n", 2, "did you mean 'order_late'?"),
    ("- date: 2026-03-02\n  topic: wrong_size\n  what: x\n  lever: magic\n", 4, "expected self_s"),
    ("- date: 2026-03-02\n  topic: wrong_size\n  what: x\n  settle_days: 1.5\n", 4, "0 to 365"),
    ("- date: 2026-03-02\n  topic: wrong_size\n  what: x\n  what: y\n", 4, "given 2 times"),
    ("- date: 2026-03-02\n  topic: wrong_size\n  what: [x\n", 3, "not readable as YAML"),
    ("date: 2026-03-02\n", 1, "expected a list of changes"),
    ("[]\n", 1, "expected a list of changes"),
]


@pytest.mark.parametrize(("text", "line", "words"), FAULTS)
def test_a_fault_is_told_with_its_line(tmp_path, text, line, words):
    with pytest.raises(ChangeLogError) as caught:
        load_change_log(write(tmp_path / "changes.yaml", text), SHOP)
    assert words in str(caught.value)
    assert f"line {line}:" in str(caught.value)
    assert "- date:" in caught.value.hint


def test_every_fault_is_told_at_once(tmp_path):
    text = "- date: 2026-03-02\n  topic: nope\n  what: x\n" * 2 + "- date: soon\n"
    with pytest.raises(ChangeLogError) as caught:
        load_change_log(write(tmp_path / "changes.yaml", text), SHOP)
    lines = [fault.line for fault in caught.value.faults]
    assert lines == sorted(lines)
    messages = " ".join(map(str, caught.value.faults))
    for words in ("no topic 'nope'", "the same topic and day as change 1", "expected a date"):
        assert words in messages


def test_a_missing_file_and_bytes_that_are_no_text(tmp_path):
    with pytest.raises(ChangeLogError, match="cannot be read"):
        load_change_log(tmp_path / "nowhere.yaml")
    (tmp_path / "bytes.yaml").write_bytes(b"- date: \xff\xfe\xfd\n")
    with pytest.raises(ChangeLogError, match="expected UTF-8"):
        load_change_log(tmp_path / "bytes.yaml")
