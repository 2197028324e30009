"""What was done about which topic, and when: the user's log of changes, from one YAML file.

    - date: 2026-03-02            # the first day on which it was in force
      topic: order_late
      what: Mail with the new date when a parcel misses its first scan
      lever: proactive            # optional; default: the topic's own
      settle_days: 7              # optional; days until older orders have run out

Reports mark the changes in their trends and say what became of the topic after each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Optional

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from cxtopics.errors import ChangeLogError, Fault
from cxtopics.taxonomy import Taxonomy, fate_of, nearest_words
from cxtopics.taxonomy.places import Source, repeated_keys
from cxtopics.taxonomy.reading import parse_source
from cxtopics.taxonomy.shapes import path_of, word
from cxtopics.taxonomy.topics import Lever, Line

__all__ = ["LoggedChange", "load_change_log"]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _no_number(given: Any) -> Any:
    """Refuse what pydantic would take for seconds since 1970."""
    if isinstance(given, date) or (isinstance(given, str) and _DAY.fullmatch(given.strip())):
        return given
    raise PydanticCustomError("date_type", "expected a date")


class LoggedChange(BaseModel):
    """One entry of the log.

    Attributes
    ----------
    date
        First day on which the change was in force.
    topic
        Id of the topic it was meant for, as it is called today.
    what
        What was done, in words for people.
    lever
        Which lever that is; None: the topic's own.
    settle_days
        Days after it to pass over, until orders from before it have run out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    date: Annotated[date, BeforeValidator(_no_number)]
    topic: Line
    what: Line
    lever: Optional[Lever] = None
    settle_days: Annotated[int, Field(ge=0, le=365, strict=True)] = 0


_LOG = TypeAdapter(tuple[LoggedChange, ...])


def load_change_log(path: str | Path, taxonomy: Taxonomy | None = None) -> tuple[LoggedChange, ...]:
    """Read and check a log of changes; the entries come back by date.

    Parameters
    ----------
    taxonomy
        With it a topic that it does not know is a fault, and one that was renamed or merged
        is read as what it is called today.

    Raises
    ------
    ChangeLogError
        With every fault of the file and its line.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise ChangeLogError(str(path), [Fault("", f"cannot be read ({error.strerror})")]) from None
    source, faults = parse_source(content)
    if source is None:
        raise ChangeLogError(str(path), faults)
    if not isinstance(source.data, list) or not source.data:
        raise ChangeLogError(str(path), [*faults, Fault("", "expected a list of changes", line=1)])
    faults += _repeated(source)
    log, wrong = _entries(source)
    faults += [*wrong, *_meaning_faults(log, source, taxonomy)]
    if faults:
        raise ChangeLogError(str(path), sorted(faults, key=lambda fault: fault.line or 0))
    today = (_renamed(change, taxonomy) for change in log.values())
    return tuple(sorted(today, key=lambda change: (change.date, change.topic)))


def _repeated(source: Source) -> list[Fault]:
    return [
        Fault(_where(path), f"the key is given {n} times", "keep one of them", source.line(path))
        for path, n in repeated_keys(source.root)
    ]


def _entries(source: Source) -> tuple[dict[int, LoggedChange], list[Fault]]:
    """Return the sound entries by their place, and the faults of the others."""
    sound: dict[int, LoggedChange] = {}
    faults = []
    for number, entry in enumerate(source.data):
        try:
            sound[number] = LoggedChange.model_validate(entry)
        except ValidationError as error:
            for one in error.errors():
                path = (number, *path_of(one))
                faults.append(Fault(_where(path), *_words(one), source.line(path)))
    return sound, faults


def _words(error: Any) -> tuple[str, str]:
    name = str(error["loc"][-1]) if error["loc"] else ""
    if error["type"] == "extra_forbidden":
        near = nearest_words(name, LoggedChange.model_fields, 1)
        known = ", ".join(LoggedChange.model_fields)
        return "unknown key", f"did you mean '{near[0]}'?" if near else f"the keys are {known}"
    if name == "settle_days":
        return "expected a whole number of days, 0 to 365", ""
    return word(error)


def _meaning_faults(
    log: Mapping[int, LoggedChange], source: Source, taxonomy: Taxonomy | None
) -> Iterator[Fault]:
    seen: dict[tuple[str, date], int] = {}
    for number, change in log.items():
        place = (number, "topic")
        if taxonomy and fate_of(change.topic, taxonomy).change == "unknown":
            near = taxonomy.nearest(change.topic, 1)
            hint = f"did you mean '{near[0]}'?" if near else "`cxtopics topics list` names them"
            yield Fault(_where(place), f"no topic '{change.topic}'", hint, source.line(place))
        first = seen.setdefault((change.topic, change.date), number)
        if first != number:
            message = f"the same topic and day as change {first + 1}"
            hint = "write them as one: nobody can tell what each did"
            yield Fault(_where((number,)), message, hint, source.line((number, "date")))


def _renamed(change: LoggedChange, taxonomy: Taxonomy | None) -> LoggedChange:
    if taxonomy is None:
        return change
    today = fate_of(change.topic, taxonomy).current
    topic = taxonomy.by_id.get(today)
    return change.model_copy(
        update={"topic": today, "lever": change.lever or (topic.lever if topic else None)}
    )


def _where(path: Sequence[str | int]) -> str:
    return " -> ".join(f"change {step + 1}" if isinstance(step, int) else step for step in path)
