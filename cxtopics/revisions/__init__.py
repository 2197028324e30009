"""Topics file + a wish -> the revised file, and what it means for labels, contacts, reports.

    revising   rename, merge, split, retire, add: text in, text out, lineage kept
    footprint  how many labels, tagged contacts and report rows a revision touches
    difference what changed between two files, or two git revisions of one

Nothing here writes a file.
"""

from cxtopics.revisions.difference import TopicChanges, compare_topics, read_topics
from cxtopics.revisions.footprint import Touched, count_touched
from cxtopics.revisions.revising import (
    Revision,
    add_topic,
    merge_topics,
    rename_topic,
    retire_topic,
    split_topic,
)

__all__ = [
    "Revision",
    "TopicChanges",
    "Touched",
    "add_topic",
    "compare_topics",
    "count_touched",
    "merge_topics",
    "read_topics",
    "rename_topic",
    "retire_topic",
    "split_topic",
]
