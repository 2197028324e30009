"""A tagged table, its counts and its audits -> estimates of every period of the report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cxtopics.measure.audit_labels import AuditLabels
from cxtopics.measure.counts import Counts
from cxtopics.measure.learnt_from import LearntFrom
from cxtopics.measure.period_estimates import PeriodEstimates, estimate_periods, lay_audits
from cxtopics.measure.periods import By, period_of
from cxtopics.measure.topic_scores import read_scores
from cxtopics.taxonomy import NOT_COUNTED, Taxonomy

__all__ = ["estimate_table"]


def estimate_table(
    tagged: pd.DataFrame,
    contacts: pd.DataFrame,
    counts: Counts,
    by: By,
    estimation: dict[str, Any] | None,
    audits: Sequence[AuditLabels],
    taxonomy: Taxonomy | None = None,
) -> PeriodEstimates:
    """Estimate every period that can be; the others stay counted.

    Parameters
    ----------
    tagged
        The table as it was given, with the model's scores.
    contacts
        The same rows as `measure.inputs` returns them, with the local `day`.
    estimation
        What `tag` left in the table's footer for the estimators; None where nothing.
    audits
        Filled sheets.
    taxonomy
        Today's topics; the scores are those of the topics that the model knew.
    """
    n_periods = len(counts.periods)
    if not audits and not (estimation or {}).get("prevalence_error"):
        return PeriodEstimates((None,) * n_periods)
    scores = read_scores(tagged, estimation).follow(taxonomy)
    counted = ~contacts["topic"].isin(NOT_COUNTED).to_numpy()
    ids = contacts["contact_id"]
    laid = lay_audits(audits, scores, ids, contacts["created_at"], counted) if audits else None
    who, _ = pd.factorize(contacts["customer_id"])
    return estimate_periods(
        scores,
        counted,
        counts.periods.index.get_indexer(pd.PeriodIndex(period_of(contacts["day"], by))),
        n_periods,
        np.asarray(who, dtype=np.intp),
        laid,
        LearntFrom.from_dict((estimation or {}).get("learnt_from")),
        ids,
        contacts["text"] if "text" in contacts.columns else None,
    )
