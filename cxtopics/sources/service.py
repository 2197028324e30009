"""What a source says of how a contact was served: the optional columns of contacts."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, NamedTuple

import pandas as pd

from cxtopics.errors import InputError
from cxtopics.tables import as_numbers, as_text, parse_times, time_text
from cxtopics.tables.columns import cell_text

__all__ = [
    "NO_SERVICE",
    "SERVICE_COLUMNS",
    "Service",
    "after",
    "csat_of",
    "join_tags",
    "number_of",
    "seconds_of",
    "service_cells",
    "service_columns",
    "status_of",
]


class Service(NamedTuple):
    """The optional columns of one contact, each missing (None) where the source says nothing.

    Attributes
    ----------
    first_response_at, resolved_at
        Raw times like `created_at`, or a `timedelta` since `created_at`.
    csat
        1.0 satisfied, 0.0 not; None where nobody was asked, or nobody answered.
    n_agent_messages
        Public messages that people wrote to the customer.
    tags
        Joined with `, `.
    """

    first_response_at: Any = None
    resolved_at: Any = None
    csat: float | None = None
    handle_time_s: float | None = None
    status: str | None = None
    n_agent_messages: int | None = None
    language: str | None = None
    tags: str | None = None


NO_SERVICE = Service()
"""Of a source that says nothing of it."""
SERVICE_COLUMNS = Service._fields

_STATUS = {
    **dict.fromkeys(("new", "open", "active", "2", "reopened"), "open"),
    **dict.fromkeys(("pending", "hold", "on-hold", "on hold", "snoozed", "3"), "pending"),
    **dict.fromkeys(("solved", "resolved", "4"), "resolved"),
    **dict.fromkeys(("closed", "5"), "closed"),
}
_SATISFIED = re.compile(
    r"(?:(?:extremely|very|highly|completely) )?(?:good|great|happy|satisfied|amazing|awesome"
    r"|excellent)\b",
    re.IGNORECASE,
)
_NOT_SATISFIED = re.compile(
    r"(?:(?:extremely|very|highly|completely) )?(?:bad|unhappy|dissatisfied|unsatisfied"
    r"|not good|not ok|okay|ok|neutral|terrible|poor|neither)\b",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"(?:(\d+) days?,? ?)?(\d{1,5}):(\d{2})(?::(\d{2}))?")
_SINCE = re.compile(r"\+(-?\d+(?:\.\d+)?)s")  # how a `timedelta` is kept
_TIMES = ("first_response_at", "resolved_at")
_NUMBERS = ("csat", "handle_time_s", "n_agent_messages")


def status_of(word: Any) -> str | None:
    """Return `open`, `pending`, `resolved` or `closed`; other words in small letters."""
    text = (cell_text(word) or "").lower()
    return _STATUS.get(text, text) or None


def csat_of(score: Any, *, scale: int | None = 5) -> float | None:
    """Return 1.0 for a satisfied customer, 0.0 for one who is not, None for no answer.

    Parameters
    ----------
    score
        A word (`good`, `Very Happy`, `Bad`; `neutral` is not satisfied) or a number.
    scale
        Best score where scores are numbers; the upper two fifths count as satisfied. None:
        numbers are 1 (satisfied) and 0.
    """
    text = cell_text(score) or ""
    try:
        number = float(text)
    except ValueError:
        if _NOT_SATISFIED.match(text):
            return 0.0
        return 1.0 if _SATISFIED.match(text) else None
    if scale is None:
        return number if number in (0.0, 1.0) else None
    return float(number > 0.6 * scale) if 0 < number <= scale else None


def seconds_of(cell: Any, *, unit_s: float = 1.0) -> float | None:
    """Return a duration in seconds: a number of units, `HH:MM:SS` or `2 days 03:04:05`."""
    text = cell_text(cell) or ""
    if found := _CLOCK.fullmatch(text):
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return float(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
    try:
        duration = float(text.replace(",", "")) * unit_s
    except ValueError:
        return None
    return duration if math.isfinite(duration) and 0 <= duration < 1e9 else None


def number_of(cell: Any) -> float | None:
    """Return a cell as a number, None where it is none."""
    try:
        number = float(cell_text(cell) or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def after(seconds: float | None) -> timedelta | None:
    """Return a moment told as seconds since `created_at`."""
    return None if seconds is None else timedelta(seconds=seconds)


def join_tags(tags: Iterable[Any]) -> str | None:
    """Return tags as one text, each once; None where there are none."""
    words = (cell_text(tag) for tag in tags)
    return ", ".join(dict.fromkeys(word for word in words if word)) or None


def service_cells(service: Service) -> tuple[str | None, ...]:
    """Return one contact's values as text, as they are kept until all contacts are known."""
    return tuple(
        _moment_text(cell) if name in _TIMES else cell_text(cell)
        for name, cell in zip(SERVICE_COLUMNS, service, strict=True)
    )


def _moment_text(cell: Any) -> str | None:
    return f"+{cell.total_seconds():.6f}s" if isinstance(cell, timedelta) else time_text(cell)


def service_columns(
    cells_of: Callable[[str], pd.Series],
    created_at: pd.Series,
    where: str,
    *,
    timezone: str | None = None,
    date_format: str | None = None,
) -> tuple[pd.DataFrame, list[str]]:
    """Return those optional columns in which any contact has a value, and notices.

    Parameters
    ----------
    cells_of
        Returns one of `SERVICE_COLUMNS`, the `service_cells` of each contact: all of them
        are never in memory together.
    created_at
        UTC times of the same contacts, with the same index.

    Notes
    -----
    A column of times that cannot be read is left out with a notice: it is no reason to
    refuse the contacts. A moment before its contact was created is missing.
    """
    columns, notices = {}, []
    for name in SERVICE_COLUMNS:
        raw = cells_of(name)
        if raw.isna().all():
            continue
        if name not in _TIMES:
            columns[name] = as_numbers(raw) if name in _NUMBERS else as_text(raw)
            if name == "csat":
                columns[name], scale = _satisfied(columns[name])
                notices += scale
            continue
        try:
            columns[name] = _moments(raw, created_at, f"{where}: {name}", timezone, date_format)
        except InputError as error:
            notices.append(f"{error}; the column {name} is left out")
    table = pd.DataFrame(columns, index=created_at.index)
    return table.loc[:, table.notna().any()], notices


def _satisfied(scores: pd.Series) -> tuple[pd.Series, list[str]]:
    """Return shares of satisfaction; scores above 1 show that the column has another scale."""
    if not (scores > 1).any():
        return scores, []
    scale = next((best for best in (5, 10, 100) if scores.max() <= best), None)
    if scale is None:
        return scores * float("nan"), [f"csat: scores up to {scores.max():g}: not read"]
    said = f"csat: read as scores up to {scale}; above {0.6 * scale:g} counts as satisfied"
    return scores.map(lambda score: csat_of(score, scale=scale)), [said]


def _moments(
    raw: pd.Series, created_at: pd.Series, where: str, timezone: str | None, date_format: str | None
) -> pd.Series:  # fmt: skip
    since = raw.astype("string").str.extract(f"^{_SINCE.pattern}$")[0].astype("Float64")
    moments: pd.Series = created_at + pd.to_timedelta(since.astype("float64"), unit="s")
    moments = moments.dt.round("us").astype(created_at.dtype)
    told = raw[since.isna() & raw.notna()]
    if len(told):
        moments[told.index] = parse_times(
            told, where, timezone=timezone, date_format=date_format
        ).values
    return moments.where(moments >= created_at)
