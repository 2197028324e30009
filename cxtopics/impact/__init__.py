"""A dated change -> Impact: whether contacts on its topic fell, and how many were spared.

Contacts per order of the topic in the weeks before and after, with the other topics as
controls and holiday windows left out; see `measure.before_after` and docs/decisions.md. An
association in time, sharpened as far as the data allow; an experiment would be surer.
"""

from cxtopics.impact.building import build_impact, impact_of_days
from cxtopics.impact.log import measure_changes
from cxtopics.impact.result import Impact

__all__ = ["Impact", "build_impact", "impact_of_days", "measure_changes"]
