"""What the figures of a report rest on, in a few lines at its top."""

from __future__ import annotations

from collections import Counter
from typing import Any

from cxtopics.measure.counting import ABSTAINED, ALL, NO_TEXT
from cxtopics.measure.jsonable import identity
from cxtopics.measure.rates.bands import count_method
from cxtopics.measure.rates.period_estimates import PeriodEstimates
from cxtopics.measure.store.counts import Counts
from cxtopics.taxonomy import Taxonomy

__all__ = ["basis", "methods_in_words", "short_methods"]


def basis(
    counts: Counts,
    estimates: PeriodEstimates,
    tagging: dict[str, Any],
    taxonomy: Taxonomy | None,
) -> dict[str, Any]:
    """Return estimators, audit, coverage, topics and model, as plain JSON.

    Returns
    -------
    dict
        `estimators` (periods by estimator), `n_audited`, `n_drawn`, `coverage` (share of the
        contacts with text that got a topic, 0-1; None without text), `taxonomy`, `model`.
    """
    totals = counts.contacts.sum()
    with_text = totals[ALL] - totals[NO_TEXT]
    return {
        "estimators": dict(Counter(short_methods(estimates))),
        "method": methods_in_words(estimates),
        "n_audited": estimates.n_audited,
        "n_drawn": estimates.n_drawn,
        "coverage": float(1 - totals[ABSTAINED] / with_text) if with_text else None,
        "taxonomy": identity(taxonomy),
        "model": {
            key: tagging[key]
            for key in ("model_fingerprint", "encoder", "n_labels", "classifier_error")
            if key in tagging
        },
    }


def short_methods(estimates: PeriodEstimates) -> list[str]:
    """Return the estimator of each period by name."""
    return [
        (found.topics.method if found else count_method(estimates)).split(";")[0]
        for found in estimates.by_period
    ]


def methods_in_words(estimates: PeriodEstimates) -> str:
    """Return the method if all periods share it, else how many periods each was used for."""
    methods = {
        found.topics.method if found else count_method(estimates) for found in estimates.by_period
    }
    if len(methods) == 1:
        return methods.pop()
    names = Counter(short_methods(estimates))
    return "; ".join(f"{name} in {n} of {names.total()} periods" for name, n in names.items())
