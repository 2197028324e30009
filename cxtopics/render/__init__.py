"""Report and Ranking as pages, files and a table in the terminal. No customer's words in any."""

from cxtopics.render.evaluation_chart import evaluation_svg
from cxtopics.render.files import read_report, write_ranking, write_report
from cxtopics.render.terminal import ranking_table, ranking_text

__all__ = [
    "evaluation_svg",
    "ranking_table",
    "ranking_text",
    "read_report",
    "write_ranking",
    "write_report",
]
