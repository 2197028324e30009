"""What becomes of each row: counted, left out or rejected; and the account of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from cxtopics.errors import InputError
from cxtopics.records import LeftOut, Reconciliation, Rejected
from cxtopics.sources.intake import Intake
from cxtopics.tables import parse_times
from cxtopics.tables.times import check_timezone

__all__ = ["REJECTED", "settle"]

REJECTED = "rejected"
"""Column with the reason why a row cannot be used, missing where it can."""


def settle(
    rows: pd.DataFrame,
    intake: Intake[Any],
    id_column: str,
    *,
    timezone: str | None = None,
    date_format: str | None = None,
    not_repeated: Sequence[str] = (),
    notices: Sequence[str] = (),
) -> tuple[pd.DataFrame, Reconciliation]:
    """Return the rows that count, in the order of time, and the account of all rows.

    Parameters
    ----------
    rows
        One per row read, in the order of the files: `file`, `line`, the id, a raw
        `created_at`, `left_out` and `rejected` (a reason, or missing).
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
    rows = rows.reset_index(drop=True)
    zone = check_timezone(timezone)
    usable = rows["left_out"].isna() & rows[REJECTED].isna()
    if not usable.any():
        raise _nothing_left(rows, intake)
    raw = rows.loc[usable, "created_at"]
    times = parse_times(
        raw, f"{intake.where}: created_at", timezone=timezone, date_format=date_format
    )
    bad = times.values[times.values.isna()].index
    rows.loc[bad, REJECTED] = ["no date" if _is_blank(raw[row]) else "not a date" for row in bad]
    own = rows[rows[REJECTED].isna() & ~rows["left_out"].isin([*not_repeated, "duplicate"])]
    again = own.index[own.duplicated(id_column) & own["left_out"].isna()]
    rows.loc[again, "left_out"] = "duplicate"
    counted = rows[rows["left_out"].isna() & rows[REJECTED].isna()]
    counted = counted.assign(created_at=times.values[counted.index])
    counted = counted.sort_values(["created_at", id_column], kind="stable", ignore_index=True)
    if times.n_naive and timezone is None:
        notices = [*notices, _naive_notice(times.n_naive, len(raw))]
    return counted, _account(rows, len(counted), intake, id_column, notices, zone)


def _account(
    rows: pd.DataFrame, n_counted: int, intake: Intake[Any], id_column: str,
    notices: Sequence[str], zone: str,
) -> Reconciliation:  # fmt: skip
    bad = rows[rows[REJECTED].notna()]
    rejected = [*intake.rejected]
    rejected += [
        Rejected(*row) for row in zip(bad["file"], bad["line"], bad[REJECTED], strict=True)
    ]
    order = {file.name: number for number, file in enumerate(intake.files)}
    rejected.sort(key=lambda row: (order[row.file], row.line))
    out = rows[rows["left_out"].notna() & rows[REJECTED].isna()]
    columns = (out[name] for name in ("file", "line", id_column, "left_out"))
    return Reconciliation(
        n_read=sum(file.n_rows for file in intake.files),
        n_counted=n_counted,
        left_out_rows=tuple(LeftOut(*row) for row in zip(*columns, strict=True)),
        rejected=tuple(rejected),
        files=tuple(intake.files),
        notices=(*intake.notices, *notices),
        timezone=zone,
    )


def _is_blank(cell: Any) -> bool:
    return cell is None or cell != cell or not str(cell).strip()


def _naive_notice(n_naive: int, n_rows: int) -> str:
    return (
        f"no time zone: {n_naive} of {n_rows} dates name none and were read as UTC; "
        "say the zone with --timezone"
    )


def _nothing_left(rows: pd.DataFrame, intake: Intake[Any]) -> InputError:
    reasons = [*rows["left_out"].dropna(), *(row.reason for row in intake.rejected)]
    reasons += [*rows[REJECTED].dropna()]
    counts = pd.Series(reasons, dtype=object).value_counts()
    found = ", ".join(f"{reason} ({n})" for reason, n in counts.head(5).items())
    return InputError(
        f"{intake.where}: none of {len(rows) + len(intake.rejected)} rows counts: {found}",
        "is it the export you meant?",
    )
