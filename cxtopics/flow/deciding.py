"""Tagged contacts and orders -> what a change did, what is to come, what rises."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cxtopics.flow.inputs import Inputs
from cxtopics.forecast import Forecast, build_forecast
from cxtopics.impact import Impact, build_impact
from cxtopics.measure.costs import load_costs
from cxtopics.render.impact_page import impact_page
from cxtopics.render.json_file import write_json, write_text
from cxtopics.tables import read_table, write_table
from cxtopics.watch import Watch, build_watch

__all__ = ["forecast_files", "impact_files", "watch_files"]


def impact_files(
    tagged: str | Path,
    orders: str | Path,
    out: str | Path,
    *,
    topics: str | Path | None = None,
    timezone: str | None = None,
    costs: str | Path | None = None,
    **change: Any,
) -> Impact:
    """Measure a change from files; write JSON, and a page beside it. `change` as `build_impact`."""
    given = Inputs.read(tagged, orders, topics, timezone)
    made = build_impact(
        given.tagged,
        given.shop(),
        taxonomy=given.taxonomy,
        timezone=given.timezone,
        costs=load_costs(costs) if costs else None,
        **change,
    )
    write_json(made.to_dict(), out)
    if Path(out).suffix != ".html":
        write_text(impact_page(made), Path(out).with_suffix(".html"))
    return made


def forecast_files(
    tagged: str | Path,
    orders: str | Path,
    planned: str | float,
    out: str | Path,
    *,
    n_weeks: int | None = None,
    topics: str | Path | None = None,
    timezone: str | None = None,
    costs: str | Path | None = None,
) -> Forecast:
    """Forecast contacts from files, and write the table; `planned` is a number or a file."""
    given = Inputs.read(tagged, orders, topics, timezone)
    made = build_forecast(
        given.tagged,
        given.shop(),
        planned if isinstance(planned, float) else read_table(planned),
        n_weeks=n_weeks,
        taxonomy=given.taxonomy,
        timezone=given.timezone,
        costs=load_costs(costs) if costs else None,
    )
    write_table(made.by_week, out)
    write_json(made.to_dict(), Path(out).with_suffix(".json"))
    return made


def watch_files(
    tagged: str | Path,
    out: str | Path,
    *,
    orders: str | Path | None = None,
    topics: str | Path | None = None,
    timezone: str | None = None,
    **options: Any,
) -> Watch:
    """Look for rising topics in files, and write the result as JSON; see `build_watch`."""
    given = Inputs.read(tagged, orders, topics, timezone)
    made = build_watch(
        given.tagged, given.orders, taxonomy=given.taxonomy, timezone=given.timezone, **options
    )
    write_json(made.to_dict(), out)
    return made
