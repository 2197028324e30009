"""A forecast as a table for the terminal."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from cxtopics.forecast import Forecast
from cxtopics.measure.counting import ALL
from cxtopics.render.words import interval, number

__all__ = ["forecast_text"]

_N_TOPICS = 10


def forecast_text(forecast: Forecast) -> str:
    """Return contacts and hours by week, then the first topics over all weeks."""
    table = forecast.by_week
    head = f"{'Week of':<12}{'Orders':>8}  {'Contacts':<24}{'Hours':<22}{'Naive':>7}"
    lines = [head]
    for row in table[table["topic"] == ALL].to_dict(orient="records"):
        contacts = _figure(row, "n_contacts", 0)
        lines.append(
            f"{row['week_start']:<12}{number(row['n_orders']):>8}  {contacts:<24}"
            f"{_figure(row, 'hours', 0):<22}{number(row['seasonal_naive']):>7}"
        )
    total, hours = forecast.total, forecast.hours
    lines.append(
        f"{'All':<22}{number(total.value)} {interval(total.low, total.high)} contacts, "
        f"{number(hours.value)} {interval(hours.low, hours.high)} hours"
    )
    topics = table[table["topic"] != ALL].groupby("topic", sort=False)["n_contacts"].sum()
    lines += ["", "Contacts in all these weeks, the most frequent topics:"]
    for topic, n in topics.head(_N_TOPICS).items():
        label = "".join(c for c in forecast.labels[str(topic)] if c.isprintable())
        lines.append(f"  {label[:48]:<50}{number(float(n)):>8}")
    lines += ["", "In brackets: 90 % intervals. Naive: the same week a year before, else the last."]
    return "\n".join([*lines, *(f"Note: {caveat}" for caveat in forecast.caveats)]) + "\n"


def _figure(row: Mapping[Hashable, float], name: str, digits: int) -> str:
    ends = interval(row[f"{name}_low"], row[f"{name}_high"], digits)
    return f"{number(row[name], digits)} {ends}"
