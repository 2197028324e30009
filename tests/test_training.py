"""Labels and topics -> a model, with the real encoder; every bad input is one clear error."""

from pathlib import Path

import pandas as pd
import pytest

from cxtopics.classify import TopicModel
from cxtopics.errors import CxTopicsError, InputError, LabelError
from cxtopics.measure.audits.learnt_from import LearntFrom
from cxtopics.training import LabelledTexts, evaluate_model, read_labels, train_model

CONTACTS = (
    ("the courier says friday, is that still right for my parcel", "order_on_the_way"),
    ("any news on where my package is", "order_on_the_way"),
    ("the vase was in a thousand pieces when I opened the box", "arrived_damaged"),
    ("box crushed, bottle leaked over everything", "arrived_damaged"),
    ("you promised my money back two weeks ago and nothing has come", "refund_not_received"),
    ("refund still not on my card", "refund_not_received"),
    ("the reset link for my password never comes", "cannot_log_in"),
    ("my login is locked", "cannot_log_in"),
)


def test_cold_model_recognises_messages_it_has_not_seen(model: TopicModel) -> None:
    texts, topics = zip(*CONTACTS, strict=True)
    found = evaluate_model(model, LabelledTexts(texts, topics))
    assert found.accuracy >= 7 / 8
    assert model.details["classifier_error"] == "unknown"


def test_labels_without_topics_file_are_the_topics(tmp_path: Path) -> None:
    texts = [f"{word} {n}" for word in ("parcel late", "password lost") for n in range(12)]
    topics = ["Liefer Problem!"] * 12 + ["login"] * 12
    model = train_model(tmp_path / "own", labels=LabelledTexts(tuple(texts), tuple(topics)))
    assert model.classes == ["Liefer Problem!", "login"]
    assert model.taxonomy is None
    assert model.details["classifier_error"] == "out_of_fold"


def test_labels_join_the_examples(few_topics, tmp_path: Path) -> None:
    labels = LabelledTexts(("grommet widget flux",) * 3, ("cannot_log_in",) * 3)
    model = train_model(tmp_path / "both", labels=labels, taxonomy=few_topics)
    assert model.details["n_labels"] == 3
    assert model.details["n_examples"] == sum(len(t.examples) + 1 for t in few_topics)
    found = evaluate_model(model, LabelledTexts(("grommet widget flux",), ("cannot_log_in",)))
    assert found.accuracy == 1


def test_unknown_labels_are_named_with_the_nearest_topics(few_topics, tmp_path: Path) -> None:
    labels = LabelledTexts(("late", "lost"), ("order_on_teh_way", "cannot_log_in"))
    with pytest.raises(LabelError, match=r"order_on_teh_way.*nearest: order_on_the_way"):
        train_model(tmp_path / "bad", labels=labels, taxonomy=few_topics)
    assert not (tmp_path / "bad").exists()


def test_evaluate_names_labels_outside_the_taxonomy(model: TopicModel) -> None:
    with pytest.raises(LabelError, match="no_such_topic"):
        evaluate_model(model, LabelledTexts(("late",), ("no_such_topic",)))


def test_evaluate_counts_unknown_labels_of_a_model_without_taxonomy(tmp_path: Path) -> None:
    labels = LabelledTexts(("parcel late", "password lost") * 6, ("a", "b") * 6)
    model = train_model(tmp_path / "own", labels=labels)
    found = evaluate_model(model, LabelledTexts(("parcel late", "what"), ("a", "c")))
    assert (found.n, found.n_unknown, found.accuracy) == (2, 1, 0.5)


@pytest.mark.parametrize("texts", [("😀", "😀😀", "😢", "😢😢"), ("same",) * 4])
def test_labels_without_words_or_without_a_difference_still_train(tmp_path: Path, texts) -> None:
    model = train_model(tmp_path / "odd", labels=LabelledTexts(texts, ("a", "a", "b", "b")))
    assert evaluate_model(model, LabelledTexts(texts, ("a", "a", "b", "b"))).n == 4


def test_one_topic_is_not_enough(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="expected at least 2"):
        train_model(tmp_path / "one", labels=LabelledTexts(("a", "b"), ("x", "x")))


def test_blank_rows_are_counted(tmp_path: Path) -> None:
    table = pd.DataFrame({"text": ["late", " ", None, "lost"], "topic": ["a", "b", "a", None]})
    table.to_csv(tmp_path / "labels.csv", index=False)
    labels = read_labels([tmp_path / "labels.csv"])
    assert (labels.texts, labels.topics, labels.n_blank) == (("late",), ("a",), 3)


@pytest.mark.parametrize("ending", ["csv", "tsv", "ndjson", "parquet", "xlsx"])
def test_labels_come_in_any_format(tmp_path: Path, ending: str) -> None:
    table = pd.DataFrame({"text": ["späte Lieferung", "verloren"], "topic": ["a", "b"]})
    path = tmp_path / f"labels.{ending}"
    match ending:
        case "csv":
            table.to_csv(path, index=False)
        case "tsv":
            table.to_csv(path, index=False, sep="\t")
        case "ndjson":
            table.to_json(path, orient="records", lines=True)
        case "parquet":
            table.to_parquet(path)
        case "xlsx":
            table.to_excel(path, index=False)
    assert read_labels([path]).texts == ("späte Lieferung", "verloren")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "empty"),
        ("text,topic\n", "no row"),
        ("body,topic\nlate,a\n", "no column 'text'"),
        ("text,topic\n ,a\n  ,b\n", "none of 2 rows"),
    ],
)
def test_bad_label_files_are_one_clear_error(tmp_path: Path, content: str, says: str) -> None:
    (tmp_path / "labels.csv").write_text(content)
    with pytest.raises(InputError, match=says) as caught:
        read_labels([tmp_path / "labels.csv"])
    assert caught.value.hint
    assert "\n" not in str(caught.value)


def test_too_few_labels_for_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CxTopicsError, match="no such file"):
        read_labels([tmp_path / "nowhere.csv"])


def test_a_real_shops_labels_beat_the_published_platforms(benchmark_data: Path, tmp_path) -> None:
    """HINT3 (Arora 2020) reports at most 84.1 % in scope; its v1 labels, ours are v2."""
    folder = benchmark_data / "hint3_curekart"
    train, test = (
        read_labels([folder / name], text_column="sentence", topic_column="label")
        for name in ("train.csv", "test.csv")
    )
    model = train_model(tmp_path / "curekart", labels=train)
    found = evaluate_model(model, test, out_of_scope="NO_NODES_DETECTED")
    assert (found.n, found.n_out_of_scope) == (459, 532)
    assert found.accuracy > 0.841
    assert found.expected_calibration_error <= 0.05
    assert found.oos_auroc is not None
    assert found.oos_auroc > 0.87
    assert found.mcc is not None
    assert found.mcc > 0.6  # abstentions and unfamiliar contacts read as out of scope


def test_labels_tell_the_report_how_far_its_estimates_may_be_off(few_topics, tmp_path) -> None:
    table = pd.DataFrame(CONTACTS, columns=["text", "topic"])
    table["contact_id"] = [f"0{number}" for number in range(len(table))]
    table.to_csv(tmp_path / "labels.csv", index=False)
    labels = read_labels([tmp_path / "labels.csv"])
    assert labels.contact_ids[:2] == ("00", "01")
    model = train_model(tmp_path / "m", labels=labels, taxonomy=few_topics)
    estimation = model.details["estimation"]
    assert sum(estimation["training_prior"]) == pytest.approx(1, abs=1e-4)
    assert len(estimation["training_prior"]) == len(model.classes)
    assert sum(estimation["prevalence_error"]["n_texts"]) == len(CONTACTS)
    assert LearntFrom.from_dict(estimation["learnt_from"]).knows(["00", "03"], [])
    two = LabelledTexts(labels.texts[:4], labels.topics[:4])
    few = train_model(tmp_path / "m", labels=two, taxonomy=few_topics).details["estimation"]
    assert "prevalence_error" not in few  # two topics of eight: too little to go by


def test_a_cold_model_says_nothing_of_its_error(model: TopicModel) -> None:
    assert set(model.details["estimation"]) == {"training_prior"}


def test_a_few_labels_outweigh_the_examples(few_topics, tmp_path: Path) -> None:
    """A shop whose customers say 'where is my parcel' and mean a broken one."""
    texts = [f"where is my parcel number {n}" for n in range(8)]
    labels = LabelledTexts(tuple(texts), ("arrived_damaged",) * 8)
    model = train_model(tmp_path / "own", labels=labels, taxonomy=few_topics)
    asked = LabelledTexts(("where is my parcel number 99",), ("arrived_damaged",))
    assert evaluate_model(model, asked).accuracy == 1
