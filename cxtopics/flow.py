"""The whole flow in one go: exports and orders in, a ranking out.

Each station reads what the one before wrote, so every step can be looked at and run again
alone:

    DIR/2-contacts/contacts.parquet, orders.parquet
    DIR/3-tagged/tagged.parquet
    DIR/4-report/   DIR/5-ranking/   DIR/model/
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxtopics import __version__
from cxtopics.contacts import read_contacts, save_contacts
from cxtopics.orders import read_orders, save_orders
from cxtopics.ranking import Costs, Ranking, build_ranking
from cxtopics.render import read_report, write_ranking, write_report
from cxtopics.report import Report, build_report
from cxtopics.tables import read_provenance

__all__ = ["Flow", "bundled", "report_file", "run_flow", "train_cold_model"]

Progress = Callable[[str, int | None], Any]


def bundled(name: str) -> Path:
    """Return a file or folder that comes with the program (`topics`, `1-export`)."""
    here = Path(__file__).parent
    installed = here / "bundled" / name
    if installed.exists():
        return installed
    return here.parent / ("data/1-export" if name == "1-export" else name)
