"""The command that would draw an audit, and what 300 labels would buy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cxtopics.errors import InputError
from cxtopics.measure.audit_design import planned_half_width
from cxtopics.measure.topic_scores import read_scores
from cxtopics.taxonomy import NOT_COUNTED

__all__ = ["audit_offer"]

N_LABELS = 300
_MONTH = 10_000  # contacts: enough to plan with, and quick


def audit_offer(tagged: pd.DataFrame, estimation: dict[str, Any] | None) -> str:
    """Return a sentence: how to draw an audit of 300, and to what share it would narrow topics.

    The widths are planned (`audit_design.planned_half_width`) as if the whole table were
    one period, on its contacts or an even sample of 10,000; a model that knows less than it
    believes needs more labels.
    """
    command = f"`cxtopics audit draw TAGGED -n {N_LABELS} -o audit.csv`, then `report --audit`"
    try:
        scores = read_scores(tagged, estimation)
    except InputError:
        return f"An audit would tell: {command}."
    counted = np.ones(len(tagged), dtype=bool)
    if "topic" in tagged.columns:
        counted = ~tagged["topic"].isin(NOT_COUNTED).to_numpy()
    rows = np.flatnonzero(counted & scores.has_text)
    if len(rows) < 2 * N_LABELS:
        return f"An audit would tell: {command}."
    chosen = np.zeros(len(tagged), dtype=bool)
    chosen[rows[:: max(1, len(rows) // _MONTH)]] = True
    population = scores.take(chosen).population(counted[chosen])
    share = population.scores.mean(axis=0)[:-1]
    relative = planned_half_width(population.scores, N_LABELS)[:-1] / share
    top = np.argsort(-share)[:5]
    low, high = (100 * float(end) for end in (relative[top].min(), relative[top].max()))
    return (
        f"An audit would tell: {command}. By plan, {N_LABELS} labels bring the five largest topics "
        f"to +-{low:.0f}-{high:.0f} % of their count."
    )
