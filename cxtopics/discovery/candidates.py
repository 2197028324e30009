"""Proposed changes to the topics, and how they are written down."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pandas as pd
import yaml

from cxtopics.taxonomy import Taxonomy, Topic

__all__ = ["Candidate", "Suggestions"]


@dataclass(frozen=True)
class Candidate:
    """A group of contacts that may be a topic.

    Attributes
    ----------
    words
        Words and word pairs far more frequent in it than outside, the most telling first.
    contact_ids
        Its contacts, in the order of the table.
    share
        Of the contacts looked at, 0-1.
    by_month
        Contacts by month (UTC, `YYYY-MM`); empty without `created_at`.
    examples
        Contacts nearest to the group's centre, personal data masked.
    nearest
        The topic that most of its contacts would be filed under.
    part_of
        Place (from 1) of the candidate that may be two topics, this being one of them.
    """

    words: tuple[str, ...]
    contact_ids: tuple[str, ...]
    share: float
    by_month: dict[str, int]
    examples: tuple[str, ...]
    nearest: str
    part_of: int | None = None

    @property
    def n(self) -> int:
        """Number of contacts."""
        return len(self.contact_ids)


@dataclass(frozen=True)
class Suggestions:
    """Proposed changes to the topics.

    Attributes
    ----------
    new
        Candidates for new topics, the one with most evidence first; then the parts of those
        that may be two topics.
    splits
        Topics that hold two clear groups, with the groups.
    merges
        Pairs of topics whose contacts look like one topic.
    n_contacts
        Contacts with text that were looked at.
    """

    new: tuple[Candidate, ...]
    splits: dict[str, tuple[Candidate, ...]]
    merges: tuple[tuple[str, str], ...]
    n_contacts: int

    @property
    def verdict(self) -> str:
        """How many candidates there are, in words."""
        if not self.new:
            return "nothing new"
        wholes = {group.part_of for group in self.new} - {None}
        n = sum(group.part_of is None for group in self.new)
        said = f"{n} candidate{'s' if n > 1 else ''}"
        return f"{said}, {len(wholes)} of which may be two topics" if wholes else said

    def contacts(self) -> pd.DataFrame:
        """Return which contacts each candidate holds: `candidate` (from 1), `contact_id`."""
        return pd.DataFrame(
            [
                (number, contact)
                for number, group in enumerate(self.new, start=1)
                for contact in group.contact_ids
            ],
            columns=["candidate", "contact_id"],
        )

    def to_yaml(self, taxonomy: Taxonomy | None = None) -> str:
        """Return the suggestions with a stub for the topics file each, as YAML."""
        taken = set(taxonomy.by_id) if taxonomy else set()
        content: dict[str, Any] = {
            "n_contacts": self.n_contacts,
            "verdict": self.verdict,
            "new": [
                {"candidate": number, **_shown(group, taxonomy, taken)}
                for number, group in enumerate(self.new, start=1)
            ],
            "splits": {
                topic: [_shown(group, None, set()) for group in groups]
                for topic, groups in self.splits.items()
            },
            "merges": [list(pair) for pair in self.merges],
        }
        return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)


def _shown(group: Candidate, taxonomy: Taxonomy | None, taken: set[str]) -> dict[str, Any]:
    shown: dict[str, Any] = {
        **({"part_of": group.part_of} if group.part_of else {}),
        "contacts": group.n,
        "share": round(group.share, 4),
        "by_month": group.by_month,
        "distinctive_words": list(group.words),
        "nearest_topic": group.nearest,
        "examples": list(group.examples),
    }
    if taxonomy is not None:
        shown["stub"] = _stub(group, taxonomy.by_id.get(group.nearest), taken)
    return shown


def _stub(group: Candidate, nearest: Topic | None, taken: set[str]) -> dict[str, Any]:
    """Return a topic to copy into the topics file and reword."""
    about = ", ".join(group.words[:3]) or "(words)"
    stem = re.sub(r"[^a-z0-9]+", "_", "_".join(group.words[:2]).lower()).strip("_")[:36]
    number, name = 2, f"problem_{stem or 'new'}"
    while name in taken:
        name, number = f"problem_{stem}_{number}", number + 1
    taken.add(name)
    stub: dict[str, Any] = {
        "id": name,
        "label": f"I have a problem with: {about}",
        "description": "What goes wrong for the customer, in one sentence (to be written).",
    }
    if nearest is not None and nearest.lever is not None and nearest.deflectable is not None:
        stub["group"] = nearest.group
        stub["excludes"] = {nearest.id: "What stays there (to be written)"}
        stub["lever"] = nearest.lever
        stub["deflectable"] = {
            **nearest.deflectable.model_dump(include={"low", "likely", "high"}),
            "source": f"Copied from {nearest.id}, to be replaced by an estimate of its own.",
        }
    stub["examples"] = list(dict.fromkeys(group.examples))
    return stub
