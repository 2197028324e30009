"""Draws joined by contact id, by hand."""

import numpy as np
import pandas as pd
import pytest

from cxtopics.measure.audits.frame import AuditFrame
from cxtopics.measure.audits.labels import AuditLabels
from cxtopics.measure.audits.laid_audits import ScoredContacts, lay_audits
from cxtopics.measure.prevalence.topic_scores import TopicScores


def contacts(ids):
    g = np.tile([0.6, 0.4], (len(ids), 1))
    return ScoredContacts(
        pd.Series(ids), TopicScores(("late", "size"), g), np.ones(len(ids), dtype=bool),
        np.full(len(ids), -1),
    )  # fmt: skip


def test_two_draws_meet_by_contact_id():
    frames = {
        "one": AuditFrame(2, 0, 4, "1", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"),
        "two": AuditFrame(1, 0, 2, "2", "2026-01-20T00:00:00Z", "2026-02-10T00:00:00Z"),
    }
    inside = {frames["one"]: ["a", "b", "c", "d"], frames["two"]: ["d", "e"]}
    sheets = [
        AuditLabels("one", ("a", "d"), ("late", "size"), np.array([0.5, 0.5]), frames["one"]),
        AuditLabels("two", ("d",), ("late",), np.array([0.5]), frames["two"]),
    ]
    laid = lay_audits(sheets, lambda frame: contacts(inside[frame]), lambda ids: pd.Series(ids))
    assert laid.answers.to_dict() == {"a": "late", "d": "size"}  # the first sheet's
    assert laid.inclusion.to_dict() == pytest.approx(
        {"a": 0.5, "b": 0.5, "c": 0.5, "d": 0.75, "e": 0.5}
    )
    assert laid.all_answered
    sample = laid.sample(contacts(["f", "e", "d"]))
    assert sample.inclusion == pytest.approx([0, 0.5, 0.75])
    assert sample.rows.tolist() == [2]
    assert sample.codes.tolist() == [1]  # of late, size, other
    assert laid.sample(contacts(["b", "c"])) is None
