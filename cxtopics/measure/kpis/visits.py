"""Visits of the shop's site by day: what contacts and orders may be divided by as well."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from cxtopics.errors import InputError
from cxtopics.measure.counting import ALL
from cxtopics.measure.intervals import wilson
from cxtopics.measure.kpis.figures import absent, kpi_rows
from cxtopics.measure.store.counts import Counts
from cxtopics.records import show_columns
from cxtopics.tables import as_numbers, parse_times, read_table

__all__ = ["read_visits", "visit_kpis"]

_REASON = "no table of visits was given (--visits)"


def read_visits(path: str | Path) -> pd.Series[float]:
    """Return visits by local day, from a table with the columns `day` and `visits`.

    Several rows of a day (one per channel, say) are added up.

    Raises
    ------
    InputError
        If a column is missing or a cell is no day, no number or negative.
    """
    table = read_table(path)
    hint = "two columns: day (2026-03-01) and visits, the visits of that day"
    if missing := [name for name in ("day", "visits") if name not in table.columns]:
        found = show_columns(table.columns)
        raise InputError(f"{path}: column '{missing[0]}' is missing; got {found}", hint)
    days = parse_times(table["day"], f"{path}: column 'day'").values
    visits = as_numbers(table["visits"])
    bad = days.isna() | visits.isna() | (visits < 0)
    if bad.any():
        row = int(bad.to_numpy().nonzero()[0][0]) + 1
        raise InputError(f"{path}: {bad.sum()} rows without a day or visits (row {row})", hint)
    return visits.groupby(days.dt.tz_localize(None).dt.normalize()).sum()


def visit_kpis(counts: Counts, visits: pd.Series[float] | None) -> Iterator[pd.DataFrame]:
    """Yield contacts and orders per visit, over the periods whose every day has visits.

    A share above 1 is none (several contacts on one visit, or visits that were not all
    counted): such a period has no figure.
    """
    names = ("visit_contact_rate", "conversion_rate")
    if visits is None:
        yield from (absent(name, "0-1", _REASON) for name in names)
        return
    periods = counts.periods
    spans = zip(periods["period_start"], periods["period_end"], strict=True)
    covered = [visits.reindex(pd.date_range(start, end)) for start, end in spans]
    n_visits = pd.Series([part.sum(skipna=False) for part in covered], index=periods.index)
    known = n_visits[n_visits.notna()]
    for name, hits in zip(names, (counts.contacts[ALL], counts.n_orders), strict=True):
        inside = hits[known.index]
        rows = pd.DataFrame(
            {
                "period": [pd.NA, *periods.index.get_indexer(known.index)],
                "topic": None,
                "k": [inside.sum(), *inside],
                "n": [known.sum(), *known],
            }
        )
        rows = rows[(rows["n"] > 0) & (rows["k"] <= rows["n"])]
        if rows.empty:
            reason = "no period has visits on every day, and at least as many as were counted"
            yield absent(name, "0-1", reason)
        else:
            yield kpi_rows(name, rows, wilson(rows["k"], rows["n"]), rows["n"], "0-1")
