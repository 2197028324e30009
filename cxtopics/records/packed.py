"""Bytes that hold rows: a file, a gzipped file, or one file inside a zip.

Nothing is unpacked to a place that an archive names. Packed bytes are read as a stream and
counted while they are read, so that a small file cannot fill memory or disk (a "zip bomb").
"""

from __future__ import annotations

import gzip
import io
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO

from cxtopics.errors import InputError

__all__ = ["MAX_RATIO", "MAX_UNPACKED", "InputFile", "check_unpacked"]

MAX_UNPACKED = 20 * 10**9
"""Bytes that one file or archive may unpack to, unless the user allows more."""
MAX_RATIO = 200
"""Times its size that a file may unpack to by default; NDJSON packs to a tenth or so."""
_HARMLESS = 100 * 10**6  # bytes below which the ratio does not matter
_BLOCK = 1 << 20
_BROKEN = (zlib.error, EOFError, zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError)
OnBytes = Callable[[int], None]


@dataclass(frozen=True)
class InputFile:
    """One file to read rows from.

    Attributes
    ----------
    path
        The file on disk.
    member
        Its name inside the zip at `path`; empty for any other file. Only shown, never opened.
    label
        Names it in the account of the rows; unique among the files of one run.
    n_bytes
        What `on_bytes` adds up to when the file has been read.
    max_unpacked
        Bytes it may unpack to; None: `MAX_UNPACKED`, and no more than `MAX_RATIO` times its size.
    """

    path: Path
    member: str = ""
    label: str = ""
    n_bytes: int = 0
    max_unpacked: int | None = None

    @classmethod
    def at(cls, path: str | Path, max_unpacked: int | None = None) -> InputFile:
        """Return the file at a path."""
        path = Path(path)
        n_bytes = path.stat().st_size if path.is_file() else 0
        return cls(path, label=path.name, n_bytes=n_bytes, max_unpacked=max_unpacked)

    @property
    def shown(self) -> Path:
        """The path as errors show it; that of a zip's member goes on inside the zip."""
        return self.path / self.member if self.member else self.path

    @property
    def is_gzip(self) -> bool:
        """Tell whether the bytes are gzipped, by the name's ending."""
        return not self.member and self.path.suffix.lower() == ".gz"

    @property
    def suffix(self) -> str:
        """The ending that tells the format, in small letters: `.csv` of `a.csv.gz`."""
        name = PurePosixPath(self.member or self.path.name)
        return PurePosixPath(name.stem).suffix.lower() if self.is_gzip else name.suffix.lower()

    def open(self, on_bytes: OnBytes | None = None) -> BinaryIO:
        """Open the bytes, unpacked, to be read once from start to end.

        Raises
        ------
        InputError
            When opened or while read: no permission, broken, or unpacking to more than allowed.
        """
        try:
            if self.member:
                archive = zipfile.ZipFile(self.path)
                return self._unpacked(archive.open(self.member), archive, on_bytes)
            raw = self.path.open("rb", buffering=0)
        except _BROKEN as error:
            raise self._unreadable(error) from None
        counted = io.BufferedReader(_Counted(raw, on_bytes), _BLOCK)
        if self.is_gzip:
            return self._unpacked(gzip.GzipFile(fileobj=counted), counted)
        return counted

    def open_anywhere(self) -> IO[bytes]:
        """Open the bytes for reading in any order; packed ones are first copied to a nameless file.

        Raises
        ------
        InputError
            As `open`.
        """
        if not self.member and not self.is_gzip:
            try:
                return self.path.open("rb")
            except OSError as error:
                raise self._unreadable(error) from None
        copy = tempfile.TemporaryFile()  # noqa: SIM115 - the caller's to close
        with self.open() as packed:
            shutil.copyfileobj(packed, copy, _BLOCK)
        copy.seek(0)
        return copy

    def _unpacked(self, content: Any, packed: Any, on_bytes: OnBytes | None = None) -> BinaryIO:
        return io.BufferedReader(_Unpacked(self, content, packed, on_bytes), _BLOCK)

    def _unreadable(self, error: BaseException) -> InputError:
        if isinstance(error, OSError) and error.strerror:
            return InputError(
                f"{self.shown}: cannot be read ({error.strerror})", "check its permissions"
            )
        return InputError(
            f"{self.shown}: the packed file is broken or cut off", "download or pack it again"
        )


class _Counted(io.RawIOBase):
    """A file on disk that tells how far it has been read."""

    def __init__(self, raw: io.FileIO, on_bytes: OnBytes | None) -> None:
        self._raw, self._on_bytes = raw, on_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        n_bytes = self._raw.readinto(buffer) or 0
        if self._on_bytes:
            self._on_bytes(n_bytes)
        return n_bytes

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Unpacked(io.RawIOBase):
    """Unpacked bytes, held against the limit while they are read."""

    def __init__(
        self, file: InputFile, content: Any, packed: Any, on_bytes: OnBytes | None
    ) -> None:
        self._file, self._content, self._packed, self._on_bytes = file, content, packed, on_bytes
        self._n_packed = file.path.stat().st_size
        self._n_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            block = self._content.read(len(buffer))
        except _BROKEN as error:
            raise self._file._unreadable(error) from None
        buffer[: len(block)] = block
        self._n_bytes += len(block)
        check_unpacked(self._file.shown, self._n_bytes, self._n_packed, self._file.max_unpacked)
        if self._on_bytes:
            self._on_bytes(len(block))
        return len(block)

    def close(self) -> None:
        self._content.close()
        self._packed.close()
        super().close()


def check_unpacked(where: Path, n_bytes: int, n_packed: int, max_unpacked: int | None) -> None:
    """Refuse what unpacks to more than is allowed.

    Raises
    ------
    InputError
        More than `max_unpacked` bytes; where that is None, more than `MAX_UNPACKED`, or more
        than 100 MB and `MAX_RATIO` times the packed size.
    """
    allowed = MAX_UNPACKED if max_unpacked is None else max_unpacked
    bomb = max_unpacked is None and n_bytes > max(_HARMLESS, MAX_RATIO * n_packed)
    if n_bytes <= allowed and not bomb:
        return
    if bomb:
        limit = f"more than {MAX_RATIO} times its size"
    else:
        limit = f"more than {allowed / 1e9:,.3g} GB"
    raise InputError(
        f"{where}: unpacks to {limit}", "if it is sound, allow more with --max-unpacked (GB)"
    )
