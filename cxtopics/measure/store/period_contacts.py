"""The contacts of one period at a time, with what the model thinks of them, for the estimators."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as arrow

from cxtopics.measure.store.counts import Counts
from cxtopics.measure.store.database import Store
from cxtopics.measure.store.period_files import AT, VECTORS, as_matrix, deal_periods, take_period
from cxtopics.measure.store.sql import fetch_one, identifier
from cxtopics.measure.store.staging import counts_sql

__all__ = ["PeriodContacts", "iter_period_contacts", "read_span", "read_spread", "read_texts"]

_COLUMNS = (
    "contact_id", "customer_id", "topic", "topic_forced", "confidence", "runner_up",
    "runner_up_confidence",
)  # fmt: skip
_COUNTED = "is_counted"

Matrix = npt.NDArray[np.float32]


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
    probabilities: Matrix | None


def iter_period_contacts(
    store: Store, counts: Counts, columns: Sequence[str] = ()
) -> Iterator[PeriodContacts]:
    """Yield the contacts of each period of a report; only one period is in memory.

    Parameters
    ----------
    columns
        Further columns of the tagged table, such as `channel`; missing ones are passed over.

    Notes
    -----
    The table is read once and dealt to a file per period in the store's room.
    """
    periods = counts.periods
    days = [*periods["period_start"], periods["period_end"].iloc[-1] + pd.Timedelta(days=1)]
    bounds = np.array([_begin(day, store.timezone).value // 1000 for day in days])
    names, width = _names(store, columns), _width(store)
    with tempfile.TemporaryDirectory(dir=store.room) as room:
        rows = store.db.sql(_select(store, names, width, f"epoch_us(created_at) AS {AT}"))
        for path in deal_periods(rows, bounds, width, Path(room)):
            yield _part(*take_period(path))


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
    names, width = _names(store, columns), _width(store)
    query = f"{_select(store, names, width)} WHERE {where} ORDER BY contact_id"
    rows = store.db.sql(query).to_arrow_table()
    matrix = as_matrix(rows.column(VECTORS).chunks, width) if width else None
    return _part(rows.select([*names, _COUNTED]), matrix)


def _select(store: Store, names: Sequence[str], width: int, *more: str) -> str:
    vectors = [VECTORS] if width else []
    columns = [*map(identifier, [*names, *vectors]), f"{counts_sql(store.renamed)} AS {_COUNTED}"]
    return f"SELECT {', '.join([*columns, *more])} FROM raw_tagged"


def _names(store: Store, columns: Sequence[str]) -> list[str]:
    return [name for name in (*_COLUMNS, *columns) if name in store.tagged.columns]


def _width(store: Store) -> int:
    """Return how many probabilities a contact has; 0 for none."""
    if VECTORS not in store.tagged.columns:
        return 0
    query = f"SELECT len({VECTORS}) FROM raw_tagged WHERE {VECTORS} IS NOT NULL LIMIT 1"
    return int((*fetch_one(store.db, query), 0)[0])


def _part(rows: arrow.Table, matrix: Matrix | None) -> PeriodContacts:
    counted = np.asarray(rows.column(_COUNTED).to_numpy(), dtype=bool)
    return PeriodContacts(rows.drop_columns([_COUNTED]).to_pandas(), counted, matrix)


def _begin(day: pd.Timestamp, timezone: str) -> pd.Timestamp:
    """Return when a local day begins."""
    return day.tz_localize(timezone, ambiguous=True, nonexistent="shift_forward")


def _stamp(time: pd.Timestamp) -> str:
    """Return a time as SQL; its offset is written out, so that no zone of a session comes in."""
    return f"TIMESTAMPTZ '{time.tz_convert('UTC').tz_localize(None).isoformat(sep=' ')}+00:00'"
