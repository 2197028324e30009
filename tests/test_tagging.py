"""Tagging files: order kept, nothing lost, the same answer in any company, resumable."""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxtopics.classify import UNFAMILIAR, TopicModel, load_model
from cxtopics.errors import CxTopicsError
from cxtopics.schemas import TAG_COLUMNS
from cxtopics.tables import read_provenance
from cxtopics.tagging import files, tag_contacts, tag_file, tags

TEXTS = ("where is my parcel", "it came broken", None, "password reset please", " ")


@pytest.fixture
def contacts() -> pd.DataFrame:
    return pd.DataFrame(
        {"contact_id": ["007", "8", "9", "10", "11"], "text": TEXTS, "agent": list("abcde")}
    )


@pytest.fixture
def many(few_topics) -> pd.DataFrame:
    texts = [example for topic in few_topics for example in topic.examples]
    ids = [f"{number:05d}" for number in range(len(texts))]
    return pd.DataFrame({"contact_id": ids, "text": texts})


def test_rows_keep_their_order_and_columns(contacts, model: TopicModel) -> None:
    tagged = tag_contacts(contacts, model)
    assert list(tagged.columns) == ["contact_id", "text", "agent", *TAG_COLUMNS]
    assert tagged["contact_id"].tolist() == contacts["contact_id"].tolist()
    assert tagged["topic_forced"].tolist()[:2] == ["order_on_the_way", "arrived_damaged"]


def test_rows_without_text_get_no_topic_and_need_no_review(contacts, model: TopicModel) -> None:
    tagged = tag_contacts(contacts, model)
    blank = tagged.iloc[[2, 4]]
    assert blank[["topic", "topic_forced", "confidence", "runner_up"]].isna().all(axis=None)
    assert not blank["needs_review"].any()


def test_abstains_exactly_below_the_threshold(many, model: TopicModel) -> None:
    odd = pd.DataFrame({"contact_id": ["x", "y", "z"], "text": ["?", "qwertz", "the colour blue"]})
    tagged = tag_contacts(pd.concat([many, odd], ignore_index=True), model)
    least = dict(zip(model.classes, model.classifier.thresholds, strict=True))
    assert least["no_reply_needed"] >= 0.95 > least["arrived_damaged"]
    sure = tagged["confidence"] >= tagged["topic_forced"].map(least)
    sure &= tagged["familiarity"] >= UNFAMILIAR
    assert (tagged["topic"].notna() == sure).all()
    assert (tagged["needs_review"] == ~sure).all()
    assert (tagged["topic"].dropna() == tagged["topic_forced"][sure]).all()
    assert (tagged["confidence"] >= tagged["runner_up_confidence"]).all()
    assert 0 < sure.mean() < 1


def test_same_answer_alone_in_company_and_shuffled(many, model: TopicModel) -> None:
    together = tag_contacts(many, model)
    shuffled = tag_contacts(many.sample(frac=1, random_state=0), model).sort_index()
    alone = pd.concat([tag_contacts(many.iloc[[n]], model) for n in range(0, len(many), 6)])
    for other, same in ((shuffled, together), (alone, together.loc[alone.index])):
        assert (other["topic_forced"] == same["topic_forced"]).all()
        np.testing.assert_allclose(other["confidence"], same["confidence"], atol=1e-4)


def test_columns_named_like_tags_are_kept(contacts, model: TopicModel) -> None:
    tagged = tag_contacts(contacts.assign(topic="mine"), model)
    assert (tagged["topic_given"] == "mine").all()


@pytest.mark.parametrize("ending", ["parquet", "csv", "ndjson"])
def test_file_to_file_by_ending(contacts, model: TopicModel, tmp_path: Path, ending: str) -> None:
    contacts.to_csv(tmp_path / "in.csv", index=False)
    out = tmp_path / f"out.{ending}"
    summary = tag_file(tmp_path / "in.csv", model, out)
    assert (summary.n_rows, summary.n_no_text, summary.n_rejected) == (5, 2, 0)
    assert summary.n_tagged + summary.n_abstained == 3
    read = {"parquet": pd.read_parquet, "csv": pd.read_csv}.get(ending)
    tagged = read(out) if read else pd.read_json(out, lines=True, dtype=False)
    assert tagged["topic_forced"].tolist()[:2] == ["order_on_the_way", "arrived_damaged"]
    assert tagged["agent"].tolist() == list("abcde")
    if ending == "parquet":
        assert tagged["contact_id"].tolist()[0] == "007"
        kind = pq.read_schema(out).field("probabilities").type
        assert kind == pa.list_(pa.float32(), len(model.classes))
        assert len(tagged["probabilities"][0]) == len(model.classes)
        assert tagged["probabilities"][0].sum() == pytest.approx(1, abs=1e-4)
        about = read_provenance(out)
        assert about["tagging"]["model_fingerprint"] == model.fingerprint
        assert about["taxonomy"]["name"] == "ecommerce"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["in.csv", out.name]


def test_csv_cells_cannot_become_formulas(model: TopicModel, tmp_path: Path) -> None:
    frame = pd.DataFrame({"text": ['=HYPERLINK("http://evil")', "@SUM(1)", "-1 star", "late"]})
    frame.to_csv(tmp_path / "in.csv", index=False)
    tag_file(tmp_path / "in.csv", model, tmp_path / "out.csv")
    cells = pd.read_csv(tmp_path / "out.csv")["text"].tolist()
    assert cells == ['\'=HYPERLINK("http://evil")', "'@SUM(1)", "'-1 star", "late"]


def test_rejected_rows_are_counted_and_listed(model: TopicModel, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("contact_id,text\n1,late\n2,a,b,c\n3,broken\n")
    summary = tag_file(tmp_path / "in.csv", model, tmp_path / "out.parquet")
    assert (summary.n_rows, summary.n_rejected) == (2, 1)
    rejected = pd.read_csv(tmp_path / "out.parquet.rejected.csv")
    assert rejected.to_dict("records") == [
        {"file": "in.csv", "line": 3, "reason": "4 fields where the header has 2"}
    ]


def test_interrupted_run_goes_on_and_gives_the_same_bytes(
    many, model: TopicModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "ROWS_PER_PART", 50)
    many.to_csv(tmp_path / "in.csv", index=False)
    tag_file(tmp_path / "in.csv", model, tmp_path / "whole.parquet")

    calls: list[int] = []

    def stop_after_two(n: int) -> None:
        calls.append(n)
        if len(calls) == 2:
            raise KeyboardInterrupt

    out = tmp_path / "resumed.parquet"
    with pytest.raises(KeyboardInterrupt):
        tag_file(tmp_path / "in.csv", model, out, progress=stop_after_two)
    assert not out.exists()
    done = list((tmp_path / ".resumed.parquet.parts").glob("*.parquet"))
    assert len(done) == 2

    real, tagged_again = tags.tag_contacts, []
    monkeypatch.setattr(
        tags, "tag_contacts", lambda f, *a, **k: tagged_again.append(len(f)) or real(f, *a, **k)
    )
    tag_file(tmp_path / "in.csv", model, out)
    assert sum(tagged_again) == len(many) - 100
    assert out.read_bytes() == (tmp_path / "whole.parquet").read_bytes()
    assert not (tmp_path / ".resumed.parquet.parts").exists()


def test_parts_of_another_job_are_not_used(many, model: TopicModel, tmp_path: Path) -> None:
    stale = tmp_path / ".out.parquet.parts"
    stale.mkdir()
    (stale / "job").write_text("another")
    (stale / "00000000.parquet").write_bytes(b"junk")
    many.to_csv(tmp_path / "in.csv", index=False)
    assert tag_file(tmp_path / "in.csv", model, tmp_path / "out.parquet").n_rows == len(many)


def test_workers_do_not_change_a_byte(many, model_folder: Path, tmp_path: Path) -> None:
    many.to_csv(tmp_path / "in.csv", index=False)
    for n in (1, 2):
        tag_file(tmp_path / "in.csv", load_model(model_folder, n), tmp_path / f"{n}.parquet")
    assert (tmp_path / "1.parquet").read_bytes() == (tmp_path / "2.parquet").read_bytes()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "empty"),
        ("body\nlate\n", "no column 'text'"),
        ("text,id\n ,1\n\t,2\n", "no text in any of 2 rows"),
    ],
)
def test_bad_input_is_an_error_and_leaves_nothing(
    model: TopicModel, tmp_path: Path, content: str, says: str
) -> None:
    (tmp_path / "in.csv").write_text(content)
    with pytest.raises(CxTopicsError, match=says) as caught:
        tag_file(tmp_path / "in.csv", model, tmp_path / "out.parquet")
    assert caught.value.hint
    assert [file.name for file in tmp_path.iterdir()] == ["in.csv"]


def test_odd_texts_go_from_file_to_file(model: TopicModel, tmp_path: Path) -> None:
    odd = ["", "\ud800", "a\0b", "😀😀😀", "كيف late", "x" * 1_000_000, "w " * 500_000, "\n\n"]
    lines = [json.dumps({"text": text, "n": [n]}) for n, text in enumerate(odd)]
    lines[5:5] = ['{"text": "late", "extra": "only here"}']
    (tmp_path / "in.ndjson").write_text("\n".join(lines))
    for ending in ("parquet", "csv", "ndjson"):
        summary = tag_file(tmp_path / "in.ndjson", model, tmp_path / f"out.{ending}")
        assert (summary.n_rows, summary.n_no_text) == (9, 3)


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_a_column_that_begins_late_in_a_file_is_kept(
    model: TopicModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setattr(files, "ROWS_PER_PART", 2)
    rows = [{"id": 1}, {"text": "late"}, {"text": "lost", "order": "A7"}, {"text": "lost"}]
    (tmp_path / "in.ndjson").write_text("\n".join(map(json.dumps, rows)))
    out = tmp_path / f"out.{ending}"
    tag_file(tmp_path / "in.ndjson", model, out)
    tagged = pd.read_parquet(out) if ending == "parquet" else pd.read_csv(out)
    assert tagged["order"].dropna().tolist() == ["A7"]
    assert tagged["topic_forced"].isna().tolist() == [True, False, False, False]


def test_columns_without_a_value_at_first_are_kept(
    model: TopicModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "ROWS_PER_PART", 2)
    frame = pd.DataFrame({"text": ["late"] * 5, "note": [None] * 4 + ["x"]})
    frame["n"] = [1, 2, None, 4, 5]
    frame["sizes"] = [[1, 2], [3, 4], [5], None, []]
    frame.to_parquet(tmp_path / "in.parquet")
    tag_file(tmp_path / "in.parquet", model, tmp_path / "out.parquet")
    out = pd.read_parquet(tmp_path / "out.parquet")
    assert out["note"].dropna().tolist() == ["x"]
    assert out["n"].dropna().tolist() == [1, 2, 4, 5]
    sizes = [None if cell is None else list(cell) for cell in out["sizes"]]
    assert sizes == [[1, 2], [3, 4], [5], None, []]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=st.lists(st.text(alphabet=st.characters(), max_size=80), min_size=1, max_size=8))
def test_any_text_is_tagged_or_counted_as_none(model: TopicModel, texts: list[str]) -> None:
    tagged = tag_contacts(pd.DataFrame({"text": pd.Series(texts, dtype=object)}), model)
    seen = [re.sub("[\0\ud800-\udfff]", "", text).strip() for text in texts]
    has_text = np.array([bool(text) for text in seen])
    assert (tagged["topic_forced"].notna().to_numpy() == has_text).all()
    assert tagged["confidence"].dropna().between(0, 1).all()


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_killed_run_goes_on_and_gives_the_same_bytes(
    many, model: TopicModel, model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many.to_csv(tmp_path / "in.csv", index=False)
    out, parts = tmp_path / "out.parquet", tmp_path / ".out.parquet.parts"
    script = (
        "from cxtopics.tagging import files; files.ROWS_PER_PART = 8; "
        "from cxtopics.classify import load_model; import sys; "
        "files.tag_file(sys.argv[1], load_model(sys.argv[2]), sys.argv[3])"
    )
    words = [str(path) for path in (tmp_path / "in.csv", model_folder, out)]
    run = subprocess.Popen([sys.executable, "-c", script, *words])
    while run.poll() is None and len(list(parts.glob("*.parquet"))) < 2:
        time.sleep(0.002)
    run.kill()
    assert run.wait() == -signal.SIGKILL
    assert not out.exists()
    assert len(list(parts.glob("[0-9]*.parquet"))) >= 2
    monkeypatch.setattr(files, "ROWS_PER_PART", 8)
    tag_file(tmp_path / "in.csv", model, out)
    tag_file(tmp_path / "in.csv", model, tmp_path / "whole.parquet")
    assert out.read_bytes() == (tmp_path / "whole.parquet").read_bytes()
    assert not parts.exists()
