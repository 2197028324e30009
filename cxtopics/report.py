"""TaggedContacts + Orders -> Report: what customers write about, per order, over time.

Periods that people audited are estimated from the audit; others from the model's
probabilities, where its error was measured out of fold; else tags are counted, and the
report says that nothing is known of their error. docs/metrics.md defines every figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from cxtopics import __version__
from cxtopics.measure.audit_labels import AuditLabels
from cxtopics.measure.basis import basis, methods_in_words
from cxtopics.measure.caveats import caveats
from cxtopics.measure.comparison import compare_spans
from cxtopics.measure.counting import ALL
from cxtopics.measure.counts import Counts, count_periods, row_order
from cxtopics.measure.estimate import Band, Estimate
from cxtopics.measure.inputs import read_orders, read_tagged
from cxtopics.measure.intervals import garwood
from cxtopics.measure.jsonable import identity, to_jsonable
from cxtopics.measure.lineage import (
    break_changes,
    break_rates,
    find_breaks,
    follow_topics,
    lineage_caveats,
)
from cxtopics.measure.period_estimates import PeriodEstimates
from cxtopics.measure.periods import By, local_days
from cxtopics.measure.rate_table import rate_table
from cxtopics.measure.rates import CONFIDENCE, contacts_per_order
from cxtopics.measure.reconciliation import reconcile
from cxtopics.measure.table_estimates import estimate_table
from cxtopics.measure.totals import covariance_table, totals_by_topic
from cxtopics.taxonomy import NOT_COUNTED, Taxonomy

__all__ = ["Overall", "Report", "build_report"]


@dataclass(frozen=True)
class Overall:
    """The headline: all contacts against all orders of the periods reported."""

    n_contacts: Estimate
    n_orders: int
    contacts_per_order: Estimate

    @property
    def contacts_per_100_orders(self) -> Estimate:
        """The same figure as `contacts_per_order`, easier to say aloud."""
        return self.contacts_per_order.times(100, "contacts per 100 orders")

    def to_dict(self) -> dict[str, Any]:
        """Return the figures flat, each with its `_low` and `_high`."""
        return {
            **self.n_contacts.columns("n_contacts"),
            "n_orders": self.n_orders,
            **self.contacts_per_order.columns("contacts_per_order"),
            **self.contacts_per_100_orders.columns("contacts_per_100_orders"),
            "confidence": self.contacts_per_order.confidence,
            "method": self.contacts_per_order.method,
        }


@dataclass(frozen=True)
class Report:
    """Every figure of the report, and what it rests on.

    Attributes
    ----------
    rates
        One row per period and topic, by `schemas.TOPIC_RATES`.
    overall
        The whole range in one figure.
    by_topic
        One row per topic row, over the whole range: contacts, CPO, share, with intervals.
    by_period
        One row per period: contacts, orders, CPO, customer contact rate, `complete`.
    changes
        One row per topic: CPO in the earlier and the later span of complete periods, see
        `measure.comparison`; empty with fewer than two complete periods with orders.
    compared
        The days of the two spans: `before` and `after`, each `[first, last]`.
    reconciliation
        Where every row went, see `measure.reconciliation`.
    caveats
        Plain sentences, the one that everything rests on first.
    provenance
        Options, versions, taxonomy, and what the input tables say of their own origin.
    basis
        What the figures rest on: estimators, audit, coverage, model, see `measure.basis`.
    covariance
        Joint covariance of contacts by topic, see `measure.totals.covariance_table`.
    """

    rates: pd.DataFrame
    overall: Overall
    by_topic: pd.DataFrame
    by_period: pd.DataFrame
    changes: pd.DataFrame
    compared: dict[str, list[str]]
    reconciliation: dict[str, Any]
    caveats: tuple[str, ...]
    provenance: dict[str, Any]
    basis: dict[str, Any] = field(default_factory=dict)
    covariance: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def partial_periods(self) -> tuple[str, ...]:
        """First days (YYYY-MM-DD) of the periods that the files do not cover wholly."""
        return tuple(self.by_period.loc[~self.by_period["complete"], "period_start"])

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the rates and the covariance, as plain JSON (NaN becomes null)."""
        content = {
            "kind": "cxtopics report",
            "caveats": self.caveats,
            "basis": self.basis,
            "overall": self.overall.to_dict(),
            "exclusions": self.reconciliation["left_out"],
            "reconciliation": self.reconciliation,
            "by_period": self.by_period,
            "by_topic": self.by_topic,
            "changes": self.changes,
            "compared": self.compared,
            "provenance": self.provenance,
        }
        return {key: to_jsonable(value) for key, value in content.items()}


def build_report(
    tagged: pd.DataFrame,
    orders: pd.DataFrame,
    *,
    taxonomy: Taxonomy | None = None,
    by: By = "month",
    timezone: str = "UTC",
    active_months: int = 12,
    audits: Sequence[AuditLabels] = (),
    provenance: dict[str, Any] | None = None,
) -> Report:
    """Count contacts by topic and period, and relate them to orders and customers.

    Parameters
    ----------
    tagged
        By `schemas.TAGGED`: `contact_id`, `created_at` (UTC), `topic` (missing = abstained
        or no text), optional `customer_id`, `topic_forced`, `needs_review`, `text`; for
        estimates `probabilities`, or `confidence` and `runner_up`.
    orders
        By `schemas.ORDERS`: `order_id`, `created_at` (UTC), optional `customer_id`.
    taxonomy
        Gives rows to topics without a contact, and their order; without it the rows are the
        topics seen. Contacts tagged under older topics are counted under today's, see
        `measure.lineage`.
    by
        `month`, `week` (Monday to Sunday) or `quarter`, on the calendar of `timezone`.
    active_months
        A customer is active for so many months after an order.
    audits
        Filled audit sheets; the periods they reach are estimated from them.
    provenance
        What the tables say of their origin: `contacts`, `orders`, `tagging`.

    Notes
    -----
    Periods run from the first contact to the last, without gaps; orders outside them only
    make customers active. Contacts tagged with a reserved class other than `other` are in
    no rate: they are counted in the reconciliation.

    Raises
    ------
    InputError
        If a table is no such table or is empty, if no contact is left to count, or if
        contacts and orders have no period in common.
    """
    contacts = follow_topics(read_tagged(tagged), taxonomy)
    contacts["day"] = local_days(contacts["created_at"], timezone)
    shop = read_orders(orders)
    shop["day"] = local_days(shop["created_at"], timezone)
    reserved = contacts["topic"].isin(NOT_COUNTED)
    left_out = {str(k): int(n) for k, n in contacts.loc[reserved, "topic"].value_counts().items()}
    reconciliation = reconcile(len(contacts), dict(sorted(left_out.items())), provenance)
    counts = count_periods(contacts, ~reserved, shop, taxonomy, by, active_months)
    about = dict((provenance or {}).get("tagging") or {})
    estimation = about.pop("estimation", None)
    estimates = estimate_table(tagged, contacts, counts, by, estimation, audits, taxonomy)
    changes, compared = compare_spans(counts, estimates)
    breaks = find_breaks(contacts[~reserved], taxonomy)
    writers = contacts.loc[~reserved, "customer_id"].dropna().drop_duplicates()
    return Report(
        rates=break_rates(rate_table(counts, estimates), breaks),
        overall=_overall(counts, estimates),
        by_topic=totals_by_topic(counts, estimates),
        by_period=_by_period(counts, estimates),
        changes=break_changes(changes, breaks),
        compared=compared,
        reconciliation=reconciliation,
        caveats=caveats(
            counts,
            estimates,
            tagging=about,
            tagged=tagged,
            estimation=estimation,
            unknown_topics=_unknown(counts, taxonomy),
            reconciliation=reconciliation,
            known_customers=float(writers.isin(shop["customer_id"]).mean()),
            first_order=shop["day"].min(),
            active_months=active_months,
        )
        + lineage_caveats(contacts, breaks, taxonomy),
        provenance={
            **(provenance or {}),
            **({"tagging": about} if "tagging" in (provenance or {}) else {}),
            "cxtopics": __version__,
            "by": by,
            "timezone": timezone,
            "active_months": active_months,
            "taxonomy": identity(taxonomy),
            "breaks": [to_jsonable(vars(found)) for found in breaks],
        },
        basis=basis(counts, estimates, about, taxonomy),
        covariance=covariance_table(counts, estimates),
    )


def _overall(counts: Counts, estimates: PeriodEstimates) -> Overall:
    n, n_orders = counts.contacts[ALL].sum(), counts.n_orders.sum()
    method = methods_in_words(estimates)

    def estimate(band: Band, unit: str) -> Estimate:
        return Estimate.of(band, confidence=CONFIDENCE, unit=unit, method=method, n=int(n))

    return Overall(
        n_contacts=estimate(garwood(n), "contacts"),
        n_orders=int(n_orders),
        contacts_per_order=estimate(contacts_per_order(n, n_orders), "contacts per order"),
    )


def _by_period(counts: Counts, estimates: PeriodEstimates) -> pd.DataFrame:
    rates = rate_table(counts, estimates)
    whole = rates[rates["topic"] == ALL].drop(columns=["slice", "slice_value", "topic"])
    share = [name for name in whole.columns if name.startswith("topic_share")]
    return (
        whole.drop(columns=share)
        .assign(
            n_customers=counts.customers[ALL].to_numpy(),
            n_active_customers=counts.n_active.to_numpy(),
            complete=counts.periods["complete"].to_numpy(),
        )
        .reset_index(drop=True)
    )


def _unknown(counts: Counts, taxonomy: Taxonomy | None) -> list[str]:
    if taxonomy is None:
        return []
    known = {*taxonomy.by_id, *taxonomy.ended, *row_order(set(), None)}
    return [topic for topic in counts.contacts.columns if topic not in known]
