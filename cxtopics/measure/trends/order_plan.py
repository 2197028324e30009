"""Planned orders, as a number or a table -> orders by day, in whole weeks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxtopics.errors import InputError

__all__ = ["plan_orders"]


def plan_orders(
    planned: pd.DataFrame | float, start: pd.Timestamp, n_weeks: int | None = None
) -> pd.Series[float]:
    """Return planned orders by day, from `start` on, whole weeks.

    Parameters
    ----------
    planned
        Orders a week; or a table with a column `orders` and the first day of each row's time
        in `date` (or `week_start`, `period_start`, `created_at`). A row lasts until the next
        one begins, the last as long as the one before it (a single one: a week).

    Raises
    ------
    InputError
        If a column is missing or not readable, or no whole week lies ahead.
    """
    if not isinstance(planned, pd.DataFrame):
        days = pd.date_range(start, periods=7 * (n_weeks or 8), freq="D")
        return pd.Series(float(planned) / 7, index=days)
    by_day = _plan_by_day(planned)
    ahead = by_day.loc[start:]
    weeks = len(ahead) // 7 if n_weeks is None else n_weeks
    if not weeks or len(ahead) < 7 * weeks or ahead.index[0] != start:
        raise InputError(
            f"planned orders cover {by_day.index[0]:%Y-%m-%d} to {by_day.index[-1]:%Y-%m-%d}, "
            f"expected {weeks or 1} whole weeks from {start:%Y-%m-%d} on",
            "plan from the day after the last contact, or ask for fewer --weeks",
        )
    return ahead.iloc[: 7 * weeks]


def _plan_by_day(planned: pd.DataFrame) -> pd.Series[float]:
    names = ("date", "week_start", "period_start", "created_at")
    day = next((name for name in names if name in planned.columns), None)
    if day is None or "orders" not in planned.columns:
        raise InputError(
            f"planned orders: got the columns {', '.join(map(str, planned.columns))}",
            "expected `date` (first day of each row) and `orders`",
        )
    starts = pd.to_datetime(planned[day], errors="coerce")
    counts = pd.to_numeric(planned["orders"], errors="coerce")
    if starts.isna().any() or counts.isna().any() or (counts < 0).any():
        raise InputError(
            "planned orders: a date or a number is not readable", "write 2026-03-02 and 350"
        )
    if starts.duplicated().any():
        raise InputError("planned orders: a date comes twice", "give one row per time")
    local = pd.DatetimeIndex(starts).tz_localize(None).normalize()
    plan = pd.Series(counts.to_numpy(float), index=local).sort_index()
    lengths = np.diff(plan.index.to_numpy()).astype("timedelta64[D]").astype(int)
    lengths = np.append(lengths, lengths[-1] if len(lengths) else 7)
    days = pd.date_range(plan.index[0], periods=int(lengths.sum()), freq="D")
    return pd.Series(np.repeat(plan.to_numpy() / lengths, lengths), index=days)
