"""TaggedContacts + Orders -> Report: what customers write about, per order, over time.

Periods that people audited are estimated from the audit; others from the model's
probabilities, where its error was measured out of fold; else tags are counted, and the
report says that nothing is known of their error. docs/metrics.md defines every figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from cxtopics import __version__
from cxtopics.measure.audits.labels import AuditLabels
from cxtopics.measure.audits.offer import audit_offer
from cxtopics.measure.calendar.holidays import Holiday, holiday_notes, load_holidays
from cxtopics.measure.calendar.periods import By
from cxtopics.measure.cohorts.long_table import Cohorts, build_cohorts
from cxtopics.measure.cohorts.order_delays import topic_delays
from cxtopics.measure.costs import Costs
from cxtopics.measure.counting import ALL
from cxtopics.measure.estimate import Band, Estimate
from cxtopics.measure.intervals import garwood
from cxtopics.measure.jsonable import identity, to_jsonable
from cxtopics.measure.kpis.long_table import kpi_notes, kpi_table
from cxtopics.measure.rates.basis import basis, methods_in_words
from cxtopics.measure.rates.caveats import caveats
from cxtopics.measure.rates.comparison import compare_spans, compare_years
from cxtopics.measure.rates.formulas import CONFIDENCE, contacts_per_order
from cxtopics.measure.rates.long_table import no_rates, rate_table, slice_table
from cxtopics.measure.rates.period_estimates import PeriodEstimates
from cxtopics.measure.rates.reconciliation import reconcile
from cxtopics.measure.rates.table_estimates import estimate_table
from cxtopics.measure.rates.totals import covariance_table, totals_by_topic
from cxtopics.measure.store.counts import Counts, count_periods, count_slice, row_order, seen_topics
from cxtopics.measure.store.database import open_store
from cxtopics.measure.store.inputs import Source
from cxtopics.measure.store.lineage import break_changes, break_rates, find_breaks, lineage_caveats
from cxtopics.measure.store.linking import (
    LINK_WINDOW_DAYS,
    link_contacts,
    link_notes,
    link_shares,
    share_that_ordered,
)
from cxtopics.taxonomy import Taxonomy

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


def _no_rows() -> pd.DataFrame:
    return pd.DataFrame({"topic": []})


@dataclass(frozen=True)
class Report:
    """Every figure of the report, and what it rests on.

    Attributes
    ----------
    rates
        One row per period and topic, by `schemas.TOPIC_RATES`, then the rows of the slices
        that were asked for.
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
    slices
        One row per period, value of a slice and topic, with the columns of `rates`.
    kpis
        Service and customer figures, see `measure.kpis`; absent ones with their reason.
    cohorts
        Contacts per order by when the order was placed, see `measure.cohorts`.
    year_over_year, years_compared
        As `changes` and `compared`, against the same periods a year before.
    links
        How contacts are linked to orders, see `measure.linking.link_shares`.
    delays
        Days from order to contact by topic, see `measure.order_delays`.
    change_log
        One row per logged change with what became of its topic, as
        `impact.measure_changes` returns it; empty without a log.
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
    slices: pd.DataFrame = field(default_factory=no_rates)
    kpis: pd.DataFrame = field(default_factory=_no_rows)
    cohorts: Cohorts = field(default_factory=Cohorts)
    year_over_year: pd.DataFrame = field(default_factory=_no_rows)
    years_compared: dict[str, list[str]] = field(default_factory=dict)
    links: dict[str, Any] = field(default_factory=dict)
    delays: pd.DataFrame = field(default_factory=_no_rows)
    change_log: pd.DataFrame = field(default_factory=_no_rows)

    @property
    def whole_rates(self) -> pd.DataFrame:
        """The rates that are cut by nothing."""
        return self.rates[self.rates["slice"] == ALL]

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
            "year_over_year": self.year_over_year,
            "years_compared": self.years_compared,
            "links": self.links,
            "delays": self.delays,
            "change_log": self.change_log,
            "kpis": self.kpis,
            "cohort_basis": self.cohorts.basis,
            "cohorts": self.cohorts.table,
            "provenance": self.provenance,
        }
        return {key: to_jsonable(value) for key, value in content.items()}


def build_report(
    tagged: Source,
    orders: Source,
    *,
    taxonomy: Taxonomy | None = None,
    by: By = "month",
    timezone: str = "UTC",
    active_months: int = 12,
    audits: Sequence[AuditLabels] = (),
    slices: Sequence[str] | None = None,
    link_window_days: int = LINK_WINDOW_DAYS,
    costs: Costs | None = None,
    visits: pd.Series[float] | None = None,
    holidays: Sequence[Holiday] | None = None,
    provenance: dict[str, Any] | None = None,
) -> Report:
    """Count contacts by topic and period, and relate them to orders and customers.

    Parameters
    ----------
    tagged
        A table, a file, or a folder of Parquet parts, by `schemas.TAGGED`: `contact_id`,
        `created_at` (UTC), `topic` (missing = abstained or no text), optional `customer_id`,
        `order_id`, `channel`, `topic_forced`, `needs_review`, `text` and the service columns;
        for estimates `probabilities`, or `confidence` and `runner_up`.
    orders
        The same, by `schemas.ORDERS`: `order_id`, `created_at` (UTC), optional `customer_id`.
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
    slices
        Columns to cut by, whose rows are then among the `rates` too; default: the usual ones
        that the tables have, in `Report.slices` only, see `measure.slices`.
    link_window_days
        How long after an order a contact of the same customer may be about it.
    costs
        The user's costs, for the cost share.
    visits
        Visits of the site by local day, see `measure.visits`.
    holidays
        Windows to warn of; default: the bundled calendar.
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
    about = dict((provenance or {}).get("tagging") or {})
    estimation = about.pop("estimation", None)
    with open_store(tagged, orders, timezone=timezone, taxonomy=taxonomy, slices=slices) as store:
        link_contacts(store, link_window_days)
        counts = count_periods(store, taxonomy, by, active_months)
        reconciliation = reconcile(store.contact_days.n, store.left_out, provenance)
        estimates = replace(
            estimate_table(store, counts, estimation, audits, taxonomy),
            cold_start=about.get("classifier_error") == "unknown",
        )
        counted = not all(estimates.by_period)
        offer = audit_offer(store, estimation, taxonomy) if counted else ""
        cuts = [part for cut in store.slices for part in count_slice(store, cut, counts, by)]
        links, delays = link_shares(store), topic_delays(store)
        cohorts = build_cohorts(store, counts, by)
        kpis = kpi_table(store, counts, by, active_months=active_months, costs=costs, visits=visits)
        known_customers = share_that_ordered(store)
        seen = seen_topics(store)
    breaks = find_breaks(seen, taxonomy)
    changes, compared = compare_spans(counts, estimates)
    year_over_year, years_compared = compare_years(counts, estimates)
    rates, sliced = rate_table(counts, estimates), slice_table(cuts)
    if slices:
        rates = pd.concat([rates, sliced], ignore_index=True)
    return Report(
        rates=break_rates(rates, breaks),
        slices=break_rates(sliced, breaks),
        overall=_overall(counts, estimates),
        by_topic=totals_by_topic(counts, estimates),
        by_period=_by_period(counts, estimates),
        changes=break_changes(changes, breaks),
        compared=compared,
        reconciliation=reconciliation,
        kpis=kpis,
        cohorts=cohorts,
        year_over_year=break_changes(year_over_year, breaks),
        years_compared=years_compared,
        delays=delays,
        links={**links, "slices": {cut.name: cut.denominator for cut in store.slices}},
        caveats=caveats(
            counts,
            estimates,
            tagging=about,
            estimation=estimation,
            offer=offer,
            unknown_topics=_unknown(counts, taxonomy),
            reconciliation=reconciliation,
            known_customers=known_customers,
            first_order=store.order_days.first,
            active_months=active_months,
            more=(
                *lineage_caveats(seen, breaks, taxonomy),
                *holiday_notes(counts.periods, load_holidays() if holidays is None else holidays),
                *link_notes(links, cohorts.basis),
                *kpi_notes(kpis),
            ),
        ),
        provenance={
            **(provenance or {}),
            **({"tagging": about} if "tagging" in (provenance or {}) else {}),
            "cxtopics": __version__,
            "by": by,
            "timezone": timezone,
            "active_months": active_months,
            "link_window_days": link_window_days,
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
