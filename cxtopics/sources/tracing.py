"""What each column of a file becomes, found out by experiment.

Each column in turn is emptied in a sample of the rows, and the dialect reads the sample
again: what then differs was made from that column. No dialect has to say what it uses, and
none can say it wrongly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from itertools import islice
from typing import Any

from cxtopics.errors import CxTopicsError
from cxtopics.records import Record, RecordFile, Rejected
from cxtopics.sources.detection import Recognised
from cxtopics.sources.rows import ContactRow, OrderRow, ReadOptions
from cxtopics.sources.service import SERVICE_COLUMNS

__all__ = ["SAMPLE_ROWS", "TracedFile", "trace_file"]

SAMPLE_ROWS = 200
_DEEPEST = 4  # levels of JSON that are told apart
_MOST_PATHS = 400
_MEANS = {  # fields of rows that are no columns of a table
    "person": "customer_id",
    "subject": "text",
    "messages": "text",
    "fields": "order_id (custom field)",
    "absorbed": "left_out",
    "line": "",
}
Path = tuple[str, ...]


@dataclass(frozen=True)
class TracedFile:
    """One file and how it is understood.

    Attributes
    ----------
    kind
        Format, encoding and separator, in words.
    dialect, reason
        Which reader takes it, and by what it was recognised.
    became
        What each column that is used became; parts of JSON as `via.channel`, `comments[].body`.
    unused, empty
        Columns on which nothing depends in the sample, and those without a value in it.
    """

    name: str
    kind: str
    dialect: str
    reason: str
    became: dict[str, tuple[str, ...]]
    unused: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()

    @classmethod
    def whole(cls, file: RecordFile, found: Recognised) -> TracedFile:
        """Return a file of which the columns have not been looked at one by one."""
        return cls(file.source.label, _kind(file), found.dialect.name, found.reason, {})


def trace_file(file: RecordFile, found: Recognised, options: ReadOptions) -> TracedFile:
    """Find out what each column of a file becomes, from its first `SAMPLE_ROWS` rows."""
    rows = tuple(islice((row for row in file if isinstance(row, Record)), SAMPLE_ROWS))
    sample = _Sample(file, found, options, rows)
    became: dict[str, tuple[str, ...]] = {}
    unused, empty = [], []
    for name in dict.fromkeys(str(key) for row in rows for key in row.values):
        if all(_is_blank(row.values.get(name)) for row in rows):
            empty.append(name)
        elif effects := sample.effects((name,)):
            became |= dict(islice(_finest(sample, (name,), effects), _MOST_PATHS))
        else:
            unused.append(name)
    became |= _substitutes(sample, unused)
    unused = [name for name in unused if name not in became]
    whole = TracedFile.whole(file, found)
    return replace(whole, became=became, unused=tuple(unused), empty=tuple(empty))


def _kind(file: RecordFile) -> str:
    signs = {"\t": "tabs", ",": "commas", ";": "semicolons"}
    words = [file.format.upper(), file.encoding.removesuffix("-sig").upper()]
    if file.format == "csv":
        words.append(f"separated by {signs.get(file.separator, file.separator)}")
    return ", ".join(word for word in words if word)


@dataclass(frozen=True)
class _Sample:
    """Rows that can be read again with a column emptied."""

    file: RecordFile
    found: Recognised
    options: ReadOptions
    rows: tuple[Record, ...]

    @cached_property
    def as_read(self) -> list[Any]:
        """The rows as they are read with nothing emptied."""
        return self._read(self.rows)

    def without(self, names: Sequence[str]) -> _Sample:
        """Return the sample with columns emptied."""
        rows = self.rows
        for name in names:
            rows = self._emptied(rows, (name,))
        return replace(self, rows=rows)

    def differs(self, other: _Sample) -> bool:
        """Tell whether it is read otherwise than another sample."""
        return self.as_read != other.as_read

    def effects(self, path: Path) -> tuple[str, ...]:
        """Return the columns of our table that change without the values at a path."""
        after = self._read(self._emptied(self.rows, path))
        changed: dict[str, None] = {}
        for old, new in zip(self.as_read, after, strict=False):
            for name in _differences(old, new):
                changed[name] = None
        return tuple(changed)

    def _emptied(self, rows: tuple[Record, ...], path: Path) -> tuple[Record, ...]:
        form = self.file.format
        return tuple(replace(row, values=_without(row.values, path, form)) for row in rows)

    def _read(self, rows: tuple[Record, ...]) -> list[Any]:
        file = replace(self.file, rows=rows, on_bytes=None)
        try:
            return list(self.found.dialect.read(file, self.options))
        except CxTopicsError:
            return [Rejected("", row.line, "") for row in rows]

    def parts(self, path: Path) -> Iterator[Path]:
        """Yield the paths one level below: keys of objects, and of objects in lists."""
        below: dict[Path, None] = {}
        for row in self.rows:
            for value in _values_at(row.values, path):
                if isinstance(value, dict):
                    below |= {(*path, str(key)): None for key in value}
                elif isinstance(value, list):
                    keys = (str(key) for one in value if isinstance(one, dict) for key in one)
                    below |= {(*path, "[]", key): None for key in keys}
        return iter(below)


def _substitutes(sample: _Sample, unused: list[str]) -> dict[str, tuple[str, ...]]:
    """Return columns of which one stands in where the other is empty: either alone is idle."""
    if not sample.without(unused).differs(sample):
        return {}
    found = {}
    for name in unused:
        alone = sample.without([other for other in unused if other != name])
        if effects := alone.effects((name,)):
            found[name] = effects
    return found


def _finest(
    sample: _Sample, path: Path, effects: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the innermost parts that have an effect, with it."""
    found = False
    if len([key for key in path if key != "[]"]) < _DEEPEST:
        for part in sample.parts(path):
            if inner := sample.effects(part):
                found = True
                yield from _finest(sample, part, inner)
    if not found:
        yield ".".join(path).replace(".[]", "[]"), effects


def _differences(old: Any, new: Any) -> Iterator[str]:
    if isinstance(old, ContactRow | OrderRow):
        if type(new) is not type(old):
            yield "contact_id" if isinstance(old, ContactRow) else "order_id"
            return
        for one in fields(old):
            before, after = getattr(old, one.name), getattr(new, one.name)
            if before != after and one.name == "service":
                told = zip(SERVICE_COLUMNS, before, after, strict=True)
                yield from (name for name, was, now in told if was != now)
            elif before != after:
                yield _MEANS.get(one.name, one.name)


def _without(value: Any, path: Path, form: str) -> Any:
    """Return a copy of a value with nothing at a path."""
    key, *rest = path
    if key == "[]" and isinstance(value, list):
        return [_without(one, tuple(rest), form) for one in value]
    if not isinstance(value, dict) or key not in value:
        return value
    if rest:
        return {**value, key: _without(value[key], tuple(rest), form)}
    if form == "json":
        return {name: one for name, one in value.items() if name != key}
    return {**value, key: "" if form == "csv" else None}


def _values_at(value: Any, path: Path) -> Iterator[Any]:
    if not path:
        yield value
    elif path[0] == "[]":
        for one in value if isinstance(value, list) else ():
            yield from _values_at(one, path[1:])
    elif isinstance(value, dict) and path[0] in value:
        yield from _values_at(value[path[0]], path[1:])


def _is_blank(value: Any) -> bool:
    return value is None or value != value or value in ("", [], {}) or not str(value).strip()
