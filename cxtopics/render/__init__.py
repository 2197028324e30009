"""Results as pages, files and text for the terminal. No customer's words in any."""

from cxtopics.render.evaluation_chart import evaluation_svg
from cxtopics.render.files import read_report, write_ranking, write_report
from cxtopics.render.forecast_text import forecast_text
from cxtopics.render.impact_text import impact_text
from cxtopics.render.json_file import write_json
from cxtopics.render.terminal import ranking_table, ranking_text
from cxtopics.render.watch_text import watch_text

__all__ = [
    "evaluation_svg",
    "forecast_text",
    "impact_text",
    "ranking_table",
    "ranking_text",
    "read_report",
    "watch_text",
    "write_json",
    "write_ranking",
    "write_report",
]
