"""The lint of labels: the figures that benchmarks/lint.py states, and its hard cases."""

import hashlib

import pandas as pd
import pytest
from conftest import ROOT

from cxtopics.taxonomy import Taxonomy
from cxtopics.taxonomy.framing import framing_of


@pytest.mark.parametrize("part", ["held out", "found second"])
def test_precision_and_recall_on_labels_it_was_not_tuned_on(part: str) -> None:
    labels = pd.read_csv(ROOT / "benchmarks" / "lint_labels.csv")
    assert len(labels) >= 200
    if part == "held out":
        own = labels[labels["found"].isna()]
        half = [hashlib.sha256(label.encode()).digest()[0] % 2 == 1 for label in own["label"]]
        labels = own[half]
    else:
        labels = labels[labels["found"] == "second"]
    flawed = labels["framing"] != "problem"
    flagged = labels["label"].map(framing_of) != "problem"
    hits = (flawed & flagged).sum()
    assert hits / flagged.sum() >= 0.9
    assert hits / flawed.sum() >= 0.9


def test_no_bundled_label_is_flagged(ecommerce: Taxonomy) -> None:
    assert [topic.id for topic in ecommerce.topics if framing_of(topic.label) != "problem"] == []


@pytest.mark.parametrize(
    ("label", "framing"),
    [
        ("Replacement was broken too", "problem"),
        ("Replacement sent", "resolution"),
        ("Nobody picks up the phone", "problem"),
        ("Phone", "channel_or_team"),
        ("refund_processed", "resolution"),
        ("TicketClosed", "resolution"),
    ],
)
def test_hard_cases(label: str, framing: str) -> None:
    assert framing_of(label) == framing
