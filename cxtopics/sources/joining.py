"""Several files of one export: which hold the tickets or orders, which go beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cxtopics.records import Pace, RecordFile, Rejected
from cxtopics.sources.cells import find_columns
from cxtopics.sources.detection import DIALECTS, Recognised, detect, dialects_named
from cxtopics.sources.rows import Dialect, Kind, Part, ReadOptions
from cxtopics.sources.side_tables import SideTables

__all__ = ["Export", "open_export"]


@dataclass
class Export:
    """The files of an export, each known for what it is.

    Attributes
    ----------
    opened
        Those whose rows are tickets or orders, with their dialects.
    beside
        Those that are looked up for these rows.
    set_aside
        Those that are neither, in a folder or list with such an export.
    loaded
        Those beside, with how many rows were taken in, once `load` is through.
    """

    opened: list[tuple[RecordFile, Recognised]]
    beside: list[tuple[RecordFile, Part, Dialect[Any]]] = field(default_factory=list)
    set_aside: list[RecordFile] = field(default_factory=list)
    loaded: list[tuple[RecordFile, Recognised]] = field(default_factory=list)
    _sides: SideTables | None = None

    def load(self, pace: Pace) -> Iterator[tuple[RecordFile, Recognised, list[Rejected]]]:
        """Take in the tables beside, bind the dialects to them; yield what cannot be read."""
        if not self.beside:
            return
        self._sides = SideTables({part.name for _, part, _ in self.beside})
        for file, part, dialect in self.beside:
            watched = replace(file, on_bytes=pace.on_bytes)
            n_rows, rejected = self._sides.add(part, watched, pace.on_row)
            reason = f"columns {', '.join(part.needed)}: {n_rows} rows of {part.name} beside"
            self.loaded.append((file, Recognised(dialect, reason)))
            yield (*self.loaded[-1], rejected)
        self._sides.close_intake()
        for number, (file, recognised) in enumerate(self.opened):
            bound = _bound(recognised.dialect, self._sides)
            self.opened[number] = (file, replace(recognised, dialect=bound))

    @property
    def notices(self) -> list[str]:
        """What has to be said of the files; complete once their rows have been read."""
        said = []
        for file, recognised in self.opened:
            notice = recognised.dialect.notice
            said.append(notice if isinstance(notice, str) else notice(file, self._sides))
        if self._sides:
            said.append(self._sides.strangers())
        if names := ", ".join(sorted(file.source.label for file in self.set_aside)):
            said.append(f"not read, as nothing in them is needed: {names}")
        return list(dict.fromkeys(filter(None, said)))


def _bound(dialect: Dialect[Any], sides: SideTables) -> Dialect[Any]:
    """Return the dialect with the tables beside handed to its `read_with`."""
    read_with = dialect.read_with
    if read_with is None:
        return dialect
    return replace(dialect, read=lambda file, options: read_with(file, options, sides))


def open_export(
    files: Sequence[RecordFile],
    kind: Kind,
    *,
    dialect: str | None = None,
    options: ReadOptions | None = None,
) -> Export:
    """Find out what each of several files is.

    A file that goes with the tickets or orders of another (comments, tags, order lines) is
    known by its columns; where there are such tickets or orders, files of no use are set
    aside with a notice, and an export of one file is read as ever.

    Raises
    ------
    InputError
        A file in no known dialect.
    """
    options = options or ReadOptions()
    sets = [] if options.columns else _sets(files, kind, dialect, options)
    if not sets or len(files) == 1:
        return Export(
            [(file, detect(file, kind, dialect=dialect, options=options)) for file in files]
        )
    export = Export([])
    for file in files:
        _place(file, export, sets, kind, options)
    return export


def _sets(
    files: Sequence[RecordFile], kind: Kind, dialect: str | None, options: ReadOptions
) -> list[Dialect[Any]]:
    """Return the dialects with tables beside in which at least one of the files is."""
    known = (DIALECTS[kind][name] for name in dialects_named(dialect, kind))
    return [
        each
        for each in known
        if each.parts and any(each.recognise(file, options) for file in files)
    ]


def _place(
    file: RecordFile, export: Export, sets: Sequence[Dialect[Any]], kind: Kind, options: ReadOptions
) -> None:  # fmt: skip
    for dialect in sets:
        if reason := dialect.recognise(file, options):
            export.opened.append((file, Recognised(dialect, reason)))
            return
        for part in dialect.parts:
            if len(find_columns(file, part.needed)) == len(part.needed):
                export.beside.append((file, part, dialect))
                return
    for dialect in DIALECTS[kind].values():
        if dialect.name == "table" and kind == "orders":
            continue  # it would take a list of refunds for orders
        if reason := dialect.recognise(file, options):
            export.opened.append((file, Recognised(dialect, reason)))
            return
    export.set_aside.append(file)
