"""The figures of an impact, each with its interval."""

from __future__ import annotations

import math

from cxtopics.impact.result import CONFIDENCE, METHOD
from cxtopics.impact.weeks import Weeks
from cxtopics.measure.costs import Costs
from cxtopics.measure.estimate import Estimate
from cxtopics.measure.rates.formulas import topic_share
from cxtopics.measure.trends.before_after import BeforeAfter
from cxtopics.taxonomy import Taxonomy

__all__ = ["avoided_contacts", "per_order", "ratio_after", "saved_money", "share_of_contacts"]


def ratio_after(found: BeforeAfter | None) -> Estimate:
    """Return contacts per order after / before, season taken out; NaN where weeks are too few."""
    ends = found.ratio(CONFIDENCE) if found else (math.nan,) * 3
    n = int(found.n_before + found.n_after) if found else 0
    return Estimate(*ends, CONFIDENCE, "contacts per order after / before", METHOD, n)


def per_order(weeks: Weeks, found: BeforeAfter | None, *, after: bool) -> Estimate:
    """Return contacts per order of the weeks used on one side of the change."""
    where = weeks.used & (weeks.after == after)
    n = float(weeks.contacts[weeks.topic][where].sum())
    orders = float(weeks.exposure[weeks.topic][where].sum())
    value = n / orders if orders else math.nan
    if found:
        variance = found.var_after if after else found.var_before
        factor = math.exp(1.96 * math.sqrt(variance))
    else:
        factor = math.nan
    method = "quasi-Poisson, autocorrelated weeks"
    ends = (value, value / factor, value * factor)
    return Estimate(*ends, CONFIDENCE, "contacts per order", method, int(n))


def share_of_contacts(weeks: Weeks, *, after: bool) -> Estimate:
    """Return the topic's share of all contacts in the weeks used on one side."""
    where = weeks.used & (weeks.after == after)
    n = float(weeks.contacts[weeks.topic][where].sum())
    total = float(weeks.contacts[where].to_numpy().sum())
    band = topic_share(n, total)
    return Estimate.of(
        band, confidence=CONFIDENCE, unit="share of contacts", method="Wilson", n=int(total)
    )


def avoided_contacts(weeks: Weeks, found: BeforeAfter | None) -> Estimate:
    """Return the contacts expected without the change, less those that came."""
    n = found.n_after if found else math.nan
    value, low, high = found.ratio(CONFIDENCE) if found else (math.nan,) * 3
    ends = (n * (1 / value - 1), n * (1 / high - 1), n * (1 / low - 1))
    return Estimate(*ends, CONFIDENCE, "contacts", METHOD, 0 if found is None else int(n))


def saved_money(
    avoided: Estimate, weeks: Weeks, topic: str, costs: Costs, taxonomy: Taxonomy | None
) -> Estimate:
    """Return what the contacts avoided would have cost, less what the lever has cost so far."""
    saved = avoided.times(costs.saved_per_contact, costs.currency)
    known = taxonomy.by_id.get(topic) if taxonomy else None
    if known is None:
        return saved
    months = 7 * weeks.n_after / 30.44
    spent = costs.one_off_per_month(known) * costs.horizon_months
    spent += costs.running_per_month(known) * months
    ends = (saved.value - spent, saved.low - spent, saved.high - spent)
    return Estimate(*ends, saved.confidence, saved.unit, saved.method, saved.n)
