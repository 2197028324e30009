"""Numbers, periods and topics as people read them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

import pandas as pd

from cxtopics.measure.calendar.periods import period_name
from cxtopics.measure.counting import ABSTAINED, ALL, NO_TEXT
from cxtopics.taxonomy import OTHER, Taxonomy

__all__ = [
    "DASH",
    "LEVERS",
    "cell",
    "contacts_of",
    "interval",
    "money",
    "number",
    "percent",
    "period",
    "quoted",
    "topic_names",
]

DASH = "–"
LEVERS = {
    "self_service": "Self-service",
    "proactive": "Tell them first",
    "fix_root": "Fix the cause",
    "keep_human": "Keep with people",
}
"""What to call a lever; the ids stay in the files."""
_FEW = 5
_SPECIAL = {
    ALL: "All contacts",
    OTHER: "Other (no topic fits)",
    ABSTAINED: "Topic not told (the model abstained)",
    NO_TEXT: "No text to tell a topic from",
}


def number(value: float, digits: int = 0) -> str:
    """Return a number with thousands separated; a dash where it is missing."""
    return f"{value:,.{digits}f}" if math.isfinite(value) else DASH


def cell(value: float | None) -> str:
    """Return a number as the script of the tables reads it; empty where it is missing."""
    return f"{value:.6g}" if value is not None and math.isfinite(value) else ""


def contacts_of(row: Mapping[str, float]) -> str:
    """Return a topic's contacts; below 5, only what they are fewer than.

    An estimate of two contacts is no more than "few"; the end of its interval says how few.
    """
    n, high = row["n_contacts"], row["n_contacts_high"]
    if 0 < n < _FEW and n != row["n_contacts_low"] and math.isfinite(high):
        return f"fewer than {max(_FEW, math.floor(high) + 1):,}"
    return number(n)


def percent(value: float, digits: int = 0) -> str:
    """Return a share as percent; a dash where it is missing."""
    return f"{100 * value:.{digits}f} %" if math.isfinite(value) else DASH


def interval(low: float, high: float, digits: int = 0) -> str:
    """Return `(low–high)`, empty where there is none; "to" where a minus sign would confuse."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    between = " to " if low < 0 else DASH
    return f"({number(low, digits)}{between}{number(high, digits)})"


def money(value: float, currency: str) -> str:
    """Return an amount in whole units of its currency, or with cents below 10."""
    return f"{currency} {number(value, 0 if abs(value) >= 10 or value == 0 else 2)}"


def period(start: str, end: str) -> str:
    """Return a period in words, from its first and last day."""
    return period_name(pd.Timestamp(start), pd.Timestamp(end))


def quoted(label: str) -> str:
    """Return a label in quotation marks, for a sentence."""
    return f"“{label}”"


def topic_names(topics: Iterable[str], taxonomy: Taxonomy | None) -> dict[str, str]:
    """Return what to call each topic row; labels that two topics share get the id added."""
    labels = {
        topic: _SPECIAL.get(topic) or (taxonomy.label(topic) if taxonomy else topic)
        for topic in topics
    }
    uses = Counter(labels.values())
    return {
        topic: label if uses[label] == 1 else f"{label} [{topic}]"
        for topic, label in labels.items()
    }
