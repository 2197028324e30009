"""The command that would draw an audit, and what 300 labels would buy."""

from __future__ import annotations

from typing import Any

import numpy as np

from cxtopics.errors import InputError
from cxtopics.measure.prevalence.audit_design import planned_half_width
from cxtopics.measure.store.database import Store
from cxtopics.measure.store.period_contacts import read_spread
from cxtopics.measure.store.scores import open_scores
from cxtopics.taxonomy import Taxonomy

__all__ = ["audit_offer"]

N_LABELS = 300
_MONTH = 10_000  # contacts: enough to plan with, and quick


def audit_offer(
    store: Store, estimation: dict[str, Any] | None, taxonomy: Taxonomy | None = None
) -> str:
    """Return a sentence: how to draw an audit of 300, and to what share it would narrow topics.

    The widths are planned (`audit_design.planned_half_width`) as if the whole table were
    one period, on its contacts or an even sample of 10,000; a model that knows less than it
    believes needs more labels.
    """
    command = f"`cxtopics audit draw TAGGED -n {N_LABELS} -o audit.csv`, then `report --audit`"
    part = read_spread(store, _MONTH)
    try:
        scores = open_scores(store, estimation, taxonomy).of(part)
    except InputError:
        return f"An audit would tell: {command}."
    chosen = part.counted & scores.has_text
    if chosen.sum() < 2 * N_LABELS:
        return f"An audit would tell: {command}."
    population = scores.take(chosen).population(part.counted[chosen])
    share = population.scores.mean(axis=0)[:-1]
    relative = planned_half_width(population.scores, N_LABELS)[:-1] / share
    top = np.argsort(-share)[:5]
    low, high = (100 * float(end) for end in (relative[top].min(), relative[top].max()))
    return (
        f"An audit would tell: {command}. By plan, {N_LABELS} labels tell the five largest topics "
        f"to within {low:.0f} to {high:.0f} % of their count."
    )
