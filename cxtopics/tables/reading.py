"""Tables read from files of any format, whole or in frames."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow.parquet as pq

from cxtopics.errors import InputError
from cxtopics.records import Pace, Progress, Rejected, expect_rows, open_parquet, open_records
from cxtopics.tables.checking import coerce
from cxtopics.tables.columns import cell_text, printable
from cxtopics.tables.formulas import fuse_formula
from cxtopics.tables.manifest import Manifest, parts_of
from cxtopics.tables.writing import PROVENANCE

if TYPE_CHECKING:
    from cxtopics._pandera import pa

__all__ = ["file_sha256", "iter_frames", "load_table", "read_provenance", "read_table"]


def iter_frames(
    path: str | Path, n_rows: int, progress: Progress | None = None
) -> Iterator[tuple[pd.DataFrame, list[Rejected]]]:
    """Yield a file of any format as frames of `n_rows`, with the rows rejected on the way.

    Parquet keeps its types; every other format comes as text, an empty cell as missing,
    and has the same columns in every frame. An apostrophe that `tables.defuse_formulas`
    put before a cell is taken away again.

    Parameters
    ----------
    progress
        Is told how many rows to expect; counting those done is up to the caller.
    """
    file = open_records(path)
    if file.format == "parquet":
        with open_parquet(file.source) as parquet:
            expect_rows(progress, parquet.metadata.num_rows)
            for batch in parquet.iter_batches(n_rows):
                yield batch.to_pandas(), []
        return
    columns = file.all_columns()
    pace = Pace(None, file.source.n_bytes)
    rows: list[dict[str, Any]] = []
    rejected: list[Rejected] = []
    for row in replace(file, on_bytes=pace.on_bytes):
        pace.on_row()
        if isinstance(row, Rejected):
            rejected.append(row)
        else:
            rows.append(row.values)
        if len(rows) == n_rows:
            expect_rows(progress, pace.n_expected)
            yield _to_frame(rows, columns, file.format), rejected
            rows, rejected = [], []
    if rows or rejected:
        yield _to_frame(rows, columns, file.format), rejected


def _to_frame(rows: Sequence[dict[str, Any]], columns: Sequence[str], form: str) -> pd.DataFrame:
    plain = fuse_formula if form in ("csv", "xlsx") else _as_it_is
    data = {plain(name): [_cell(row.get(name), plain) for row in rows] for name in columns}
    dtype = object if pd.__version__.startswith("2.") else "str"
    return pd.DataFrame(data, dtype=dtype)


def _cell(cell: Any, plain: Callable[[str], str]) -> str | None:
    if isinstance(cell, str):
        return plain(printable(cell)) or None
    if isinstance(cell, dict | list):
        return printable(json.dumps(cell, ensure_ascii=False))
    return cell_text(cell)


def _as_it_is(text: str) -> str:
    return text


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a whole table, of any format; formats other than Parquet come as text.

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


def load_table(
    path: str | Path, schema: pa.DataFrameSchema, *, timezone: str | None = None
) -> pd.DataFrame:
    """Read a table of any format that bears the column names of a schema.

    Raises
    ------
    InputError
        As for `read_table` and `coerce`.

    See Also
    --------
    coerce : What becomes of ids, times and other types.
    """
    return coerce(read_table(path), schema, str(path), timezone=timezone)


def read_provenance(path: str | Path) -> dict[str, Any]:
    """Return what a Parquet table says of its own origin; empty for other files.

    Of a folder of Parquet parts, the manifest speaks for all, else the first part.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    if Path(path).is_dir():
        if manifest := Manifest.read(Path(path)):
            return manifest.provenance
        path = parts_of(path)[0]
    if open_records(path).format != "parquet":
        return {}
    metadata = pq.read_schema(path).metadata or {}
    return dict(json.loads(metadata.get(PROVENANCE, b"{}")))


def file_sha256(path: str | Path) -> str:
    """Return the SHA-256 of a file's bytes, in hex."""
    digest = hashlib.sha256()
    with Path(path).open("rb") as raw:
        while block := raw.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
