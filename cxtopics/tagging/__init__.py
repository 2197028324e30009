"""Contacts + model -> tagged contacts, streaming, on one machine or many.

    tags.py      a table -> the same table with tags; everything else calls this
    files.py     a file -> a file, in pieces, going on after an interruption
    folders.py   a folder -> a folder, a part for a file, with a manifest
    spark.py     the same with Spark: a DataFrame -> a DataFrame, a folder -> a folder
    summary.py   what a run did, and what a table says of how it was tagged

Every path runs `tag_batches`, so a contact has the same tags on all of them.
"""

from cxtopics.tagging.files import ROWS_PER_PART, tag_file
from cxtopics.tagging.folders import tag_folder
from cxtopics.tagging.spark import tag_dataframe, tag_folder_on_spark
from cxtopics.tagging.summary import TagSummary
from cxtopics.tagging.tags import tag_batches, tag_contacts

__all__ = [
    "ROWS_PER_PART",
    "TagSummary",
    "tag_batches",
    "tag_contacts",
    "tag_dataframe",
    "tag_file",
    "tag_folder",
    "tag_folder_on_spark",
]
