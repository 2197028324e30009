"""More rows than fit into memory: columns of text, on disk in the order they came.

`TextRows` holds short columns (ids, stamps) compactly in memory. `Spool` keeps rows in a file
and gives them back a few columns at a time, or a few rows at a time in any other order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from cxtopics.tables.columns import cell_text

__all__ = ["ROWS_PER_FRAME", "Spool", "TextRows"]

ROWS_PER_FRAME = 32_768
_RANK = "__rank"
_PACKED = pa.ipc.IpcWriteOptions(compression="lz4")
Order = npt.NDArray[np.int64]


class TextRows:
    """Rows of short cells, a few bytes each beyond their text."""

    def __init__(self, columns: Sequence[str], numbers: Sequence[str] = ()) -> None:
        self._schema = _schema(columns, numbers)
        self._batches: list[pa.RecordBatch] = []

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        """Add rows, whose cells are in the order of the columns."""
        self._batches.append(_to_batch(rows, self._schema))

    def to_frame(self) -> pd.DataFrame:
        """Return all rows; text columns are text, missing cells missing."""
        table = pa.Table.from_batches(self._batches, self._schema)
        self._batches = []  # one copy is enough
        frame: pd.DataFrame = table.to_pandas(split_blocks=True, self_destruct=True)
        return frame


class Spool:
    """Rows in a file, written once, then read back by columns or in an order found out later.

    Parameters
    ----------
    path
        The file, in a folder where others may be made beside it.
    numbers
        Those of the columns that hold whole numbers; the others hold text.
    """

    def __init__(self, path: Path, columns: Sequence[str], numbers: Sequence[str] = ()) -> None:
        self._path = path
        self._schema = _schema(columns, numbers)
        self._out = pa.ipc.new_stream(self._path, self._schema, options=_PACKED)

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        """Add rows, whose cells are in the order of the columns."""
        self._out.write_batch(_to_batch(rows, self._schema))

    def columns(self, names: Sequence[str]) -> pd.DataFrame:
        """Return some columns of all rows, in the order they came; missing cells missing."""
        self._out.close()
        table = _read(self._path, [self._schema.get_field_index(name) for name in names])
        frame: pd.DataFrame = table.to_pandas(split_blocks=True, self_destruct=True)
        return frame[list(names)]

    def frames(self, order: Order) -> Iterator[pd.DataFrame]:
        """Yield the rows whose numbers `order` lists, in that order.

        Rows that belong into one frame are first brought together in a file of their own,
        so that every row is written and read twice, whatever the order.
        """
        self._out.close()
        n_frames = -(-len(order) // ROWS_PER_FRAME)
        gathered = self._gather(order, n_frames)
        for path in gathered:
            table = _read(path)
            ranks = table.column(_RANK).to_numpy()
            yield table.drop_columns([_RANK]).take(np.argsort(ranks)).to_pandas()
            path.unlink()

    def _gather(self, order: Order, n_frames: int) -> list[Path]:
        paths = [
            self._path.with_name(f"{self._path.name}-{number:06d}") for number in range(n_frames)
        ]
        schema = self._schema.append(pa.field(_RANK, pa.int64()))
        outs = [pa.ipc.new_stream(path, schema, options=_PACKED) for path in paths]
        at = 0
        ranks_of = np.full(int(order.max(initial=-1)) + 1, -1, dtype=np.int64)
        ranks_of[order] = np.arange(len(order))
        try:
            for batch in self._batches():
                ranks = ranks_of[at : at + batch.num_rows]
                at += batch.num_rows
                for frame in np.unique(ranks[ranks >= 0] // ROWS_PER_FRAME):
                    wanted = np.flatnonzero((ranks >= 0) & (ranks // ROWS_PER_FRAME == frame))
                    part = batch.take(pa.array(wanted))
                    outs[frame].write_batch(
                        pa.record_batch([*part.columns, pa.array(ranks[wanted])], schema=schema)
                    )
        finally:
            for out in outs:
                out.close()
        self._path.unlink()
        return paths

    def _batches(self) -> Iterable[pa.RecordBatch]:
        with pa.OSFile(str(self._path)) as raw, pa.ipc.open_stream(raw) as stream:
            yield from stream


def _read(path: Path, fields: list[int] | None = None) -> pa.Table:
    options = pa.ipc.IpcReadOptions(included_fields=fields)
    with pa.OSFile(str(path)) as raw, pa.ipc.open_stream(raw, options=options) as stream:
        return stream.read_all()


def _schema(columns: Sequence[str], numbers: Sequence[str]) -> pa.Schema:
    return pa.schema(
        [(name, pa.int64() if name in numbers else pa.large_string()) for name in columns]
    )


def _to_batch(rows: Sequence[Sequence[Any]], schema: pa.Schema) -> pa.RecordBatch:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [_array(cells, field.type) for cells, field in zip(columns, schema, strict=True)]
    return pa.record_batch(arrays, schema=schema)


def _array(cells: Sequence[Any], kind: pa.DataType) -> pa.Array:
    try:
        return pa.array(cells, kind)
    except (UnicodeEncodeError, pa.ArrowException, OverflowError):
        return pa.array([cell_text(cell) for cell in cells], kind)
