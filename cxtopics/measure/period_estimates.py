"""Every period of a report by the best estimator its data allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxtopics.measure.audit_labels import AuditLabels, join_sheets, lay_over, topic_codes
from cxtopics.measure.customer_estimates import clustering, estimate_customers
from cxtopics.measure.estimate import Band, FloatArray
from cxtopics.measure.learnt_from import LearntFrom
from cxtopics.measure.topic_estimates import AuditSample, TopicEstimates, estimate_topics
from cxtopics.measure.topic_scores import TopicScores
from cxtopics.taxonomy import OTHER

__all__ = ["PeriodEstimate", "PeriodEstimates", "estimate_periods", "lay_audits"]

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class PeriodEstimate:
    """One period, estimated.

    Attributes
    ----------
    topics
        Shares among its contacts with text.
    customers
        Distinct customers by topic; NaN without customer ids.
    clustering
        Variance / mean of contacts by topic, from customers who write more than once.
    """

    topics: TopicEstimates
    customers: Band
    clustering: FloatArray

    @property
    def n_contacts(self) -> Band:
        """Contacts by topic."""
        share, n = self.topics.share, self.topics.n_contacts
        return Band(share.value * n, share.low * n, share.high * n)

    @property
    def covariance(self) -> FloatArray:
        """Of the contacts by topic (n_topics, n_topics)."""
        return self.topics.covariance * float(self.topics.n_contacts) ** 2


@dataclass(frozen=True)
class PeriodEstimates:
    """All periods of a report.

    Attributes
    ----------
    by_period
        In the order of the report's periods; None where contacts are only counted.
    notes
        What a reader must know of the audits, in sentences.
    n_drawn
        Contacts drawn by the audits, answered or not.
    """

    by_period: tuple[PeriodEstimate | None, ...]
    notes: tuple[str, ...] = ()
    n_drawn: int = 0

    @property
    def n_audited(self) -> int:
        """Contacts that people checked, over all periods."""
        return sum(found.topics.n_audited for found in self.by_period if found)


@dataclass(frozen=True)
class LaidAudits:
    """All audits of a table together: independent draws, joined."""

    inclusion: FloatArray
    rows: npt.NDArray[np.intp]
    topics: npt.NDArray[np.object_]
    all_answered: bool
    n_drawn: int
    notes: tuple[str, ...]


def lay_audits(
    sheets: Sequence[AuditLabels],
    scores: TopicScores,
    ids: pd.Series[str],
    created_at: pd.Series[pd.Timestamp] | None,
    counted: Mask,
) -> LaidAudits:
    r"""Lay all sheets over a table.

    A contact that several independent draws could take has the probability to be in any of
    them, :math:`1 - \prod_d (1 - \pi_{di})`.
    """
    laid = [lay_over(one, scores, ids, created_at, counted) for one in join_sheets(sheets)]
    missed = np.ones(len(ids))
    answers: dict[int, str] = {}
    for audit in laid:
        missed *= 1 - audit.inclusion
        for row, topic in zip(audit.rows.tolist(), audit.topics, strict=True):
            answers.setdefault(row, topic)
    rows = np.array(sorted(answers), dtype=np.intp)
    topics = np.array([answers[row] for row in rows.tolist()], dtype=object)
    silent = sum(audit.n_drawn - len(audit.rows) for audit in laid)
    notes = tuple(note for audit in laid for note in audit.notes)
    unknown = _unknown(topics, scores)
    return LaidAudits(1 - missed, rows, topics, silent == 0, len(rows) + silent, (*notes, *unknown))


def _unknown(topics: npt.NDArray[np.object_], scores: TopicScores) -> list[str]:
    known = {*scores.classes, OTHER}
    strange = pd.Series([topic for topic in topics if topic not in known], dtype=object)
    if strange.empty:
        return []
    names = strange.value_counts()
    shown = ", ".join(map(str, names.index[:5])) + (" and more" if len(names) > 5 else "")
    return [
        f"{len(strange):,} audited contacts bear topics that the model does not know ({shown}): "
        f"counted as '{OTHER}'. `cxtopics audit read` names the nearest topics."
    ]


def estimate_periods(
    scores: TopicScores,
    counted: Mask,
    periods: npt.NDArray[np.intp],
    n_periods: int,
    customers: npt.NDArray[np.intp],
    audits: LaidAudits | None = None,
    learnt_from: LearntFrom | None = None,
    ids: pd.Series[str] | None = None,
    texts: pd.Series[str] | None = None,
) -> PeriodEstimates:
    """Estimate every period.

    Parameters
    ----------
    counted, periods, customers
        Of all rows of the table: whether counted, number of the period, number of the
        customer (-1 without id).
    audits
        As `lay_audits` returns them.
    learnt_from, ids, texts
        To set the audit of a period aside where the model was trained on it.
    """
    found: list[PeriodEstimate | None] = []
    notes = list(audits.notes) if audits else []
    learnt = 0
    for period in range(n_periods):
        inside = periods == period
        sample = None
        if audits is not None:
            mine = audits.rows[inside[audits.rows]]
            if _was_learnt(mine, learnt_from, ids, texts):
                learnt += 1
            elif len(mine):
                sample = _sample(audits, mine, inside, counted, scores)
        found.append(_estimate(scores, inside, counted, customers, sample))
    if learnt:
        notes.append(
            f"The model was trained on the audit of {learnt} of the periods, so it is too sure of "
            "these contacts: there the audit is set aside. Report them from the table tagged "
            "before that training."
        )
    return PeriodEstimates(tuple(found), tuple(notes), audits.n_drawn if audits else 0)


def _estimate(
    scores: TopicScores,
    inside: Mask,
    counted: Mask,
    customers: npt.NDArray[np.intp],
    sample: AuditSample | None,
) -> PeriodEstimate | None:
    if scores.error is None and sample is None:
        return None
    population = scores.take(inside).population(counted[inside])
    estimates = estimate_topics(population, sample)
    if estimates is None:
        return None
    who = customers[inside & counted & scores.has_text]
    return PeriodEstimate(
        estimates,
        estimate_customers(population.scores, who, estimates),
        clustering(population.scores, who),
    )


def _sample(
    audits: LaidAudits, mine: npt.NDArray[np.intp], inside: Mask, counted: Mask, scores: TopicScores
) -> AuditSample:
    rows = np.flatnonzero(inside & counted & scores.has_text)
    chosen = np.isin(audits.rows, mine)
    assumption = (
        "every drawn contact answered"
        if audits.all_answered
        else "contacts not answered are like those that were"
    )
    return AuditSample(
        audits.inclusion[rows],
        np.searchsorted(rows, audits.rows[chosen]),
        topic_codes([str(topic) for topic in audits.topics[chosen]], scores.topics),
        assumption,
    )


def _was_learnt(
    rows: npt.NDArray[np.intp],
    learnt_from: LearntFrom | None,
    ids: pd.Series[str] | None,
    texts: pd.Series[str] | None,
) -> bool:
    if learnt_from is None or not len(rows):
        return False
    names = [] if ids is None else ids.iloc[rows].astype(str).tolist()
    words = [] if texts is None else texts.iloc[rows].dropna().astype(str).tolist()
    return learnt_from.knows(names, words)
