"""A sheet out, answers in: nothing lost, nothing overwritten in silence."""

from datetime import datetime, timezone
from pathlib import Path

import pandas as pd
import pytest

from cxtopics.classify import TopicModel
from cxtopics.errors import InputError, LabelError
from cxtopics.review import SHEET_COLUMNS, draw_review, merge_review, read_sheet

NOW = datetime(2026, 5, 4, 12, tzinfo=timezone.utc)


def contacts() -> pd.DataFrame:
    texts = [
        "where is my parcel, write to ann@example.org",
        "where is my parcel, write to ann@example.org",
        "=HYPERLINK(1) my vase is broken",
        "my password is not accepted",
        "refund missing for order 4455667788",
        None,
    ]
    return pd.DataFrame({"contact_id": [f"c{n}" for n in range(6)], "text": texts})


def sheet(*rows: tuple[str | None, str, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["contact_id", "text", "topic"])
    return frame.assign(labelled_by="Ann", labelled_at="2026-05-04", inclusion_probability=0.5)


def test_sheet_holds_each_text_once_masked_with_its_chance(model: TopicModel) -> None:
    drawn = draw_review(contacts(), model, 10)
    assert tuple(drawn.columns) == SHEET_COLUMNS
    assert drawn["contact_id"].tolist() == ["c0", "c2", "c3", "c4"]
    assert not drawn["text"].str.contains("example.org").any()
    assert drawn["topic"].isna().all()
    assert drawn["inclusion_probability"].tolist() == [1, 1, 1, 1]
    assert drawn["likely_topic"].isin(model.classes).all()
    whole = draw_review(contacts(), model, 10, redacted=False)
    assert whole["text"].str.contains("ann@example.org").any()


def test_chances_sum_to_the_number_drawn_over_the_pool(model: TopicModel) -> None:
    pool = pd.DataFrame(
        {"contact_id": range(40), "text": [f"parcel {n} is late or broken" for n in range(40)]}
    )
    drawn = draw_review(pool, model, 8)
    assert len(drawn) == 8
    assert (1 / drawn["inclusion_probability"]).sum() == pytest.approx(40, rel=0.3)


def test_what_is_labelled_is_not_drawn_again(model: TopicModel) -> None:
    known = pd.DataFrame(
        {"contact_id": ["c3", None], "text": ["x", "REFUND missing for order 4455667788!"]}
    )
    drawn = draw_review(contacts(), model, 10, known=known)
    assert drawn["contact_id"].tolist() == ["c0", "c2"]
    everything = contacts().dropna()
    with pytest.raises(InputError, match="not labelled yet"):
        draw_review(contacts(), model, 10, known=everything)


def test_answers_keep_who_and_when_and_lose_the_apostrophe(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    pd.DataFrame(
        {
            "contact_id": ["c1", "c2"],
            "text": ["'=1+1 broken", "'tis late"],
            "topic": ["a", " b "],
            "labelled_by": [None, "Bo"],
            "labelled_at": [None, "2026-01-01"],
        }
    ).to_csv(path, index=False)
    found = read_sheet(path, by="Ann", now=NOW)
    assert found["text"].tolist() == ["=1+1 broken", "'tis late"]
    assert found["topic"].tolist() == ["a", "b"]
    assert found["labelled_by"].tolist() == ["Ann", "Bo"]
    assert found["labelled_at"].tolist() == ["2026-05-04T12:00:00Z", "2026-01-01"]
    with pytest.raises(InputError, match="1 answers without a name"):
        read_sheet(path)


def test_an_unanswered_sheet_is_an_error(tmp_path: Path) -> None:
    pd.DataFrame({"text": ["late"], "topic": [None]}).to_csv(tmp_path / "s.csv", index=False)
    with pytest.raises(InputError, match="no row has a topic"):
        read_sheet(tmp_path / "s.csv", by="Ann")


def test_answers_are_added_once_and_contradictions_stay_out() -> None:
    labels = pd.DataFrame({"text": ["Late!", "lost"], "topic": ["a", "b"], "note": ["mine", None]})
    given = sheet(
        ("c1", "late", "a"),  # there already, by its text
        ("c2", "lost", "a"),  # contradicts a label
        ("c3", "broken", "c"),  # new
        ("c3", "broken", "c"),  # the same answer twice
        ("c4", "leaks", "c"),  # two answers that contradict each other
        ("c4", "leaks", "d"),
        ("c5", "no answer", None),
    )
    found = merge_review(given, labels)
    assert found.labels["text"].tolist() == ["Late!", "lost", "broken"]
    assert found.labels["topic"].tolist() == ["a", "b", "c"]
    assert found.labels["note"].tolist()[0] == "mine"
    assert (found.n_added, found.n_same, found.n_blank) == (1, 1, 1)
    assert found.conflicts["contact_id"].tolist() == ["c2", "c4", "c4"]
    assert not found.conflicts["taken"].any()
    again = merge_review(given, found.labels)
    pd.testing.assert_frame_equal(again.labels, found.labels)


def test_replace_lets_the_sheet_win_and_says_so() -> None:
    labels = sheet(("c1", "late", "a"))
    found = merge_review(sheet(("c1", "late", "b")), labels, replace=True)
    assert found.labels["topic"].tolist() == ["b"]
    assert found.conflicts[["topic", "topic_in_labels", "taken"]].values.tolist() == [
        ["b", "a", True]
    ]


def test_unknown_topics_are_named_with_the_nearest(few_topics) -> None:
    with pytest.raises(LabelError, match=r"cannot_login.*nearest: cannot_log_in"):
        merge_review(sheet(("c1", "late", "cannot_login")), None, taxonomy=few_topics)
