"""Loading the topics: the bundled file holds, and every fault of a bad one is named."""

from pathlib import Path

import pytest
import yaml

from cxtopics.errors import TaxonomyError
from cxtopics.taxonomy import NOT_COUNTED, RESERVED, Taxonomy, load_taxonomy, normalise_text

GOOD = {
    "name": "shop",
    "version": 1,
    "groups": {"delivery": "Delivery"},
    "topics": [
        {
            "id": topic_id,
            "label": label,
            "group": "delivery",
            "description": "What went wrong.",
            "lever": "proactive",
            "deflectable": {"low": 0.1, "likely": 0.2, "high": 0.4, "source": "Estimate"},
            "examples": examples,
        }
        for topic_id, label, examples in (
            ("order_late", "My order is late", ["still not here", "so late"]),
            ("tracking_stuck", "My tracking hasn't moved", ["no scan for days"]),
        )
    ],
}


def faults_of(tmp_path: Path, change) -> tuple[str, ...]:
    content = yaml.safe_load(yaml.safe_dump(GOOD))
    change(content)
    path = tmp_path / "topics.yaml"
    path.write_text(yaml.safe_dump(content), "utf-8")
    with pytest.raises(TaxonomyError) as caught:
        load_taxonomy(path)
    assert caught.value.hint
    assert all(fault.line for fault in caught.value.faults)
    return tuple(map(str, caught.value.faults))


def test_bundled_taxonomy_has_the_fifty_topics_and_four_reserved(ecommerce: Taxonomy) -> None:
    assert len(ecommerce.topics) == 50
    assert {topic.id for topic in ecommerce.reserved} == set(RESERVED)
    assert {topic.lever for topic in ecommerce.topics} == {
        "self_service",
        "proactive",
        "fix_root",
        "keep_human",
    }


def test_bundled_topics_have_enough_different_examples(ecommerce: Taxonomy) -> None:
    for topic in ecommerce:
        assert len(topic.examples) >= 25, topic.id
        lengths = [len(example.split()) for example in topic.examples]
        assert min(lengths) <= 4, topic.id
        assert max(lengths) >= 60, topic.id
        assert topic.includes, topic.id
        assert topic.excludes, topic.id


def test_no_two_examples_of_a_topic_share_most_of_their_words(ecommerce: Taxonomy) -> None:
    for topic in ecommerce:
        words = [set(normalise_text(example).split()) for example in topic.examples]
        for n, one in enumerate(words):
            for other in words[n + 1 :]:
                shared = len(one & other) / len(one | other)
                assert shared <= 0.7, (topic.id, sorted(one), sorted(other))


def test_labels_speak_of_problems_not_of_resolutions(ecommerce: Taxonomy) -> None:
    for topic in ecommerce.topics:
        words = set(normalise_text(topic.label).split())
        assert not words & {"processed", "issued", "escalated", "resolved", "closed"}, topic.id


def test_levers_that_keep_people_are_not_said_to_spare_most_contacts(ecommerce: Taxonomy) -> None:
    for topic in ecommerce.topics:
        assert topic.deflectable is not None
        if topic.lever == "keep_human":
            assert topic.deflectable.likely <= 0.4, topic.id


def test_dump_is_read_back_unchanged(ecommerce: Taxonomy, tmp_path: Path) -> None:
    (tmp_path / "again.yaml").write_text(ecommerce.dump(), "utf-8")
    again = load_taxonomy(tmp_path / "again.yaml")
    assert again == ecommerce
    assert again.fingerprint == ecommerce.fingerprint


def test_all_faults_are_reported_at_once_with_their_place(tmp_path: Path) -> None:
    def change(content) -> None:
        first, second = content["topics"]
        first["lever"] = "magic"
        second["colour"] = "red"
        del second["label"]

    faults = faults_of(tmp_path, change)
    assert len(faults) == 3
    assert any(f.startswith("topics -> order_late -> lever: ") for f in faults)
    assert any(f.startswith("topics -> tracking_stuck -> colour: ") for f in faults)
    assert any(f.startswith("topics -> tracking_stuck -> label: ") for f in faults)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            lambda c: c["topics"][1].update(id="order_late"),
            "topics -> order_late: the id is used 2",
        ),
        (lambda c: c["topics"][1].update(id="all"), "topics -> all: this id has a meaning"),
        (lambda c: c["topics"][1].update(id="other"), "topics -> other: a reserved class"),
        (lambda c: c["topics"][0].update(group="nowhere"), "topics -> order_late -> group: got"),
        (lambda c: c["topics"][0].pop("lever"), "topics -> order_late -> lever: missing"),
        (lambda c: c["topics"][0].pop("deflectable"), "topics -> order_late -> deflectable: miss"),
        (
            lambda c: c["topics"][0].update(also="proactive"),
            "topics -> order_late -> also: the same",
        ),
        (
            lambda c: c["topics"][0]["deflectable"].update(low=0.9),
            "topics -> order_late -> deflectable: expected low <= likely <= high",
        ),
        (
            lambda c: c["topics"][0].update(excludes={"nobody": "x"}),
            "topics -> order_late -> excludes -> nobody: no such topic",
        ),
        (
            lambda c: c["topics"][0].update(excludes={"order_late": "x"}),
            "topics -> order_late -> excludes -> order_late: a topic cannot exclude itself",
        ),
        (
            lambda c: c["topics"][1].update(examples=["SO, late!"]),
            "topics -> tracking_stuck -> examples -> 1: the same message as order_late",
        ),
        (lambda c: c.update(topics=[]), "topics: expected at least one"),
        (
            lambda c: c.update(reserved=[{"id": "junk", "label": "x", "description": "x"}]),
            "reserved -> junk: expected one of",
        ),
    ],
)
def test_each_fault_of_meaning_is_named(tmp_path: Path, change, expected: str) -> None:
    assert any(fault.startswith(expected) for fault in faults_of(tmp_path, change))


def test_broken_yaml_and_repeated_keys_are_errors_in_one_line(tmp_path: Path) -> None:
    for text in ("topics: [", "name: a\nname: b\n", "- 1\n- 2\n", "\x00"):
        path = tmp_path / "topics.yaml"
        path.write_text(text, "utf-8")
        with pytest.raises(TaxonomyError) as caught:
            load_taxonomy(path)
        assert "\n" not in str(caught.value)


def test_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TaxonomyError, match="no such file"):
        load_taxonomy(tmp_path / "nowhere.yaml")


def test_nearest_finds_mistyped_ids(ecommerce: Taxonomy) -> None:
    assert "order_late" in ecommerce.nearest("order_latee")
    assert set(NOT_COUNTED) < set(RESERVED)
