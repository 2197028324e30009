"""Folders that appear whole or not at all, and in which nothing of the user's is touched."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from cxtopics.errors import InputError
from cxtopics.tables import writing

__all__ = ["is_marked", "replace_files"]

_MARKS = {"report.json": "cxtopics report", "ranking.json": "cxtopics ranking"}


def replace_files(
    folder: Path, is_ours: Callable[[str], bool], fill: Callable[[Path], None]
) -> None:
    """Put new files into a folder, all at once, and carry over what else lies there.

    Parameters
    ----------
    is_ours
        Whether a file of an earlier run, by its path in the folder, is replaced or goes.
    fill
        Writes the new files into the folder it is given.

    Raises
    ------
    InputError
        If the folder holds what is not ours, or cannot be written.
    """
    folder = folder.resolve()
    _refuse_strangers(folder)
    with writing(folder) as room:
        room.mkdir()
        if folder.is_dir():
            _carry(folder, room, "", is_ours)
        fill(room)


def _carry(folder: Path, room: Path, above: str, is_ours: Callable[[str], bool]) -> None:
    for entry in sorted(folder.iterdir()):
        name = f"{above}{entry.name}"
        if entry.is_dir() and not entry.is_symlink():
            (room / name).mkdir()
            _carry(entry, room, f"{name}/", is_ours)
            if any(entry.iterdir()) and not any((room / name).iterdir()):
                (room / name).rmdir()  # everything in it was ours
        elif not is_ours(name):
            shutil.copy2(entry, room / name, follow_symlinks=False)


def _refuse_strangers(folder: Path) -> None:
    hint = "choose another folder with -o, or empty this one"
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: got a file, expected a folder to write", hint)
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    if not any(is_marked(folder / name) for name in _MARKS):
        raise InputError(f"{folder}: holds files that this program did not write", hint)


def is_marked(path: Path) -> bool:
    """Whether a JSON file is the one by which a folder of ours is known."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and content.get("kind") == _MARKS[path.name]
