"""Rows of Parquet files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cxtopics.errors import InputError
from cxtopics.records.columns import number_names
from cxtopics.records.packed import InputFile, OnBytes
from cxtopics.records.rows import Record, Rejected

if TYPE_CHECKING:
    import pyarrow.parquet as pq

__all__ = ["open_parquet", "parquet_columns", "parquet_rows"]

_BATCH = 4096  # rows


def parquet_columns(file: InputFile) -> tuple[str, ...]:
    """Return the names of a Parquet file's columns, each its own.

    Raises
    ------
    InputError
        If it is no Parquet file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with file.open_anywhere() as raw:
            return number_names(pq.read_schema(raw).names)
    except (pa.ArrowException, OSError):
        raise InputError(f"{file.shown}: not a Parquet file", "write it again") from None


@contextmanager
def open_parquet(file: InputFile) -> Iterator[pq.ParquetFile]:
    """Open a Parquet file to be read a batch at a time; batches that were read take no memory."""
    import pyarrow.parquet as pq

    # what is buffered beforehand is kept until the file is closed
    with file.open_anywhere() as raw, pq.ParquetFile(raw, pre_buffer=False) as parquet:
        yield parquet


def parquet_rows(file: InputFile, on_bytes: OnBytes | None = None) -> Iterator[Record | Rejected]:
    """Yield the rows of a Parquet file; `line` is the number of the row, from 1."""
    import pyarrow as pa

    number = 0
    try:
        with open_parquet(file) as parquet:
            n_rows = max(parquet.metadata.num_rows, 1)
            for batch in parquet.iter_batches(_BATCH):
                named = batch.rename_columns(number_names(batch.schema.names))
                for row in named.to_pylist():
                    number += 1
                    yield Record(number, row)
                if on_bytes:
                    on_bytes(file.n_bytes * batch.num_rows // n_rows)
    except (pa.ArrowException, OSError):
        raise InputError(f"{file.shown}: broken after row {number}", "write it again") from None
