"""TaggedContacts -> Watch: topics that rise beyond chance this week, and how often that errs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxtopics import __version__
from cxtopics.errors import InputError
from cxtopics.measure.calendar.holiday_windows import HolidayWindow, holiday_windows, touched_weeks
from cxtopics.measure.counting import ALL
from cxtopics.measure.estimate import Estimate
from cxtopics.measure.jsonable import identity, to_jsonable
from cxtopics.measure.trends.rising import WINDOWS, Rising, find_rising
from cxtopics.measure.trends.topic_days import TopicDays, count_days, sum_weeks
from cxtopics.taxonomy import OTHER, Taxonomy

__all__ = ["RATE", "Watch", "build_watch", "watch_days"]

RATE = 0.002
"""Wanted false alarms per topic and week: with 50 topics, at most one in ten weeks."""
WEEKS = 26
_LEAST_WEEKS = 8
_METHOD = "negative binomial against the other topics, latest week and latest two weeks"


@dataclass(frozen=True)
class Watch:
    """Topics of the latest week, those that rise first.

    Attributes
    ----------
    week
        First and last day of the latest week: the last seven days of the contacts.
    topics
        One row per topic (and "all" contacts, where orders are given, held against the orders
        they rest on): `topic`, `label`, `rising`, `n_weeks` (1 or 2: the window that tells
        more), `n_contacts` and `expected` in it, `expected_low`, `expected_high` (95 % of
        such windows if nothing changed), `times` (observed / expected), `p_value`.
    false_alarms
        Chance, per topic and week, of being called rising if nothing changed.
    false_alarm_rate_asked
        The most that was allowed.
    caveats, provenance
        As in a report.
    """

    week: tuple[str, str]
    topics: pd.DataFrame
    false_alarms: Estimate
    false_alarm_rate_asked: float
    caveats: tuple[str, ...]
    provenance: dict[str, Any]

    @property
    def rising(self) -> pd.DataFrame:
        """The topics that rise beyond chance."""
        return self.topics[self.topics["rising"]]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON (NaN becomes null)."""
        content = {"kind": "cxtopics watch", **vars(self)}
        content["false_alarms"] = vars(self.false_alarms)
        return {key: to_jsonable(value) for key, value in content.items()}


def build_watch(
    tagged: pd.DataFrame,
    orders: pd.DataFrame | None = None,
    *,
    taxonomy: Taxonomy | None = None,
    timezone: str = "UTC",
    rate: float = RATE,
    until: str | None = None,
    windows: Sequence[HolidayWindow] | None = None,
) -> Watch:
    """Look for topics that rise in the last seven days.

    Parameters
    ----------
    tagged
        By `schemas.TAGGED`.
    orders
        By `schemas.ORDERS`; adds a row that holds all contacts against orders.
    rate
        Wanted false alarms per topic and week.
    until
        Last day to look at, YYYY-MM-DD; default: the last day of the contacts.
    windows
        Holiday windows that are no part of the baseline; None takes the bundled calendar.

    Notes
    -----
    The baseline is up to 26 weeks that end two weeks before the last day, holiday windows
    left out. Weeks of seven days hold each weekday once. See `measure.rising`.

    Raises
    ------
    InputError
        If the date is none, or fewer than eight usable weeks lie before the latest two.
    """
    days = count_days(tagged, orders, timezone=timezone)
    return watch_days(days, taxonomy=taxonomy, rate=rate, until=until, windows=windows)


def watch_days(
    days: TopicDays,
    *,
    taxonomy: Taxonomy | None = None,
    rate: float = RATE,
    until: str | None = None,
    windows: Sequence[HolidayWindow] | None = None,
) -> Watch:
    """Do the same as `build_watch` from contacts that are counted by day."""
    end = _last_day(days, until) + pd.Timedelta(days=1)
    weeks = sum_weeks(days.contacts[days.topics].loc[: end - pd.Timedelta(days=1)], end)
    starts = pd.DatetimeIndex(weeks.index)
    windows = holiday_windows(days.first, end) if windows is None else tuple(windows)
    touched = touched_weeks(starts, windows)
    use = np.flatnonzero(~touched[:-2])[-WEEKS:]
    if len(use) < _LEAST_WEEKS:
        raise InputError(
            f"{len(use)} usable weeks lie before the latest two, expected at least {_LEAST_WEEKS}",
            "give contacts of a longer time",
        )
    counts = weeks.to_numpy(float)
    found = find_rising(counts[use], counts[-2:], rate)
    names = [str(topic) for topic in weeks.columns]
    table = _table(names, found)
    if days.exposure is not None:
        whole = _whole(days.exposure, weeks, use, end, rate)
        table = pd.concat([whole, table], ignore_index=True)
    table.insert(1, "label", [_label(topic, taxonomy) for topic in table["topic"]])
    last = end - pd.Timedelta(days=1)
    return Watch(
        week=(f"{end - pd.Timedelta(days=7):%Y-%m-%d}", f"{last:%Y-%m-%d}"),
        topics=table.sort_values(
            ["rising", "p_value"], ascending=[False, True], kind="stable"
        ).reset_index(drop=True),
        false_alarms=_false_alarms(found),
        false_alarm_rate_asked=rate,
        caveats=tuple(_caveats(counts[-1].sum(), bool(touched[-2:].any()), table)),
        provenance={
            "cxtopics": __version__,
            "method": _METHOD,
            "n_weeks_of_baseline": len(use),
            "n_topics": len(names),
            "taxonomy": identity(taxonomy),
        },
    )


def _last_day(days: TopicDays, until: str | None) -> pd.Timestamp:
    try:
        last = pd.Timestamp(until).normalize() if until else days.last
    except ValueError:
        raise InputError(f"'{until}' is no date", "write it as YYYY-MM-DD") from None
    return min(last, days.last)


def _table(topics: list[str], found: Rising) -> pd.DataFrame:
    tells = found.p_value.argmin(axis=0), np.arange(len(topics))
    observed, expected = found.observed[tells], found.expected[tells]
    return pd.DataFrame(
        {
            "topic": topics,
            "rising": found.rising,
            "n_weeks": np.array(WINDOWS)[tells[0]],
            "n_contacts": observed,
            "expected": expected,
            "expected_low": found.low[tells],
            "expected_high": found.high[tells],
            "times": observed / np.maximum(expected, 1e-9),
            "p_value": found.p_value[tells],
        }
    )


def _whole(
    exposure: pd.DataFrame,
    weeks: pd.DataFrame,
    use: npt.NDArray[np.intp],
    end: pd.Timestamp,
    rate: float,
) -> pd.DataFrame:
    """Return the row of all contacts, held against the orders they rest on."""
    total = weeks.to_numpy(float).sum(axis=1, keepdims=True)
    share = weeks.sum() / weeks.to_numpy().sum()
    rests_on = sum_weeks(exposure[list(weeks.columns)], end).reindex(weeks.index)
    # Orders are many and known: scaled up, they add no chance of their own.
    orders = 1e6 * (rests_on * share).sum(axis=1).to_numpy(float)[:, None]
    rows = np.append(use, [len(weeks) - 2, len(weeks) - 1])
    return _table([ALL], find_rising(total[use], total[-2:], rate, others=orders[rows]))


def _label(topic: str, taxonomy: Taxonomy | None) -> str:
    special = {ALL: "All contacts, per order", OTHER: "Other (no topic fits)"}
    return special.get(topic) or (taxonomy.label(topic) if taxonomy else topic)


def _false_alarms(found: Rising) -> Estimate:
    """Return the mean chance of a false alarm per topic and week."""
    rates = found.false_alarms
    ends = np.quantile(rates, (0.025, 0.975)) if len(rates) else (np.nan, np.nan)
    return Estimate(
        float(rates.mean()),
        float(min(ends[0], rates.mean())),
        float(max(ends[1], rates.mean())),
        0.95,
        "false alarms per topic and week (range over topics)",
        _METHOD,
        len(rates),
    )


def _caveats(n_contacts: float, holiday: bool, table: pd.DataFrame) -> Iterator[str]:
    if holiday:
        yield (
            "The latest two weeks lie in or just after a holiday window: what rises may be the "
            "season's."
        )
    if n_contacts < 200:
        yield (
            f"{n_contacts:,.0f} contacts this week: at so few, only large rises show. Doublings "
            "of a topic of 2 % are found within two weeks from 700 to 1,500 contacts a week."
        )
    if ALL in set(table.loc[table["rising"], "topic"]):
        yield "Contacts as a whole rise against orders: a topic may rise with them unseen."
