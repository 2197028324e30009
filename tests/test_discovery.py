"""New topics are found once, in any order; known ones are not; stubs load."""

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
import yaml

from cxtopics.classify import TopicModel
from cxtopics.discovery import check_labels, rank_topic_overlaps, suggest_topics
from cxtopics.errors import InputError, LabelError
from cxtopics.taxonomy import Topic

OLD = [
    f"{start} {end}"
    for start, end in product(
        ("where is my", "track my", "when do I get my", "any news on my", "status of my"),
        ("order", "parcel", "package", "shoes", "lamp", "delivery", "books", "kettle"),
    )
] + [
    f"{start} {end}"
    for start, end in product(
        ("my refund has not come for the", "still waiting for my money back for the"),
        ("coat", "chair", "lamp", "shoes", "kettle", "books", "toaster", "bag"),
    )
]
NEW = [
    f"{start} {end}"
    for start, end in product(
        ("can you engrave", "I want an engraving on", "the engraving is misspelt on"),
        ("the ring", "my watch", "a silver spoon", "the pendant", "our wedding rings"),
    )
]


def tagged(*texts: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "contact_id": [f"c{n}" for n in range(len(texts))],
            "text": texts,
            "created_at": [f"2026-0{1 + n % 3}-05T00:00:00Z" for n in range(len(texts))],
        }
    )


@pytest.fixture(scope="module")
def found(model: TopicModel):
    return suggest_topics(tagged(*OLD, *NEW, *NEW[:2]), model)


def test_a_missing_topic_is_found_with_its_words_and_trend(found) -> None:
    group = max(found.new, key=lambda group: sum("engrav" in text for text in group.examples))
    inside = {int(name[1:]) for name in group.contact_ids}
    engraving = set(range(len(OLD), len(OLD) + len(NEW) + 2))
    assert len(inside & engraving) >= 0.8 * len(engraving)
    assert len(inside & engraving) >= 0.8 * len(inside)
    assert any("engrav" in word for word in group.words)
    assert sum(group.by_month.values()) == group.n
    assert set(group.by_month) == {"2026-01", "2026-02", "2026-03"}
    assert group.share == pytest.approx(group.n / found.n_contacts)


def test_the_same_contacts_in_another_order_give_the_same(found, model: TopicModel) -> None:
    table = tagged(*OLD, *NEW, *NEW[:2])
    again = suggest_topics(table.sample(frac=1, random_state=4), model)
    assert [set(group.contact_ids) for group in again.new] == [
        set(group.contact_ids) for group in found.new
    ]
    assert [group.examples for group in again.new] == [group.examples for group in found.new]


def test_known_problems_are_nothing_new(model: TopicModel) -> None:
    found = suggest_topics(tagged(*OLD), model)
    assert found.new == ()
    assert yaml.safe_load(found.to_yaml())["verdict"] == "nothing new"


def test_parts_name_their_whole_and_the_contacts_are_listed(found) -> None:
    part = replace(found.new[0], contact_ids=found.new[0].contact_ids[:2], part_of=1)
    both = replace(found, new=(found.new[0], part, part))
    assert both.verdict == "1 candidate, 1 of which may be two topics"
    shown = yaml.safe_load(both.to_yaml())
    assert [(group["candidate"], group.get("part_of")) for group in shown["new"]] == [
        (1, None), (2, 1), (3, 1),
    ]  # fmt: skip
    table = both.contacts()
    assert table["candidate"].value_counts().to_dict() == {1: found.new[0].n, 2: 2, 3: 2}
    assert set(table["contact_id"]) == set(found.new[0].contact_ids)


def test_stubs_are_topics_a_taxonomy_takes(found, model: TopicModel) -> None:
    shown = yaml.safe_load(found.to_yaml(model.taxonomy))
    assert shown["verdict"].split(",")[0].rstrip("s").endswith("candidate")
    for group in shown["new"]:
        topic = Topic.model_validate(group["stub"])
        assert topic.id.startswith("problem_")
        assert topic.label.startswith("I have a problem with")
        assert topic.examples


def test_examples_are_masked(model: TopicModel) -> None:
    texts = [f"{text} write me at jo@example.org" for text in NEW]
    found = suggest_topics(tagged(*OLD, *texts), model)
    assert "example.org" not in found.to_yaml(model.taxonomy)


def test_too_few_texts_and_missing_columns_are_clear_errors(model: TopicModel) -> None:
    with pytest.raises(InputError, match="got 2 different texts"):
        suggest_topics(tagged("late", "lost"), model)
    with pytest.raises(InputError, match="no column 'text'"):
        suggest_topics(pd.DataFrame({"contact_id": ["a"]}), model)


def test_flipped_labels_come_first(model: TopicModel) -> None:
    n_order = 40
    topics = np.array(["order"] * n_order + ["refund"] * (len(OLD) - n_order), dtype=object)
    flipped = [3, 17, 45]
    topics[flipped] = ["refund", "refund", "order"]
    labels = pd.DataFrame({"text": OLD, "topic": topics})
    doubts = check_labels(labels, model.features.encoder)
    assert set(doubts["row"][:3]) == {row + 1 for row in flipped}
    assert (doubts["given"] != doubts["suggested"]).all()
    assert doubts["neighbours"].str.count(r" \| ").eq(2).all()
    with pytest.raises(LabelError, match="got 5 labels"):
        check_labels(labels.head(5), model.features.encoder)


def test_overlaps_are_ranked_by_cost(model: TopicModel, model_folder) -> None:
    table = tagged("my parcel came broken and I want my refund", "refund for my late parcel", *OLD)
    ranked = rank_topic_overlaps(model, table, folder=model_folder)
    assert ranked["cost"].is_monotonic_decreasing
    pair = {"order_on_the_way", "refund_not_received"}
    problems = ranked.dropna(subset=["lever_a", "lever_b"])  # not "other", no thanks and the like
    assert any(pair == {row.topic_a, row.topic_b} for row in problems.head(2).itertuples())
    assert (rank_topic_overlaps(model, None, folder=model_folder)["out_of_fold"] > 0).all()
