"""The finished pieces of a file that is being tagged, on disk beside its output."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as arrow
import pyarrow.parquet as pq

from cxtopics.tables import write_table

__all__ = ["Parts", "parts_folder"]


def parts_folder(out: str | Path, key: str) -> Path:
    """Return where the pieces of an output lie; those of stdout by what the job is."""
    if str(out) == "-":
        return Path(tempfile.gettempdir()) / f".cxtopics-{key[:16]}.parts"
    return Path(out).parent / f".{Path(out).name}.parts"


@dataclass(frozen=True)
class Parts:
    """Pieces of one job, each there whole or not at all."""

    folder: Path

    @classmethod
    def open(cls, out: str | Path, job: list[Any]) -> Parts:
        """Take up the pieces of an interrupted run of the same job; clear those of another."""
        key = hashlib.sha256(json.dumps(job).encode()).hexdigest()
        folder = parts_folder(out, key)
        note = folder / "job"
        if not note.is_file() or note.read_text() != key:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            note.write_text(key)
        return cls(folder)

    def has(self, number: int, n_rows: int) -> bool:
        """Tell whether a piece is there, and whole."""
        try:
            return int(pq.read_metadata(self._path(number)).num_rows) == n_rows
        except (OSError, arrow.ArrowInvalid):  # none, or one that a failing disk spoilt
            return False

    def add(self, number: int, tagged: pd.DataFrame) -> None:
        """Write a piece."""
        write_table(tagged, self._path(number))

    def remove(self) -> None:
        """Remove everything."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def files(self) -> list[Path]:
        """The pieces in order."""
        return sorted(self.folder.glob("*.parquet"))

    def __iter__(self) -> Iterator[pd.DataFrame]:
        for part in self.files:
            yield pd.read_parquet(part)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:08d}.parquet"
