"""Results as pages, files and text for the terminal.

No customer's words in any, but for redacted ones where somebody asked for them.
"""

from cxtopics.render.evaluation_chart import evaluation_svg
from cxtopics.render.evidence import Evidence, choose_messages, read_mistakes
from cxtopics.render.files import write_ranking, write_report
from cxtopics.render.forecast_text import forecast_text
from cxtopics.render.impact_page import impact_page
from cxtopics.render.impact_text import impact_text
from cxtopics.render.json_file import write_json, write_text
from cxtopics.render.reading import read_report
from cxtopics.render.terminal import ranking_table, ranking_text
from cxtopics.render.watch_text import watch_text

__all__ = [
    "Evidence",
    "choose_messages",
    "evaluation_svg",
    "forecast_text",
    "impact_page",
    "impact_text",
    "ranking_table",
    "ranking_text",
    "read_mistakes",
    "read_report",
    "watch_text",
    "write_json",
    "write_ranking",
    "write_report",
    "write_text",
]
