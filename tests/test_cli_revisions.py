"""The commands that revise topics: shown first, written only with --yes."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT
from test_cli import assert_one_error, cxtopics

TOPICS = (ROOT / "topics" / "ecommerce.yaml").read_text("utf-8")


@pytest.fixture
def room(tmp_path: Path) -> Path:
    (tmp_path / "topics").mkdir()
    (tmp_path / "topics" / "ecommerce.yaml").write_text(TOPICS, "utf-8")
    rows = [("so late", "order_late")] * 3 + [("no login", "cannot_log_in")]
    pd.DataFrame(rows, columns=["text", "topic"]).to_csv(tmp_path / "labels.csv", index=False)
    days = {"contact_id": range(4), "created_at": "2026-01-05"}
    tagged = pd.read_csv(tmp_path / "labels.csv").assign(**days)
    tagged.to_csv(tmp_path / "tagged.csv", index=False)
    return tmp_path


def now(room: Path) -> str:
    return (room / "topics" / "ecommerce.yaml").read_text("utf-8")


def test_nothing_is_written_before_yes(room: Path) -> None:
    words = ("topics", "rename", "order_late", "delivery_late", "--on", "2026-03-01")
    tables = ("--labels", "labels.csv", "--tagged", "tagged.csv")
    done = cxtopics(*words, *tables, cwd=room)
    assert done.returncode == 0, done.stderr
    assert "labels.csv: 3 of 4 rows" in done.stdout
    assert "tagged.csv: 3 of 4 rows" in done.stdout
    assert "order_late: carried over to delivery_late" in done.stdout
    assert "+    replaces: [order_late]" in done.stdout
    assert "add --yes" in done.stderr
    assert now(room) == TOPICS
    assert cxtopics(*words, "--yes", cwd=room).returncode == 0
    assert "    replaces: [order_late]\n    since: 2026-03-01\n" in now(room)


def test_a_split_takes_its_parts_as_words(room: Path) -> None:
    words = ("split", "does_not_fit", "--into", "too_small", "too_big", "--label", "Too tight")
    done = cxtopics("topics", *words, "--yes", cwd=room)
    assert done.returncode == 0, done.stderr
    assert "split_into: [too_small, too_big]" in now(room)
    assert "label: Too tight" in now(room)
    shutil.copy(room / "topics" / "ecommerce.yaml", room / "new.yaml")
    (room / "old.yaml").write_text(TOPICS, "utf-8")
    done = cxtopics("topics", "diff", "old.yaml", "new.yaml", "--format", "json", cwd=room)
    assert json.loads(done.stdout)["split"] == {"does_not_fit": ["too_small", "too_big"]}
    done = cxtopics("topics", "check", "new.yaml", cwd=room)
    assert (done.returncode, done.stderr.count("not one example message")) == (1, 4)


def test_a_topic_gone_without_a_word_is_an_error_after_the_difference(room: Path) -> None:
    text = TOPICS.replace("order_late:", "late_order:").replace("id: order_late", "id: late_order")
    (room / "new.yaml").write_text(text, "utf-8")
    done = cxtopics("topics", "diff", "topics/ecommerce.yaml", "new.yaml", cwd=room)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert (lines[0], lines[-1]) == ("added     late_order", "GONE      order_late")
    assert "Hint: bring their entries back" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("retire", "order_latee"),
        ("merge", "order_late", "--into", "order_late"),
        ("add", "order_late", "--label", "x", "--group", "delivery"),
        ("diff", "topics/ecommerce.yaml", "HEAD~1:nowhere.yaml"),
    ],
)
def test_what_cannot_be_is_one_clear_error(room: Path, words: tuple[str, ...]) -> None:
    assert_one_error(cxtopics("topics", *words, cwd=room))
    assert now(room) == TOPICS


def test_warnings_are_no_faults_unless_strict(room: Path) -> None:
    text = TOPICS.replace("label: My order is late", "label: Refund issued")
    (room / "bad.yaml").write_text(text, "utf-8")
    done = cxtopics("topics", "check", "bad.yaml", cwd=room)
    assert done.returncode == 0
    assert "bad.yaml: warning: line 229: topics -> order_late -> label: 'Refund" in done.stderr
    assert "no fault, 1 warnings" in done.stdout
    done = cxtopics("topics", "check", "bad.yaml", "--strict", cwd=room)
    assert_one_error(done)


def test_train_over_a_model_compares_keeps_and_queues(room: Path, few_topics) -> None:
    small = few_topics.model_dump(mode="json", exclude_defaults=True)
    for topic in (*small["topics"], *small["reserved"]):
        topic["examples"] = topic["examples"][:6]
    taxonomy = type(few_topics).model_validate(small)
    (room / "topics.yaml").write_text(taxonomy.dump(), "utf-8")
    texts = [f"{words} {n}" for words in ("no login", "box smashed") for n in range(6)]
    topics = ["cannot_log_in"] * 6 + ["arrived_damaged"] * 6
    pd.DataFrame({"text": texts, "topic": topics}).to_csv(room / "labels.csv", index=False)
    train = ("train", "labels.csv", "--topics", "topics.yaml", "-o", "models/shop")
    assert cxtopics(*train, cwd=room).returncode == 0
    for words in (
        ("rename", "cannot_log_in", "login_fails"),
        ("split", "arrived_damaged", "--into", "broken_glass", "crushed_box"),
    ):
        done = cxtopics("topics", *words, "--topics", "topics.yaml", "--yes", cwd=room)
        assert done.returncode == 0, done.stderr
    done = cxtopics(*train, cwd=room)
    assert done.returncode == 0, done.stderr
    assert "6 labels of 'cannot_log_in' are carried over to 'login_fails'" in done.stderr
    assert "accuracy on the same 6 labelled contacts, out of fold" in done.stdout
    sheet = pd.read_csv(room / "models" / "shop.queue.csv")
    assert len(sheet) == 12  # six labels, and the six examples of the topic
    assert set(sheet["was"]) == {"arrived_damaged"}
    versions = sorted(path.name for path in (room / "models" / "shop.versions").iterdir())
    assert versions[-1] == "CHANGELOG.md"
    assert len(versions) == 2
    sheet["topic"] = "crushed_box"
    sheet.to_csv(room / "models" / "shop.queue.csv", index=False)
    done = cxtopics(*train[:2], "models/shop.queue.csv", *train[2:], cwd=room)
    assert done.returncode == 0, done.stderr
    assert "fill the column" not in done.stderr
    assert len(pd.read_csv(room / "models" / "shop.queue.csv")) == 12
