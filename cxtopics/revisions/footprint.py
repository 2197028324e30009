"""What a revision touches: labels, tagged contacts, reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cxtopics.errors import InputError
from cxtopics.records import show_columns
from cxtopics.tables import iter_frames

__all__ = ["Touched", "count_touched"]


@dataclass(frozen=True)
class Touched:
    """How much of a table a revision touches.

    Attributes
    ----------
    n_rows
        Labels, contacts, or (of a report) contacts counted in topics.
    by_topic
        Those of each topic that the revision touches.
    """

    path: Path
    n_rows: int
    by_topic: dict[str, int]

    @property
    def n(self) -> int:
        """Rows of all topics that the revision touches."""
        return sum(self.by_topic.values())


def count_touched(
    path: str | Path, topics: Collection[str], *, topic_column: str = "topic"
) -> Touched:
    """Count the rows of some topics in labels, tagged contacts, or a report's folder.

    Raises
    ------
    InputError
        If the file cannot be read or has no such column.
    """
    path = Path(path)
    if path.is_dir():
        return _of_report(path, topics)
    counts: Counter[str] = Counter()
    n_rows = 0
    for frame, _ in iter_frames(path, 65536):
        n_rows += len(frame)
        counts.update(_column(frame, topic_column, path).dropna().astype(str).str.strip())
    return Touched(path, n_rows, {topic: counts[topic] for topic in topics if counts[topic]})


def _of_report(folder: Path, topics: Iterable[str]) -> Touched:
    """Count contacts in a report; those of one period and slice are counted once."""
    total, by_topic = 0.0, Counter[str]()
    for frame, _ in iter_frames(folder / "rates.csv", 65536):
        whole = frame[_column(frame, "slice", folder) == "all"]
        n = pd.to_numeric(whole["n_contacts"])
        total += float(n[whole["topic"] == "all"].sum())
        for topic in topics:
            by_topic[topic] += round(float(n[whole["topic"] == topic].sum()))
    return Touched(folder, round(total), {topic: n for topic, n in by_topic.items() if n})


def _column(frame: pd.DataFrame, name: str, path: Path) -> pd.Series[str]:
    if name not in frame:
        raise InputError(
            f"{path}: no column '{name}'; found: {show_columns(frame.columns)}",
            "name it with --topic-column",
        )
    return frame[name]
