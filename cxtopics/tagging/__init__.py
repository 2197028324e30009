"""Contacts + model -> tagged contacts, streaming, on one machine or many.

    tags.py      a table -> the same table with tags; everything else calls this
    files.py     a file -> a file, in pieces, going on after an interruption
    folders.py   a folder -> a folder, a part for a file, with a manifest
    spark.py     the same with Spark: a DataFrame -> a DataFrame, a folder -> a folder
    summary.py   what a run did, and what a table says of how it was tagged

Every path runs `tag_batches`, so a contact has the same tags on all of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from cxtopics.classify import load_model
from cxtopics.tagging.files import ROWS_PER_PART, tag_file
from cxtopics.tagging.folders import tag_folder
from cxtopics.tagging.spark import tag_dataframe, tag_folder_on_spark
from cxtopics.tagging.summary import TagSummary
from cxtopics.tagging.tags import tag_batches, tag_contacts

__all__ = [
    "ROWS_PER_PART",
    "TagSummary",
    "tag_any",
    "tag_batches",
    "tag_contacts",
    "tag_dataframe",
    "tag_file",
    "tag_folder",
    "tag_folder_on_spark",
]


def tag_any(
    source: str | Path,
    model: str | Path,
    out: str | Path,
    *,
    engine: Literal["local", "spark"] = "local",
    master: str = "local[*,4]",
    workers: int | None = None,
    **options: Any,
) -> TagSummary:
    """Tag a file, or a folder, on the engine named.

    Parameters
    ----------
    model
        A model folder.
    workers
        Threads of the local engine; default: all cores.
    **options
        As those of `tag_file`.

    Raises
    ------
    InputError, ModelError
        As `tag_file`, `tag_folder`, `tag_folder_on_spark` and `load_model`.
    """
    if engine == "spark":
        options.pop("progress", None)  # Spark has its own
        return tag_folder_on_spark(source, model, out, master=master, **options)
    tag = tag_folder if Path(source).is_dir() else tag_file
    return tag(source, load_model(model, workers), out, **options)
