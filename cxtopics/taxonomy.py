"""Topics: the customer's problems, kept as YAML that people edit.

A taxonomy is a list of topics in groups, plus four reserved classes for what is no
problem of the 50 (`other`) or no contact at all. Loading checks everything at once and
reports each fault as ``path -> to -> key: message``.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from cxtopics.errors import TaxonomyError

__all__ = [
    "NOT_COUNTED",
    "OTHER",
    "RESERVED",
    "Deflectability",
    "Lever",
    "Taxonomy",
    "Topic",
    "load_taxonomy",
    "nearest_words",
    "normalise_text",
]

Lever = Literal["self_service", "proactive", "fix_root", "keep_human"]
OTHER = "other"
NOT_COUNTED = ("no_reply_needed", "not_a_contact", "business_enquiry")
"""Reserved classes that stay out of contacts per order (metrics: 'The unit')."""
RESERVED = (OTHER, *NOT_COUNTED)
# Words with a meaning of their own in the `topic` column of a report.
_TAKEN = frozenset({"all", "abstained", "no_text"})

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
    """One customer problem (or, without group and lever, one reserved class)."""

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


class Taxonomy(_Frozen):
    """All topics of a shop, in the order of the file."""

    name: Line
    version: Annotated[int, Field(ge=1)]
    groups: dict[TopicId, Line]
    topics: tuple[Topic, ...]
    reserved: tuple[Topic, ...] = ()

    def __iter__(self) -> Iterator[Topic]:  # type: ignore[override]
        """Go through the topics, then the reserved classes."""
        return iter((*self.topics, *self.reserved))

    @cached_property
    def by_id(self) -> dict[str, Topic]:
        """Topic by id, the reserved classes included."""
        return {topic.id: topic for topic in self}

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the content; changes with any word of any topic."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def label(self, topic: str) -> str:
        """Return a topic's label; an unknown id is its own label."""
        known = self.by_id.get(topic)
        return known.label if known else topic

    def nearest(self, word: str, n: int = 3) -> list[str]:
        """Return the ids that look most like a mistyped one."""
        return difflib.get_close_matches(word, self.by_id, n=n, cutoff=0.4)

    def dump(self) -> str:
        """Return the taxonomy as YAML that `load_taxonomy` reads back unchanged."""
        content = self.model_dump(mode="json", exclude_defaults=True)
        return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)


def load_taxonomy(path: str | Path) -> Taxonomy:
    """Read and check a topics file.

    Parameters
    ----------
    path
        A YAML file with the keys `name, version, groups, topics, reserved`.

    Raises
    ------
    TaxonomyError
        With every fault of the file, not only the first.
    """
    path = Path(path)
    try:
        content = yaml.load(path.read_bytes(), Loader=_UniqueKeyLoader)  # noqa: S506 (safe)
    except FileNotFoundError:
        raise TaxonomyError(str(path), ["no such file"]) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise TaxonomyError(str(path), [f"not readable as YAML: {_one_line(error)}"]) from None
    if not isinstance(content, dict):
        raise TaxonomyError(str(path), ["expected a mapping with the key 'topics'"])
    try:
        taxonomy = Taxonomy.model_validate(content)
    except ValidationError as error:
        raise TaxonomyError(str(path), _shape_faults(error, content)) from None
    if faults := list(_meaning_faults(taxonomy)):
        raise TaxonomyError(str(path), faults)
    return taxonomy


def nearest_words(word: str, known: Iterable[str], n: int = 3) -> list[str]:
    """Return the known words that look most like a mistyped one."""
    return difflib.get_close_matches(word, sorted(known), n=n, cutoff=0.4)


def normalise_text(text: str) -> str:
    """Return the form in which two texts count as the same: letters and digits only."""
    return " ".join(re.findall(r"\w+", text.casefold()))


_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one is 8x faster


class _UniqueKeyLoader(_SafeLoader):  # type: ignore[misc]
    """SafeLoader that refuses a key given twice (PyYAML would keep the last silently)."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = Counter(str(key.value) for key, _ in node.value)
        for key, count in keys.items():
            if count > 1:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key '{key}' is given {count} times", node.start_mark
                )
        return dict(super().construct_mapping(node, deep))


def _one_line(error: Exception) -> str:
    return re.sub(r"\s+", " ", str(error))


def _shape_faults(error: ValidationError, content: dict[str, Any]) -> list[str]:
    """Word pydantic's errors as `path -> to -> key: message`, topics by id, not by number."""
    faults = []
    for fault in error.errors():
        where: list[str] = []
        here: Any = content
        for step in fault["loc"]:
            try:
                here = here[step]
            except (KeyError, IndexError, TypeError):
                here = None
            named = isinstance(here, dict) and isinstance(step, int) and here.get("id")
            where.append(str(named or (step + 1 if isinstance(step, int) else step)))
        faults.append(f"{' -> '.join(where)}: {fault['msg']}")
    return faults


def _meaning_faults(taxonomy: Taxonomy) -> Iterator[str]:
    """Yield what a schema cannot see: references, order of numbers, repeated examples."""
    for topic_id, count in Counter(topic.id for topic in taxonomy).items():
        if count > 1:
            yield f"topics -> {topic_id}: the id is used {count} times"
        if topic_id in _TAKEN:
            yield f"topics -> {topic_id}: this id has a meaning of its own in reports"
    if not taxonomy.topics:
        yield "topics: expected at least one topic"
    for topic in taxonomy.reserved:
        if topic.id not in RESERVED:
            yield f"reserved -> {topic.id}: expected one of {', '.join(RESERVED)}"
    for topic in taxonomy.topics:
        yield from _topic_faults(topic, taxonomy)
    seen: dict[str, str] = {}
    for topic in taxonomy:
        place = "reserved" if topic.id in RESERVED else "topics"
        for number, example in enumerate(topic.examples, start=1):
            key = normalise_text(example)
            where = f"{place} -> {topic.id} -> examples -> {number}"
            if key in seen:
                yield f"{where}: the same message as {seen[key]}"
            seen.setdefault(key, f"{topic.id} -> examples -> {number}")
        for neighbour in topic.excludes:
            if neighbour not in taxonomy.by_id:
                yield f"{place} -> {topic.id} -> excludes -> {neighbour}: no such topic"


def _topic_faults(topic: Topic, taxonomy: Taxonomy) -> Iterator[str]:
    where = f"topics -> {topic.id}"
    if topic.id in RESERVED:
        yield f"{where}: a reserved class belongs under 'reserved'"
    if topic.group not in taxonomy.groups:
        yield f"{where} -> group: got '{topic.group}', expected one of {', '.join(taxonomy.groups)}"
    if topic.lever is None:
        yield f"{where} -> lever: missing"
    if topic.also is not None and topic.also == topic.lever:
        yield f"{where} -> also: the same as the lever"
    share = topic.deflectable
    if share is None:
        yield f"{where} -> deflectable: missing"
    elif not share.low <= share.likely <= share.high:
        yield f"{where} -> deflectable: expected low <= likely <= high"
    if topic.id in topic.excludes:
        yield f"{where} -> excludes -> {topic.id}: a topic cannot exclude itself"
