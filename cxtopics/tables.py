"""Reading and writing the flow's tables, only through their schema.

Parquet carries a table's provenance (what was read, left out and rejected, and by which
versions) in its own footer, so that the last report can still reconcile with the first
file. A file or folder appears whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pandera.pandas as pa
import pyarrow as arrow
import pyarrow.parquet as pq

from cxtopics.errors import InputError
from cxtopics.records import Rejected, open_records

__all__ = [
    "as_text",
    "check_table",
    "defuse_formulas",
    "file_sha256",
    "iter_frames",
    "read_provenance",
    "read_table",
    "write_rejected",
    "write_table",
    "writing",
]

_PROVENANCE = b"cxtopics"
_WRITERS = (".parquet", ".csv", ".tsv", ".ndjson", ".jsonl")


def check_table(frame: pd.DataFrame, schema: pa.DataFrameSchema, where: str) -> pd.DataFrame:
    """Return the table if it fits its schema.

    Raises
    ------
    InputError
        With all faults: column, rule and the first rows that break it. Never a cell's text.
    """
    try:
        return schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases
    faults = []
    for (column, check), rows in cases.groupby(["column", "check"], dropna=False, sort=False):
        lines = [str(int(row) + 1) for row in rows["index"].dropna()[:5]]
        name = column if isinstance(column, str) else rows["failure_case"].iloc[0]
        at = f" (rows {', '.join(lines)})" if lines else ""
        faults.append(f"{name}: {str(check).replace('_', ' ')}{at}")
    raise InputError(
        f"{where}: not a table of {schema.name}: {'; '.join(faults)}",
        "docs/tables.md lists the columns and their types",
    )


def iter_frames(path: str | Path, n_rows: int) -> Iterator[tuple[pd.DataFrame, list[Rejected]]]:
    """Yield a file of any format as frames of `n_rows`, with the rows rejected on the way.

    Parquet keeps its types; text formats come as text, an empty cell as missing.
    """
    file = open_records(path)
    if file.format == "parquet":
        with pq.ParquetFile(path) as parquet:
            for batch in parquet.iter_batches(n_rows):
                yield batch.to_pandas(), []
        return
    rows: list[dict[str, Any]] = []
    rejected: list[Rejected] = []
    for row in file:
        if isinstance(row, Rejected):
            rejected.append(row)
        else:
            rows.append(row.values)
        if len(rows) == n_rows:
            yield _to_frame(rows, file.columns), rejected
            rows, rejected = [], []
    if rows or rejected:
        yield _to_frame(rows, file.columns), rejected


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a whole table, of any format; text formats come as text.

    Raises
    ------
    InputError
        If the file cannot be read, holds no row, or a row of it is broken.
    """
    frames = []
    for frame, rejected in iter_frames(path, 65536):
        if rejected:
            bad = rejected[0]
            raise InputError(
                f"{path}: line {bad.line}: {bad.reason} ({len(rejected)} such rows)",
                "mend or delete the line",
            )
        frames.append(frame)
    if not frames:
        raise InputError(f"{path}: the table has no rows", "is it the file you meant?")
    return pd.concat(frames, ignore_index=True)


def _to_frame(rows: list[dict[str, Any]], columns: Iterable[str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=None if rows else list(columns))
    for name in frame.columns:
        if frame[name].map(lambda cell: isinstance(cell, dict | list)).any():
            frame[name] = frame[name].map(
                lambda cell: json.dumps(cell, ensure_ascii=False) if cell is not None else None
            )
    return frame.replace({"": None})


def read_provenance(path: str | Path) -> dict[str, Any]:
    """Return what a Parquet table says of its own origin; empty for other files."""
    if Path(path).suffix != ".parquet":
        return {}
    metadata = pq.read_schema(path).metadata or {}
    return dict(json.loads(metadata.get(_PROVENANCE, b"{}")))


def write_table(
    frame: pd.DataFrame | Iterable[pd.DataFrame],
    path: str | Path,
    provenance: dict[str, Any] | None = None,
) -> None:
    """Write a table by the ending of its path; `-` writes CSV to stdout.

    Parameters
    ----------
    frame
        The table, or its parts in order (never held in memory together).
    provenance
        Goes into a Parquet file's footer; other formats cannot carry it.
    """
    parts = [frame] if isinstance(frame, pd.DataFrame) else frame
    if str(path) == "-":
        _write_delimited(parts, sys.stdout, ",")
        return
    path = Path(path)
    if path.suffix not in _WRITERS:
        raise InputError(
            f"{path}: got the ending '{path.suffix}', expected one of {', '.join(_WRITERS)}",
            "name the output by the format it should have",
        )
    with writing(path) as beside:
        if path.suffix == ".parquet":
            _write_parquet(parts, beside, provenance or {})
        elif path.suffix in (".ndjson", ".jsonl"):
            with beside.open("w", encoding="utf-8") as out:
                for part in parts:
                    out.write(part.to_json(orient="records", lines=True, date_format="iso", force_ascii=False))
        else:
            with beside.open("w", encoding="utf-8", newline="") as out:
                _write_delimited(parts, out, "\t" if path.suffix == ".tsv" else ",")


def _write_parquet(parts: Iterable[pd.DataFrame], path: Path, provenance: dict[str, Any]) -> None:
    writer: pq.ParquetWriter | None = None
    try:
        for part in parts:
            schema = writer.schema if writer else None
            table = arrow.Table.from_pandas(part, schema=schema, preserve_index=False)
            if writer is None:
                note = json.dumps(provenance, sort_keys=True).encode()
                table = table.replace_schema_metadata({**(table.schema.metadata or {}), _PROVENANCE: note})
                writer = pq.ParquetWriter(path, table.schema)
            writer.write_table(table)
    finally:
        if writer:
            writer.close()


def _write_delimited(parts: Iterable[pd.DataFrame], out: Any, separator: str) -> None:
    for number, part in enumerate(parts):
        safe = defuse_formulas(part)
        safe.to_csv(out, sep=separator, index=False, header=number == 0, lineterminator="\n")


def defuse_formulas(frame: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before cells that a spreadsheet would run as a formula.

    Those start with `= + - @`, tab or carriage return and are no number.
    """
    safe = frame.copy(deep=False)
    for name in safe.columns:
        if pd.api.types.is_string_dtype(safe[name]) or safe[name].dtype == object:
            text = safe[name].astype("str")
            risky = safe[name].notna() & text.str.match(r"\s*[=+\-@\t\r]")
            risky &= ~text.str.fullmatch(r"\s*[+-]?\d+([.,]\d+)?\s*")
            safe[name] = safe[name].where(~risky, "'" + text)
    return safe.rename(columns=lambda name: f"'{name}" if str(name)[:1] in "=+-@" else name)


def write_rejected(rejected: Iterable[Rejected], out: str | Path) -> int:
    """Write `<out>.rejected.csv` (file, line, reason) if any row was rejected; return how many."""
    rows = [(row.file, row.line, row.reason) for row in rejected]
    if rows and str(out) != "-":
        write_table(pd.DataFrame(rows, columns=["file", "line", "reason"]), f"{out}.rejected.csv")
    return len(rows)


@contextmanager
def writing(path: str | Path) -> Iterator[Path]:
    """Yield a path beside `path` to write a file or make a folder at; rename it when done.

    After an error or an interruption nothing is left behind, and what stood at `path`
    before still stands there.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        room = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written ({error.strerror})", "choose another output with -o"
        ) from None
    try:
        beside = room / path.name
        yield beside
        if path.is_dir():
            path.rename(room / "previous")
        os.replace(beside, path)
    finally:
        shutil.rmtree(room, ignore_errors=True)


def file_sha256(path: str | Path) -> str:
    """Return the SHA-256 of a file's bytes, in hex."""
    with Path(path).open("rb") as raw:
        return hashlib.file_digest(raw, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else _digest(raw)


def _digest(raw: Any) -> str:
    digest = hashlib.sha256()
    while block := raw.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def as_text(column: pd.Series) -> pd.Series:
    """Return a column as text with what is missing still missing, on any pandas.

    pandas 2 would turn a missing value into the word "None"; pandas 3 keeps it.
    """
    text = column.astype(object).where(column.notna(), None)
    text = text.map(str, na_action="ignore")
    return text if pd.__version__ < "3" else text.astype("str")
