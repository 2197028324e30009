"""What a user names - files, folders, patterns, zips - as one list of files to read."""

from __future__ import annotations

import glob
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from cxtopics.errors import InputError
from cxtopics.records.archives import zip_members
from cxtopics.records.packed import InputFile
from cxtopics.records.rows import shown_name

__all__ = ["FORMATS", "Inputs", "find_inputs"]

FORMATS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".ndjson": "json",
    ".jsonl": "json",
    ".json": "json",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
}
_OWN = (".rejected.csv", ".left_out.csv")  # what this program writes beside its tables
_PATTERN = frozenset("*?[")


@dataclass(frozen=True)
class Inputs:
    """Files in the order named, each once, with labels of their own; and what was passed over."""

    files: tuple[InputFile, ...]
    notices: tuple[str, ...] = ()


def find_inputs(paths: Sequence[str | Path], *, max_unpacked: int | None = None) -> Inputs:
    """Return the files that paths, folders, patterns (`exports/*.csv`) and zips stand for.

    Parameters
    ----------
    paths
        A folder stands for all readable files in it and below, by name; hidden ones and
        this program's own lists beside its tables are passed over.
    max_unpacked
        Bytes that a packed file may unpack to, see `InputFile`.

    Raises
    ------
    InputError
        Nothing at a path, nothing readable in a folder or zip, or a zip that is refused.
    """
    files: list[InputFile] = []
    notices: list[str] = []
    seen: set[Path] = set()
    for path in paths:
        for found in _files_at(Path(path), notices):
            if found.resolve() in seen:
                notices.append(f"{shown_name(found.name)} is named twice and was read once")
                continue
            seen.add(found.resolve())
            if found.suffix.lower() == ".zip":
                files += _readable_members(found, max_unpacked, notices)
            else:
                files.append(InputFile.at(found, max_unpacked))
    return Inputs(tuple(_labelled(files)), tuple(notices))


def _files_at(path: Path, notices: list[str]) -> Iterator[Path]:
    if path.is_dir():
        yield from _files_in(path, notices)
    elif path.exists():
        yield path
    elif _PATTERN & set(str(path)):
        found = [Path(name) for name in sorted(glob.glob(str(path), recursive=True))]  # noqa: PTH207 - absolute ones
        if not any(one.is_file() for one in found):
            raise InputError(f"{path}: no file fits this pattern", "check the path")
        yield from (one for one in found if one.is_file())
    else:
        raise InputError(f"{path}: no such file", "check the path")


def _files_in(folder: Path, notices: list[str]) -> Iterator[Path]:
    readable: list[Path] = []
    others: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                (readable if _is_readable(name) else others).append(Path(place, name))
    if not readable:
        raise InputError(
            f"{folder}: no readable file in this folder",
            f"expected files that end in one of {', '.join(FORMATS)}, .gz, .zip",
        )
    _note_passed_over(str(folder), [path.name for path in others], notices)
    yield from readable


def _readable_members(
    path: Path, max_unpacked: int | None, notices: list[str]
) -> Sequence[InputFile]:
    members = list(zip_members(path, max_unpacked))
    readable = [member for member in members if _is_readable(member.member)]
    if not readable:
        raise InputError(
            f"{path}: no readable file in this archive",
            f"expected files that end in one of {', '.join(FORMATS)}",
        )
    others = [member.shown.name for member in members if member not in readable]
    _note_passed_over(path.name, others, notices)
    return readable


def _is_readable(name: str) -> bool:
    lower = name.lower()
    if lower.endswith(_OWN):
        return False
    ending = PurePosixPath(lower.removesuffix(".gz")).suffix
    return ending in FORMATS or ending == ".zip"


def _note_passed_over(where: str, names: Sequence[str], notices: list[str]) -> None:
    if names:
        shown = ", ".join(shown_name(name) for name in names[:5])
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        notices.append(f"{shown_name(where)}: passed over, being no tables: {shown}{more}")


def _labelled(files: Sequence[InputFile]) -> Iterator[InputFile]:
    """Give every file the shortest name that no other has: its own, or with folders before it."""
    parts = [_parts(file) for file in files]
    n_own = [1 + len(PurePosixPath(file.member).parts) for file in files]
    labels = ["/".join(own[-n:]) for own, n in zip(parts, n_own, strict=True)]
    while again := {label for label, n in Counter(labels).items() if n > 1}:
        for number, label in enumerate(labels):
            if label in again:
                n_own[number] += 1
                labels[number] = "/".join(parts[number][-n_own[number] :])
    for file, label in zip(files, labels, strict=True):
        yield replace(file, label=shown_name(label))


def _parts(file: InputFile) -> tuple[str, ...]:
    return (*file.path.resolve().parts, *PurePosixPath(file.member.replace("\\", "/")).parts)
