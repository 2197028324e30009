"""The contacts of one period at a time, with their probabilities, for the estimators."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as arrow

from cxtopics.measure.counts import Counts
from cxtopics.measure.store import Store, identifier, literal
from cxtopics.taxonomy import NOT_COUNTED

__all__ = ["PeriodContacts", "iter_period_contacts"]

_COLUMNS = (
    "contact_id", "customer_id", "topic", "topic_forced", "confidence", "runner_up",
    "runner_up_confidence",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class PeriodContacts:
    """The contacts counted in a period, in the order of their ids.

    Attributes
    ----------
    table
        Those of `contact_id, customer_id, topic, topic_forced, confidence, runner_up,
        runner_up_confidence` that the tagged table has, and the further ones asked for.
    probabilities
        float32, shape (n_contacts, n_classes), in the order of the model's classes; rows
        of contacts without text are NaN. None where the table has none.
    """

    period: pd.Period
    table: pd.DataFrame
    probabilities: npt.NDArray[np.float32] | None


def iter_period_contacts(
    store: Store, counts: Counts, columns: Sequence[str] = ()
) -> Iterator[PeriodContacts]:
    """Yield the contacts of each period of a report; only one period is in memory.

    Parameters
    ----------
    columns
        Further columns of the tagged table, such as `channel`; missing ones are passed over.
    """
    names = [name for name in (*_COLUMNS, *columns) if name in store.tagged.columns]
    has_vectors = "probabilities" in store.tagged.columns
    chosen = [*names, "probabilities"] if has_vectors else names
    reserved = ", ".join(map(literal, NOT_COUNTED))
    for period, row in zip(
        counts.periods.index, counts.periods.to_dict(orient="records"), strict=True
    ):
        start, end = (
            _utc(day, store.timezone)
            for day in (row["period_start"], row["period_end"] + pd.Timedelta(days=1))
        )
        rows: Any = store.db.sql(
            f"SELECT {', '.join(map(identifier, chosen))} FROM raw_tagged "
            f"WHERE epoch_us(created_at) >= {start} AND epoch_us(created_at) < {end} "
            f"AND coalesce(topic NOT IN ({reserved}), true) ORDER BY contact_id"
        ).to_arrow_table()
        matrix = _matrix(rows.column("probabilities")) if has_vectors else None
        yield PeriodContacts(period, rows.select(names).to_pandas(), matrix)


def _utc(day: pd.Timestamp, timezone: str) -> int:
    """Return when a local day begins, in microseconds UTC."""
    local = day.tz_localize(timezone, ambiguous=True, nonexistent="shift_forward")
    return int(local.tz_convert("UTC").value // 1000)


def _matrix(column: arrow.ChunkedArray) -> npt.NDArray[np.float32]:
    """Return lists of equal length as a matrix; a missing list becomes a row of NaN."""
    known = column.drop_null().combine_chunks()
    values = known.flatten().to_numpy(zero_copy_only=False).astype(np.float32)
    width = len(values) // max(len(known), 1)
    matrix = np.full((len(column), width), np.nan, dtype=np.float32)
    matrix[column.is_valid().to_numpy(zero_copy_only=False)] = values.reshape(-1, width)
    return matrix
