"""Cells of any source as text, columns by name whatever their capitals."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from cxtopics.records import RecordFile
from cxtopics.tables.columns import cell_text

__all__ = ["as_dict", "as_list", "as_utc", "cell_text", "find_columns", "is_true"]

_NAIVE = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?")


def find_columns(file: RecordFile, names: Iterable[str]) -> dict[str, str]:
    """Return, for each of `names` that the file has, how the file spells it."""
    spelt = {column.casefold(): column for column in reversed(file.columns)}
    return {name: spelt[name.casefold()] for name in names if name.casefold() in spelt}


def as_dict(value: Any) -> Mapping[str, Any]:
    """Return a nested object, empty where there is none of that shape."""
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """Return a nested list, also one written as JSON into a cell; else an empty one."""
    if isinstance(value, str) and value[:1] == "[":
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return []
    return value if isinstance(value, list) else []


def is_true(value: Any) -> bool:
    """Tell whether a flag is set: true, `TRUE`, `yes`, 1."""
    return (cell_text(value) or "").lower() in ("true", "yes", "1", "t", "y")


def as_utc(value: Any) -> Any:
    """Return a raw time, marked as UTC where it names no zone: of sources that always are."""
    if isinstance(value, datetime) and value.tzinfo is None:
        return f"{value.isoformat()}Z"
    text = value.strip() if isinstance(value, str) else ""
    return f"{text}Z" if _NAIVE.fullmatch(text) else value
