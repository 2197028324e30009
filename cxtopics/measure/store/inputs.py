"""Tables that `report` can count in: right columns, UTC times, ids as text.

A Parquet table whose columns have their proper types is read where it lies, however large.
Everything else (a CSV has only text, other people's tables have numbers for ids and times
without a zone, a notebook has a DataFrame) is read as what it means by `tables.coerce` and
then counted in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as arrow
import pyarrow.parquet as pq

from cxtopics._pandera import pa
from cxtopics.errors import InputError
from cxtopics.records import show_columns
from cxtopics.schemas import ORDERS, TAGGED
from cxtopics.tables import as_flags, as_text, coerce, parts_of, read_table

__all__ = [
    "Source",
    "Table",
    "open_orders",
    "open_tagged",
    "read_orders",
    "read_tagged",
]

Source = pd.DataFrame | str | Path
"""A table in memory, a file of any format, or a folder of Parquet parts."""

_TAGS = (
    "topic_forced", "needs_review", "confidence", "runner_up", "runner_up_confidence",
    "probabilities", "text",
)  # fmt: skip


@dataclass(frozen=True)
class Table:
    """A table that can be counted in: Parquet files, or rows in memory.

    Attributes
    ----------
    where
        What errors call it.
    parts
        Parquet files with proper types; empty where `rows` holds the table.
    """

    where: str
    columns: tuple[str, ...]
    parts: tuple[Path, ...] = ()
    rows: arrow.Table | None = None


def open_tagged(source: Source, extra: Sequence[str] = ()) -> Table:
    """Return the tagged contacts, with the columns that a report may use and `extra` ones.

    Raises
    ------
    InputError
        If there are no rows, a column is missing, a time is unreadable or an id comes twice.
    """
    return _open(source, TAGGED, (*_TAGS, *extra), "tagged contacts")


def open_orders(source: Source, extra: Sequence[str] = ()) -> Table:
    """Return the orders, with the columns that a report may use and `extra` ones.

    Raises
    ------
    InputError
        If there are no rows, a column is missing, a time is unreadable or an id comes twice.
    """
    return _open(source, ORDERS, extra, "orders")


def read_tagged(
    source: Source, columns: Sequence[str] = ("contact_id", "created_at", "topic")
) -> pd.DataFrame:
    """Return some columns of a tagged table in memory, checked as by `open_tagged`."""
    return _to_memory(open_tagged(source, columns), columns)


def read_orders(
    source: Source, columns: Sequence[str] = ("order_id", "created_at")
) -> pd.DataFrame:
    """Return some columns of an orders table in memory, checked as by `open_orders`."""
    return _to_memory(open_orders(source, columns), columns)


def _to_memory(table: Table, columns: Sequence[str]) -> pd.DataFrame:
    kept = [name for name in columns if name in table.columns]
    if table.rows is not None:
        rows: pd.DataFrame = table.rows.select(kept).to_pandas()
        return rows
    parts = [pq.read_table(part, columns=kept).to_pandas() for part in table.parts]
    whole: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return whole


def _open(source: Source, schema: pa.DataFrameSchema, extra: Sequence[str], where: str) -> Table:
    used = tuple(dict.fromkeys([*schema.columns, *extra]))
    if isinstance(source, pd.DataFrame):
        return _in_memory(source, schema, used, where)
    parts = parts_of(source)
    if all(part.suffix.lower() == ".parquet" and part.is_file() for part in parts):
        columns = _typed_columns(parts, schema)
        if columns is not None:
            _check_columns(columns, schema, where)
            return Table(where, tuple(name for name in used if name in columns), parts=parts)
    frames = [read_table(part) for part in parts]
    return _in_memory(pd.concat(frames, ignore_index=True), schema, used, where)


def _typed_columns(parts: Sequence[Path], schema: pa.DataFrameSchema) -> list[str] | None:
    """Return the columns of Parquet files that need no conversion; None if any does."""
    try:
        types = [pq.read_schema(part) for part in parts]
    except (OSError, arrow.ArrowInvalid):
        return None  # `read_table` says what is wrong
    if any(one.names != types[0].names for one in types):
        return None
    fits = all(
        _fits(field.type, str(schema.columns[field.name].dtype))
        for one in types
        for field in one
        if field.name in schema.columns
    )
    return list(types[0].names) if fits else None


def _fits(kind: arrow.DataType, wanted: str) -> bool:
    if arrow.types.is_dictionary(kind):
        kind = kind.value_type
    if wanted.startswith("datetime"):
        return bool(arrow.types.is_timestamp(kind) and kind.tz)
    if wanted.startswith("float"):
        return bool(arrow.types.is_floating(kind) or arrow.types.is_integer(kind))
    if wanted == "boolean":
        return bool(arrow.types.is_boolean(kind))
    return bool(arrow.types.is_string(kind) or arrow.types.is_large_string(kind))


def _in_memory(
    frame: pd.DataFrame, schema: pa.DataFrameSchema, used: Sequence[str], where: str
) -> Table:
    if frame.empty:
        raise InputError(f"{where}: the table has no rows", "is it the file you meant?")
    _check_columns(list(frame.columns), schema, where)
    kept = [name for name in used if name in frame.columns]
    typed = coerce(frame[kept], schema, where)
    for name in kept:
        if name == "needs_review":
            typed[name] = as_flags(typed[name]).fillna(False).astype(bool)
        elif name in ("topic_forced", "runner_up", "text"):
            typed[name] = as_text(typed[name])
        elif name in ("confidence", "runner_up_confidence"):
            typed[name] = pd.to_numeric(typed[name], errors="coerce")
        elif name not in schema.columns and name != "probabilities":
            typed[name] = as_text(typed[name])
    rows = arrow.Table.from_pandas(typed, preserve_index=False)
    return Table(where, tuple(kept), rows=rows)


def _check_columns(columns: Sequence[str], schema: pa.DataFrameSchema, where: str) -> None:
    required = [name for name, column in schema.columns.items() if column.required]
    if missing := [name for name in required if name not in columns]:
        raise InputError(
            f"{where}: column '{missing[0]}' is missing; got {show_columns(columns)}",
            f"expected at least {', '.join(required)}",
        )
