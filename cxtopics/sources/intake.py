"""The rows of several files, one after the other, each file in its own dialect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Generic, TypeVar

from cxtopics.errors import InputError
from cxtopics.records import (
    FileRead,
    Pace,
    Progress,
    RecordFile,
    Rejected,
    find_inputs,
    open_records,
)
from cxtopics.sources.detection import Recognised
from cxtopics.sources.joining import open_export
from cxtopics.sources.rows import Kind, ReadOptions
from cxtopics.sources.tracing import TracedFile, trace_file
from cxtopics.tables import file_sha256

__all__ = ["Intake"]

RowT = TypeVar("RowT")


class Intake(Generic[RowT]):
    """Rows of all files; what is rejected and how files were understood piles up beside.

    Attributes
    ----------
    n_bytes
        Of all files together.
    files, rejected
        Complete once the rows have been iterated to the end; `rejected` with the number of
        the file beside each row.

    Raises
    ------
    InputError
        No file, a file in no known dialect, or no row in any of them.
    """

    def __init__(
        self,
        paths: Sequence[str | Path],
        kind: Kind,
        *,
        dialect: str | None = None,
        options: ReadOptions | None = None,
        max_unpacked: int | None = None,
        progress: Progress | None = None,
    ) -> None:
        if not paths:
            raise InputError(f"{kind}: got no file", "name at least one export")
        self.options = options or ReadOptions()
        inputs = find_inputs(paths, max_unpacked=max_unpacked)
        # Every file is looked at before any is read: a wrong one is told at once.
        opened = [open_records(source) for source in inputs.files]
        self._export = open_export(opened, kind, dialect=dialect, options=self.options)
        self._notices = list(inputs.notices)
        self.n_bytes = sum(source.n_bytes for source in inputs.files)
        self._pace = Pace(progress, self.n_bytes)
        self._sha256 = cache(file_sha256)  # of a zip once, however many files it holds
        self.files: list[FileRead] = []
        self.rejected: list[tuple[int, Rejected]] = []

    @property
    def notices(self) -> list[str]:
        """What has to be said of the files: what dialects say, those passed over, empty ones."""
        return list(dict.fromkeys([*self._export.notices, *self._notices]))

    @property
    def has_text(self) -> bool:
        """Whether any of the files may hold words of customers."""
        return any(found.dialect.has_text for _, found in self._export.opened)

    @property
    def where(self) -> str:
        """The files, for errors about all of them."""
        first, *others = [str(file.path) for file, _ in self._export.opened]
        return f"{first} and {len(others)} more" if others else first

    def __iter__(self) -> Iterator[tuple[int, RowT]]:
        """Yield the number of the file (its place in `files`), and a row."""
        for file, found, rejected in self._export.load(self._pace):
            for row in rejected:
                self._reject(row, file)
            self._close(file, found, len(rejected))
        for file, found in self._export.opened:
            n_rows = 0
            watched = replace(file, on_bytes=self._pace.on_bytes)
            for row in found.dialect.read(watched, self.options):
                n_rows += 1
                self._pace.on_row()
                if isinstance(row, Rejected):
                    self._reject(row, file)
                else:
                    yield len(self.files), row
            self._close(file, found, n_rows)
            if n_rows == 0:
                self._notices.append(f"{file.source.label}: a header and no rows")
        self._pace.end()
        if not any(file.n_rows for file in self.files):
            raise InputError(f"{self.where}: a header and no rows", "export it again, with rows")

    def _reject(self, row: Rejected, file: RecordFile) -> None:
        self.rejected.append((len(self.files), replace(row, file=file.source.label)))

    def _close(self, file: RecordFile, found: Recognised, n_rows: int) -> None:
        digest = self._sha256(file.source.path)
        name, reason = found.dialect.name, found.reason
        self.files.append(FileRead(file.source.label, digest, name, reason, n_rows))

    def trace(self) -> list[TracedFile]:
        """Find out how every file is understood, once all rows have been iterated."""
        opened = [trace_file(file, found, self.options) for file, found in self._export.opened]
        return [*opened, *(TracedFile.whole(file, found) for file, found in self._export.loaded)]
