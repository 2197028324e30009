"""A dated change -> Impact: whether contacts on its topic fell, and how many were spared.

Contacts per order of the topic in the weeks before and after, with the other topics as
controls and holiday windows left out; see `measure.before_after` and docs/decisions.md. An
association in time, sharpened as far as the data allow; an experiment would be surer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxtopics import __version__
from cxtopics.errors import InputError
from cxtopics.measure.before_after import BeforeAfter, compare_weeks
from cxtopics.measure.costs import Costs
from cxtopics.measure.estimate import Estimate
from cxtopics.measure.holiday_windows import HolidayWindow, holiday_windows, touched_weeks
from cxtopics.measure.jsonable import identity, to_jsonable
from cxtopics.measure.rates import topic_share
from cxtopics.measure.topic_days import TopicDays, count_days, sum_weeks
from cxtopics.taxonomy import Taxonomy

__all__ = ["Impact", "build_impact", "impact_of_days"]

CONFIDENCE = 0.95
WEEKS_BEFORE = 26
_LEAST_BEFORE, _LEAST_AFTER = 8, 2
_HALVES = 0.95  # confidence at which a fall must hold against either half of the weeks before
_FEW = 10  # contacts before the change below which no fall can be told
_WORTH_TELLING = 0.20  # a fall that the advice to wait aims at, where none shows
_LONGEST_WAIT = 104
_METHOD = (
    "difference in differences of log contacts per order, other topics as controls; "
    "quasi-Poisson, autocorrelated weeks, variance between untouched topics"
)


@dataclass(frozen=True)
class Impact:
    """What became of one topic after a dated change.

    Attributes
    ----------
    verdict
        `fell`, `rose`, `no_clear_change` (a change of a fifth or more is ruled out) or
        `cannot_tell`.
    why
        The verdict in one sentence.
    more_weeks
        How many more weeks after the change would settle it, if things stay as they are;
        None where it is settled, or where more weeks alone would not settle it.
    ratio
        Contacts per order after / before, season taken out.
    per_order_before, per_order_after
        Contacts per order of the weeks used.
    share_before, share_after
        Share of all contacts; shown because people ask, not used: it moves with other topics.
    contacts_avoided
        In the weeks used after the change: contacts expected without it, less those that came.
    money_saved
        Those contacts at the cost of a contact; less one-off and running costs so far.
    weeks
        One row per week: `week_start`, `n_contacts`, `n_orders` (that the contacts rest on),
        `contacts_per_order`, `after`, `left_out`.
    caveats, provenance
        As in a report.
    """

    topic: str
    label: str
    changed_on: str
    until: str
    verdict: str
    why: str
    more_weeks: int | None
    ratio: Estimate
    per_order_before: Estimate
    per_order_after: Estimate
    share_before: Estimate
    share_after: Estimate
    contacts_avoided: Estimate
    money_saved: Estimate
    weeks: pd.DataFrame
    caveats: tuple[str, ...]
    provenance: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON (NaN becomes null)."""
        names = (
            "ratio", "per_order_before", "per_order_after", "share_before", "share_after",
            "contacts_avoided", "money_saved",
        )  # fmt: skip
        figures = {name: vars(getattr(self, name)) for name in names}
        rest = {name: value for name, value in vars(self).items() if name not in names}
        content = {"kind": "cxtopics impact", **rest, **figures}
        return {key: to_jsonable(value) for key, value in content.items()}


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
    Up to 26 weeks before the change count. A fall is called one only if the 95 % interval of
    the ratio lies below 1 and the fall also holds against the first and the second half of
    the weeks before, each alone (at 95 %): after a seasonal peak contacts fall against the
    peak only. Such a season, or a fall that begins weeks before the change, "cannot be told".

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
    change, last = _dates(days, changed_on, until)
    if topic not in days.topics:
        raise InputError(
            f"topic '{topic}' has no contact in the table",
            f"topics with contacts: {', '.join(days.topics[:8])}, ...",
        )
    windows = holiday_windows(days.first, last) if windows is None else tuple(windows)
    weeks = _weeks(days, topic, change, last, settle_days, windows)
    costs = costs or Costs()
    return _impact(days, topic, weeks, costs, changed_on=change, until=last, taxonomy=taxonomy)


@dataclass(frozen=True)
class _Weeks:
    """Weeks of all topics, counted from the change both ways; `used` are not left out."""

    contacts: pd.DataFrame
    exposure: pd.DataFrame
    after: npt.NDArray[np.bool_]
    used: npt.NDArray[np.bool_]
    reasons: list[str]
    topic: str

    def compare(self, where: npt.NDArray[np.bool_] | None = None) -> BeforeAfter:
        keep = self.used if where is None else self.used & where
        return compare_weeks(
            self.contacts.to_numpy(float)[keep],
            self.exposure.to_numpy(float)[keep],
            self.after[keep],
            list(self.contacts.columns).index(self.topic),
        )

    @property
    def n_before(self) -> int:
        return int((self.used & ~self.after).sum())

    @property
    def n_after(self) -> int:
        return int((self.used & self.after).sum())


def _dates(
    days: TopicDays, changed_on: str, until: str | None
) -> tuple[pd.Timestamp, pd.Timestamp]:
    try:
        change = pd.Timestamp(changed_on).normalize()
        last = pd.Timestamp(until).normalize() if until else days.last
    except ValueError:
        raise InputError(f"'{until or changed_on}' is no date", "write it as YYYY-MM-DD") from None
    last = min(last, days.last)
    if not days.first < change <= last:
        raise InputError(
            f"the change of {change:%Y-%m-%d} lies outside the contacts, "
            f"{days.first:%Y-%m-%d} to {last:%Y-%m-%d}",
            "export contacts from before and after it",
        )
    return change, last


def _weeks(
    days: TopicDays,
    topic: str,
    change: pd.Timestamp,
    last: pd.Timestamp,
    settle_days: int,
    windows: Sequence[HolidayWindow],
) -> _Weeks:
    """Return up to `WEEKS_BEFORE` usable weeks before the change, and all after it."""
    if days.exposure is None:
        raise ValueError("impact needs orders")
    contacts = sum_weeks(days.contacts[days.topics].loc[:last], change)
    exposure = sum_weeks(days.exposure[days.topics].loc[:last], change)
    starts = pd.DatetimeIndex(contacts.index)
    after = np.asarray(starts >= change)
    holiday = touched_weeks(starts, windows)
    settling = np.asarray(after & (starts < change + pd.Timedelta(days=settle_days)))
    used = ~holiday & ~settling & (exposure.to_numpy(float).sum(axis=1) > 0)
    early = np.flatnonzero(used & ~after)[:-WEEKS_BEFORE]
    used[early] = False
    reasons = np.where(holiday, "holiday window", np.where(settling, "settling", ""))
    first = np.flatnonzero(used)[0] if used.any() else 0
    return _Weeks(
        contacts[first:], exposure[first:], after[first:], used[first:],
        reasons[first:].tolist(), topic,
    )  # fmt: skip


def _impact(
    days: TopicDays,
    topic: str,
    weeks: _Weeks,
    costs: Costs,
    *,
    changed_on: pd.Timestamp,
    until: pd.Timestamp,
    taxonomy: Taxonomy | None,
) -> Impact:
    enough = weeks.n_before >= _LEAST_BEFORE and weeks.n_after >= _LEAST_AFTER
    found = weeks.compare() if enough else None
    verdict, why, more = _verdict(weeks, found)
    avoided = _avoided(weeks, found)
    return Impact(
        topic=topic,
        label=taxonomy.label(topic) if taxonomy else topic,
        changed_on=f"{changed_on:%Y-%m-%d}",
        until=f"{until:%Y-%m-%d}",
        verdict=verdict,
        why=why,
        more_weeks=more,
        ratio=_ratio(found),
        per_order_before=_per_order(weeks, found, after=False),
        per_order_after=_per_order(weeks, found, after=True),
        share_before=_share(weeks, after=False),
        share_after=_share(weeks, after=True),
        contacts_avoided=avoided,
        money_saved=_money(avoided, weeks, topic, costs, taxonomy),
        weeks=_week_table(weeks),
        caveats=tuple(_caveats(days, weeks, found, costs)),
        provenance={
            "cxtopics": __version__,
            "method": _METHOD,
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


_COST = "cost_per_contact"


def _verdict(weeks: _Weeks, found: BeforeAfter | None) -> tuple[str, str, int | None]:
    """Return verdict, sentence and the weeks still needed."""
    if found is None:
        return _too_short(weeks)
    if found.n_before < _FEW:
        return (
            "cannot_tell",
            f"Too few contacts on the topic before the change: {found.n_before:.0f}.",
            None,
        )
    value, low, high = found.ratio(CONFIDENCE)
    if high < 1:
        if season := _season(weeks, found):
            return "cannot_tell", season, None
        return "fell", f"Contacts per order fell by {_percent(1 - value)}.", None
    if low > 1:
        return "rose", f"Contacts per order rose by {_percent(value - 1)}.", None
    if low > 1 - _WORTH_TELLING and high < 1 / (1 - _WORTH_TELLING):
        return (
            "no_clear_change",
            f"No clear change; a fall of {_percent(1 - low)} or more is ruled out.",
            None,
        )
    return _wait(weeks, found)


def _too_short(weeks: _Weeks) -> tuple[str, str, int | None]:
    if weeks.n_before < _LEAST_BEFORE:
        return (
            "cannot_tell",
            f"Only {weeks.n_before} usable weeks before the change; "
            f"at least {_LEAST_BEFORE} are needed to know what was usual.",
            None,
        )
    more = _LEAST_AFTER - weeks.n_after
    return "cannot_tell", f"Cannot tell yet, needs about {_weeks_in_words(more)}.", more


def _wait(weeks: _Weeks, found: BeforeAfter) -> tuple[str, str, int | None]:
    """Return how long to wait until a change like the one seen, or a fifth, would show."""
    wanted = max(abs(found.log_ratio), -math.log(1 - _WORTH_TELLING))
    aim = f"a fall of {_percent(1 - math.exp(-wanted))}"
    if found.log_ratio > wanted - 1e-9:
        aim = f"a rise of {_percent(math.exp(wanted) - 1)}"
    for more in range(1, _LONGEST_WAIT + 1):
        if found.half_width(CONFIDENCE, 1 + more / weeks.n_after) <= wanted:
            return (
                "cannot_tell",
                f"Cannot tell yet, needs about {_weeks_in_words(more)} to tell {aim} from chance.",
                more,
            )
    return (
        "cannot_tell",
        f"Cannot tell, and more weeks alone would not tell {aim} from chance: the weeks before "
        "the change are too few or too uneven.",
        None,
    )


def _season(weeks: _Weeks, found: BeforeAfter) -> str:
    """Return a sentence if the fall does not hold against either half of the weeks before."""
    before = np.flatnonzero(weeks.used & ~weeks.after)
    for name, half in zip(("first", "second"), np.array_split(before, 2), strict=True):
        where = weeks.after.copy()
        where[half] = True
        # How the weeks scatter is told better from all of them than from half.
        alone = replace(weeks.compare(where), df=found.df)
        if alone.ratio(_HALVES)[2] >= 1:
            return (
                f"Cannot tell: against the {name} half of the weeks before the change nothing "
                "clearly fell, so this may be a season, or have begun before the change."
            )
    return ""


def _ratio(found: BeforeAfter | None) -> Estimate:
    ends = found.ratio(CONFIDENCE) if found else (math.nan,) * 3
    n = int(found.n_before + found.n_after) if found else 0
    return Estimate(*ends, CONFIDENCE, "contacts per order after / before", _METHOD, n)


def _per_order(weeks: _Weeks, found: BeforeAfter | None, *, after: bool) -> Estimate:
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


def _share(weeks: _Weeks, *, after: bool) -> Estimate:
    where = weeks.used & (weeks.after == after)
    n = float(weeks.contacts[weeks.topic][where].sum())
    total = float(weeks.contacts[where].to_numpy().sum())
    band = topic_share(n, total)
    return Estimate.of(
        band, confidence=CONFIDENCE, unit="share of contacts", method="Wilson", n=int(total)
    )


def _avoided(weeks: _Weeks, found: BeforeAfter | None) -> Estimate:
    """Return the contacts expected without the change, less those that came."""
    n = found.n_after if found else math.nan
    value, low, high = found.ratio(CONFIDENCE) if found else (math.nan,) * 3
    ends = (n * (1 / value - 1), n * (1 / high - 1), n * (1 / low - 1))
    return Estimate(*ends, CONFIDENCE, "contacts", _METHOD, 0 if found is None else int(n))


def _money(
    avoided: Estimate, weeks: _Weeks, topic: str, costs: Costs, taxonomy: Taxonomy | None
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


def _week_table(weeks: _Weeks) -> pd.DataFrame:
    n, orders = weeks.contacts[weeks.topic], weeks.exposure[weeks.topic]
    return pd.DataFrame(
        {
            "week_start": [f"{day:%Y-%m-%d}" for day in weeks.contacts.index],
            "n_contacts": n.to_numpy(float),
            "n_orders": orders.to_numpy(float).round(1),
            "contacts_per_order": (n / orders.where(orders > 0)).to_numpy(float),
            "after": weeks.after,
            "left_out": [
                reason or ("" if used else "no orders")
                for reason, used in zip(weeks.reasons, weeks.used, strict=True)
            ],
        }
    )


def _caveats(
    days: TopicDays, weeks: _Weeks, found: BeforeAfter | None, costs: Costs
) -> Iterator[str]:
    yield (
        "Something else that happened to this topic alone at the same time would look the "
        "same; and counts are of predicted topics, so a classifier that mixes this topic up "
        "with others makes a change look smaller than it is."
    )
    if n := weeks.reasons.count("holiday window"):
        yield f"{_weeks_in_words(n, 'left out')} in or just after a holiday window."
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


def _weeks_in_words(n: int, what: str = "more") -> str:
    unit = "week" if n == 1 else "weeks"
    return f"{n} more {unit}" if what == "more" else f"{n} {unit} {what}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
