"""Results as plain JSON: a missing or infinite number is null, a day is YYYY-MM-DD."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cxtopics.taxonomy import Taxonomy

__all__ = ["identity", "to_jsonable"]


def to_jsonable(value: Any) -> Any:
    """Return a value that `json.dumps(..., allow_nan=False)` accepts.

    Tables become lists of rows; NaN, infinity, NaT and NA become None.
    """
    if isinstance(value, pd.DataFrame):
        return [to_jsonable(row) for row in value.to_dict(orient="records")]
    if isinstance(value, Mapping):
        return {str(key): to_jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_jsonable(item) for item in value]
    return _scalar(value)


def _scalar(value: Any) -> Any:
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, str | int | bool) else str(value)


def identity(taxonomy: Taxonomy | None) -> dict[str, Any] | None:
    """Return what tells one state of a taxonomy from another, for provenance."""
    if taxonomy is None:
        return None
    return {
        "name": taxonomy.name,
        "version": taxonomy.version,
        "fingerprint": taxonomy.fingerprint,
    }
