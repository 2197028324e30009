"""The top of a ranking as a table for the terminal; plain text where there is none."""

from __future__ import annotations

import io

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cxtopics.ranking import Ranking
from cxtopics.render.words import LEVERS, interval, number, percent

__all__ = ["ranking_table", "ranking_text"]


def ranking_table(ranking: Ranking, n: int = 10) -> Table:
    """Return the first n topics as a rich table; labels are never read as markup."""
    first, last = ranking.basis["first_day"], ranking.basis["last_day"]
    table = Table(
        title=f"What to work on first ({first} to {last}, {ranking.costs.currency})",
        caption="Estimated beforehand, not measured; ranges: 10th to 90th percentile.",
        box=box.SIMPLE_HEAD,
    )
    for heading in ("Rank", "Problem", "Lever"):
        table.add_column(heading, justify="right" if heading == "Rank" else "left")
    for heading in ("Contacts/month", "Could be spared", "Savings/month", "In top 5"):
        table.add_column(heading, justify="right")
    for row in ranking.ranked.head(n).to_dict(orient="records"):
        saved = f"{number(row['savings_per_month'])} " + interval(
            row["savings_per_month_low"], row["savings_per_month_high"]
        )
        cells = (
            str(row["rank"]),
            _plain(ranking.labels[row["topic"]]),
            LEVERS.get(row["lever"], row["lever"]),
            number(ranking.contacts_per_month[row["topic"]]),
            number(row["deflectable_contacts_per_month"]),
            saved,
            percent(row["p_top5"]),
        )
        table.add_row(*(Text(cell) for cell in cells))
    return table


def ranking_text(ranking: Ranking, n: int = 10, width: int = 110) -> str:
    """Return the same table as plain text, without colours or control codes."""
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=False, color_system=None).print(
        ranking_table(ranking, n)
    )
    return out.getvalue()


def _plain(label: str) -> str:
    """Return a label without control characters, which could steer a terminal."""
    return "".join(character for character in label if character.isprintable())
