"""The rows of several files, one after the other, each file in its own dialect."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from cxtopics.errors import InputError
from cxtopics.records import FileRead, Rejected
from cxtopics.sources.joining import open_export
from cxtopics.sources.rows import Kind, ReadOptions
from cxtopics.tables import file_sha256

__all__ = ["Intake"]

RowT = TypeVar("RowT")
_STEP = 500  # rows between two calls of `progress`


class Intake(Generic[RowT]):
    """Rows of all files; what is rejected and how files were understood piles up beside.

    Attributes
    ----------
    files, rejected, notices
        Complete once the rows have been iterated to the end.

    Raises
    ------
    InputError
        No file, a file in no known dialect, or one without rows.
    """

    def __init__(
        self,
        paths: Sequence[str | Path],
        kind: Kind,
        *,
        dialect: str | None = None,
        options: ReadOptions | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        if not paths:
            raise InputError(f"{kind}: got no file", "name at least one export")
        self._options = options or ReadOptions()
        # Every file is looked at before any is read: a wrong one is told at once.
        self._export = open_export(paths, kind, dialect=dialect, options=options)
        self._progress = progress or (lambda n_rows: None)
        self.files: list[FileRead] = []
        self.rejected: list[Rejected] = []

    @property
    def notices(self) -> list[str]:
        """What the dialects of the files have to be said of them."""
        return self._export.notices

    @property
    def has_text(self) -> bool:
        """Whether any of the files may hold words of customers."""
        return any(recognised.dialect.has_text for _, recognised in self._export.opened)

    @property
    def where(self) -> str:
        """The files, for errors about all of them."""
        first, *others = [str(file.path) for file, _ in self._export.opened]
        return f"{first} and {len(others)} more" if others else first

    def __iter__(self) -> Iterator[tuple[str, RowT]]:
        """Yield file name and row."""
        for read, rejected in self._export.load():
            self.files.append(read)
            self.rejected += rejected
        for file, recognised in self._export.opened:
            n_rows = 0
            for row in recognised.dialect.read(file, self._options):
                n_rows += 1
                if n_rows % _STEP == 0:
                    self._progress(_STEP)
                if isinstance(row, Rejected):
                    self.rejected.append(row)
                else:
                    yield file.path.name, row
            self._progress(n_rows % _STEP)
            if n_rows == 0:
                raise InputError(f"{file.path}: a header and no rows", "export it again, with rows")
            name, reason = recognised.dialect.name, recognised.reason
            self.files.append(
                FileRead(file.path.name, file_sha256(file.path), name, reason, n_rows)
            )
