"""The whole flow in one go: exports and orders in, a ranking out.

Each station reads what the one before wrote, so every step can be looked at, and run
again, alone:

    DIR/2-contacts/contacts.parquet, orders.parquet
    DIR/3-tagged/tagged.parquet
    DIR/4-report/
    DIR/5-ranking/
    DIR/model/      only where no model was given: trained from the topics' examples

    running.py     all of it
    reporting.py   the report and the ranking, from files
    deciding.py    impact, forecast and watch, from files
"""

from __future__ import annotations

from cxtopics.flow.deciding import forecast_files, impact_files, watch_files
from cxtopics.flow.folders import Folders, bundled, bundled_topics
from cxtopics.flow.reporting import rank_folder, report_folder
from cxtopics.flow.running import cold_model, run_flow

__all__ = [
    "Folders",
    "bundled",
    "bundled_topics",
    "cold_model",
    "forecast_files",
    "impact_files",
    "rank_folder",
    "report_folder",
    "run_flow",
    "watch_files",
]
