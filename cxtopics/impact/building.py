"""From contacts and orders to an impact."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import pandas as pd

from cxtopics import __version__
from cxtopics.errors import InputError
from cxtopics.impact.figures import (
    avoided_contacts,
    per_order,
    ratio_after,
    saved_money,
    share_of_contacts,
)
from cxtopics.impact.result import METHOD, Impact
from cxtopics.impact.verdict import is_enough, judge
from cxtopics.impact.weeks import Weeks, choose_weeks, read_dates, week_table, weeks_in_words
from cxtopics.measure.calendar.holiday_windows import HolidayWindow, holiday_windows
from cxtopics.measure.costs import Costs
from cxtopics.measure.jsonable import identity
from cxtopics.measure.trends.before_after import BeforeAfter
from cxtopics.measure.trends.topic_days import TopicDays, count_days
from cxtopics.taxonomy import Taxonomy

__all__ = ["build_impact", "impact_of_days"]

_COST = "cost_per_contact"


def build_impact(
    tagged: pd.DataFrame,
    orders: pd.DataFrame,
    *,
    topic: str,
    changed_on: str,
    until: str | None = None,
    settle_days: int = 0,
    taxonomy: Taxonomy | None = None,
    costs: Costs | None = None,
    timezone: str = "UTC",
    windows: Sequence[HolidayWindow] | None = None,
) -> Impact:
    """Compare a topic's contacts per order before and after a change.

    Parameters
    ----------
    tagged, orders
        By `schemas.TAGGED` and `schemas.ORDERS`; with `order_id`, contacts are related to the
        orders they are about, not to those of their own week.
    topic
        Its id.
    changed_on
        First day of the change, YYYY-MM-DD.
    until
        Last day to look at; default: the last day of the contacts.
    settle_days
        Days after the change to pass over, until orders from before it have run out.
    costs
        What a contact costs; None takes placeholders, and says so.
    windows
        Holiday windows to leave out; None takes the bundled calendar.

    Notes
    -----
    Up to 26 weeks before the change count. A fall is called one only if the 99 % interval of
    the ratio lies below 1 (95 % is shown), if it also holds against the first and the second
    half of the weeks before, each alone (at 95 %), and if no month or more of those weeks lay
    as far from the rest of them: after a seasonal peak contacts fall against the peak only.
    Such a season, or a fall that begins weeks before the change, "cannot be told".

    Raises
    ------
    InputError
        If the topic has no contact, a date is none, or lies outside the contacts.
    """
    return impact_of_days(
        count_days(tagged, orders, timezone=timezone),
        topic=topic,
        changed_on=changed_on,
        until=until,
        settle_days=settle_days,
        taxonomy=taxonomy,
        costs=costs,
        windows=windows,
    )


def impact_of_days(
    days: TopicDays,
    *,
    topic: str,
    changed_on: str,
    until: str | None = None,
    settle_days: int = 0,
    taxonomy: Taxonomy | None = None,
    costs: Costs | None = None,
    windows: Sequence[HolidayWindow] | None = None,
) -> Impact:
    """Do the same as `build_impact` from contacts and orders that are counted by day."""
    change, last = read_dates(days, changed_on, until)
    if topic not in days.topics:
        raise InputError(
            f"topic '{topic}' has no contact in the table",
            f"topics with contacts: {', '.join(days.topics[:8])}, ...",
        )
    windows = holiday_windows(days.first, last) if windows is None else tuple(windows)
    weeks = choose_weeks(days, topic, change, last, settle_days, windows)
    costs = costs or Costs()
    return _impact(days, topic, weeks, costs, changed_on=change, until=last, taxonomy=taxonomy)


def _impact(
    days: TopicDays,
    topic: str,
    weeks: Weeks,
    costs: Costs,
    *,
    changed_on: pd.Timestamp,
    until: pd.Timestamp,
    taxonomy: Taxonomy | None,
) -> Impact:
    found = weeks.compare() if is_enough(weeks) else None
    verdict, why, more = judge(weeks, found)
    avoided = avoided_contacts(weeks, found)
    return Impact(
        topic=topic,
        label=taxonomy.label(topic) if taxonomy else topic,
        changed_on=f"{changed_on:%Y-%m-%d}",
        until=f"{until:%Y-%m-%d}",
        verdict=verdict,
        why=why,
        more_weeks=more,
        ratio=ratio_after(found),
        per_order_before=per_order(weeks, found, after=False),
        per_order_after=per_order(weeks, found, after=True),
        share_before=share_of_contacts(weeks, after=False),
        share_after=share_of_contacts(weeks, after=True),
        contacts_avoided=avoided,
        money_saved=saved_money(avoided, weeks, topic, costs, taxonomy),
        weeks=week_table(weeks),
        caveats=tuple(_caveats(days, weeks, found, costs)),
        provenance={
            "cxtopics": __version__,
            "method": METHOD,
            "n_weeks_before": weeks.n_before,
            "n_weeks_after": weeks.n_after,
            "dispersion": found.dispersion if found else None,
            "autocorrelation": found.autocorrelation if found else None,
            "deviation_between_topics": math.sqrt(found.var_topics) if found else None,
            "costs": costs.model_dump(include={"currency", "cost_per_contact"}),
            "costs_by_default": [n for n in costs.defaults if n in ("currency", _COST)],
            "taxonomy": identity(taxonomy),
        },
    )


def _caveats(
    days: TopicDays, weeks: Weeks, found: BeforeAfter | None, costs: Costs
) -> Iterator[str]:
    yield (
        "Something else that happened to this topic alone at the same time would look the "
        "same; and counts are of predicted topics, so a classifier that mixes this topic up "
        "with others makes a change look smaller than it is."
    )
    if n := weeks.reasons.count("holiday window"):
        yield f"{weeks_in_words(n, 'left out')} in or just after a holiday window."
    if not days.n_linked:
        yield (
            "No contact names its order: contacts are related to the orders of their own "
            "week, although most follow theirs by days."
        )
    if found and found.n_moved:
        yield (
            f"{found.n_moved} other topic{'s' if found.n_moved > 1 else ''} changed much between "
            "the same weeks, and so serve as no control."
        )
    if found and weeks.n_before < 13:
        yield "Fewer than 13 weeks before the change: a season could pass for its effect."
    if missing := [name for name in costs.defaults if name in ("currency", _COST)]:
        yield f"Money at default costs, not yours ({', '.join(missing)}); give --costs."
