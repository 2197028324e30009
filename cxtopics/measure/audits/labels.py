"""What people answered: the filled sheets of audits, laid over a tagged table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxtopics.measure.audits.frame import AuditFrame, Design, frame_rows, lay_out
from cxtopics.measure.estimate import FloatArray
from cxtopics.measure.prevalence.topic_scores import TopicScores
from cxtopics.taxonomy import OTHER

__all__ = ["AuditLabels", "LaidAudit", "join_sheets", "lay_over", "match_ids", "topic_codes"]


@dataclass(frozen=True)
class AuditLabels:
    """One sheet as people filled it.

    Attributes
    ----------
    where
        The file's name.
    contact_ids, topics
        Of each drawn row; a topic that nobody filled in is None (n_rows,).
    inclusion
        Probability of each row to be drawn (n_rows,).
    frame
        What it was drawn from; None where the sheet does not say.
    texts
        Texts of the rows, to tell whether a model learnt from them; may be empty.
    """

    where: str
    contact_ids: tuple[str, ...]
    topics: tuple[str | None, ...]
    inclusion: FloatArray
    frame: AuditFrame | None = None
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class LaidAudit:
    """A draw laid over the rows of a tagged table.

    Attributes
    ----------
    inclusion
        Probability of every row of the table to be drawn and answered; 0 outside the frame
        (n_table_rows,).
    rows, topics
        The answered contacts: rows of the table, and what people called them.
    n_drawn
        Contacts drawn, answered or not.
    notes
        What a reader must know, in sentences.
    """

    inclusion: FloatArray
    rows: npt.NDArray[np.intp]
    topics: tuple[str, ...]
    n_drawn: int
    notes: tuple[str, ...] = field(default=())


def join_sheets(sheets: Sequence[AuditLabels]) -> list[AuditLabels]:
    """Join the sheets of one draw (split between people); draws of their own stay apart.

    A contact that stands in two sheets of one draw keeps the first answer given.
    """
    joined: dict[object, AuditLabels] = {}
    for number, sheet in enumerate(sheets):
        key = sheet.frame or number
        joined[key] = _together(joined[key], sheet) if key in joined else sheet
    return list(joined.values())


def _together(one: AuditLabels, two: AuditLabels) -> AuditLabels:
    answers: dict[str, tuple[str | None, float, str]] = {}
    for sheet in (one, two):
        texts = sheet.texts or ("",) * len(sheet.contact_ids)
        for name, topic, pi, text in zip(
            sheet.contact_ids, sheet.topics, sheet.inclusion, texts, strict=True
        ):
            if name not in answers or answers[name][0] is None:
                answers[name] = (topic, float(pi), text)
    return AuditLabels(
        f"{one.where}, {two.where}",
        tuple(answers),
        tuple(topic for topic, _, _ in answers.values()),
        np.array([pi for _, pi, _ in answers.values()]),
        one.frame,
        tuple(text for _, _, text in answers.values()),
    )


def match_ids(wanted: Sequence[str], ids: pd.Series[str]) -> npt.NDArray[np.intp]:
    """Return the row of each id, -1 where there is none.

    An id that lost its leading zeros in a spreadsheet is found where only one row fits.
    """
    rows = pd.Series(np.arange(len(ids)), index=pd.Index(ids.astype(str)))
    found = rows.reindex(list(wanted))
    if found.isna().any():
        short = rows.copy()
        short.index = short.index.str.lstrip("0")
        short = short[~short.index.duplicated(keep=False)]
        lost = found.isna().to_numpy()
        found[lost] = short.reindex(
            [name.lstrip("0") for name in np.array(wanted)[lost]]
        ).to_numpy()
    return found.fillna(-1).to_numpy(dtype=np.intp)


def lay_over(
    sheet: AuditLabels,
    scores: TopicScores,
    ids: pd.Series[str],
    created_at: pd.Series[pd.Timestamp] | None,
    counted: npt.NDArray[np.bool_],
) -> LaidAudit:
    """Lay a sheet over the table it was drawn from, or over a later state of it.

    The probabilities of the contacts that were not drawn are worked out again. Where the
    table has changed since (another model, more contacts), they are scaled to those that
    the sheet kept, and a note says so.

    Notes
    -----
    Unanswered rows are taken to be missing at random within the draw: every probability is
    multiplied by the share that was answered.
    """
    frame = sheet.frame or AuditFrame(len(sheet.contact_ids), 0, 0, "0")
    design = lay_out(scores, ids, counted, frame_rows(created_at, frame, len(ids)), frame)
    rows = match_ids(sheet.contact_ids, ids)
    place = np.full(len(ids), -1)
    place[design.rows] = np.arange(len(design.rows))
    inside = np.where(rows >= 0, place[rows], -1)
    answered = np.array([topic is not None for topic in sheet.topics]) & (inside >= 0)
    pi, notes = _probabilities(sheet, design, inside)
    n_drawn = max(frame.n if sheet.frame else 0, len(sheet.contact_ids))
    n_drawn = min(n_drawn, len(design.rows)) if sheet.frame else n_drawn
    response = answered.sum() / n_drawn if n_drawn else 0.0
    inclusion = np.zeros(len(ids))
    inclusion[design.rows] = pi * min(response, 1.0)
    return LaidAudit(
        inclusion,
        rows[answered],
        tuple(str(topic) for topic, kept in zip(sheet.topics, answered, strict=True) if kept),
        n_drawn,
        (*notes, *_missing(sheet, inside, answered, n_drawn)),
    )


def _probabilities(
    sheet: AuditLabels, design: Design, inside: npt.NDArray[np.intp]
) -> tuple[FloatArray, list[str]]:
    """Return the probabilities of all contacts of the frame, those drawn as they were kept."""
    pi, there = design.inclusion.copy(), inside >= 0
    given = sheet.inclusion[there]
    if not len(given):
        return pi, []
    same_table = sheet.frame is not None and sheet.frame == design.frame
    ratio = given / pi[inside[there]]
    if same_table and np.allclose(ratio, 1, rtol=1e-3):
        return pi, []
    if sheet.frame is None or same_table:
        notes = (
            []
            if sheet.frame is None
            else [
                f"{sheet.where}: inclusion probabilities differ from those of the draw: either the "
                "contacts were tagged again by another model, or cells were changed."
            ]
        )
    else:
        notes = [
            f"{sheet.where}: drawn from {sheet.frame.n_contacts:,} contacts, the table now has "
            f"{design.frame.n_contacts:,} in that time: new ones are taken to be like the others."
        ]
    pi = np.minimum(pi * float(np.median(ratio)), 1.0)
    pi[inside[there]] = given
    return pi, notes


def _missing(
    sheet: AuditLabels,
    inside: npt.NDArray[np.intp],
    answered: npt.NDArray[np.bool_],
    n_drawn: int,
) -> list[str]:
    notes = []
    if strangers := int((inside < 0).sum()):
        notes.append(
            f"{sheet.where}: {strangers:,} of {len(inside):,} contacts are not in the table (or "
            "are not counted there), and are left out."
        )
    if silent := n_drawn - int(answered.sum()) - strangers:
        notes.append(
            f"{sheet.where}: {silent:,} of {n_drawn:,} drawn contacts were not answered: taken to "
            "be like those that were."
        )
    return notes


def topic_codes(topics: Sequence[str], columns: tuple[str, ...]) -> npt.NDArray[np.intp]:
    """Return the column of each topic; what the model does not know is `other`."""
    place = {topic: column for column, topic in enumerate(columns)}
    return np.array([place.get(topic, place[OTHER]) for topic in topics], dtype=np.intp)
