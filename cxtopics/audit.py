"""Draw contacts for people to check, and read what they answered.

    tagged -> plan: how many to check
    tagged -> draw: the sheet -> people fill `topic` -> read: checked answers -> report

Every row of a sheet keeps the probability with which it was drawn: without it the answers
could not be turned into shares of all contacts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxtopics.errors import InputError
from cxtopics.measure.audits.agreement import Agreement, cohens_kappa
from cxtopics.measure.audits.frame import AuditFrame, Design, frame_rows, lay_out
from cxtopics.measure.audits.labels import AuditLabels, lay_over, topic_codes
from cxtopics.measure.audits.sheet import (
    FIRST,
    SECOND,
    SHEET_COLUMNS,
    by_labeller,
    frame_of,
    known_topics,
    one_answer_each,
    read_sheet,
    topic_of,
)
from cxtopics.measure.calendar.periods import parse_period, utc_span
from cxtopics.measure.prevalence.audit_design import (
    PLANNING_FACTOR,
    contacts_needed,
    planned_half_width,
)
from cxtopics.measure.prevalence.audit_estimate import estimate_from_audit
from cxtopics.measure.prevalence.topic_scores import read_scores
from cxtopics.records import show_columns
from cxtopics.tables import as_text
from cxtopics.taxonomy import NOT_COUNTED, OTHER, Taxonomy, nearest_words
from cxtopics.text import redact

__all__ = ["AuditSheet", "draw_audit", "factor_from", "lay_out_audit", "plan_audit", "read_audit"]


@dataclass(frozen=True)
class AuditSheet:
    """A sheet as it was read.

    Attributes
    ----------
    labels
        The first answer to each contact.
    agreement
        Between first and second labeller; None where nothing was labelled twice.
    n_unfilled
        Contacts without an answer.
    unknown
        Answers that are no topic of the model: number of rows and nearest topics, by answer.
    faults
        What makes the sheet unusable until it is mended, in sentences.
    notes
        What a reader must know, in sentences.
    """

    labels: AuditLabels
    agreement: Agreement | None
    n_unfilled: int
    unknown: dict[str, tuple[int, list[str]]]
    faults: tuple[str, ...]
    notes: tuple[str, ...]


def lay_out_audit(
    tagged: pd.DataFrame,
    n: int,
    *,
    estimation: dict[str, Any] | None = None,
    period: str | None = None,
    timezone: str = "UTC",
    seed: int = 0,
) -> Design:
    """Lay an audit of n contacts out over a tagged table, or over one period of it.

    Parameters
    ----------
    tagged
        With `contact_id`, and `created_at` where a period is asked for.
    estimation
        What `tag` left in the table's footer for the estimators.
    period
        Such as 2026-03, 2026-W10, 2026-Q1 or 2026, in the shop's `timezone`.

    Raises
    ------
    InputError
        If columns are missing, the period is none or has no contact with text.
    """
    ids, times, counted = _columns(tagged)
    scores = read_scores(tagged, estimation)
    frame = AuditFrame(n, seed, 0, "0")
    if period:
        if times is None:
            raise InputError(
                "tagged contacts: no column 'created_at', so no period can be told",
                "leave --period away to draw from the whole table",
            )
        start, end = utc_span(*parse_period(period), timezone)
        frame = AuditFrame(n, seed, 0, "0", start, end)
    elif times is not None:  # a later, longer export still knows what was drawn from
        last = times.max() + pd.Timedelta(seconds=1)
        frame = AuditFrame(n, seed, 0, "0", _stamp(times.min()), _stamp(last))
    design = lay_out(scores, ids, counted, frame_rows(times, frame, len(ids)), frame)
    if not len(design.rows):
        where = f"in {period}" if period else "in the table"
        raise InputError(
            f"tagged contacts: no contact with text {where} to check",
            "check the period and the file",
        )
    return design


def draw_audit(
    tagged: pd.DataFrame, design: Design, *, double: float = 0.0, redacted: bool = True
) -> pd.DataFrame:
    """Return the sheet for people to fill: one row per drawn contact, in random order.

    Parameters
    ----------
    double
        Share of the contacts that come a second time, at the end, for a second person
        (`labeller` = second), 0-1.
    redacted
        Show texts without personal data, see `text.redact`.

    Notes
    -----
    The order is random so that a sheet that nobody finishes is still a sample.
    """
    rng = np.random.default_rng([design.frame.seed, design.frame.n, 1])
    drawn = rng.permutation(design.draw())
    place = np.searchsorted(design.rows, drawn)
    best = np.argsort(-design.population.scores[place], axis=1, kind="stable")[:, :2]
    names = np.array([*design.population.topics, ""], dtype=object)
    sheet = pd.DataFrame({"contact_id": as_text(tagged["contact_id"]).to_numpy()[drawn]})
    if "text" in tagged.columns:
        texts = as_text(tagged["text"]).iloc[drawn]
        shown = texts.map(redact, na_action="ignore") if redacted else texts
        sheet["text"] = shown.to_numpy()
    for column, name in enumerate(("topic_forced", "runner_up")):
        sheet[name] = (
            as_text(tagged[name]).to_numpy()[drawn]
            if name in tagged.columns
            else names[best[:, min(column, best.shape[1] - 1)]]
        )
    sheet["topic"] = None
    sheet["inclusion_probability"] = [repr(float(pi)) for pi in design.inclusion[place]]
    sheet["labeller"], sheet["audit"] = FIRST, design.frame.to_cell()
    twice = sheet.head(round(double * len(sheet))).assign(labeller=SECOND)
    whole = pd.concat([sheet, twice], ignore_index=True)
    return whole[[name for name in SHEET_COLUMNS if name in whole.columns]]


def plan_audit(
    tagged: pd.DataFrame,
    *,
    sizes: tuple[int, ...] = (200, 500, 1000),
    half_width: float = 0.3,
    topic: str | None = None,
    estimation: dict[str, Any] | None = None,
    period: str | None = None,
    timezone: str = "UTC",
    factor: float = PLANNING_FACTOR,
) -> pd.DataFrame:
    """Return what an audit would tell, the most frequent topic first.

    Returns
    -------
    DataFrame
        `topic`, `share` (expected, 0-1), `needed` (contacts for +- `half_width` of the
        topic's count) and, by number of contacts, the relative half-width they promise.

    Raises
    ------
    InputError
        As for `lay_out_audit`; or the topic is none of the model's.
    """
    design = lay_out_audit(tagged, 1, estimation=estimation, period=period, timezone=timezone)
    scores, topics = design.population.scores, design.population.topics
    if topic and topic not in topics:
        near = ", ".join(nearest_words(topic, topics)) or "none"
        raise InputError(f"topic '{topic}' is none of the model's; nearest: {near}", "check it")
    share = scores.mean(axis=0)
    columns: dict[Any, Any] = {"topic": topics, "share": share}
    columns["needed"] = contacts_needed(scores, half_width, factor)
    for n in sizes:
        columns[n] = planned_half_width(scores, n, factor) / share
    table = pd.DataFrame(columns).sort_values("share", ascending=False, kind="stable")
    return table[table["topic"] == topic] if topic else table[table["topic"] != OTHER]


def factor_from(
    labels: AuditLabels, tagged: pd.DataFrame, *, estimation: dict[str, Any] | None = None
) -> float:
    """Return how much larger errors were in an audit than the scores promised (>= 1).

    It replaces `PLANNING_FACTOR` in the plan of the next audit.
    """
    ids, times, counted = _columns(tagged)
    scores = read_scores(tagged, estimation)
    laid = lay_over(labels, scores, ids, times, counted)
    rows = np.flatnonzero(laid.inclusion > 0)
    inside = laid.inclusion > 0
    population = scores.take(inside).population(counted[inside])
    found = estimate_from_audit(
        population.scores,
        laid.inclusion[rows],
        np.searchsorted(rows, laid.rows),
        topic_codes(laid.topics, population.topics),
    )
    return float(np.sqrt(found.inflation))


def read_audit(
    path: str | Path,
    tagged: pd.DataFrame | None = None,
    *,
    estimation: dict[str, Any] | None = None,
    taxonomy: Taxonomy | None = None,
) -> AuditSheet:
    """Read a filled sheet, as CSV or XLSX, and check it.

    Parameters
    ----------
    tagged, estimation
        The table it was drawn from, with its footer: to check that they belong together
        and to know the topics.
    taxonomy
        A topic may be answered by its label as well as by its id.

    Raises
    ------
    InputError
        If columns are missing or a probability is no number in (0, 1].
    """
    path = Path(path)
    sheet = read_sheet(path)
    scores = None
    if tagged is not None:
        scores = read_scores(tagged, estimation)
    known = known_topics(scores.classes if scores else (), taxonomy)
    sheet["topic"] = [topic_of(answer, known) for answer in sheet["topic"]]
    first, second = by_labeller(sheet)
    answers, faults = one_answer_each(first, path.name)
    labels = AuditLabels(
        path.name,
        tuple(answers["contact_id"]),
        tuple(topic if isinstance(topic, str) else None for topic in answers["topic"]),
        answers["inclusion_probability"].to_numpy(float),
        frame_of(answers),
        tuple(answers["text"].fillna("")) if "text" in answers else (),
    )
    notes: tuple[str, ...] = ()
    if tagged is not None and scores is not None:
        ids, times, counted = _columns(tagged)
        notes = lay_over(labels, scores, ids, times, counted).notes
    ids_known = set(known.values())
    strange = Counter(topic for topic in labels.topics if topic and topic not in ids_known)
    unknown = (
        {topic: (n, nearest_words(topic, ids_known)) for topic, n in strange.most_common()}
        if ids_known
        else {}
    )
    n_unfilled = sum(topic is None for topic in labels.topics)
    agreement = _agreement(answers, second)
    return AuditSheet(labels, agreement, n_unfilled, unknown, tuple(faults), notes)


def _columns(
    tagged: pd.DataFrame,
) -> tuple[pd.Series, pd.Series | None, npt.NDArray[np.bool_]]:
    """Return ids, times and which rows are counted."""
    if "contact_id" not in tagged.columns:
        raise InputError(
            f"tagged contacts: no column 'contact_id'; found: {show_columns(tagged.columns)}",
            "name it with `cxtopics tag --id-column`",
        )
    ids = as_text(tagged["contact_id"])
    times = tagged["created_at"] if "created_at" in tagged.columns else None
    if "topic" not in tagged.columns:
        return ids, times, np.ones(len(tagged), dtype=bool)
    return ids, times, ~as_text(tagged["topic"]).isin(NOT_COUNTED).to_numpy()


def _stamp(time: pd.Timestamp) -> str:
    return f"{time.tz_convert('UTC'):%Y-%m-%dT%H:%M:%SZ}"


def _agreement(first: pd.DataFrame, second: pd.DataFrame) -> Agreement | None:
    both = first.merge(second, on="contact_id", suffixes=("_1", "_2"))
    both = both[both["topic_1"].notna() & both["topic_2"].notna()]
    if both.empty:
        return None
    return cohens_kappa(both["topic_1"].tolist(), both["topic_2"].tolist())
