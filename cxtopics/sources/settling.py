"""What becomes of each row: counted, left out or rejected; and the account of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cxtopics.errors import InputError
from cxtopics.records import LeftOut, Reconciliation, Rejected
from cxtopics.sources.intake import Intake
from cxtopics.tables import parse_times
from cxtopics.tables.times import check_timezone

__all__ = ["REJECTED", "Settled", "settle"]

REJECTED = "rejected"
"""Column with the reason why a row cannot be used, missing where it can."""


@dataclass(frozen=True, eq=False)
class Settled:
    """Which rows count.

    Attributes
    ----------
    order
        Numbers of the rows that count, in the order of time, then of their ids.
    created_at
        Their times, in that order.
    account
        What became of every row.
    """

    order: npt.NDArray[np.int64]
    created_at: pd.Series
    account: Reconciliation


def settle(
    rows: pd.DataFrame,
    intake: Intake[Any],
    id_column: str,
    *,
    timezone: str | None = None,
    date_format: str | None = None,
    not_repeated: Sequence[str] = (),
    notices: Sequence[str] = (),
) -> Settled:
    """Find out which rows count, and account for all of them.

    Parameters
    ----------
    rows
        One per row read, in the order of the files: `file` (its number), `line`, the id,
        `created_at` (see `tables.time_text`), `left_out` and `rejected` (a reason, or missing).
    not_repeated
        Reasons in `left_out` whose rows bear the id of another row by their nature.
    notices
        Added to those of the files' dialects and of the dates.

    Notes
    -----
    A row is left out for what its source says before its date is looked at; it is
    rejected if it would count and has no readable date; it is a `duplicate` if an earlier
    row that was not rejected has its id. A row that its source itself shows to repeat
    another (`duplicate` in a history table) never counts as the first of its id.
    """
    zone = check_timezone(timezone)
    left_out, rejected = (rows[name].astype(object) for name in ("left_out", REJECTED))
    usable = left_out.isna() & rejected.isna()
    if not usable.any():
        raise _nothing_left(left_out, rejected, intake)
    raw = rows.loc[usable, "created_at"]
    times = parse_times(
        raw, f"{intake.where}: created_at", timezone=timezone, date_format=date_format
    )
    bad = raw[times.values.isna()]
    rejected[bad.index] = np.where(bad.isna(), "no date", "not a date")
    own = rejected.isna() & ~left_out.isin([*not_repeated, "duplicate"])
    ids = rows.loc[own, id_column]
    again = ids.index[_seen_before(ids) & left_out[own].isna()]
    left_out[again] = "duplicate"
    counted = (left_out.isna() & rejected.isna()).to_numpy()
    at, numbers = times.values[counted[raw.index]], np.flatnonzero(counted)
    places = _in_order(at, rows.loc[counted, id_column])
    if times.n_naive and timezone is None:
        notices = [*notices, _naive_notice(times.n_naive, len(raw))]
    fates = rows[["file", "line", id_column]].assign(left_out=left_out, rejected=rejected)
    account = _account(fates, int(counted.sum()), intake, id_column, notices, zone)
    return Settled(numbers[places], at.iloc[places].reset_index(drop=True), account)


def _seen_before(ids: pd.Series) -> npt.NDArray[np.bool_]:
    """Tell which ids stand in an earlier row; pandas would make an object of each first."""
    codes = _text(ids).dictionary_encode("encode").indices
    return np.asarray(pd.Series(codes.to_numpy()).duplicated())


def _in_order(at: pd.Series, ids: pd.Series) -> npt.NDArray[np.int64]:
    """Return the places of the rows in the order of time, then of their ids."""
    rows = pa.table({"at": pa.array(at), "id": _text(ids)})
    places = pc.sort_indices(rows, [("at", "ascending"), ("id", "ascending")])
    return np.asarray(places.to_numpy(), dtype=np.int64)


def _text(column: pd.Series) -> pa.Array:
    """Return text as Arrow has it, and pandas mostly too: nothing is copied then."""
    text = pa.array(column, pa.large_string(), from_pandas=True)
    return text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text


def _account(
    rows: pd.DataFrame, n_counted: int, intake: Intake[Any], id_column: str,
    notices: Sequence[str], zone: str,
) -> Reconciliation:  # fmt: skip
    bad = rows[rows[REJECTED].notna()]
    names = [file.name for file in intake.files]
    rejected = intake.rejected + [
        (file, Rejected(names[file], line, reason))
        for file, line, reason in zip(bad["file"], bad["line"], bad[REJECTED], strict=True)
    ]
    rejected.sort(key=lambda row: (row[0], row[1].line))
    out = rows[rows["left_out"].notna() & rows[REJECTED].isna()]
    columns = (out[name] for name in ("file", "line", id_column, "left_out"))
    return Reconciliation(
        n_read=sum(file.n_rows for file in intake.files),
        n_counted=n_counted,
        left_out_rows=tuple(
            LeftOut(names[file], *row) for file, *row in zip(*columns, strict=True)
        ),
        rejected=tuple(row for _, row in rejected),
        files=tuple(intake.files),
        notices=(*intake.notices, *notices),
        timezone=zone,
    )


def _naive_notice(n_naive: int, n_rows: int) -> str:
    return (
        f"no time zone: {n_naive} of {n_rows} dates name none and were read as UTC; "
        "say the zone with --timezone"
    )


def _nothing_left(left_out: pd.Series, rejected: pd.Series, intake: Intake[Any]) -> InputError:
    reasons = [*left_out.dropna(), *(row.reason for _, row in intake.rejected)]
    reasons += [*rejected.dropna()]
    counts = pd.Series(reasons, dtype=object).value_counts()
    found = ", ".join(f"{reason} ({n})" for reason, n in counts.head(5).items())
    return InputError(
        f"{intake.where}: none of {len(left_out) + len(intake.rejected)} rows counts: {found}",
        "is it the export you meant?",
    )
