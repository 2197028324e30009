"""Contacts + model -> tagged contacts, streaming.

A file of any size goes through in pieces of `ROWS_PER_PART`. Finished pieces wait in a
folder beside the output (`.<name>.parts`), so that an interrupted run goes on where it
stopped; the output appears whole when the last one is done.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxtopics import __version__
from cxtopics.classify import UNFAMILIAR, Effort, TopicModel
from cxtopics.errors import InputError
from cxtopics.records import Progress, Rejected, open_records, show_columns
from cxtopics.schemas import TAG_COLUMNS
from cxtopics.tables import (
    as_text,
    check_output,
    file_sha256,
    iter_frames,
    read_provenance,
    write_rejected,
    write_table,
)

__all__ = ["ROWS_PER_PART", "TagSummary", "tag_contacts", "tag_file"]

ROWS_PER_PART = 4096


@dataclass(frozen=True)
class TagSummary:
    """What a run did: rows in = n_rows + n_rejected, n_rows = rows out."""

    n_rows: int
    n_tagged: int
    n_abstained: int
    n_no_text: int
    n_rejected: int

    @property
    def coverage(self) -> float:
        """Share of the contacts with text that got a topic, 0-1."""
        with_text = self.n_tagged + self.n_abstained
        return self.n_tagged / with_text if with_text else float("nan")


def tag_contacts(
    contacts: pd.DataFrame,
    model: TopicModel,
    *,
    text_column: str = "text",
    effort: Effort = "balanced",
    with_probabilities: bool = False,
) -> pd.DataFrame:
    """Return the contacts with the tag columns of `schemas.TAG_COLUMNS` beside their own.

    Parameters
    ----------
    contacts
        Any table with a text column. A row without text gets no topic. Columns that bear
        the name of a tag column are kept as `<name>_given`.
    with_probabilities
        Add `probabilities`, a list in the order of the model's classes.
    """
    taken = {*TAG_COLUMNS, "probabilities"} & set(contacts.columns)
    tagged = contacts.rename(columns={name: f"{name}_given" for name in taken})
    given = as_text(contacts[text_column])
    has_text = given.notna().to_numpy()
    texts = given[has_text].tolist()
    probabilities = np.full((len(tagged), len(model.classes)), np.nan)
    familiarity = np.full(len(tagged), np.nan)
    if texts:
        found = model.predict(texts, effort)
        # digits that every run repeats
        probabilities[has_text] = np.round(found.probabilities, 6)
        familiarity[has_text] = np.round(found.familiarity, 6)
    for name, values in _tags(probabilities, familiarity, model).items():
        tagged[name] = as_text(pd.Series(values)).to_numpy() if values.dtype == object else values
    if with_probabilities:
        tagged["probabilities"] = pd.Series(
            list(probabilities.astype(np.float32)), index=tagged.index
        )
    return tagged


def _tags(
    probabilities: npt.NDArray[np.float64], familiarity: npt.NDArray[np.float64], model: TopicModel
) -> dict[str, npt.NDArray[Any]]:
    """Return the tag columns; a row of NaN (no text) gets none."""
    names = np.array(model.classes, dtype=object)
    has_text = ~np.isnan(probabilities[:, 0])
    first, second = np.argsort(-probabilities, axis=1, kind="stable")[:, :2].T
    rows = np.arange(len(probabilities))
    sure = probabilities[rows, first] >= model.classifier.thresholds[first]
    sure &= familiarity >= UNFAMILIAR
    return {
        "topic": np.where(sure, names[first], None),
        "confidence": probabilities[rows, first],
        "runner_up": np.where(has_text, names[second], None),
        "runner_up_confidence": probabilities[rows, second],
        "needs_review": has_text & ~sure,
        "topic_forced": np.where(has_text, names[first], None),
        "familiarity": familiarity,
    }


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
        No such file or column, or not one text in the whole file.
    """
    check_output(out)
    columns = open_records(path).all_columns()
    for column in (text_column, id_column):
        if column is not None and column not in columns:
            option = "--text-column" if column == text_column else "--id-column"
            raise InputError(
                f"{path}: no column '{column}'; found: {show_columns(columns)}",
                f"name it with {option}",
            )
    input_sha256 = file_sha256(path)
    parts = _Parts.open(input_sha256, model, out, (text_column, id_column, effort))
    rejected: list[Rejected] = []
    n_rows = 0
    for number, (frame, bad) in enumerate(iter_frames(path, ROWS_PER_PART, progress)):
        rejected += bad
        n_rows += len(frame)
        if len(frame) and not parts.has(number):
            if id_column and id_column != "contact_id":
                frame = frame.assign(contact_id=frame[id_column])
            parts.add(
                number,
                tag_contacts(
                    frame, model, text_column=text_column, effort=effort, with_probabilities=True
                ),
            )
        if progress:
            progress(len(frame))
    summary = _summary(parts, len(rejected))
    if n_rows == 0 or summary.n_no_text == n_rows:
        parts.remove()
        raise InputError(
            f"{path}: the column '{text_column}' holds no text in any of {n_rows} rows",
            "name the right one with --text-column",
        )
    as_list = Path(str(out)).suffix.lower() == ".parquet"
    frames = (frame if as_list else frame.drop(columns="probabilities") for frame in parts)
    about = {**read_provenance(path), **_provenance(input_sha256, model, effort, summary)}
    write_table(frames, out, about, vectors=["probabilities"])
    write_rejected(rejected, out)
    parts.remove()
    return summary


@dataclass(frozen=True)
class _Parts:
    """The finished pieces of a run, on disk beside its output."""

    folder: Path

    @classmethod
    def open(
        cls, input_sha256: str, model: TopicModel, out: str | Path, columns: tuple[str | None, ...]
    ) -> _Parts:
        """Take up the pieces of an interrupted run of the same job; clear those of another."""
        job = [__version__, ROWS_PER_PART, input_sha256, model.fingerprint, columns]
        key = hashlib.sha256(json.dumps(job).encode()).hexdigest()
        out = Path(tempfile.gettempdir()) / f"cxtopics-{key[:16]}" if str(out) == "-" else Path(out)
        folder = out.parent / f".{out.name}.parts"
        note = folder / "job"
        if not note.is_file() or note.read_text() != key:
            shutil.rmtree(folder, ignore_errors=True)
            try:
                folder.mkdir(parents=True)
            except OSError as error:
                raise InputError(
                    f"{out}: cannot be written ({error.strerror})", "choose another output with -o"
                ) from None
            note.write_text(key)
        return cls(folder)

    def has(self, number: int) -> bool:
        return self._path(number).is_file()

    def add(self, number: int, tagged: pd.DataFrame) -> None:
        write_table(tagged, self._path(number))

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def __iter__(self) -> Iterator[pd.DataFrame]:
        for part in sorted(self.folder.glob("*.parquet")):
            yield pd.read_parquet(part)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:08d}.parquet"


def _summary(parts: _Parts, n_rejected: int) -> TagSummary:
    n_rows = n_tagged = n_abstained = 0
    for part in sorted(parts.folder.glob("*.parquet")):
        tags = pd.read_parquet(part, columns=["topic", "needs_review"])
        n_rows += len(tags)
        n_tagged += int(tags["topic"].notna().sum())
        n_abstained += int(tags["needs_review"].sum())
    return TagSummary(n_rows, n_tagged, n_abstained, n_rows - n_tagged - n_abstained, n_rejected)


def _provenance(
    input_sha256: str, model: TopicModel, effort: Effort, summary: TagSummary
) -> dict[str, Any]:
    """Return how a table was tagged, and with which topics."""
    taxonomy = model.taxonomy
    return {
        "tagging": {
            "input_sha256": input_sha256,
            "model_fingerprint": model.fingerprint,
            "effort": effort,
            "classifier_error": model.details["classifier_error"],
            "encoder": model.details["encoder"]["name"],
            "n_labels": model.details["n_labels"],
            "threshold": model.classifier.threshold_,
            "taxonomy_fingerprint": taxonomy.fingerprint if taxonomy else None,
            "n_rows": summary.n_rows,
            "n_tagged": summary.n_tagged,
            "n_abstained": summary.n_abstained,
            "n_no_text": summary.n_no_text,
            "n_rejected": summary.n_rejected,
            # What the report's estimators need of the model, so that they need no model.
            "estimation": {"classes": model.classes, **model.details.get("estimation", {})},
        },
        # The topics travel with the tags; their examples are not needed any more.
        "taxonomy": _without_examples(model),
    }


def _without_examples(model: TopicModel) -> dict[str, Any] | None:
    if model.taxonomy is None:
        return None
    content = model.taxonomy.model_dump(mode="json", exclude_defaults=True)
    for topic in (*content["topics"], *content.get("reserved", ()), *content.get("retired", ())):
        topic.pop("examples", None)
    return content
