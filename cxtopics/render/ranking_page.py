"""Ranking -> ranking.html."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cxtopics import __version__
from cxtopics.measure.costs import DEFAULT_SOURCES
from cxtopics.ranking import Ranking
from cxtopics.render.bar_charts import bars
from cxtopics.render.canvas import COLOURS, Figure, figure, sparkline
from cxtopics.render.pages import page
from cxtopics.render.report_page import complete_rates
from cxtopics.render.words import LEVERS, money, number, quoted
from cxtopics.report import Report

__all__ = ["ranking_page", "savings_figure"]

_N_BARS = 10
_N_UNKNOWNS = 5
_SETTINGS = {
    "currency": "Currency",
    "cost_per_contact": "Cost of a contact",
    "self_service_cost": "Cost of a self-service answer",
    "horizon_months": "Months that one-off costs are spread over",
    "one_off": "One-off costs",
    "running": "Running costs a month",
    "adoption": "Adoption: share of contacts that meet the lever",
    "rebound": "Rebound: share of the spared who write all the same",
    "pilots": "Pilots: contacts spared of those offered",
}


def ranking_page(
    ranking: Ranking,
    report: Report | None = None,
    chart: Figure | None = None,
    links: Mapping[str, str] | None = None,
) -> str:
    """Return the ranking as one HTML page; with the report, each topic shows its trend.

    Parameters
    ----------
    chart
        That of `savings_figure`; drawn here where none is given.
    links
        From topic id to its page, as seen from the ranking's.
    """
    trends = complete_rates(report) if report else pd.DataFrame()
    rows = ranking.ranked.to_dict(orient="records")
    for row in rows:
        topic = row["topic"]
        row["spark"] = sparkline(trends[topic].tolist() if topic in trends else [])
    return page(
        "ranking.html.j2",
        version=__version__,
        ranking=ranking,
        costs=ranking.costs,
        settings=_settings(ranking),
        unknowns=_worth_knowing(ranking),
        figure=chart or savings_figure(ranking),
        links=links or {},
        rows=[row for row in rows if ranking.contacts_per_month.get(row["topic"])],
        n_silent=sum(not ranking.contacts_per_month.get(row["topic"]) for row in rows),
        apart=ranking.apart.to_dict(orient="records"),
        levers=LEVERS,
    )


def savings_figure(ranking: Ranking) -> Figure | None:
    """Draw the savings of the first topics; None where none has a contact."""
    top = ranking.ranked.head(_N_BARS)
    top = top[top["topic"].map(ranking.contacts_per_month).fillna(0) > 0]
    if top.empty:
        return None
    data = [
        {
            "name": ranking.labels[row["topic"]],
            "value": row["savings_per_month"],
            "low": row["savings_per_month_low"],
            "high": row["savings_per_month_high"],
        }
        for row in top.to_dict(orient="records")
    ]
    note = (
        f"Savings a month in {ranking.costs.currency}, estimated beforehand; "
        "the lines run from the 10th to the 90th percentile of the draws."
    )
    return figure(_title(ranking), note, bars(data, COLOURS[2], 0))


def _title(ranking: Ranking) -> str:
    first = ranking.ranked.iloc[0]
    currency = ranking.costs.currency
    value, low, high = (_round(first[f"savings_per_month{end}"]) for end in ("", "_low", "_high"))
    place = "comes first"
    if first["rank_high"] > 1:
        place = f"leads, though its place may be anything from 1 to {first['rank_high']}"
    about = f"about {money(value, currency)} a month ({number(low)} to {number(high)})"
    return f"{quoted(ranking.labels[first['topic']])} {place}: {about}"


def _round(amount: float) -> float:
    """Return an amount with three digits that mean something."""
    return float(f"{amount:.3g}")


def _settings(ranking: Ranking) -> list[dict[str, Any]]:
    """Return the settings as rows: name, value, and where a default comes from."""
    costs = ranking.costs
    return [
        {
            "key": key,
            "name": _SETTINGS[key],
            "value": value,
            "default": key in costs.defaults,
            "source": DEFAULT_SOURCES[key] if key in costs.defaults else "",
        }
        for key, value in costs.in_words().items()
        if key in _SETTINGS
    ]


def _worth_knowing(ranking: Ranking) -> list[dict[str, Any]]:
    """Return the unknowns most worth measuring, as rows of a table."""
    single = ranking.worth_knowing[ranking.worth_knowing["topic"] != "all"]
    rows = single.head(_N_UNKNOWNS).to_dict(orient="records")
    return [{str(key): value for key, value in row.items()} for row in rows]
