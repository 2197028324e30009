"""A file of contacts -> a file of tagged contacts.

A file of any size goes through in pieces of `ROWS_PER_PART`. Finished pieces wait in a
folder beside the output (`.<name>.parts`), so that an interrupted run goes on where it
stopped; the output appears whole when the last one is done.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from cxtopics import __version__
from cxtopics.classify import Effort, TopicModel
from cxtopics.errors import InputError
from cxtopics.records import Progress, Rejected, open_records, show_columns
from cxtopics.tables import (
    check_output,
    file_sha256,
    iter_frames,
    only_run_on,
    read_provenance,
    write_rejected,
    write_table,
)
from cxtopics.tagging.parts import Parts
from cxtopics.tagging.summary import TagSummary, count_tags, tagging_provenance
from cxtopics.tagging.tags import PROBABILITIES, tag_batches

__all__ = ["ROWS_PER_PART", "check_columns", "keeping_parts", "no_text", "tag_file"]

ROWS_PER_PART = 4096


def tag_file(
    path: str | Path,
    model: TopicModel,
    out: str | Path,
    *,
    text_column: str = "text",
    id_column: str | None = None,
    effort: Effort = "balanced",
    progress: Progress | None = None,
) -> TagSummary:
    """Tag a file of any size into `out` (Parquet, CSV or NDJSON by its ending; `-` is stdout).

    Parameters
    ----------
    id_column
        Copied to `contact_id`, for tables that name their ids otherwise.
    progress
        Called with the number of rows done since the last call.

    Raises
    ------
    InputError
        No such file or column, not one text in the whole file, another run on the same
        output, a full disk, or an input that changes while it is read. After all but the
        first two the same call goes on where this one stopped.
    """
    check_output(out)
    check_columns(open_records(path).all_columns(), path, text_column, id_column)
    with only_run_on(out) if str(out) != "-" else nullcontext(), keeping_parts(out):
        source = _Source(path, id_column, progress)
        job = [__version__, ROWS_PER_PART, source.sha256, model.fingerprint]
        parts = Parts.open(out, [*job, (text_column, id_column, effort)])
        new = tag_batches(
            source.frames_not_in(parts), model, text_column=text_column, effort=effort
        )
        for tagged in new:
            parts.add(source.numbers.popleft(), tagged)
            if progress:
                progress(len(tagged))
        source.check_unchanged()
        summary = count_tags(parts.files, len(source.rejected))
        if source.n_rows == 0 or summary.n_no_text == source.n_rows:
            parts.remove()
            raise no_text(path, text_column, source.n_rows)
        about = tagging_provenance(source.sha256, model, effort, summary)
        _write_whole(parts, out, {**read_provenance(path), **about})
        write_rejected(source.rejected, out)
        parts.remove()
        return summary


def check_columns(
    columns: tuple[str, ...], path: str | Path, text_column: str, id_column: str | None
) -> None:
    """Refuse a table without the columns that were named.

    Raises
    ------
    InputError
        If either is missing.
    """
    for column in (text_column, id_column):
        if column is not None and column not in columns:
            option = "--text-column" if column == text_column else "--id-column"
            raise InputError(
                f"{path}: no column '{column}'; found: {show_columns(columns)}",
                f"name it with {option}",
            )


def no_text(path: str | Path, text_column: str, n_rows: int) -> InputError:
    """Return the error for a table in which there is nothing to tag."""
    return InputError(
        f"{path}: the column '{text_column}' holds no text in any of {n_rows} rows",
        "name the right one with --text-column",
    )


@contextmanager
def keeping_parts(out: str | Path) -> Iterator[None]:
    """Turn what a disk or its permissions refuse into an error that says how to go on."""
    try:
        yield
    except BrokenPipeError:  # `cxtopics tag ... -o - | head`
        raise
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else type(error).__name__
        where = error.filename or out
        raise InputError(
            f"{where}: {reason}; what was tagged so far is kept",
            "make room or mend the permissions, then run the same command again: it goes on",
        ) from None


@dataclass
class _Source:
    """The rows of a file, and what there is to say of them when they have been read.

    Attributes
    ----------
    numbers
        Those of the frames that were handed out and not yet written.
    """

    path: str | Path
    id_column: str | None
    progress: Progress | None
    n_rows: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    numbers: deque[int] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self._seen = _version(self.path)
        self.sha256 = file_sha256(self.path)

    def frames_not_in(self, parts: Parts) -> Iterator[pd.DataFrame]:
        """Yield the frames that are still to be tagged; count them all."""
        frames = iter_frames(self.path, ROWS_PER_PART, self.progress)
        for number, (frame, bad) in enumerate(frames):
            self.rejected += bad
            self.n_rows += len(frame)
            if len(frame) and not parts.has(number, len(frame)):
                if self.id_column and self.id_column != "contact_id":
                    frame = frame.assign(contact_id=frame[self.id_column])
                self.numbers.append(number)
                yield frame
            elif self.progress:
                self.progress(len(frame))

    def check_unchanged(self) -> None:
        """Refuse a mixture of two versions of the file."""
        if _version(self.path) != self._seen:
            raise InputError(
                f"{self.path}: was changed while it was being tagged",
                "run the same command again: it starts anew with the file as it is then",
            )


def _version(path: str | Path) -> tuple[int, int, int]:
    found = Path(path).stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _write_whole(parts: Parts, out: str | Path, about: dict[str, object]) -> None:
    """Write the output beside the pieces, then move it: a killed run leaves nothing else."""
    as_list = Path(str(out)).suffix.lower() == ".parquet"
    frames = (frame if as_list else frame.drop(columns=PROBABILITIES) for frame in parts)
    if str(out) == "-":
        write_table(frames, out)
        return
    whole = parts.folder / "whole" / Path(out).name
    write_table(frames, whole, about, vectors=[PROBABILITIES])
    whole.replace(out)
