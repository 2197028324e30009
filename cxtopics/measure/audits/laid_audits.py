"""Filled audits laid over a table that is read part by part: joined to it by contact id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxtopics.measure.audits.frame import AuditFrame
from cxtopics.measure.audits.labels import AuditLabels, join_sheets, lay_over, topic_codes
from cxtopics.measure.audits.learnt_from import LearntFrom
from cxtopics.measure.prevalence.topic_estimates import AuditSample
from cxtopics.measure.prevalence.topic_scores import TopicScores
from cxtopics.taxonomy import OTHER

__all__ = ["LaidAudits", "ScoredContacts", "lay_audits"]

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class ScoredContacts:
    """Some contacts of a table, with their scores.

    Attributes
    ----------
    ids
        Contact ids.
    scores
        In the order of the ids, under today's topics.
    counted
        False for contacts that are in no rate by their tag.
    customers
        Number of each contact's customer; -1 without id.
    """

    ids: pd.Series[str]
    scores: TopicScores
    counted: Mask
    customers: npt.NDArray[np.intp]

    @property
    def estimated(self) -> Mask:
        """Those that a `Population` of them holds: counted, and with a text."""
        return self.counted & self.scores.has_text


@dataclass(frozen=True, eq=False)
class LaidAudits:
    """All audits of a table together: independent draws, joined.

    Attributes
    ----------
    inclusion
        Probability of every contact that an audit could draw to be drawn and answered, by
        contact id.
    answers
        What people called the contacts that they checked, by contact id.
    texts
        Texts of these, as far as the table keeps them, by contact id.
    all_answered
        Whether every drawn contact was answered.
    n_drawn
        Contacts drawn, answered or not.
    notes
        What a reader must know of the sheets, in sentences.
    """

    inclusion: pd.Series[float]
    answers: pd.Series[str]
    texts: pd.Series[str]
    all_answered: bool
    n_drawn: int
    notes: tuple[str, ...]

    def sample(self, contacts: ScoredContacts) -> AuditSample | None:
        """Return what was found among some contacts; None where nobody checked any."""
        ids = pd.Index(contacts.ids[contacts.estimated])
        answers = self.answers[self.answers.index.isin(ids)]
        if answers.empty:
            return None
        rows = ids.get_indexer(answers.index)
        order = np.argsort(rows)
        return AuditSample(
            np.asarray(self.inclusion.reindex(ids).fillna(0.0), dtype=np.float64),
            rows[order],
            topic_codes(answers.iloc[order].tolist(), contacts.scores.topics),
            "every drawn contact answered"
            if self.all_answered
            else "contacts not answered are like those that were",
        )

    def was_learnt(self, contacts: ScoredContacts, learnt_from: LearntFrom | None) -> bool:
        """Tell whether the model was trained on the audit of these contacts."""
        if learnt_from is None:
            return False
        ids = self.answers.index[self.answers.index.isin(contacts.ids)]
        return learnt_from.knows(ids.tolist(), self.texts[self.texts.index.isin(ids)].tolist())


def lay_audits(
    sheets: Sequence[AuditLabels],
    read: Callable[[AuditFrame | None], ScoredContacts],
    texts_of: Callable[[Sequence[str]], pd.Series[str]],
) -> LaidAudits:
    r"""Lay all sheets over a table, each over the contacts of its own frame.

    A contact that several independent draws could take has the probability to be in any of
    them, :math:`1 - \prod_d (1 - \pi_{di})`.

    Parameters
    ----------
    read
        Returns the contacts inside the time of a frame; all where it has none. One frame
        is in memory at a time.
    texts_of
        Returns the texts of contacts by id.
    """
    missed, answers = pd.Series(dtype=float), pd.Series(dtype=object)
    notes: list[str] = []
    silent, known = 0, set[str]()
    for sheet in join_sheets(sheets):
        contacts = read(sheet.frame)
        laid = lay_over(sheet, contacts.scores, contacts.ids, None, contacts.counted)
        known |= set(contacts.scores.classes)
        missed = _times(missed, pd.Series(1 - laid.inclusion, index=pd.Index(contacts.ids)))
        new = pd.Series(laid.topics, index=pd.Index(contacts.ids.iloc[laid.rows]), dtype=object)
        new = new[~new.index.duplicated()]
        answers = pd.concat([answers, new[~new.index.isin(answers.index)]])
        silent += laid.n_drawn - len(laid.rows)
        notes += laid.notes
    return LaidAudits(
        inclusion=1 - missed,
        answers=answers,
        texts=texts_of(answers.index.tolist()),
        all_answered=silent == 0,
        n_drawn=len(answers) + silent,
        notes=(*notes, *_unknown(answers, known)),
    )


def _times(one: pd.Series[float], two: pd.Series[float]) -> pd.Series[float]:
    """Multiply by contact id; a contact that only one has was missed by the other for sure."""
    two = two[two < 1]
    return two if one.empty else one.mul(two, fill_value=1.0)


def _unknown(topics: Iterable[str], known_topics: set[str]) -> list[str]:
    known = {*known_topics, OTHER}
    strange = pd.Series([topic for topic in topics if topic not in known], dtype=object)
    if strange.empty:
        return []
    names = strange.value_counts()
    shown = ", ".join(map(str, names.index[:5])) + (" and more" if len(names) > 5 else "")
    return [
        f"{len(strange):,} audited contacts bear topics that the model does not know ({shown}): "
        f"counted as '{OTHER}'. `cxtopics audit read` names the nearest topics."
    ]
