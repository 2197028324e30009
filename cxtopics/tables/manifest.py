"""A folder of Parquet parts that says itself which files are its parts.

A run that was killed may leave files that belong to no finished step, so a folder is never
read by what happens to lie in it: its parts are those of `_manifest.json`, which `tag`
writes; of the log that Spark's streaming writer keeps; and only in a folder with neither,
all Parquet files in it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from cxtopics.errors import InputError
from cxtopics.tables.writing import writing

__all__ = ["MANIFEST", "Manifest", "parts_of", "spark_parts"]

MANIFEST = "_manifest.json"
_SPARK_LOG = "_spark_metadata"
_FORMAT = 1


@dataclass(frozen=True)
class Manifest:
    """What a folder of parts holds.

    Attributes
    ----------
    job
        What a run must have in common with the one that began the folder.
    finished
        False from the start of a run to its end.
    parts
        Names of the files, in the order of the rows.
    provenance
        As in the footer of a single Parquet file.
    """

    job: dict[str, Any]
    finished: bool = False
    parts: tuple[str, ...] = ()
    provenance: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Manifest | None:
        """Return the manifest of a folder; None where there is none.

        Raises
        ------
        InputError
            If it is no manifest, or names a file outside its folder.
        """
        path = folder / MANIFEST
        if not path.is_file():
            return None
        try:
            content = json.loads(path.read_text("utf-8"))
            if content.pop("format") != _FORMAT:
                raise ValueError
            found = cls(**{**content, "parts": tuple(content["parts"])})
            if any(Path(name).name != name for name in found.parts):
                raise ValueError
        except (ValueError, TypeError, KeyError, AttributeError):
            raise InputError(
                f"{path}: not a manifest that this version can read", "tag the contacts again"
            ) from None
        return found

    def write(self, folder: Path) -> None:
        """Put the manifest into its folder, in place of the one that is there."""
        content = {"format": _FORMAT, **asdict(self)}
        with writing(folder / MANIFEST) as beside:
            beside.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", "utf-8")


def parts_of(path: str | Path) -> tuple[Path, ...]:
    """Return the Parquet parts of a folder in their order, else the path itself.

    Raises
    ------
    InputError
        If the run that writes the folder has not finished, a part is missing, or there is
        no Parquet file.
    """
    path = Path(path)
    if not path.is_dir():
        return (path,)
    manifest = Manifest.read(path)
    if (manifest and not manifest.finished) or (path / "_temporary").is_dir():
        raise InputError(
            f"{path}: the run that writes this folder has not finished",
            "run the same command again: it goes on where it stopped",
        )
    if manifest:
        parts = tuple(path / name for name in manifest.parts)
    elif (path / _SPARK_LOG).is_dir():
        parts = spark_parts(path)
    else:
        parts = tuple(sorted(part for part in path.glob("*.parquet") if part.name[0] not in "._"))
    if not parts:
        raise InputError(f"{path}: a folder without Parquet files", "name the table's file")
    if missing := [part.name for part in parts if not part.is_file()]:
        raise InputError(
            f"{path}: {missing[0]} is missing ({len(missing)} such parts)", "copy the folder again"
        )
    return parts


def spark_parts(folder: Path) -> tuple[Path, ...]:
    """Return the files that Spark's streaming writer has committed, by name.

    Its log has a file for every step (`0`, `1`, ...), and from time to time one that takes
    up all before it (`9.compact`); each has a line `v1`, then a JSON object for every file.

    Raises
    ------
    InputError
        If the log is not in that form.
    """
    log = folder / _SPARK_LOG
    steps = {int(file.stem): file for file in _log_files(log)}
    whole = max((step for step, file in steps.items() if file.suffix), default=-1)
    names: set[str] = set()
    for step in sorted(step for step in steps if step >= whole):
        version, *lines = steps[step].read_text("utf-8").splitlines()
        try:
            if version != "v1":
                raise ValueError
            entries = [json.loads(line) for line in lines]
            added = [entry["path"] for entry in entries if entry["action"] == "add"]
        except (ValueError, KeyError, TypeError):
            raise InputError(
                f"{steps[step]}: not a log of Spark's that this version can read",
                "read the table with Spark and write it anew",
            ) from None
        # only the name counts: the folder may have been moved since
        names |= {Path(unquote(urlsplit(where).path)).name for where in added}
    return tuple(folder / name for name in sorted(names))


def _log_files(log: Path) -> Sequence[Path]:
    plain = [file for file in log.iterdir() if file.name.isdigit()]
    compact = [file for file in log.glob("*.compact") if file.stem.isdigit()]
    return [*plain, *compact] if log.is_dir() else []
