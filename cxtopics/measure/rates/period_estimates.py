"""Every period of a report by the best estimator its data allow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cxtopics.measure.audits.laid_audits import LaidAudits, ScoredContacts
from cxtopics.measure.audits.learnt_from import LearntFrom
from cxtopics.measure.estimate import Band, FloatArray
from cxtopics.measure.prevalence.customer_estimates import clustering, estimate_customers
from cxtopics.measure.prevalence.topic_estimates import AuditSample, TopicEstimates, estimate_topics

__all__ = ["PeriodEstimate", "PeriodEstimates", "estimate_periods"]


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
    cold_start
        Whether the tags are of a model that has seen no labelled contact.
    """

    by_period: tuple[PeriodEstimate | None, ...]
    notes: tuple[str, ...] = ()
    n_drawn: int = 0
    cold_start: bool = False

    @property
    def n_audited(self) -> int:
        """Contacts that people checked, over all periods."""
        return sum(found.topics.n_audited for found in self.by_period if found)


def estimate_periods(
    periods: Iterable[ScoredContacts],
    audits: LaidAudits | None = None,
    learnt_from: LearntFrom | None = None,
) -> PeriodEstimates:
    """Estimate every period; none is kept once it is estimated.

    Parameters
    ----------
    audits
        As `lay_audits` returns them.
    learnt_from
        To set the audit of a period aside where the model was trained on it.
    """
    found: list[PeriodEstimate | None] = []
    notes = list(audits.notes) if audits else []
    learnt = 0
    for contacts in periods:
        sample = audits.sample(contacts) if audits else None
        if audits and sample and audits.was_learnt(contacts, learnt_from):
            learnt, sample = learnt + 1, None
        found.append(_estimate(contacts, sample))
        del contacts  # or it would stay until the next one is read
    if learnt:
        notes.append(
            f"The model was trained on the audit of {learnt} of the periods, so it is too sure of "
            "these contacts: there the audit is set aside. Report them from the table tagged "
            "before that training."
        )
    return PeriodEstimates(tuple(found), tuple(notes), audits.n_drawn if audits else 0)


def _estimate(contacts: ScoredContacts, sample: AuditSample | None) -> PeriodEstimate | None:
    if contacts.scores.error is None and sample is None:
        return None
    population = contacts.scores.population(contacts.counted)
    estimates = estimate_topics(population, sample)
    if estimates is None:
        return None
    who = contacts.customers[contacts.estimated]
    return PeriodEstimate(
        estimates,
        estimate_customers(population.scores, who, estimates),
        clustering(population.scores, who),
    )
