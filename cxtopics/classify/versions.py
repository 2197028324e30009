"""Older models beside the current one, and the log of what replaced what.

    models/shop/                                   the current model
    models/shop.versions/2026-11-22-3fa9c1d2e4b7/  an older one, by its day and fingerprint
    models/shop.versions/CHANGELOG.md              newest first

An older model is a whole model folder and can be tagged with, or copied back. Files that
do not change from one to the next (the encoder) are hard links where the disk allows it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from datetime import date, datetime, timezone
from pathlib import Path

from cxtopics.classify.encoder import ENCODER_FILES
from cxtopics.tables import file_sha256, writing

__all__ = ["keep_version", "log_version", "versions_folder"]

_SUMS = "SHA256SUMS"
_HEAD = "# Changelog\n\nThe newest first; each older model lies in the folder of its name.\n"


def versions_folder(folder: Path) -> Path:
    """Return where the older models of a model folder lie."""
    return folder.parent / f"{folder.name}.versions"


def keep_version(folder: Path) -> Path | None:
    """Keep the model of a folder before it is replaced; return where, None if there is none."""
    sums = folder / _SUMS
    if not sums.is_file():
        return None
    made_on = datetime.fromtimestamp(sums.stat().st_mtime, tz=timezone.utc).date()
    kept = versions_folder(folder) / f"{made_on}-{file_sha256(sums)[:12]}"
    if not kept.exists():
        with writing(kept) as beside:
            shutil.copytree(folder, beside, copy_function=_link)
    return kept


def log_version(folder: Path, kept: Path, lines: list[str], on: date | None = None) -> None:
    """Write at the top of the changelog what replaced the model that was kept."""
    for name in ENCODER_FILES:
        if _same(folder / name, kept / name):
            with contextlib.suppress(OSError):
                _share(folder / name, kept / name)
    log = versions_folder(folder) / "CHANGELOG.md"
    older = log.read_text("utf-8").removeprefix(_HEAD) if log.is_file() else ""
    fingerprint = file_sha256(folder / _SUMS)[:12]
    title = f"\n## {on or datetime.now(tz=timezone.utc).date()}: {fingerprint}\n\n"
    entry = "".join(f"- {line}\n" for line in [*lines, f"replaced {kept.name}"])
    with writing(log) as beside:
        beside.write_text(f"{_HEAD}{title}{entry}{older}", "utf-8")


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk, or one without links
        shutil.copy2(source, target)


def _same(one: Path, other: Path) -> bool:
    return one.is_file() and other.is_file() and file_sha256(one) == file_sha256(other)


def _share(source: Path, target: Path) -> None:
    beside = target.with_name(f".{target.name}.link")
    os.link(source, beside)
    beside.replace(target)
