"""What an audit was drawn from: which contacts, how many, with which seed.

Every row of an audit sheet says it in its cell `audit`, so that months later the same
table gives the same probabilities again, and another table is told from it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxtopics.measure.estimate import FloatArray
from cxtopics.measure.prevalence.audit_design import inclusion_probabilities, systematic_draw
from cxtopics.measure.prevalence.topic_scores import Population, TopicScores

__all__ = ["AuditFrame", "Design", "frame_rows", "lay_out"]

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class AuditFrame:
    """The draw in words.

    Attributes
    ----------
    n
        Contacts drawn.
    seed
        Of the draw.
    n_contacts
        Contacts with text that it was drawn from.
    fingerprint
        12 hex digits over the ids of those contacts.
    start, end
        The contacts were created at `start` or later and before `end` (ISO, UTC); empty
        where the table has no times.
    """

    n: int
    seed: int
    n_contacts: int
    fingerprint: str
    start: str = ""
    end: str = ""

    def to_cell(self) -> str:
        """Return it as the cell of a sheet: `n=500 seed=0 contacts=4987 ...`."""
        span = f" from={self.start} to={self.end}" if self.start else ""
        counts = f"n={self.n} seed={self.seed} contacts={self.n_contacts}"
        return f"{counts} ids={self.fingerprint}{span}"

    @classmethod
    def from_cell(cls, cell: str) -> AuditFrame | None:
        """Read what `to_cell` returned; None where it is no such cell."""
        parts = dict(part.split("=", 1) for part in cell.split() if "=" in part)
        try:
            return cls(
                int(parts["n"]),
                int(parts["seed"]),
                int(parts["contacts"]),
                parts["ids"],
                parts.get("from", ""),
                parts.get("to", ""),
            )
        except (KeyError, ValueError):
            return None


@dataclass(frozen=True)
class Design:
    """An audit laid out over the rows of a table.

    Attributes
    ----------
    frame
        The draw in words, with the fingerprint of this table.
    rows
        Rows of the table that the audit could draw, rising.
    population
        Their scores.
    inclusion
        Their probabilities to be drawn.
    """

    frame: AuditFrame
    rows: npt.NDArray[np.intp]
    population: Population
    inclusion: FloatArray

    def draw(self) -> npt.NDArray[np.intp]:
        """Return the rows of the table that are drawn; the same for the same table and seed."""
        rng = np.random.default_rng(
            [self.frame.seed, self.frame.n, int(self.frame.fingerprint, 16)]
        )
        return self.rows[systematic_draw(self.population.scores, self.inclusion, rng)]


def lay_out(
    scores: TopicScores, ids: pd.Series[str], counted: Mask, inside: Mask, frame: AuditFrame
) -> Design:
    """Lay an audit out over the contacts of its frame.

    Parameters
    ----------
    scores, ids, counted
        Of all rows of the table; `counted` is False for rows that are no contacts by their
        tag: those are in no rate, and no audit draws them.
    inside
        Rows of the table inside the time of the frame, see `frame_rows`.
    """
    rows = np.flatnonzero(inside & counted & scores.has_text)
    population = scores.take(inside).population(counted[inside])
    found = replace(frame, n_contacts=len(rows), fingerprint=_fingerprint(ids.iloc[rows]))
    return Design(found, rows, population, inclusion_probabilities(population.scores, frame.n))


def frame_rows(created_at: pd.Series[pd.Timestamp] | None, frame: AuditFrame, n_rows: int) -> Mask:
    """Return which rows of a table lie inside the time of a frame (n_rows,)."""
    if not frame.start or created_at is None:
        return np.ones(n_rows, dtype=bool)
    start, end = pd.Timestamp(frame.start), pd.Timestamp(frame.end)
    return np.asarray((created_at >= start) & (created_at < end))


def _fingerprint(ids: Iterable[str]) -> str:
    digest = hashlib.blake2b(digest_size=6)
    for contact in sorted(str(name) for name in ids):
        digest.update(contact.encode() + b"\n")
    return digest.hexdigest()
