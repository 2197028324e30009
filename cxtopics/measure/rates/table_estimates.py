"""A table, its counts and its audits -> estimates of every period of the report."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from cxtopics.measure.audits.frame import AuditFrame
from cxtopics.measure.audits.labels import AuditLabels
from cxtopics.measure.audits.laid_audits import ScoredContacts, lay_audits
from cxtopics.measure.audits.learnt_from import LearntFrom
from cxtopics.measure.rates.period_estimates import PeriodEstimates, estimate_periods
from cxtopics.measure.store.counts import Counts
from cxtopics.measure.store.database import Store
from cxtopics.measure.store.period_contacts import (
    PeriodContacts,
    iter_period_contacts,
    read_span,
    read_texts,
)
from cxtopics.measure.store.scores import StoreScores, open_scores
from cxtopics.taxonomy import Taxonomy

__all__ = ["estimate_table"]


def estimate_table(
    store: Store,
    counts: Counts,
    estimation: dict[str, Any] | None,
    audits: Sequence[AuditLabels] = (),
    taxonomy: Taxonomy | None = None,
) -> PeriodEstimates:
    """Estimate every period that can be; the others stay counted.

    In memory are, one after the other, the contacts of each audit's frame and of each period.

    Parameters
    ----------
    estimation
        What `tag` left in the table's footer for the estimators; None where nothing.
    audits
        Filled sheets.
    taxonomy
        Today's topics; the scores are those of the topics that the model knew.
    """
    about = estimation or {}
    if not audits and not about.get("prevalence_error"):
        return PeriodEstimates((None,) * len(counts.periods))
    scores = open_scores(store, estimation, taxonomy)
    laid = None
    if audits:
        laid = lay_audits(audits, partial(_frame, store, scores), partial(read_texts, store))
    return estimate_periods(
        map(partial(_scored, scores), iter_period_contacts(store, counts)),
        laid,
        LearntFrom.from_dict(about.get("learnt_from")),
    )


def _frame(store: Store, scores: StoreScores, frame: AuditFrame | None) -> ScoredContacts:
    if frame is None or not frame.start:
        return _scored(scores, read_span(store))
    return _scored(scores, read_span(store, pd.Timestamp(frame.start), pd.Timestamp(frame.end)))


def _scored(scores: StoreScores, part: PeriodContacts) -> ScoredContacts:
    table = part.table
    who = np.full(len(table), -1)
    if "customer_id" in table.columns:
        text = table["customer_id"].str.strip()
        who, _ = pd.factorize(text.where(text != ""))
    return ScoredContacts(
        table["contact_id"], scores.of(part), part.counted, np.asarray(who, dtype=np.intp)
    )
