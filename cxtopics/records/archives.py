"""The files inside a zip, looked at before any of them is read."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from cxtopics.errors import InputError
from cxtopics.records.packed import InputFile, check_unpacked

__all__ = ["ARCHIVES", "zip_members"]

ARCHIVES = (".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".7z", ".rar", ".zst")
_MAX_MEMBERS = 10_000
_ENCRYPTED = 0x1
_DRIVE = re.compile("[A-Za-z]:")
_HINT = "unpack it yourself, look at what is in it, and name the files"


def zip_members(path: Path, max_unpacked: int | None = None) -> Iterator[InputFile]:
    """Yield the files of a zip in their order; folders and what systems put beside are none.

    Raises
    ------
    InputError
        Not a zip, encrypted, an archive within, a name that leads out of it, or too large
        unpacked (as it says of itself; what it really unpacks to is counted while read).
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise InputError(
            f"{path}: not a zip archive, or a broken one", "download or pack it again"
        ) from None
    if len(members) > _MAX_MEMBERS:
        raise InputError(f"{path}: holds more than {_MAX_MEMBERS:,} files", _HINT)
    n_packed = path.stat().st_size
    check_unpacked(path, sum(member.file_size for member in members), n_packed, max_unpacked)
    names = set()
    for member in members:
        name = PurePosixPath(member.filename.replace("\\", "/"))
        _check_member(path, member, name)
        if name.parts[0] == "__MACOSX" or any(part.startswith(".") for part in name.parts):
            continue
        if member.filename in names:
            raise InputError(f"{path}: holds two files of one name", _HINT)
        names.add(member.filename)
        yield InputFile(path, member.filename, n_bytes=member.file_size, max_unpacked=max_unpacked)


def _check_member(path: Path, member: zipfile.ZipInfo, name: PurePosixPath) -> None:
    outside = ".." in name.parts or name.is_absolute() or _DRIVE.match(str(name))
    if outside or not name.parts:
        raise InputError(f"{path}: holds a file whose name leads out of the archive", _HINT)
    if member.flag_bits & _ENCRYPTED:
        raise InputError(
            f"{path}: is encrypted", "unpack it with its password and name the files in it"
        )
    if name.suffix.lower() in ARCHIVES:
        raise InputError(f"{path}: holds an archive within the archive", _HINT)
