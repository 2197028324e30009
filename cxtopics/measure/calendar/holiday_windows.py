"""Days on which contacts are no guide to a usual week: the sales and holidays of a shop.

The bundled calendar knows Black Friday to Cyber Monday and Christmas. Contacts follow orders
by days, so weeks are left out until some time after a window too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["AFTERMATH_DAYS", "HolidayWindow", "holiday_windows", "touched_weeks"]

AFTERMATH_DAYS = 14
"""Most contacts about an order have come by then."""


@dataclass(frozen=True)
class HolidayWindow:
    """Days from `first` to `last`, both included, that bear a name."""

    name: str
    first: pd.Timestamp
    last: pd.Timestamp


def holiday_windows(first: pd.Timestamp, last: pd.Timestamp) -> tuple[HolidayWindow, ...]:
    """Return the windows of the bundled calendar that touch the days given or just precede them.

    Black Friday is the day after the fourth Thursday of November; its window begins on the
    Monday before. Christmas begins with the last orders that can arrive in time.
    """
    found = []
    for year in range(first.year - 1, last.year + 1):
        november = pd.Timestamp(year, 11, 1)
        friday = november + pd.Timedelta(days=(3 - november.weekday()) % 7 + 22)
        found += [
            HolidayWindow(
                f"Black Friday {year}",
                friday - pd.Timedelta(days=4),
                friday + pd.Timedelta(days=3),
            ),
            HolidayWindow(
                f"Christmas {year}", pd.Timestamp(year, 12, 8), pd.Timestamp(year + 1, 1, 1)
            ),
        ]
    after = pd.Timedelta(days=AFTERMATH_DAYS)
    return tuple(w for w in found if w.first <= last and w.last + after >= first)


def touched_weeks(
    starts: pd.DatetimeIndex, windows: Sequence[HolidayWindow]
) -> npt.NDArray[np.bool_]:
    """Tell which weeks of seven days have a day in a window, or in the time after it."""
    ends = starts + pd.Timedelta(days=6)
    touched = np.zeros(len(starts), dtype=bool)
    for window in windows:
        last = window.last + pd.Timedelta(days=AFTERMATH_DAYS)
        touched |= (starts <= last) & (ends >= window.first)
    return touched
