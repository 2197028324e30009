"""The contacts of one period at a time, with what the model thinks of them, for the estimators."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as arrow

from cxtopics.errors import InputError
from cxtopics.measure.counts import Counts
from cxtopics.measure.sql import identifier
from cxtopics.measure.staging import counts_sql
from cxtopics.measure.store import Store

__all__ = ["PeriodContacts", "iter_period_contacts", "read_span", "read_spread", "read_texts"]

_COLUMNS = (
    "contact_id", "customer_id", "topic", "topic_forced", "confidence", "runner_up",
    "runner_up_confidence",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class PeriodContacts:
    """The contacts of a period, in the order of their ids.

    Attributes
    ----------
    table
        Those of `contact_id, customer_id, topic, topic_forced, confidence, runner_up,
        runner_up_confidence` that the tagged table has, as they stand there, and the
        further ones asked for.
    counted
        False for contacts whose tag keeps them out of every rate (n_contacts,).
    probabilities
        float32, shape (n_contacts, n_classes), in the order of the model's classes; rows
        of contacts without text are NaN. None where the table has none.
    """

    table: pd.DataFrame
    counted: npt.NDArray[np.bool_]
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
    for first, last in zip(
        counts.periods["period_start"], counts.periods["period_end"], strict=True
    ):
        start, end = (_begin(day, store.timezone) for day in (first, last + pd.Timedelta(days=1)))
        yield read_span(store, start, end, columns)


def read_span(
    store: Store,
    start: pd.Timestamp | None = None,
    end: pd.Timestamp | None = None,
    columns: Sequence[str] = (),
) -> PeriodContacts:
    """Return the contacts created at `start` or later and before `end` (UTC); None: all."""
    sides = ((start, ">="), (end, "<"))
    tests = [f"created_at {sign} {_stamp(time)}" for time, sign in sides if time is not None]
    return _read(store, " AND ".join(tests) or "true", columns)


def read_spread(store: Store, n: int) -> PeriodContacts:
    """Return about n contacts spread evenly over the table; all of a smaller one."""
    step = max(1, store.contact_days.n // n)
    return _read(store, f"hash(contact_id) % {step} = 0")


def read_texts(store: Store, contact_ids: Sequence[str]) -> pd.Series[str]:
    """Return the texts of some contacts, by id; empty where the table keeps no text."""
    if "text" not in store.tagged.columns:
        return pd.Series([], index=pd.Index([], dtype=str), dtype=str)
    wanted = arrow.table({"contact_id": arrow.array(list(contact_ids), arrow.string())})
    store.db.register("wanted_ids", wanted)
    found = store.db.execute(
        "SELECT contact_id, text FROM raw_tagged SEMI JOIN wanted_ids USING (contact_id) "
        "WHERE text IS NOT NULL ORDER BY 1"
    ).df()
    store.db.unregister("wanted_ids")
    return found.set_index("contact_id")["text"]


def _read(store: Store, where: str, columns: Sequence[str] = ()) -> PeriodContacts:
    names = [name for name in (*_COLUMNS, *columns) if name in store.tagged.columns]
    has_vectors = "probabilities" in store.tagged.columns
    chosen = ", ".join(map(identifier, [*names, *["probabilities"] * has_vectors]))
    rows: Any = store.db.sql(
        f"SELECT {chosen}, {counts_sql(store.renamed)} AS is_counted FROM raw_tagged "
        f"WHERE {where} ORDER BY contact_id"
    ).to_arrow_table()
    counted = np.asarray(rows.column("is_counted").to_numpy(), dtype=bool)
    matrix = None
    if has_vectors:
        matrix = _matrix(rows.column("probabilities"))
        rows = rows.drop_columns(["probabilities"])  # they were there twice
    return PeriodContacts(rows.select(names).to_pandas(), counted, matrix)


def _begin(day: pd.Timestamp, timezone: str) -> pd.Timestamp:
    """Return when a local day begins."""
    return day.tz_localize(timezone, ambiguous=True, nonexistent="shift_forward")


def _stamp(time: pd.Timestamp) -> str:
    """Return a time as SQL; its offset is written out, so that no zone of a session comes in."""
    return f"TIMESTAMPTZ '{time.tz_convert('UTC').tz_localize(None).isoformat(sep=' ')}+00:00'"


def _matrix(column: arrow.ChunkedArray) -> npt.NDArray[np.float32]:
    """Return lists of equal length as a matrix; a missing list becomes a row of NaN."""
    n_known = len(column) - column.null_count
    n_values = sum(len(chunk.flatten()) for chunk in column.chunks)
    width, at = n_values // max(n_known, 1), 0
    matrix = np.full((len(column), width), np.nan, dtype=np.float32)
    for chunk in column.chunks:  # chunk by chunk: the column is not copied as a whole
        known = chunk.is_valid().to_numpy(zero_copy_only=False)
        values = chunk.flatten().to_numpy(zero_copy_only=False)
        if len(values) != known.sum() * width:
            raise InputError(
                "tagged contacts: column 'probabilities' holds lists of different lengths",
                "tag the contacts again, with one model",
            )
        matrix[at : at + len(chunk)][known] = values.reshape(-1, width)
        at += len(chunk)
    return matrix
