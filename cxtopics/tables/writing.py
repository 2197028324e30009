"""Tables written by the ending of their path, whole or not at all."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as arrow
import pyarrow.parquet as pq

from cxtopics.errors import InputError
from cxtopics.records import LeftOut, Reconciliation, Rejected
from cxtopics.tables.formulas import defuse_formulas
from cxtopics.tables.spool import ROWS_PER_FRAME
from cxtopics.tables.workbook import write_workbook

__all__ = [
    "PROVENANCE",
    "check_output",
    "making_room",
    "write_accounted",
    "write_left_out",
    "write_rejected",
    "write_sheets",
    "write_table",
    "writing",
]

PROVENANCE = b"cxtopics"  # key in a Parquet footer
_WRITERS = (".parquet", ".csv", ".tsv", ".ndjson", ".jsonl", ".xlsx")


def write_table(
    frame: pd.DataFrame | Iterable[pd.DataFrame],
    path: str | Path,
    provenance: dict[str, Any] | None = None,
    *,
    vectors: Sequence[str] = (),
) -> None:
    """Write a table by the ending of its path; `-` writes CSV to stdout.

    Parameters
    ----------
    frame
        The table, or its parts in order (never held in memory together).
    provenance
        Goes into a Parquet file's footer; other formats cannot carry it.
    vectors
        Columns of equally long lists (Parquet keeps that length in their type).

    Raises
    ------
    InputError
        If the ending is none of the formats, or the place cannot be written to.
    """
    parts = _parts_of(frame) if isinstance(frame, pd.DataFrame) else frame
    if str(path) == "-":
        _write_delimited(parts, sys.stdout, ",")
        return
    check_output(path)
    path = Path(path)
    kind = path.suffix.lower()
    with writing(path) as beside:
        if kind == ".parquet":
            _write_parquet(parts, beside, provenance or {}, vectors)
            return
        if kind == ".xlsx":
            write_workbook({"table": parts}, beside, path)
            return
        with beside.open("w", encoding="utf-8", newline="") as out:
            if kind in (".csv", ".tsv"):
                _write_delimited(parts, out, "\t" if kind == ".tsv" else ",")
            else:
                _write_lines(parts, out)


def write_sheets(tables: Mapping[str, pd.DataFrame], path: str | Path) -> None:
    """Write several tables as the sheets of one XLSX workbook, cells as in a CSV file.

    Raises
    ------
    MissingExtraError
        Without openpyxl.
    InputError
        If a sheet cannot hold its table, or the place cannot be written to.
    """
    path = Path(path)
    with writing(path) as beside:
        write_workbook({name: _parts_of(table) for name, table in tables.items()}, beside, path)


def _parts_of(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Cut a table where one that comes in parts would be cut: the same file either way."""
    starts = range(0, len(frame), ROWS_PER_FRAME)
    return [frame.iloc[start : start + ROWS_PER_FRAME] for start in starts] or [frame]


def write_accounted(
    table: pd.DataFrame | Iterable[pd.DataFrame],
    path: str | Path,
    name: str,
    account: Reconciliation,
    version: str,
) -> None:
    """Write a table with the account of the rows it was made from.

    The account goes into a Parquet file's footer under `name`; beside the table come
    `<path>.rejected.csv` and `<path>.left_out.csv`, if there are such rows.

    Raises
    ------
    InputError
        If the ending is none of the formats, or the place cannot be written to.
    """
    write_table(table, path, {name: account.to_dict(), "cxtopics": version})
    write_rejected(account.rejected, path)
    write_left_out(account.left_out_rows, path)


def check_output(path: str | Path) -> None:
    """Refuse an output that could not be written, before hours of work go into it.

    Raises
    ------
    InputError
        If the ending is none of the formats, or the path is a folder.
    """
    path = Path(path)
    if str(path) != "-" and path.suffix.lower() not in _WRITERS:
        raise InputError(
            f"{path}: got the ending '{path.suffix}', expected one of {', '.join(_WRITERS)}",
            "name the output by the format it should have",
        )
    if path.is_dir():
        raise InputError(f"{path}: is a folder", f"name a file in it: {path / 'table.parquet'}")


def _write_parquet(
    parts: Iterable[pd.DataFrame], path: Path, provenance: dict[str, Any], vectors: Sequence[str]
) -> None:
    note = {PROVENANCE: json.dumps(provenance, sort_keys=True).encode()}
    writer: pq.ParquetWriter | None = None
    try:
        for part in parts:
            schema = writer.schema if writer else None
            table = arrow.Table.from_pandas(part, schema=schema, preserve_index=False)
            if writer is None:
                table = _settled(table, vectors)
                table = table.replace_schema_metadata({**(table.schema.metadata or {}), **note})
                writer = pq.ParquetWriter(path, table.schema)
            writer.write_table(table)
    finally:
        if writer:
            writer.close()


def _settled(table: arrow.Table, vectors: Sequence[str]) -> arrow.Table:
    """Return the first part with types that the later ones can have too.

    A column without a value yet is text; the lists of `vectors` have one length.
    """
    for number, field in enumerate(table.schema):
        column, kind = table.column(number), field.type
        if arrow.types.is_null(kind):
            kind = arrow.string()
        elif field.name in vectors:
            kind = arrow.list_(field.type.value_type, len(column[0]))
        if kind != field.type:
            table = table.set_column(number, field.name, column.cast(kind))
    return table


def _write_lines(parts: Iterable[pd.DataFrame], out: Any) -> None:
    for part in parts:
        if len(part):  # pandas writes a lone line break for no rows
            out.write(
                part.to_json(orient="records", lines=True, date_format="iso", force_ascii=False)
            )


def _write_delimited(parts: Iterable[pd.DataFrame], out: Any, separator: str) -> None:
    for number, part in enumerate(parts):
        safe = defuse_formulas(part)
        safe.to_csv(out, sep=separator, index=False, header=number == 0, lineterminator="\n")


def write_rejected(rejected: Iterable[Rejected], out: str | Path) -> int:
    """Write `<out>.rejected.csv` (file, line, reason) if any row was rejected; return how many.

    One that an earlier run left is removed if there is nothing to write.
    """
    rows = [(row.file, row.line, row.reason) for row in rejected]
    return _write_beside(rows, ["file", "line", "reason"], out, "rejected")


def write_left_out(left_out: Iterable[LeftOut], out: str | Path) -> int:
    """Write `<out>.left_out.csv` (file, line, id, reason), as `write_rejected` does."""
    rows = [(row.file, row.line, row.id, row.reason) for row in left_out]
    return _write_beside(rows, ["file", "line", "id", "reason"], out, "left_out")


def _write_beside(rows: list[Any], columns: list[str], out: str | Path, what: str) -> int:
    if str(out) == "-":
        return len(rows)
    path = Path(f"{out}.{what}.csv")
    if rows:
        write_table(pd.DataFrame(rows, columns=columns), path)
    else:
        path.unlink(missing_ok=True)
    return len(rows)


@contextmanager
def writing(path: str | Path) -> Iterator[Path]:
    """Yield a path beside `path` to write a file or make a folder at; rename it when done.

    After an error or an interruption nothing is left behind, and what stood at `path`
    before still stands there.
    """
    path = Path(path)
    with making_room(path) as room:
        beside = room / path.name
        yield beside
        if path.is_dir():
            path.rename(room / "previous")
        beside.replace(path)


@contextmanager
def making_room(path: str | Path) -> Iterator[Path]:
    """Yield a hidden folder beside `path` to work in; it is gone afterwards, whatever happens.

    Raises
    ------
    InputError
        If nothing can be written there.
    """
    path = Path(path)
    if str(path) == "-":
        with tempfile.TemporaryDirectory() as elsewhere:
            yield Path(elsewhere)
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        room = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written ({error.strerror})", "choose another output with -o"
        ) from None
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)
