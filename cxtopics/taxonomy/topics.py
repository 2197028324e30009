"""Topics and taxonomies as values.

A topic that ended (merged, split or retired) keeps its entry, with its lineage, so that
its id is never used again and the contacts once tagged with it can still be counted.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    StringConstraints,
    model_validator,
)

__all__ = [
    "NOT_COUNTED",
    "OTHER",
    "RESERVED",
    "TAKEN",
    "Deflectability",
    "Lever",
    "Taxonomy",
    "Topic",
    "TopicsFile",
    "nearest_words",
    "normalise_text",
]

Lever = Literal["self_service", "proactive", "fix_root", "keep_human"]
OTHER = "other"
NOT_COUNTED = ("no_reply_needed", "not_a_contact", "business_enquiry")
"""Reserved classes that stay out of contacts per order (metrics: 'The unit')."""
RESERVED = (OTHER, *NOT_COUNTED)
TAKEN = frozenset({"all", "abstained", "no_text"})
"""Words with a meaning of their own in the `topic` column of a report."""

TopicId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,47}$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Share = Annotated[float, Field(ge=0, le=1)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Deflectability(_Frozen):
    """Share of a topic's contacts that its lever could spare, before anything is tried.

    `low` and `high` are read as the 5th and 95th percentile of a Beta distribution;
    `source` says where the range comes from.
    """

    low: Share
    likely: Share
    high: Share
    source: Line


class Topic(_Frozen):
    """One customer problem (or, without group and lever, one reserved class).

    Attributes
    ----------
    replaces
        Earlier ids of this very topic (renamed): never used again.
    since
        Day on which it got its id: renamed, split off or added later than the rest.
    merged_into, split_into
        What became of it; with either, or with `retired_on`, it has ended.
    retired_on
        Day on which it ended.
    reason
        Why it was last revised.
    """

    id: TopicId
    label: Line
    description: Line
    group: TopicId | None = None
    includes: tuple[Line, ...] = ()
    excludes: dict[TopicId, Line] = Field(default_factory=dict)
    lever: Lever | None = None
    also: Lever | None = None
    deflectable: Deflectability | None = None
    examples: tuple[Line, ...] = ()
    replaces: tuple[TopicId, ...] = ()
    since: date | None = None
    merged_into: TopicId | None = None
    split_into: tuple[TopicId, ...] = ()
    retired_on: date | None = None
    reason: Line | None = None

    @property
    def has_ended(self) -> bool:
        """Whether it was merged, split or retired: nothing is tagged with it any more."""
        return bool(self.merged_into or self.split_into or self.retired_on)


class TopicsFile(_Frozen):
    """A topics file as it stands: those that ended may lie among the others."""

    name: Line
    version: Annotated[int, Field(ge=1)]
    groups: dict[TopicId, Line]
    topics: tuple[Topic, ...]
    reserved: tuple[Topic, ...] = ()
    retired: tuple[Topic, ...] = ()


class Taxonomy(TopicsFile):
    """All topics of a shop, in the order of the file.

    `topics` are those in use; those that ended are set apart in `retired`, wherever the
    file lists them.
    """

    @model_validator(mode="wrap")
    @classmethod
    def _set_apart(cls, data: Any, handler: ModelWrapValidatorHandler[Taxonomy]) -> Taxonomy:
        found = handler(data)
        ended = tuple(topic for topic in found.topics if topic.has_ended)
        if not ended:
            return found
        in_use = tuple(topic for topic in found.topics if not topic.has_ended)
        return found.model_copy(update={"topics": in_use, "retired": (*ended, *found.retired)})

    def __iter__(self) -> Iterator[Topic]:  # type: ignore[override]
        """Go through the topics, then the reserved classes."""
        return iter((*self.topics, *self.reserved))

    @cached_property
    def by_id(self) -> dict[str, Topic]:
        """Topic by id, the reserved classes included, those that ended left out."""
        return {topic.id: topic for topic in self}

    @cached_property
    def ended(self) -> dict[str, Topic]:
        """Topics that were merged, split or retired, by id."""
        return {topic.id: topic for topic in self.retired}

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the content; changes with any word of any topic."""
        content = self.model_dump_json(exclude_defaults=True)  # a new optional key changes nothing
        return hashlib.sha256(content.encode()).hexdigest()

    def label(self, topic: str) -> str:
        """Return a topic's label, marked where it ended; an unknown id is its own label."""
        if known := self.by_id.get(topic):
            return known.label
        if not (former := self.ended.get(topic)):
            return topic
        became = "split" if former.split_into else "merged" if former.merged_into else "retired"
        on = f" on {former.retired_on}" if former.retired_on else ""
        return f"{former.label} ({became}{on})"

    def nearest(self, word: str, n: int = 3) -> list[str]:
        """Return the ids that look most like a mistyped one."""
        return difflib.get_close_matches(word, self.by_id, n=n, cutoff=0.4)

    def dump(self) -> str:
        """Return the taxonomy as YAML that `load_taxonomy` reads back unchanged."""
        content = self.model_dump(mode="json", exclude_defaults=True)
        return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)


def nearest_words(word: str, known: Iterable[str], n: int = 3) -> list[str]:
    """Return the known words that look most like a mistyped one."""
    return difflib.get_close_matches(word, sorted(known), n=n, cutoff=0.4)


def normalise_text(text: str) -> str:
    """Return the form in which two texts count as the same: letters and digits only."""
    return " ".join(re.findall(r"\w+", text.casefold()))
