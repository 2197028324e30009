"""What a reader must know before the numbers, in plain sentences.

Each function looks at one thing and yields a sentence only where there is something to say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from cxtopics.measure.calendar.periods import months_long, period_name
from cxtopics.measure.counting import ABSTAINED, ALL, NO_TEXT
from cxtopics.measure.prevalence.topic_estimates import AUDIT, EMQ
from cxtopics.measure.rates.bands import METHOD, rate_bands
from cxtopics.measure.rates.basis import short_methods
from cxtopics.measure.rates.period_estimates import PeriodEstimates
from cxtopics.measure.store.counts import Counts

__all__ = ["SMALL_CELL", "caveats"]

SMALL_CELL = 30
"""Contacts below which a cell is marked as small."""
_MANY_CUSTOMERS = 0.33  # flagged by Gorgias too, on evaluating a service team
_FEW_AUDITED = 200
_FEW_TEXTS = 5
_COUNTED = "Counts of predicted topics; intervals cover chance only, not the classifier's mistakes"
_COLD = (
    "Counts of predicted topics by a cold start: nothing here tells how often it is wrong. The "
    "intervals are as wide as such models were off on three public data sets (half or twice)"
)


def caveats(
    counts: Counts,
    estimates: PeriodEstimates,
    *,
    tagging: dict[str, Any],
    estimation: dict[str, Any] | None,
    offer: str,
    unknown_topics: Iterable[str],
    reconciliation: dict[str, Any],
    known_customers: float,
    first_order: pd.Timestamp,
    active_months: int,
    more: Iterable[str] = (),
) -> tuple[str, ...]:
    """Return the caveats of a report, the one that everything rests on first.

    Parameters
    ----------
    tagging
        What the tagged table says of the model that tagged it; may be empty.
    estimation
        What the footer of the tagged table holds for the estimators.
    offer
        How to draw an audit, see `audit_offer`; told where periods are only counted.
    unknown_topics
        Topics in the table that the taxonomy does not list.
    known_customers
        Share of the customers who wrote that ever ordered, 0-1; NaN without ids.
    first_order
        Day of the first order in the orders table.
    active_months
        Length of the window in which an order makes a customer active.
    more
        What other parts of the report have to say: holidays, links, key figures.
    """
    return (
        *_rests_on(estimates, estimation, offer),
        *_model(tagging),
        *estimates.notes,
        *_few_audited(estimates, counts),
        *_time(counts),
        *_untold(counts, estimates),
        *_small(counts, estimates),
        *_customers(counts, known_customers, first_order, active_months),
        *more,
        *_names(list(unknown_topics)),
        *_rows(reconciliation),
    )


def _rests_on(
    estimates: PeriodEstimates, estimation: dict[str, Any] | None, offer: str
) -> Iterator[str]:
    """Say what the topics' figures rest on, for most periods first."""
    names = Counter(short_methods(estimates))
    if counted := names.get(METHOD.split(";")[0]):
        part = "" if counted == len(estimates.by_period) else f" in {counted} periods"
        yield f"{_COLD if estimates.cold_start else _COUNTED}{part}. {offer}"
    if n := names.get(AUDIT):
        yield (
            f"{n} of {names.total()} periods rest on an audit: people checked "
            f"{estimates.n_audited:,} of {estimates.n_drawn:,} drawn contacts. The intervals cover "
            "the classifier's mistakes and the audit's chance, not mistakes that the people share."
        )
    if n := names.get(EMQ):
        yield (
            f"{n} of {names.total()} periods are estimated from the model's probabilities (EMQ), "
            "assuming that only the topic mix changed since training. New topics and new wordings "
            "break that and nothing unlabelled shows it; an audit would: `cxtopics audit draw`."
        )
        n_texts = ((estimation or {}).get("prevalence_error") or {}).get("n_texts") or []
        if few := sum(n < _FEW_TEXTS for n in n_texts):
            yield (
                f"{few} of {len(n_texts)} topics have fewer than {_FEW_TEXTS} labelled contacts: "
                "how often the model misses them is hardly known."
            )


def _few_audited(estimates: PeriodEstimates, counts: Counts) -> Iterator[str]:
    few = [
        found is not None and 0 < found.topics.n_audited < _FEW_AUDITED
        for found in estimates.by_period
    ]
    if any(few):
        yield (
            f"Not reportable per topic: fewer than {_FEW_AUDITED} audited contacts in "
            f"{_listed(counts.periods[few])}. The intervals there are as wide as that makes them."
        )


def _model(tagging: dict[str, Any]) -> Iterator[str]:
    if tagging.get("classifier_error") == "unknown":
        yield (
            "Cold start: the model learnt from the topics' example messages and has seen no "
            "contact of this shop, so nothing but an audit tells of its mistakes here. An audit's "
            "labels also train a better one: `cxtopics train LABELS --topics TOPICS`."
        )


def _time(counts: Counts) -> Iterator[str]:
    periods = counts.periods
    spans = zip(periods["period_start"], periods["period_end"], periods["complete"], strict=True)
    months = sum(months_long(start, end) for start, end, complete in spans if complete)
    if months < 2.95:  # thirteen weeks are 2.99 months
        yield "Fewer than three complete months: too short to tell a season from a trend."
    if not periods["complete"].all():
        yield (
            f"Partial: {_listed(periods[~periods['complete']])}. The files do not cover every day "
            "of them, so their rates are not comparable and the trends leave them out."
        )
    empty = counts.n_orders.to_numpy() == 0
    if empty.any():
        yield (
            f"No orders in {_listed(periods[empty])}: no contacts per order there; the contacts "
            "of those periods are counted in the overall figure all the same."
        )


def _untold(counts: Counts, estimates: PeriodEstimates) -> Iterator[str]:
    totals = counts.contacts.sum()
    if (abstained := totals[ABSTAINED]) and not all(estimates.by_period):
        yield (
            f"For {abstained / totals[ALL]:.1%} of contacts the model would not name a topic "
            "(row 'abstained'): every topic is undercounted by its part of them."
        )
    if no_text := totals[NO_TEXT]:
        share = f"{no_text / totals[ALL]:.1%}"
        yield f"{share} of contacts have no text to tell a topic from (row 'no_text')."


def _small(counts: Counts, estimates: PeriodEstimates) -> Iterator[str]:
    topics = ~counts.contacts.columns.isin([ALL, ABSTAINED, NO_TEXT])
    cells = rate_bands(counts, estimates).n_contacts.value[:, topics]
    small = int(((cells >= 0.5) & (cells < SMALL_CELL)).sum())  # less than half a contact is none
    if small:
        yield (
            f"{small:,} of {cells.size:,} cells (topic in a period) hold fewer than "
            f"{SMALL_CELL} contacts: read their intervals, not their values."
        )


def _customers(
    counts: Counts, known: float, first_order: pd.Timestamp, active_months: int
) -> Iterator[str]:
    if counts.customers[ALL].isna().all():
        yield "No customer ids in the contacts: no customer contact rate."
        return
    if counts.n_active.isna().all():
        yield "No customer ids in the orders: no customer contact rate."
        return
    rate = counts.customers[ALL] / counts.n_active
    window_full = counts.periods["period_end"] - pd.DateOffset(months=active_months) >= first_order
    if not window_full.all():
        begins = counts.periods["period_start"].iloc[0] - pd.DateOffset(months=active_months)
        yield (
            f"Orders begin on {first_order:%Y-%m-%d}; customers are active for "
            f"{active_months} months, so orders from {begins:%Y-%m} on would be needed. "
            "Until the window is full, too few customers count as active and "
            "the customer contact rate is too high."
        )
    if known < 0.5:
        yield (
            f"Only {known:.0%} of the customers who wrote have ever ordered: either most write "
            "before they buy, or helpdesk and shop name their customers differently."
        )
    if (rate > 1).any():
        yield "In some periods more customers wrote than were active: no customer contact rate."
    elif (rate[window_full] > _MANY_CUSTOMERS).any():
        yield "In some periods more than a third of the active customers wrote, which is much."


def _names(unknown: list[str]) -> Iterator[str]:
    if unknown:
        shown = ", ".join(unknown[:5]) + (" and more" if len(unknown) > 5 else "")
        yield f"{len(unknown)} topics of the table are not in the topics file: {shown}."


def _rows(reconciliation: dict[str, Any]) -> Iterator[str]:
    yield from reconciliation["notices"]
    if not reconciliation["known_from_source"]:
        yield (
            "The table does not say what was read, left out or rejected before it was tagged: "
            "the reconciliation begins with its rows."
        )
    elif not reconciliation["balances"]:
        yield "The rows do not add up from export to report: see the reconciliation."


def _listed(periods: pd.DataFrame) -> str:
    names = [
        period_name(start, end)
        for start, end in zip(periods["period_start"], periods["period_end"], strict=True)
    ]
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
