"""A tagged table dealt to one file per period, in one pass.

Contacts stand in a table as they were tagged, not by time. To read each period from the
table itself would mean to read all of it, probabilities and all, as often as there are
periods; so it is read once, and each contact is put down in the file of its period.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as arrow
import pyarrow.compute as compute

from cxtopics.errors import InputError

__all__ = ["AT", "VECTORS", "as_matrix", "deal_periods", "take_period"]

AT, VECTORS = "at_us", "probabilities"
_ROWS = 50_000  # at a time: 10 MB of fifty probabilities each

Matrix = npt.NDArray[np.float32]


def deal_periods(
    rows: duckdb.DuckDBPyRelation, bounds: npt.NDArray[np.int64], width: int, room: Path
) -> list[Path]:
    """Write rows to one file per period; return the files in the order of the periods.

    Parameters
    ----------
    rows
        Of any number, never in memory together. `AT` is the time of each in microseconds
        (UTC), `VECTORS` its list of probabilities, if there are any.
    bounds
        Where periods begin and, last, where the last one ends (n_periods + 1,). Rows outside
        of them are left out.
    width
        Length of the lists; 0 leaves them out.
    room
        A folder for the files; together they are as large as these columns in memory.

    Raises
    ------
    InputError
        If the lists are not all of that length.
    """
    reader = rows.to_arrow_reader(_ROWS)
    kept = [field for field in reader.schema if field.name not in (AT, VECTORS)]
    names = [field.name for field in kept]
    vector = [arrow.field(VECTORS, arrow.list_(arrow.float32(), width))] if width else []
    schema = arrow.schema([*kept, *vector])
    paths = [room / f"period-{number}.arrow" for number in range(len(bounds) - 1)]
    for path in paths:
        _put(path, schema)  # so that a period without contacts has a file too
    for batch in reader:
        period = np.searchsorted(bounds, batch.column(AT).to_numpy(), side="right") - 1
        matrix = _rows(batch.column(VECTORS), width) if width else None
        for number in np.unique(period[(period >= 0) & (period < len(paths))]):
            places = np.flatnonzero(period == number)
            columns = batch.select(names).take(arrow.array(places)).columns
            if matrix is not None:
                values = arrow.array(matrix[places].ravel())
                columns = [*columns, arrow.FixedSizeListArray.from_arrays(values, width)]
            _put(paths[number], schema, [arrow.record_batch(columns, schema=schema)])
    return paths


def take_period(path: Path) -> tuple[arrow.Table, Matrix | None]:
    """Read the file of a period and remove it; rows are in the order of `contact_id`.

    Returns
    -------
    tuple
        The columns, and the probabilities (n_contacts, n_classes); None where there are none.
    """
    pieces: list[arrow.RecordBatch] = []
    with arrow.OSFile(str(path)) as file:
        while file.tell() < file.size():
            with arrow.ipc.open_stream(file) as stream:
                schema = stream.schema
                pieces.extend(stream)
    path.unlink()
    whole = arrow.Table.from_batches(pieces, schema)
    order = compute.sort_indices(whole.column("contact_id").combine_chunks())
    if VECTORS not in schema.names:
        return whole.take(order), None
    places = np.empty(len(order), dtype=np.intp)
    places[order.to_numpy()] = np.arange(len(order))
    lists = whole.column(VECTORS).chunks
    rows = whole.drop_columns([VECTORS]).take(order)
    return rows, as_matrix(lists, schema.field(VECTORS).type.list_size, places)


def as_matrix(
    lists: Sequence[arrow.Array], width: int, places: npt.NDArray[np.intp] | None = None
) -> Matrix:
    """Return lists of one length as a matrix; a missing list becomes a row of NaN.

    Parameters
    ----------
    lists
        Piece by piece: they are not copied as a whole.
    places
        The row that each list goes to; default: in their order.

    Raises
    ------
    InputError
        If the lists are not all of that length.
    """
    n = sum(map(len, lists))
    to = np.arange(n) if places is None else places
    matrix, done = np.empty((n, width), dtype=np.float32), 0
    for part in lists:
        matrix[to[done : done + len(part)]] = _rows(part, width)
        done += len(part)
    return matrix


def _rows(lists: arrow.Array, width: int) -> Matrix:
    """Return some lists as a matrix, without a copy where none is missing."""
    values = lists.flatten().to_numpy(zero_copy_only=False)
    if len(values) != (len(lists) - lists.null_count) * width:
        raise InputError(
            "tagged contacts: column 'probabilities' holds lists of different lengths",
            "tag the contacts again, with one model",
        )
    values = values.reshape(-1, width).astype(np.float32, copy=False)
    if not lists.null_count:
        return np.asarray(values)
    matrix = np.full((len(lists), width), np.nan, dtype=np.float32)
    matrix[lists.is_valid().to_numpy(zero_copy_only=False)] = values
    return matrix


def _put(path: Path, schema: arrow.Schema, batches: Iterable[arrow.RecordBatch] = ()) -> None:
    """Append rows to a file; it is not kept open, for there may be hundreds of periods."""
    with path.open("ab") as sink, arrow.ipc.new_stream(sink, schema) as stream:
        for batch in batches:
            stream.write_batch(batch)
