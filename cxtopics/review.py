"""Learning where it counts: contacts worth labelling out, people's answers in.

    tagged + model -> sheet with an empty topic column -> people -> labels

The sheet keeps each contact's inclusion probability, so that the labels can later be
used for counting and not only for training. Reading a sheet never changes a label that
is already there, unless told to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cxtopics.classify import TopicModel
from cxtopics.classify.sampling import draw_spread, inclusion_probabilities, labelling_value
from cxtopics.errors import InputError, LabelError
from cxtopics.records import show_columns
from cxtopics.tables import as_text, read_table
from cxtopics.taxonomy import Taxonomy, normalise_text
from cxtopics.text import redact

__all__ = ["SHEET_COLUMNS", "Merged", "draw_review", "merge_review", "read_sheet"]

SHEET_COLUMNS = (
    "contact_id",
    "text",
    "topic",
    "likely_topic",
    "runner_up",
    "confidence",
    "labelled_by",
    "labelled_at",
    "inclusion_probability",
)
_KEPT = ("contact_id", "text", "topic", "labelled_by", "labelled_at", "inclusion_probability")


def draw_review(
    tagged: pd.DataFrame,
    model: TopicModel,
    n: int,
    *,
    known: pd.DataFrame | None = None,
    redacted: bool = True,
    seed: int = 0,
) -> pd.DataFrame:
    """Draw contacts worth labelling: uncertain, unlike each other, unlike any topic.

    Parameters
    ----------
    tagged
        Contacts with `contact_id` and `text`; equal texts count once.
    n
        How many to draw; fewer come where there are fewer texts.
    known
        Labels that exist already; their texts and contacts are not drawn again.
    redacted
        Mask personal data in the sheet.

    Returns
    -------
    DataFrame
        `SHEET_COLUMNS`, in the order of `tagged`; `topic`, `labelled_by` and `labelled_at`
        are empty, for people to fill.

    Raises
    ------
    InputError
        No column `contact_id` or `text`, or no text that is not labelled yet.
    """
    _require(tagged, ("contact_id", "text"), "the tagged contacts")
    pool = _pool(tagged, known)
    if pool.empty:
        raise InputError(
            f"none of {len(tagged)} contacts has a text that is not labelled yet",
            "give newer contacts, or leave --labels out",
        )
    x = model.features.transform(pool["text"].tolist())
    probabilities = model.classifier.predict_proba(x)
    chance = inclusion_probabilities(labelling_value(probabilities), n)
    vectors = x.vectors.astype(np.float64)
    drawn = draw_spread(vectors, chance, seed)
    names = np.array(model.classes, dtype=object)
    first, second = np.argsort(-probabilities[drawn], axis=1, kind="stable")[:, :2].T
    texts = pool["text"].iloc[drawn]
    return pd.DataFrame(
        {
            "contact_id": pool["contact_id"].iloc[drawn].to_numpy(),
            "text": [redact(text) if redacted else text for text in texts],
            "topic": None,
            "likely_topic": names[first],
            "runner_up": names[second],
            "confidence": np.round(probabilities[drawn].max(axis=1), 4),
            "labelled_by": None,
            "labelled_at": None,
            "inclusion_probability": np.round(chance[drawn], 8),
        },
        columns=list(SHEET_COLUMNS),
    )


@dataclass(frozen=True)
class Merged:
    """What reading a sheet did.

    Attributes
    ----------
    labels
        The labels file's new content.
    n_added, n_same, n_blank
        Answers taken in, answers that were there already, rows without an answer.
    conflicts
        Answers that contradict a label or one another: `contact_id, topic, topic_in_labels,
        labelled_by, taken` (whether the sheet's answer replaced the label).
    """

    labels: pd.DataFrame
    n_added: int
    n_same: int
    n_blank: int
    conflicts: pd.DataFrame


def read_sheet(
    path: str | Path, *, by: str | None = None, now: datetime | None = None
) -> pd.DataFrame:
    """Read a filled sheet of any format.

    Parameters
    ----------
    by
        Who answered, for rows whose `labelled_by` is empty.
    now
        When, for rows whose `labelled_at` is empty; default: the time of reading, UTC.

    Raises
    ------
    InputError
        Columns are missing, no row is answered, or nobody is named.
    """
    table = read_table(path)
    _require(table, ("text", "topic"), str(path))
    sheet = table.reindex(columns=list(dict.fromkeys([*_KEPT, *table.columns])))
    for name in _KEPT:
        sheet[name] = as_text(sheet[name]).str.strip().mask(lambda cells: cells == "")
    sheet["text"] = sheet["text"].str.replace(r"^'(?=\s*[=+\-@\t\r])", "", regex=True)
    answered = sheet["topic"].notna() & sheet["text"].notna()
    if not answered.any():
        raise InputError(f"{path}: no row has a topic", "fill the column 'topic' and save the file")
    n_nameless = int(sheet.loc[answered, "labelled_by"].isna().sum())
    if by is None and n_nameless:
        raise InputError(
            f"{path}: {n_nameless} answers without a name",
            "fill the column 'labelled_by', or give --by NAME",
        )
    stamp = (now or datetime.now(timezone.utc)).strftime("%Y-%m-%dT%H:%M:%SZ")
    sheet["labelled_by"] = sheet["labelled_by"].fillna(by or "")
    sheet["labelled_at"] = sheet["labelled_at"].fillna(stamp)
    return sheet[list(_KEPT)]


def merge_review(
    sheet: pd.DataFrame,
    labels: pd.DataFrame | None,
    *,
    taxonomy: Taxonomy | None = None,
    replace: bool = False,
) -> Merged:
    """Put a sheet's answers into the labels.

    An answer is about a contact in the labels if the ids are equal or, where the label has
    none, the texts (letters and digits only).

    Parameters
    ----------
    replace
        Let the sheet's answer win where it contradicts a label. Two answers of one sheet
        that contradict each other are never taken.

    Raises
    ------
    LabelError
        Topics that the taxonomy does not know, with the nearest ones.
    """
    answered = sheet[sheet["topic"].notna() & sheet["text"].notna()]
    if taxonomy:
        _check_known(answered["topic"].tolist(), taxonomy)
    content = pd.DataFrame(columns=list(_KEPT)) if labels is None else labels.copy()
    content = content.reindex(columns=list(dict.fromkeys([*content.columns, *_KEPT])))
    content = content.astype(object).reset_index(drop=True)
    place = _places(content)
    added: list[dict[str, Any]] = []
    conflicts: list[dict[str, Any]] = []
    n_same, n_added = 0, 0
    for contact in _contacts(answered):
        given = contact[0]
        rows = [place[key] for key in _keys(given) if key in place]
        topics = {row["topic"] for row in contact}
        there = content.loc[rows[0], "topic"] if rows else None
        if len(topics) == 1 and there is None:
            added.append(given)
        elif topics == {there}:
            n_same += 1
            continue
        else:
            taken = replace and len(topics) == 1
            conflicts += [_conflict(row, there, taken) for row in contact]
            if taken:
                for name in ("topic", "labelled_by", "labelled_at"):
                    content.loc[rows[0], name] = given[name]
            continue
        n_added += 1
    merged = pd.concat([content, pd.DataFrame(added, columns=list(_KEPT))], ignore_index=True)
    return Merged(
        merged.reindex(columns=content.columns),
        n_added,
        n_same,
        len(sheet) - len(answered),
        pd.DataFrame(conflicts, columns=list(_CONFLICT)),
    )


_CONFLICT = ("contact_id", "topic", "topic_in_labels", "labelled_by", "taken")


def _conflict(row: dict[str, Any], there: object, taken: bool) -> dict[str, Any]:
    values = (row["contact_id"], row["topic"], there, row["labelled_by"], taken)
    return dict(zip(_CONFLICT, values, strict=True))


def _pool(tagged: pd.DataFrame, known: pd.DataFrame | None) -> pd.DataFrame:
    """Return the contacts that may be drawn: with text, each text once, not labelled yet."""
    pool = tagged.assign(text=as_text(tagged["text"]), contact_id=as_text(tagged["contact_id"]))
    pool = pool[pool["text"].notna()]
    keys = pool["text"].map(_text_key)
    fresh = ~keys.duplicated()
    if known is not None:
        fresh &= ~keys.isin({_text_key(text) for text in as_text(known["text"]).dropna()})
        # a redacted label is known by its id only
        if "contact_id" in known:
            fresh &= ~pool["contact_id"].isin(set(as_text(known["contact_id"]).dropna()))
    return pool[fresh]


def _text_key(text: str) -> str:
    return normalise_text(text) or text


def _keys(row: dict[str, Any]) -> list[str]:
    """Return by what a row is recognised: its id first, if it has one, then its text."""
    by_text = f"text {_text_key(str(row['text']))}"
    return [f"id {row['contact_id']}", by_text] if pd.notna(row["contact_id"]) else [by_text]


def _places(labels: pd.DataFrame) -> dict[str, int]:
    """Return the row of each contact in the labels, by id or else by text; the first counts."""
    place: dict[str, int] = {}
    for number, row in enumerate(labels.to_dict("records")):
        if pd.notna(row["text"]):
            key = _keys({str(name): value for name, value in row.items()})[0]
            place.setdefault(key, number)
    return place


def _contacts(answered: pd.DataFrame) -> list[list[dict[str, Any]]]:
    """Return the answers by contact, in the order of the sheet."""
    found: dict[str, list[dict[str, Any]]] = {}
    for record in answered.to_dict("records"):
        row = {str(name): value for name, value in record.items()}
        found.setdefault(_keys(row)[0], []).append(row)
    return list(found.values())


def _check_known(topics: Sequence[str], taxonomy: Taxonomy) -> None:
    unknown = sorted({topic for topic in topics if topic not in taxonomy.by_id})
    if unknown:
        told = "; ".join(
            f"'{name}' (nearest: {', '.join(taxonomy.nearest(name)) or 'none'})"
            for name in unknown[:5]
        )
        raise LabelError(
            f"{len(unknown)} answers are no topics of {taxonomy.name}: {told}",
            "mend them in the sheet, or add the topics to the taxonomy",
        )


def _require(table: pd.DataFrame, columns: Sequence[str], where: str) -> None:
    for name in columns:
        if name not in table:
            raise InputError(
                f"{where}: no column '{name}'; found: {show_columns(table.columns)}",
                "give a table with that column",
            )
