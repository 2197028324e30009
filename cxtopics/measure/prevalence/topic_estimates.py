"""Topic shares of one period or slice, by the best estimator its data allow.

Everything works on arrays of one period x slice at a time, so that it serves months,
slices and tables read piece by piece alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxtopics.measure.estimate import Band, FloatArray
from cxtopics.measure.prevalence.audit_design import Z95
from cxtopics.measure.prevalence.audit_estimate import estimate_from_audit
from cxtopics.measure.prevalence.topic_scores import Population

__all__ = ["AUDIT", "EMQ", "AuditSample", "TopicEstimates", "estimate_topics", "shares_make_room"]

AUDIT = "score_guided_audit"
EMQ = "calibrated_emq"
_EMQ_SAYS = f"{EMQ}; assumes only the topic mix changed since training"


@dataclass(frozen=True)
class AuditSample:
    """What people found in one period or slice.

    Attributes
    ----------
    inclusion
        Probability of every contact of the population to be drawn and answered; 0 where no
        audit could have drawn it (n_contacts,).
    rows, codes
        The audited contacts, as rows of the population, and the column of their topic.
    assumption
        What has to be true besides: said in `method`.
    """

    inclusion: FloatArray
    rows: npt.NDArray[np.intp]
    codes: npt.NDArray[np.intp]
    assumption: str = "every drawn contact answered"


@dataclass(frozen=True)
class TopicEstimates:
    """Shares of the topics among the contacts with text, with what they rest on.

    Attributes
    ----------
    topics
        The columns, `other` last.
    n_contacts
        Contacts with text.
    share
        By topic, 0-1; values sum to 1. The interval is about the share realised in these
        very contacts: it covers the classifier's mistakes and the audit's chance, not
        which contacts happened to come.
    covariance
        Of the shares (n_topics, n_topics).
    method
        The estimator and its assumption.
    n_audited
        Contacts that people checked.
    """

    topics: tuple[str, ...]
    n_contacts: int
    share: Band
    covariance: FloatArray
    method: str
    n_audited: int = 0

    @property
    def uses_model_alone(self) -> bool:
        """True where the errors of two periods are the same model's, not chance."""
        return self.n_audited == 0


def estimate_topics(
    population: Population, audit: AuditSample | None = None
) -> TopicEstimates | None:
    """Estimate topic shares; None where nothing is known of the model's mistakes.

    Parameters
    ----------
    audit
        If it could have drawn only some of the contacts, the others are estimated by EMQ
        and both are added; where EMQ's error is unknown, the others are taken to be like
        the audited ones if they are few (5 %), and otherwise nothing is estimated.
    """
    if not len(population.scores):
        return None
    if audit is None or not len(audit.rows):
        return _by_mix(population)
    covered = audit.inclusion > 0
    if covered.all():
        return _by_audit(population, audit)
    place = np.cumsum(covered) - 1
    part = AuditSample(audit.inclusion[covered], place[audit.rows], audit.codes, audit.assumption)
    inside = _by_audit(_subset(population, covered), part)
    rest = _by_mix(_subset(population, ~covered))
    if rest is None:
        few = (~covered).mean() <= 0.05
        return _scaled(inside, len(covered)) if few else None
    return _added(inside, rest)


def _by_mix(population: Population) -> TopicEstimates | None:
    if population.mix_error is None:
        return None
    share, reach = population.mix, population.mix_error
    band = Band(share, np.maximum(share - reach, 0), np.minimum(share + reach, 1))
    return TopicEstimates(
        population.topics,
        len(population.scores),
        band,
        shares_make_room(reach / Z95),
        f"{_EMQ_SAYS}; error measured out of fold in pseudo-months",
    )


def _by_audit(population: Population, audit: AuditSample) -> TopicEstimates:
    found = estimate_from_audit(population.scores, audit.inclusion, audit.rows, audit.codes)
    n = len(population.scores)
    method = f"{AUDIT}; {len(audit.rows):,} of {n:,} contacts checked; assumes {audit.assumption}"
    return TopicEstimates(
        population.topics, n, found.share, found.covariance, method, len(audit.rows)
    )


def _subset(population: Population, rows: npt.NDArray[np.bool_]) -> Population:
    scores = population.scores[rows]
    guard = 0.005 * population.scores.mean(axis=0) + 0.005 / scores.shape[1]
    mix = np.maximum(scores.mean(axis=0) - guard, 0)
    return Population(population.topics, scores, mix / mix.sum(), population.mix_error)


def _scaled(part: TopicEstimates, n: int) -> TopicEstimates:
    method = f"{part.method}; {n - part.n_contacts:,} contacts outside the audit taken to be alike"
    return TopicEstimates(part.topics, n, part.share, part.covariance, method, part.n_audited)


def _added(one: TopicEstimates, two: TopicEstimates) -> TopicEstimates:
    n = one.n_contacts + two.n_contacts
    weights = (one.n_contacts / n, two.n_contacts / n)
    parts = (one.share, two.share)
    value = sum(w * band.value for w, band in zip(weights, parts, strict=True))
    down = sum((w * (b.value - b.low)) ** 2 for w, b in zip(weights, parts, strict=True))
    up = sum((w * (b.high - b.value)) ** 2 for w, b in zip(weights, parts, strict=True))
    band = Band(
        np.asarray(value),
        np.asarray(np.maximum(value - np.sqrt(down), 0)),
        np.asarray(np.minimum(value + np.sqrt(up), 1)),
    )
    covariance = weights[0] ** 2 * one.covariance + weights[1] ** 2 * two.covariance
    method = f"{one.method}; the other {two.n_contacts:,} by {_EMQ_SAYS}"
    return TopicEstimates(one.topics, n, band, covariance, method, one.n_audited)


def shares_make_room(deviation: FloatArray) -> FloatArray:
    """Return a covariance with these standard deviations in which shares make room.

    Errors of shares sum to nought: as in a multinomial, each topic's error is taken out of
    the others in proportion to theirs.
    """
    variance = deviation**2
    joint = -np.outer(variance, variance) / max(float(variance.sum()), 1e-30)
    np.fill_diagonal(joint, variance)
    return np.asarray(joint)
