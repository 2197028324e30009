"""The round trip of a revision: file, history, labels, and back by git."""

import subprocess
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT

from cxtopics.classify.carrying import carry_labels
from cxtopics.errors import CxTopicsError, InputError
from cxtopics.report import build_report
from cxtopics.revisions import (
    Revision,
    add_topic,
    compare_topics,
    count_touched,
    merge_topics,
    read_topics,
    rename_topic,
    retire_topic,
    split_topic,
)
from cxtopics.taxonomy import Taxonomy, parse_taxonomy

TOPICS = (ROOT / "topics" / "ecommerce.yaml").read_text("utf-8")
ON = date(2026, 1, 1)
SEEN = ("order_late", "tracking_stuck", "does_not_fit", "customs_charge", "cannot_log_in")


def revised() -> tuple[list[Revision], str]:
    """Rename, merge, split and retire, one after the other."""
    steps = [rename_topic(TOPICS, "order_late", "delivery_late", on=ON, reason="Agents' word")]
    steps.append(merge_topics(steps[-1].after, ["tracking_stuck"], "delivery_late", on=ON))
    parts = {"too_small": "It is too small", "too_big": "It is too big"}
    steps.append(split_topic(steps[-1].after, "does_not_fit", parts, on=ON, reason="Two causes"))
    steps.append(retire_topic(steps[-1].after, "customs_charge", on=ON))
    return steps, steps[-1].after


@pytest.fixture(scope="module")
def steps() -> tuple[list[Revision], str]:
    return revised()


@pytest.fixture(scope="module")
def history() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fourteen months of tagged contacts, and orders; each month has more of the later topics."""
    rng = np.random.default_rng(3)
    rows = []
    for number, month in enumerate(pd.period_range("2024-11", "2025-12", freq="M")):
        for place, topic in enumerate(SEEN):
            rows += [(month, topic)] * (3 + place + number % 3)
        rows += [(month, None)] * 2
    days = [f"{month}-{rng.integers(1, 28):02d}T10:00:00Z" for month, _ in rows]
    tagged = pd.DataFrame(
        {
            "contact_id": [f"c{n}" for n in range(len(rows))],
            "created_at": pd.to_datetime(days, utc=True).as_unit("us"),
            "topic": [topic for _, topic in rows],
            "topic_forced": [topic or "order_late" for _, topic in rows],
        }
    )
    orders = pd.DataFrame({"created_at": tagged["created_at"]})
    orders["order_id"] = [f"o{n}" for n in range(len(orders))]
    return tagged, orders


def test_the_diff_is_small_and_keeps_every_comment(steps) -> None:
    made, after = steps
    rename, merge, split, retire = (step.n_lines for step in made)
    n_exclusions = TOPICS.count("\n      order_late: ")
    assert rename == (4 + n_exclusions, 1 + n_exclusions)
    assert merge[0] <= 6
    assert retire == (1, 0)
    assert split[1] == 0
    assert split[0] <= 32
    comments = [line for line in TOPICS.splitlines() if line.strip().startswith("#")]
    assert [line for line in after.splitlines() if line.strip().startswith("#")] == comments
    assert set(TOPICS.splitlines()) - set(after.splitlines()) == {
        line.removeprefix("-")
        for step in made
        for line in step.diff.splitlines()[2:]
        if line.startswith("-")
    }


def test_counts_are_conserved_and_lines_go_on(steps, history) -> None:
    before = build_report(*history, taxonomy=parse_taxonomy(TOPICS, "old"))
    after = build_report(*history, taxonomy=parse_taxonomy(steps[1], "new"))
    old, new = by_month(before.rates), by_month(after.rates)
    assert (old["all"] == new["all"]).all()
    assert len(new) == 14
    assert (new["delivery_late"] == old["order_late"] + old["tracking_stuck"]).all()
    assert (new["delivery_late"] > 0).all()
    for kept in ("does_not_fit", "customs_charge", "cannot_log_in", "abstained"):
        assert (new[kept] == old[kept]).all()
    assert (new.drop(columns="all").sum(axis=1) == new["all"]).all()
    assert after.overall.n_contacts.value == before.overall.n_contacts.value


def test_a_split_is_marked_and_a_retired_topic_stays(steps, history) -> None:
    after = build_report(*history, taxonomy=parse_taxonomy(steps[1], "new"))
    assert any("split into too_small, too_big on 2026-01-01" in said for said in after.caveats)
    assert any("retired; they stay shown" in said for said in after.caveats)
    assert by_month(after.rates)["too_small"].isna().all()
    assert after.provenance["breaks"][0]["topic"] == "does_not_fit"
    assert not any("not in the topics file" in said for said in after.caveats)


def test_tags_of_both_sides_of_a_split_stay_apart(steps, history) -> None:
    tagged, orders = history
    taxonomy = parse_taxonomy(steps[1].replace("retired_on: 2026-01-01", "retired_on: 2025-07-01"),
                              "new")  # fmt: skip
    late = tagged["created_at"] >= "2025-07-01"
    tagged = tagged.assign(
        topic=tagged["topic"].mask(late & (tagged["topic"] == "does_not_fit"), "too_big")
    )
    months = by_month(build_report(tagged, orders, taxonomy=taxonomy).rates)
    assert months["too_big"].isna().tolist() == [True] * 8 + [False] * 6
    assert months["does_not_fit"].isna().tolist() == [False] * 8 + [True] * 6


def by_month(rates: pd.DataFrame) -> pd.DataFrame:
    return rates.pivot_table(
        index="period_start", columns="topic", values="n_contacts", dropna=False
    )


def test_labels_follow_and_those_of_the_split_wait(steps) -> None:
    topics = list(SEEN) * 2
    texts = [f"invented message {n}" for n in range(len(topics))]
    carried = carry_labels(texts, topics, parse_taxonomy(steps[1], "new"))
    assert carried.topics == ("delivery_late", "delivery_late", "cannot_log_in") * 2
    assert carried.moved == {
        ("order_late", "delivery_late"): 2,
        ("tracking_stuck", "delivery_late"): 2,
    }
    assert carried.retired == {"customs_charge": 2}
    waiting = [text for text, topic in carried.waiting if topic == "does_not_fit"]
    assert waiting[:2] == ["invented message 2", "invented message 7"]
    n_rest = len(waiting) - 2
    assert n_rest == len(parse_taxonomy(TOPICS, "old").by_id["does_not_fit"].examples)


def test_git_shows_the_change_and_takes_it_back(steps, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    git("init", "-q")
    commit(TOPICS)
    commit(steps[1])
    changes = compare_topics(read_topics("HEAD~1:topics.yaml"), read_topics("topics.yaml"))
    assert changes.renamed == {"order_late": "delivery_late"}
    assert changes.merged == {"tracking_stuck": "delivery_late"}
    assert changes.split == {"does_not_fit": ["too_small", "too_big"]}
    assert changes.retired == ["customs_charge"]
    assert (changes.added, changes.reworded, changes.unexplained) == ([], {}, [])
    git("revert", "--no-edit", "HEAD")
    assert Path("topics.yaml").read_text("utf-8") == TOPICS
    back = compare_topics(read_topics("HEAD~1:topics.yaml"), read_topics("topics.yaml"))
    assert set(back.restored) == set(SEEN[:4])
    assert (back.added, back.unexplained) == ([], [])
    with pytest.raises(InputError, match="git says"):
        read_topics("HEAD~9:topics.yaml")
    with pytest.raises(InputError, match="git says"):
        read_topics("--output=x:topics.yaml")
    assert not Path("x").exists()


def git(*words: str) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "core.autocrlf=false")
    subprocess.run(["git", *who, *words], check=True, capture_output=True)


def commit(text: str) -> None:
    Path("topics.yaml").write_text(text, "utf-8", newline="\n")
    git("add", "-A")
    git("commit", "-qm", "topics")


def test_hand_edits_are_told_and_a_topic_gone_without_a_word(ecommerce: Taxonomy) -> None:
    text = TOPICS.replace("label: My order is late", "label: It is late")
    text = text.replace('      - "where is my order"\n', '      - "where is it then"\n')
    changes = compare_topics(ecommerce, parse_taxonomy(text, "new"))
    assert changes.reworded == {"order_late": ["label"], "order_on_the_way": ["examples +1 -1"]}
    renamed = TOPICS.replace("order_late:", "late_order:")
    renamed = renamed.replace("id: order_late", "id: late_order")
    changes = compare_topics(ecommerce, parse_taxonomy(renamed, "new"))
    assert changes.unexplained == ["order_late"]
    assert changes.added == ["late_order"]
    assert not compare_topics(ecommerce, ecommerce)


@pytest.mark.parametrize(
    ("revise", "words"),
    [
        (lambda text: rename_topic(text, "order_latee", "x_y"), "no topic"),
        (lambda text: rename_topic(text, "cannot_log_in", "order_late"), "never used again"),
        (lambda text: rename_topic(text, "cannot_log_in", "customs_charge"), "never used again"),
        (lambda text: rename_topic(text, "cannot_log_in", "Log In"), "lower-case"),
        (lambda text: rename_topic(text, "customs_charge", "duty"), "has ended"),
        (lambda text: merge_topics(text, ["cannot_log_in"], "cannot_log_in"), "into itself"),
        (lambda text: merge_topics(text, ["cannot_log_in"], "nothing"), "to merge into"),
        (lambda text: merge_topics(text, ["other"], "cannot_log_in"), "reserved"),
        (lambda text: split_topic(text, "cannot_log_in", {"a_b": None}), "at least 2"),
        (lambda text: split_topic(text, "cannot_log_in", {"a_b": None, "cannot_log_in": None}),
         "part of itself"),
        (lambda text: retire_topic(text, "does_not_fit"), "has ended"),
        (lambda text: add_topic(text, "order_late", "Late", group="delivery"), "never used again"),
        (lambda text: add_topic(text, "gift", "Gift", group="gifts"), "groups are"),
        (lambda text: add_topic(text, "gift", "Gift"), "no group given"),
    ],
)  # fmt: skip
def test_revisions_that_make_no_sense_are_refused(steps, revise, words: str) -> None:
    with pytest.raises(CxTopicsError, match=words) as caught:
        revise(steps[1])
    assert caught.value.hint


def test_an_added_topic_is_behind_its_group_and_claims_nothing(steps) -> None:
    made = add_topic(
        steps[1], "gift_wrap_wrong", "The gift wrap: wrong", group="what_arrived",
        examples=["it was not wrapped", "you said: gift wrapped"],
    )  # fmt: skip
    topic = made.taxonomy.by_id["gift_wrap_wrong"]
    assert (topic.lever, topic.label) == ("keep_human", "The gift wrap: wrong")
    assert topic.examples == ("it was not wrapped", "you said: gift wrapped")
    ids = [known.id for known in made.taxonomy.topics]
    assert ids[ids.index("gift_wrap_wrong") + 1] == "ordered_by_mistake"
    assert made.n_lines[1] == 0


def test_what_a_revision_touches_is_counted(steps, tmp_path: Path) -> None:
    table = pd.DataFrame({"text": ["a"] * 5, "why": ["order_late", "order_late ", "x", None, "x"]})
    table.to_csv(tmp_path / "labels.csv", index=False)
    touched = count_touched(tmp_path / "labels.csv", ["order_late"], topic_column="why")
    assert (touched.n, touched.n_rows) == (2, 5)
    with pytest.raises(InputError, match="no column 'topic'"):
        count_touched(tmp_path / "labels.csv", ["order_late"])
