"""Edits of the text touch nothing else: comments, order, quotation marks, line ends."""

from datetime import date

import pytest

from cxtopics.taxonomy import parse_taxonomy
from cxtopics.taxonomy.editing import TopicsText, shown

TEXT = """\
# Our topics
name: shop  # in short
version: 1
groups: {delivery: Delivery}
topics:

  - id: late   # the worst one
    label: 'It''s late 📦'  # as they say
    group: delivery
    description: >
      The day has
      passed.
    excludes:
      lost: It is gone  # for good
    lever: proactive
    deflectable: {low: 0.1, likely: 0.2, high: 0.4, source: Estimate}
    examples: ["so late", 'still not here']

  # what never comes
  - id: lost
    label: Lost
    group: delivery
    description: Gone.
    excludes:
      late: It is only late
    lever: proactive
    deflectable: {low: 0.1, likely: 0.2, high: 0.4, source: Estimate}
    examples:
      - "gone 😢"   # sad

  - {id: slow, label: Slow, group: delivery, description: Slow., lever: proactive, deflectable: \
{low: 0.1, likely: 0.2, high: 0.4, source: E}, examples: [slow], excludes: {late: x, lost: y}}
"""


def changed(edit: TopicsText) -> list[str]:
    """Return the lines that are new or gone, after checking that the file still holds."""
    after = edit.edited()
    parse_taxonomy(after, "topics")
    before = TEXT.splitlines()
    return [f"-{line.strip()}" for line in before if line not in after.splitlines()] + [
        f"+{line.strip()}" for line in after.splitlines() if line not in before
    ]


def test_a_rename_changes_the_id_and_every_exclusion() -> None:
    edit = TopicsText(TEXT)
    edit.replace_value("late", "id", "order_late")
    edit.add_keys("late", {"replaces": ["late"], "since": date(2026, 3, 1)}, after="label")
    edit.rename_exclusions({"late": "order_late"})
    assert changed(edit)[:2] == [
        "-- id: late   # the worst one",
        "-late: It is only late",
    ]
    assert changed(edit)[3:7] == [
        "+- id: order_late   # the worst one",
        "+replaces: [late]",
        "+since: 2026-03-01",
        "+order_late: It is only late",
    ]


def test_what_would_be_excluded_twice_or_by_itself_is_dropped() -> None:
    edit = TopicsText(TEXT)
    edit.add_keys("lost", {"merged_into": "late"}, after="label")
    edit.rename_exclusions({"lost": "late"}, skip=["lost"])
    assert changed(edit) == [
        "-lost: It is gone  # for good",
        "+merged_into: late",
    ]
    assert "excludes:\n    lever" not in edit.edited()


def test_keys_are_added_to_an_entry_on_one_line_and_lists_grow() -> None:
    edit = TopicsText(TEXT)
    edit.add_keys("slow", {"retired_on": date(2026, 3, 1), "reason": "a: b"}, after="label")
    after = edit.edited()
    slow = parse_taxonomy(after, "topics").ended["slow"]
    assert (slow.retired_on, slow.reason) == (date(2026, 3, 1), "a: b")
    edit = TopicsText(TEXT.replace("label: Lost", "replaces: [gone]\n    label: Lost"))
    edit.add_keys("lost", {"replaces": ["away"]}, after="label")
    assert parse_taxonomy(edit.edited(), "x").by_id["lost"].replaces == ("gone", "away")


def test_new_topics_come_in_turn_behind_another_before_its_neighbours_comment() -> None:
    edit = TopicsText(TEXT)
    for name in ("one", "two"):
        keys = (f"id: {name}", "label: L", "description: D", "lever: fix_root", "group: delivery")
        shares = [(1, f"{key}: 0") for key in ("low", "likely", "high")]
        entry = [*((0, key) for key in keys), (0, "deflectable:"), *shares, (1, "source: S")]
        edit.add_topic(entry, "late")
    after = edit.edited()
    assert [topic.id for topic in parse_taxonomy(after, "x").topics] == [
        "late", "one", "two", "lost", "slow",
    ]  # fmt: skip
    assert after.index("id: two") < after.index("# what never comes") < after.index("id: lost")


def test_windows_line_ends_stay() -> None:
    edit = TopicsText(TEXT.replace("\n", "\r\n"))
    edit.add_keys("lost", {"merged_into": "late"}, after="label")
    after = edit.edited()
    assert after.count("\n") == after.count("\r\n") == TEXT.count("\n") + 1
    parse_taxonomy(after, "x")


@pytest.mark.parametrize(
    "value",
    ["plain words", "no", "12", "a: b", "# x", 'say "so"', "back\\slash", "- x", "é 📦", ""],
)
def test_what_is_written_is_read_back(value: str) -> None:
    import yaml

    assert yaml.safe_load(f"key: {shown(value)}") == {"key": value}
    assert yaml.safe_load(f"key: {shown([value, 'x'])}") == {"key": [value, "x"]}
