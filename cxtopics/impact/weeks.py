"""The weeks before and after a change, and which of them count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxtopics.errors import InputError
from cxtopics.measure.calendar.holiday_windows import HolidayWindow, touched_weeks
from cxtopics.measure.trends.before_after import BeforeAfter, compare_weeks, largest_move
from cxtopics.measure.trends.topic_days import TopicDays, sum_weeks

__all__ = ["Weeks", "choose_weeks", "read_dates", "week_table", "weeks_in_words"]

WEEKS_BEFORE = 26


@dataclass(frozen=True)
class Weeks:
    """Weeks of all topics, counted from the change both ways; `used` are not left out."""

    contacts: pd.DataFrame
    exposure: pd.DataFrame
    after: npt.NDArray[np.bool_]
    used: npt.NDArray[np.bool_]
    reasons: list[str]
    topic: str

    def compare(self, where: npt.NDArray[np.bool_] | None = None) -> BeforeAfter:
        """Compare after with before; `where` narrows the weeks further."""
        keep = self.used if where is None else self.used & where
        return compare_weeks(
            self.contacts.to_numpy(float)[keep],
            self.exposure.to_numpy(float)[keep],
            self.after[keep],
            self._column,
        )

    @property
    def largest_move(self) -> float:
        """How far a run of the weeks before the change lay from the rest of them (log ratio)."""
        keep = self.used & ~self.after
        return largest_move(
            self.contacts.to_numpy(float)[keep], self.exposure.to_numpy(float)[keep], self._column
        )

    @property
    def _column(self) -> int:
        return list(self.contacts.columns).index(self.topic)

    @property
    def n_before(self) -> int:
        """Weeks used before the change."""
        return int((self.used & ~self.after).sum())

    @property
    def n_after(self) -> int:
        """Weeks used after the change."""
        return int((self.used & self.after).sum())


def read_dates(
    days: TopicDays, changed_on: str, until: str | None
) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the day of the change and the last day to look at; raises InputError."""
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


def choose_weeks(
    days: TopicDays,
    topic: str,
    change: pd.Timestamp,
    last: pd.Timestamp,
    settle_days: int,
    windows: Sequence[HolidayWindow],
) -> Weeks:
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
    return Weeks(
        contacts[first:], exposure[first:], after[first:], used[first:],
        reasons[first:].tolist(), topic,
    )  # fmt: skip


def week_table(weeks: Weeks) -> pd.DataFrame:
    """Return the weeks as rows: counts, side, and why a week was left out."""
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


def weeks_in_words(n: int, what: str = "more") -> str:
    """Return `3 more weeks`, or `3 weeks` and what became of them."""
    unit = "week" if n == 1 else "weeks"
    return f"{n} more {unit}" if what == "more" else f"{n} {unit} {what}"
