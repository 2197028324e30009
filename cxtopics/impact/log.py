"""What became of each topic after the changes of a log: one impact per entry, as a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from cxtopics.errors import InputError
from cxtopics.impact.building import impact_of_days
from cxtopics.impact.result import Impact
from cxtopics.measure.costs import Costs
from cxtopics.measure.store.inputs import Source, read_orders, read_tagged
from cxtopics.measure.trends.change_log import LoggedChange
from cxtopics.measure.trends.topic_days import TopicDays, count_days
from cxtopics.taxonomy import Taxonomy, fate_of

__all__ = ["measure_changes"]

_USED = ("contact_id", "created_at", "topic", "topic_forced", "needs_review", "order_id")


def measure_changes(
    tagged: Source,
    orders: Source,
    log: Sequence[LoggedChange],
    *,
    taxonomy: Taxonomy | None = None,
    costs: Costs | None = None,
    timezone: str = "UTC",
) -> pd.DataFrame:
    """Measure every change of a log as `build_impact` does.

    Returns
    -------
    DataFrame
        One row per change, by date: `date, topic, what, lever, verdict, why`, `until` (last
        day looked at), `ratio` and `contacts_avoided` with `_low` and `_high`, and
        `money_saved` with its `currency`. A change that lies outside the contacts, or whose
        topic has none, cannot be told, and `why` says so.

    Notes
    -----
    A change is looked at between the neighbouring changes of the same topic: what came before
    the one before it, or after the next, is another story. Each is judged alone.
    """
    contacts = read_tagged(tagged, _USED)
    if taxonomy:
        today = {topic: fate_of(str(topic), taxonomy).current for topic in _topics(contacts)}
        contacts["topic"] = contacts["topic"].astype(object).replace(today)
    days = count_days(contacts, read_orders(orders), timezone=timezone)
    rows = []
    for change in log:
        same = [other.date for other in log if other.topic == change.topic]
        try:
            found = _measure(days, change, same, taxonomy, costs)
        except InputError as error:
            rows.append({**_told(change), "verdict": "cannot_tell", "why": _reason(error)})
        else:
            rows.append({**_told(change), **_figures(found)})
    return pd.DataFrame(rows, columns=list(_COLUMNS))


_COLUMNS = (
    "date", "topic", "what", "lever", "verdict", "why", "until", "ratio", "ratio_low",
    "ratio_high", "contacts_avoided", "contacts_avoided_low", "contacts_avoided_high",
    "money_saved", "money_saved_low", "money_saved_high", "currency",
)  # fmt: skip


def _reason(error: InputError) -> str:
    said = str(error)
    return f"{said[:1].upper()}{said[1:]}."


def _topics(contacts: pd.DataFrame) -> list[str]:
    return [str(topic) for topic in contacts["topic"].dropna().unique()]


def _measure(
    days: TopicDays,
    change: LoggedChange,
    same: Sequence[object],
    taxonomy: Taxonomy | None,
    costs: Costs | None,
) -> Impact:
    others = sorted(pd.Timestamp(str(day)) for day in same)
    on = pd.Timestamp(change.date)
    before = [day for day in others if day < on]
    later = [day for day in others if day > on]
    if before and before[-1] > days.first and days.exposure is not None:
        days = replace(
            days,
            contacts=days.contacts.loc[before[-1] :],
            exposure=days.exposure.loc[before[-1] :],
        )
    until = min(later) - pd.Timedelta(days=1) if later else None
    return impact_of_days(
        days,
        topic=change.topic,
        changed_on=f"{on:%Y-%m-%d}",
        until=f"{until:%Y-%m-%d}" if until is not None else None,
        settle_days=change.settle_days,
        taxonomy=taxonomy,
        costs=costs,
    )


def _told(change: LoggedChange) -> dict[str, object]:
    about = {"date": f"{change.date:%Y-%m-%d}", "topic": change.topic, "what": change.what}
    return {**about, "lever": change.lever or ""}


def _figures(found: Impact) -> dict[str, object]:
    figures = {
        **found.ratio.columns("ratio"),
        **found.contacts_avoided.columns("contacts_avoided"),
        **found.money_saved.columns("money_saved"),
    }
    told = math.isfinite(found.ratio.value)
    return {
        "verdict": found.verdict,
        "why": found.why,
        "until": found.until,
        **(figures if told else {}),
        "currency": found.money_saved.unit if told else "",
    }
