"""Rows of Parquet files and of the first sheet of XLSX workbooks."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cxtopics.errors import InputError, MissingExtraError
from cxtopics.records.rows import Record, Rejected

__all__ = ["parquet_columns", "parquet_rows", "xlsx_rows"]

_BATCH = 4096  # rows


def parquet_columns(path: Path) -> tuple[str, ...]:
    """Return the names of a Parquet file's columns.

    Raises
    ------
    InputError
        If it is no Parquet file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return tuple(pq.read_schema(path).names)
    except (pa.ArrowException, OSError):
        raise InputError(f"{path}: not a Parquet file", "write it again") from None


def parquet_rows(path: Path) -> Iterator[Record | Rejected]:
    """Yield the rows of a Parquet file; `line` is the number of the row, from 1."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        with pq.ParquetFile(path) as parquet:
            for batch in parquet.iter_batches(_BATCH):
                for row in batch.to_pylist():
                    number += 1
                    yield Record(number, row)
    except (pa.ArrowException, OSError):
        raise InputError(f"{path}: broken after row {number}", "write it again") from None


def xlsx_rows(path: Path) -> Iterator[Record | Rejected]:
    """Yield the rows of the first sheet; its first row is the header.

    Raises
    ------
    MissingExtraError
        Without openpyxl.
    InputError
        If it is no workbook.
    """
    rows = _sheet(path)
    columns = [str(name).strip() if name is not None else "" for name in next(rows, ())]
    for number, row in enumerate(rows, start=2):
        if any(cell is not None for cell in row):
            yield Record(number, dict(zip(columns, row, strict=False)))


def _sheet(path: Path) -> Iterator[tuple[Any, ...]]:
    try:
        import openpyxl
    except ImportError:
        raise MissingExtraError("reading XLSX", "excel") from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and the like: no matter here
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
            rows = list(book.worksheets[0].iter_rows(values_only=True))
            book.close()
    except Exception:  # openpyxl raises anything from KeyError to BadZipFile
        raise InputError(f"{path}: not an XLSX workbook", "save it again") from None
    return iter(rows)
