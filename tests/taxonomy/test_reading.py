"""Mistakes of people who edit YAML by hand: each told with its line and what to do."""

import pytest

from cxtopics.errors import TaxonomyError
from cxtopics.taxonomy import load_taxonomy, parse_taxonomy

GOOD = """\
name: shop
version: 1
groups:
  delivery: Delivery
topics:
  - id: order_late
    label: My order is late
    group: delivery
    description: The promised day has passed.
    excludes:
      tracking_stuck: The link shows nothing
    lever: proactive
    also: fix_root
    deflectable:
      low: 0.1
      likely: 0.2
      high: 0.4
      source: Estimate
    examples:
      - "still not here"
      - "so late"
  - id: tracking_stuck
    label: My tracking hasn't moved
    group: delivery
    description: No scan for days.
    lever: proactive
    deflectable: {low: 0.1, likely: 0.2, high: 0.4, source: Estimate}
    examples:
      - "no scan for days"
  - id: parcel_gone
    label: My parcel is gone
    group: delivery
    description: Lost on the way.
    merged_into: order_late
    retired_on: 2026-03-01
  - id: old_problem
    label: An old problem
    group: delivery
    description: Nobody writes about it any more.
    retired_on: 2026-02-01
"""

# What was done to the file (each replacement once), the line of the fault, words of the
# message, words of the hint.
MISTAKES = {
    "a tab": ("    label: My order", "\tlabel: My order", 7, "a tab", "spaces"),
    "missing colon": ("    label: My order is", "    label My order is", 7, "':'", "colon"),
    "wrong indentation": ("    group: deliv", "   group: deliv", 8, "", "indent"),
    "indented too far": ("    group: deliv", "      group: deliv", 8, "mapping values", "indent"),
    "quote not closed": ('"still not here"', '"still not here', 21, "", "quotation mark"),
    "bracket not closed": ("Estimate}", "Estimate", 27, "", "bracket"),
    "colon in a text": ("label: My order is", "label: Help: my", 7, "mapping values", "quotation"),
    "text starting with @": ("label: My order is", "label: @shop", 7, "", "quotation"),
    "text starting with *": ("label: My order is", "label: *late", 7, "", "quotation"),
    "a bad escape": ('"so late"', '"so \\late"', 21, "escape", "backslash"),
    "a second document": ("topics:\n", "---\ntopics:\n", 5, "document", "---"),
    "duplicate key": ("    lever: proactive\n    also", "    label: L\n    also", 12,
                      "2 times", "keep"),
    "duplicate id": ("id: tracking_stuck", "id: order_late", 22, "used 2 times", "another id"),
    "unknown key": ("    also: fix_root", "    alsoo: fix_root", 13, "unknown key", "'also'"),
    "unknown key at the top": ("version: 1", "version: 1\ncolour: red", 3, "unknown key", "keys"),
    "missing label": ("    label: My order is late\n", "", 6, "missing", "label: ..."),
    "missing topics' name": ("name: shop\n", "", 1, "missing", "name: ..."),
    "empty label": ("label: My order is late", 'label: ""', 7, "empty", "after the colon"),
    "label of nothing": ("label: My order is late", "label:", 7, "nothing", "after the colon"),
    "Norway": ("label: My order is late", "label: no", 7, "true or false", "quotation"),
    "yes as an example": ('- "so late"', "- yes", 21, "true or false", "quotation"),
    "number as an example": ('- "so late"', "- 404", 21, "404", "quotation"),
    "mapping as an example": ('- "so late"', "- re: order", 21, "mapping", "colon"),
    "empty example": ('- "so late"', "-", 21, "nothing", "dash"),
    "text for a list": (
        'examples:\n      - "no scan for days"', "examples: no scan", 28, "a list", "- ",
    ),
    "list for a mapping": (
        "      tracking_stuck: The link", "      - tracking_stuck: The link", 10, "a list", "- ",
    ),
    "list for a text": ("label: My order is late", "label: [a, b]", 7, "a list", "- "),
    "mapping for the topics": (
        "topics:\n  - id: order_late\n    label", "topics:\n    id: order_late\n    label",
        22, "", "indent",
    ),
    "id with spaces and capitals": ("id: tracking_stuck", "id: Tracking Stuck", 22,
                                    "lower-case", "'tracking_stuck'"),
    "id that begins with a digit": ("id: tracking_stuck", "id: 2nd", 22, "lower-case", "letter"),
    "unknown group": ("group: delivery", "group: delvery", 8, "expected one of", "groups"),
    "wrong lever": ("lever: proactive", "lever: pro_active", 12, "expected", "'proactive'"),
    "no lever": ("    lever: proactive\n    also", "    also", 6, "missing", "self_service"),
    "also as the lever": ("also: fix_root", "also: proactive", 13, "same", "take"),
    "no range": (
        "    deflectable: {low: 0.1, likely: 0.2, high: 0.4, source: Estimate}\n", "",
        22, "missing", "low",
    ),
    "range in the wrong order": ("low: 0.1", "low: 0.9", 14, "low <= likely", "order"),
    "percent for a share": ("low: 0.1", "low: 10 %", 15, "0 to 1", "0.35"),
    "share above one": ("high: 0.4", "high: 40", 17, "0 to 1", "0.35"),
    "dangling reference": ("tracking_stuck: The", "trackin_stuck: The", 11, "no such", "mend"),
    "excludes itself": ("tracking_stuck: The", "order_late: The", 11, "itself", "neighbour"),
    "bad date": ("2026-03-01", "2026-13-01", 35, "a date", "2026-03-31"),
    "date in words": ("2026-03-01", "March", 35, "a date", "2026-03-31"),
    "merged into itself": ("into: order_late", "into: parcel_gone", 34, "itself", "name"),
    "merged into nothing": ("into: order_late", "into: order_lat", 34, "no topic", "name"),
    "split into one": (
        "merged_into: order_late", "split_into: [order_late]", 34, "two parts", "rename",
    ),
    "merged and split": (
        "    merged_into: order_late", "    merged_into: order_late\n"
        "    split_into: [order_late, tracking_stuck]", 35, "both", "keep",
    ),
    "cycle": (
        "    retired_on: 2026-02-01", "    merged_into: parcel_gone", 34, "leads back", "circle",
    ),
    "id of a topic that ended": ("id: tracking_stuck", "id: old_problem", 36, "never used again",
                                 "new id"),
    "replaces a topic in use": (
        "    also: fix_root", "    replaces: [tracking_stuck]", 13, "entry of its own", "merged",
    ),
    "a message in two topics": ('"no scan for days"', '"SO, late!"', 29, "same message", "keep"),
    "a reserved class among the topics": ("id: tracking_stuck", "id: other", 22, "reserved",
                                          "move"),
    "an id with a meaning": ("id: tracking_stuck", "id: abstained", 22, "meaning", "another"),
    "missing example": (
        '    examples:\n      - "no scan for days"\n', "", 22, "not one example", "messages",
    ),
    "version in words": ("version: 1", "version: one", 2, "one", ""),
}  # fmt: skip


def broken(*names: str) -> bytes:
    text = GOOD
    for name in names:
        before, after = MISTAKES[name][:2]
        assert before in text, name
        text = text.replace(before, after, 1)
        if name == "mapping for the topics":
            continue
        if name == "cycle":
            text = text.replace("merged_into: order_late", "merged_into: old_problem")
    return text.encode()


def faults_of(content: bytes):
    with pytest.raises(TaxonomyError) as caught:
        parse_taxonomy(content, "topics.yaml", with_examples=True)
    assert "\n" not in str(caught.value)
    return caught.value.faults


def test_the_file_without_mistakes_has_no_fault() -> None:
    taxonomy = parse_taxonomy(GOOD, "topics.yaml")
    assert [topic.id for topic in taxonomy.topics] == ["order_late", "tracking_stuck"]
    assert [topic.id for topic in taxonomy.retired] == ["parcel_gone", "old_problem"]


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_told_with_its_line_and_a_hint(name: str) -> None:
    _, _, line, message, hint = MISTAKES[name]
    faults = faults_of(broken(name))
    told = [
        fault
        for fault in faults
        if fault.line == line and message in fault.message and hint in fault.hint
    ]
    assert told, [fault.told for fault in faults]


def test_many_mistakes_are_told_in_one_run() -> None:
    names = [
        "unknown key at the top", "duplicate key", "unknown key", "bad date", "percent for a share",
        "dangling reference", "yes as an example", "merged into nothing", "unknown group",
    ]  # fmt: skip
    content = broken(*names)
    content = content.replace(b"label: My tracking hasn't moved", b"label: off")
    content = content.replace(b"    description: No scan for days.\n", b"")
    content = content.replace(
        b"lever: proactive\n    deflectable: {low: 0.1", b"deflectable: {low: 1"
    )
    content = content.replace(b"An old problem", b"")
    faults = faults_of(content)
    assert len(faults) >= len(names) + 4, [fault.told for fault in faults]
    assert all(fault.line for fault in faults)
    assert [fault.line for fault in faults] == sorted(fault.line for fault in faults)


def test_tabs_do_not_hide_the_other_faults() -> None:
    content = broken("a tab", "unknown group").replace(b"\tlabel", b"  \tlabel")
    lines = [fault.line for fault in faults_of(content)]
    assert lines == [7, 8]


def test_bytes_that_are_no_utf8_are_told_line_by_line() -> None:
    content = GOOD.replace("No scan", "Äh, no scan").encode("latin-1")
    (fault,) = faults_of(content)
    assert (fault.line, "0xc4" in fault.message) == (25, True)
    assert "UTF-8" in fault.hint


def test_other_encodings_with_a_mark_are_read() -> None:
    for encoding in ("utf-8-sig", "utf-16"):
        assert parse_taxonomy(GOOD.encode(encoding), "x").name == "shop"


@pytest.mark.parametrize("text", ["", "- 1\n", "name", "\x00", "? [a]\n: 1\n", "!!python/none x"])
def test_what_is_no_topics_file_at_all_is_one_clear_error(text: str) -> None:
    assert faults_of(text.encode())


def test_a_file_that_refers_to_itself_is_refused_at_once(tmp_path) -> None:
    bomb = ["a0: &a0 [x]"] + [
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)
    ]
    path = tmp_path / "topics.yaml"
    path.write_text("\n".join(bomb), encoding="utf-8")
    with pytest.raises(TaxonomyError, match="alias") as caught:
        load_taxonomy(path)
    assert caught.value.faults[0].line == 2
