"""Warnings: each says where, and none comes up in the bundled file."""

from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT

from cxtopics.classify import TopicModel
from cxtopics.lint.meaning import lint_model, lint_overlaps
from cxtopics.lint.source import TopicsSource
from cxtopics.lint.style import lint_style
from cxtopics.lint.traffic import lint_traffic
from cxtopics.taxonomy import Taxonomy, load_taxonomy

BUNDLED = ROOT / "topics" / "ecommerce.yaml"


def file_of(tmp_path: Path, taxonomy: Taxonomy) -> TopicsSource:
    path = tmp_path / "topics.yaml"
    path.write_text(taxonomy.dump(), "utf-8")
    return TopicsSource.read(load_taxonomy(path), path)


def changed(taxonomy: Taxonomy, topic: str, **values: object) -> Taxonomy:
    content = taxonomy.model_dump()
    next(entry for entry in content["topics"] if entry["id"] == topic).update(values)
    return Taxonomy.model_validate(content)


def line(file: TopicsSource, words: str) -> int:
    lines = file.source.text.splitlines()
    return 1 + next(number for number, text in enumerate(lines) if words in text)


def test_the_bundled_file_has_no_warning(ecommerce: Taxonomy) -> None:
    assert list(lint_style(TopicsSource.read(ecommerce, BUNDLED))) == []


@pytest.mark.parametrize(
    ("topic", "values", "words"),
    [
        ("order_late", {"label": "Refund issued"}, "'Refund issued' says what was done"),
        ("order_late", {"label": "Email - tier 2"}, "'Email - tier 2' names a channel or a team"),
        ("order_late", {"examples": ("so late",)}, "1 examples teach little"),
        (
            "order_late",
            {"examples": tuple(f"my order number{n} has not come" for n in range(9))},
            "begin with 'my order'",
        ),
        ("order_late", {"split_into": ("tracking_stuck", "parcel_lost_or_returned")}, "not said"),
    ],
)
def test_each_style_is_warned_of(
    tmp_path: Path, ecommerce: Taxonomy, topic: str, values, words: str
) -> None:
    file = file_of(tmp_path, changed(ecommerce, topic, **values))
    found = [warning for warning in lint_style(file) if words in warning.message]
    assert len(found) == 1
    assert found[0].line
    assert found[0].hint


def test_exclusions_of_topics_that_ended_and_odd_numbers_of_topics(
    tmp_path: Path, ecommerce: Taxonomy, few_topics: Taxonomy
) -> None:
    file = file_of(tmp_path, changed(ecommerce, "order_late", retired_on="2026-01-01"))
    ended = [warning for warning in lint_style(file) if "has ended" in warning.message]
    assert len(ended) > 3
    assert all("excludes -> order_late" in warning.where for warning in ended)
    file = file_of(tmp_path, few_topics)
    assert next(lint_style(file)).message == "4 topics, usual are 30 to 80"


def test_overlaps_name_the_pair_and_both_lines(
    tmp_path: Path, few_topics: Taxonomy, model: TopicModel
) -> None:
    taxonomy = changed(
        few_topics, "cannot_log_in",
        examples=("I forgot my password", "where's my order??", "the app locks me out"),
    )  # fmt: skip
    file = file_of(tmp_path, taxonomy)
    found = list(lint_overlaps(file, model.features.encoder))
    mine = [warning for warning in found if "where's my order??" in warning.message]
    assert mine
    assert mine[0].line in (line(file, "- where is my order"), line(file, "where's my order??"))
    assert "cosine" in mine[0].hint


def test_examples_that_a_model_files_elsewhere(
    tmp_path: Path, few_topics: Taxonomy, model: TopicModel, model_folder: Path
) -> None:
    strange = (*few_topics.by_id["cannot_log_in"].examples, "my parcel came smashed to bits")
    file = file_of(tmp_path, changed(few_topics, "cannot_log_in", examples=strange))
    said = [w for w in lint_model(file, model, model_folder) if "cannot_log_in" in w.where]
    number = line(file, "smashed to bits")
    assert f"line {number} under arrived_damaged" in said[0].message


def test_dead_and_swollen_topics(tmp_path: Path, few_topics: Taxonomy) -> None:
    days = ["2025-01-01T00:00:00Z"] * 5 + ["2025-06-01T00:00:00Z"] * 20
    topics = ["cannot_log_in"] * 5 + ["order_on_the_way"] * 17 + ["arrived_damaged"] * 3
    table = pd.DataFrame({"contact_id": range(25), "created_at": days, "topic": topics})
    table.to_csv(tmp_path / "tagged.csv", index=False)
    found = list(lint_traffic(file_of(tmp_path, few_topics), tmp_path / "tagged.csv"))
    by_topic = {warning.where.split(" -> ")[1]: warning.message for warning in found}
    assert set(by_topic) == {"cannot_log_in", "refund_not_received", "order_on_the_way"}
    assert by_topic["order_on_the_way"].startswith("85% of the contacts")
    assert "no contact in the 90 days up to 2025-06-01" in by_topic["cannot_log_in"]
