"""The sheet of an audit as people hand it back.

Spreadsheets change the order of rows and columns, the separator and the decimal sign; none
of that matters. What does matter is told: a column that is gone, a probability that is no
number, two answers to one contact.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cxtopics.errors import InputError
from cxtopics.measure.audits.frame import AuditFrame
from cxtopics.records import show_columns
from cxtopics.tables import as_text, read_table
from cxtopics.taxonomy import OTHER, Taxonomy, normalise_text

__all__ = [
    "FIRST",
    "SECOND",
    "SHEET_COLUMNS",
    "by_labeller",
    "frame_of",
    "known_topics",
    "one_answer_each",
    "read_sheet",
    "topic_of",
]

FIRST, SECOND = "first", "second"
SHEET_COLUMNS = (
    "contact_id", "text", "topic_forced", "runner_up", "topic", "inclusion_probability",
    "labeller", "audit",
)  # fmt: skip


def read_sheet(path: Path) -> pd.DataFrame:
    """Return the rows of a sheet with a contact, cells as text, probabilities as numbers.

    Raises
    ------
    InputError
        If a column is missing or a probability is no number in (0, 1].
    """
    sheet = read_table(path)
    sheet.columns = [str(name).strip().strip("'").lower() for name in sheet.columns]
    for name in ("contact_id", "topic", "inclusion_probability"):
        if name not in sheet.columns:
            raise InputError(
                f"{path}: no column '{name}'; found: {show_columns(sheet.columns)}",
                "keep the columns that `cxtopics audit draw` wrote",
            )
    kept = [name for name in SHEET_COLUMNS if name in sheet.columns]
    sheet = sheet[kept].copy()
    for name in kept:
        sheet[name] = as_text(sheet[name])
    sheet = sheet[sheet["contact_id"].notna()].reset_index(drop=True)
    numbers = sheet["inclusion_probability"].str.replace(",", ".", regex=False)
    pi = pd.to_numeric(numbers, errors="coerce")
    if bad := [str(row + 2) for row in np.flatnonzero(~((pi > 0) & (pi <= 1)))]:
        raise InputError(
            f"{path}: inclusion_probability is no number above 0 and up to 1 in {len(bad)} rows "
            f"(lines {', '.join(bad[:5])})",
            "draw the sheet again with the same options: it comes out the same, copy them over",
        )
    return sheet.assign(inclusion_probability=pi.astype(float))


def known_topics(classes: Sequence[str], taxonomy: Taxonomy | None) -> dict[str, str]:
    """Return the id of each topic by what people may write for it."""
    ids = [*classes, *(topic.id for topic in taxonomy or ())]
    if not ids:
        return {}
    known = {normalise_text(name.replace("_", " ")): name for name in [*ids, OTHER]}
    labels = {normalise_text(topic.label): topic.id for topic in taxonomy or ()}
    return {**labels, **known, **{name: name for name in [*ids, OTHER]}}


def topic_of(answer: Any, known: dict[str, str]) -> str | None:
    """Return the id that an answer means, the answer itself where it is none, None if empty."""
    if not isinstance(answer, str) or not answer.strip():
        return None
    answer = answer.strip()
    return known.get(answer) or known.get(normalise_text(answer.replace("_", " ")), answer)


def by_labeller(sheet: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows for the first and for the second labeller."""
    if "labeller" not in sheet.columns:
        return sheet, sheet.iloc[:0]
    second = (sheet["labeller"].str.lower() == SECOND).to_numpy(bool)
    return sheet[~second], sheet[second]


def one_answer_each(first: pd.DataFrame, where: str) -> tuple[pd.DataFrame, list[str]]:
    """Return one row per contact; contacts with two different answers are a fault."""
    filled = first[first["topic"].notna()]
    different = filled.groupby("contact_id")["topic"].nunique()
    torn = different[different > 1]
    faults = []
    if len(torn):
        lines = first.index[first["contact_id"].isin(torn.index)][:5] + 2
        faults.append(
            f"{where}: {len(torn)} contacts have two different answers "
            f"(lines {', '.join(map(str, lines))}): keep one"
        )
    order = first["topic"].isna().to_numpy().argsort(kind="stable")
    return first.iloc[order].drop_duplicates("contact_id").sort_index(), faults


def frame_of(sheet: pd.DataFrame) -> AuditFrame | None:
    """Return what the sheet was drawn from, if all its rows say the same."""
    if "audit" not in sheet.columns:
        return None
    frames = {AuditFrame.from_cell(cell) for cell in sheet["audit"].dropna().unique()}
    return frames.pop() if len(frames) == 1 else None
