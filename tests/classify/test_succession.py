"""A new model in place of an older one: compared, refused where worse, the older one kept."""

import json
from pathlib import Path

import pytest

from cxtopics.classify import load_model
from cxtopics.classify.carrying import carry_labels, propose_labels
from cxtopics.classify.succession import Succession
from cxtopics.classify.versions import log_version, versions_folder
from cxtopics.errors import ModelError
from cxtopics.render.retraining import comparison_text, log_lines
from cxtopics.taxonomy import Taxonomy
from cxtopics.training import LabelledTexts, train_model


@pytest.fixture(scope="module")
def tiny(few_topics: Taxonomy) -> Taxonomy:
    """Return the few topics with few examples."""
    content = few_topics.model_dump()
    for topic in (*content["topics"], *content["reserved"]):
        topic["examples"] = topic["examples"][:6]
    return Taxonomy.model_validate(content)


WORDS = {
    "late": ["parcel", "late", "waiting", "courier", "delivery", "overdue", "days", "gone", "by"],
    "login": ["password", "account", "sign", "locked", "reset", "email", "code", "access"],
    "refund": ["money", "refund", "bank", "card", "back", "paid", "amount", "waiting"],
}


def labels(n: int, wrong: int = 0) -> LabelledTexts:
    """Return n messages per topic, every `wrong`-th with another topic's label."""
    rows = [
        (f"{words[i % 8]} {words[(3 * i + 1) % 8]} {words[(5 * i + 2) % 8]} {i}", topic)
        for topic, words in WORDS.items()
        for i in range(n)
    ]
    names = list(WORDS)
    topics = [
        names[(names.index(topic) + 1) % 3] if wrong and number % wrong == 0 else topic
        for number, (_, topic) in enumerate(rows)
    ]
    return LabelledTexts(tuple(text for text, _ in rows), tuple(topics))


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "shop"
    train_model(folder, labels=labels(40))
    return folder


def test_what_was_said_out_of_fold_is_kept_without_the_texts(first: Path) -> None:
    scores = json.loads((first / "evaluation.json").read_text())
    assert len(scores["held_out"]) == 120
    assert set(scores["held_out"].values()) <= set(WORDS)
    assert "parcel" not in (first / "evaluation.json").read_text()


def test_the_same_labels_again_change_nothing_and_keep_the_older_model(
    first: Path, tmp_path: Path
) -> None:
    folder = copied(first, tmp_path)
    before = load_model(folder).fingerprint
    succession = Succession(folder)
    model = train_model(folder, labels=labels(40), succession=succession)
    found = succession.comparison
    assert found is not None
    assert (found.n, found.n_unseen, found.churn, found.p_value) == (120, 0, 0, 1)
    assert found.accuracy_before == found.accuracy_after
    assert succession.kept is not None
    assert load_model(succession.kept).fingerprint == before
    log_version(folder, succession.kept, log_lines(model, found))
    log_version(folder, succession.kept, ["again"])
    log = (versions_folder(folder) / "CHANGELOG.md").read_text()
    assert (log.count("# Changelog"), log.count("\n## ")) == (1, 2)
    assert log.index("again") < log.index("accuracy on the same 120 labelled contacts")
    assert load_model(succession.kept).fingerprint == before
    encoder = (folder / "encoder.onnx").stat()
    assert encoder.st_ino == (succession.kept / "encoder.onnx").stat().st_ino


def test_a_worse_model_is_refused_unless_forced(first: Path, tmp_path: Path) -> None:
    folder = copied(first, tmp_path)
    before = load_model(folder).fingerprint
    few = LabelledTexts(labels(40).texts[::2], labels(40).topics[::2])
    noisy = labels(40, wrong=3)
    # held against the right labels: every second text right, all others learnt wrongly
    texts = (*few.texts, *(f"{text} x" for text in noisy.texts for _ in range(2)))
    names = list(WORDS)
    wrong = tuple(names[(names.index(topic) + 1) % 3] for topic in noisy.topics for _ in range(2))
    worse = LabelledTexts(texts, (*few.topics, *wrong))
    with pytest.raises(ModelError, match=r"the model there is better: .*McNemar") as caught:
        train_model(folder, labels=worse, succession=OnFirst(folder, 60))
    assert "--force" in caught.value.hint
    assert load_model(folder).fingerprint == before
    assert not versions_folder(folder).exists()
    forced = OnFirst(folder, 60)
    forced.force = True
    train_model(folder, labels=worse, succession=forced)
    assert load_model(folder).fingerprint != before
    assert forced.comparison is not None
    assert forced.comparison.difference.high < 0


class OnFirst(Succession):
    """Compares on the first labels only: the rest were made to mislead."""

    def __init__(self, folder: Path, n: int) -> None:
        super().__init__(folder)
        self.n = n

    def admit(self, model, texts, topics, n_labels) -> None:
        super().admit(model, texts, topics, self.n)


def test_a_model_without_labels_does_not_replace_one_with(
    first: Path, tmp_path: Path, tiny: Taxonomy
) -> None:
    folder = copied(first, tmp_path)
    with pytest.raises(ModelError, match="learnt from 120 labels, the new one from none"):
        train_model(folder, taxonomy=tiny, succession=Succession(folder))


def test_a_broken_model_is_replaced_and_kept(first: Path, tmp_path: Path) -> None:
    folder = copied(first, tmp_path)
    (folder / "config.json").write_text("{")
    succession = Succession(folder)
    train_model(folder, labels=labels(10), succession=succession)
    assert succession.comparison is None
    assert (succession.kept / "config.json").read_text() == "{"
    assert load_model(folder).details["n_labels"] == 30


def test_a_revision_is_compared_in_todays_words(tiny: Taxonomy, tmp_path: Path) -> None:
    def revised(topic):
        if topic.id == "cannot_log_in":
            return topic.model_copy(update={"id": "login_fails", "replaces": ("cannot_log_in",)})
        if topic.id == "arrived_damaged":
            parts = ("broken_glass", "crushed_box")
            return topic.model_copy(update={"split_into": parts})
        return topic

    parts = [
        tiny.topics[0].model_copy(
            update={"id": name, "label": words, "examples": (f"the {words} today", f"{words}!")}
        )
        for name, words in (("broken_glass", "glass in pieces"), ("crushed_box", "box crushed"))
    ]
    content = tiny.model_dump()
    content["topics"] = [revised(topic).model_dump() for topic in tiny.topics]
    content["topics"] += [part.model_dump() for part in parts]
    taxonomy = Taxonomy.model_validate(content)
    texts = ("box crushed and torn", "my password is refused") * 6
    texts = tuple(f"{text} {n}" for n, text in enumerate(texts))
    old = LabelledTexts(texts, ("arrived_damaged", "cannot_log_in") * 6)
    folder = tmp_path / "shop"
    train_model(folder, labels=old, taxonomy=tiny)
    carried = carry_labels(old.texts, old.topics, taxonomy)
    assert carried.topics == ("login_fails",) * 6
    answered = LabelledTexts(texts, ("crushed_box", "login_fails") * 6)
    succession = Succession(folder)
    model = train_model(folder, labels=answered, taxonomy=taxonomy, succession=succession)
    found = succession.comparison
    assert found is not None
    assert (found.n, found.n_unseen) == (12, 0)
    assert found.by_topic["login_fails"][1] == 1
    assert found.accuracy_before == 1  # a part counts as the topic it was part of
    assert {old for old, _, _ in found.moves} == {"arrived_damaged"}
    assert "churn: 50.0%" in comparison_text(found)
    sheet = propose_labels(model, carried.waiting[:6], taxonomy)
    assert sheet.columns.tolist() == ["text", "topic", "was", "proposed", "confidence"]
    assert set(sheet["proposed"]) == {"crushed_box"}
    assert sheet["confidence"].between(0.5, 1).all()
    assert sheet["topic"].isna().all()


def copied(folder: Path, room: Path) -> Path:
    import shutil

    return Path(shutil.copytree(folder, room / "shop"))
