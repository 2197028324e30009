"""How files are understood, and what is in them, told without any of their words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from cxtopics.records import Reconciliation
from cxtopics.sources.rows import Kind
from cxtopics.sources.tracing import TracedFile

__all__ = ["Explanation"]


@dataclass(frozen=True)
class Explanation:
    """What was recognised, what became of the rows, and which columns are filled.

    Attributes
    ----------
    n_filled
        Rows of the table with a value, by column.
    first_at, last_at
        Earliest and latest time, UTC.
    n_linked
        Contacts by how their order is known; empty for orders.
    """

    kind: Kind
    files: tuple[TracedFile, ...]
    account: Reconciliation
    n_filled: dict[str, int]
    first_at: pd.Timestamp
    last_at: pd.Timestamp
    n_linked: dict[str, int]

    @classmethod
    def of(
        cls,
        kind: Kind,
        files: Sequence[TracedFile],
        account: Reconciliation,
        frames: Iterable[pd.DataFrame],
    ) -> Explanation:
        """Count what is in a table that comes in parts, in the order of time."""
        n_filled: Counter[str] = Counter()
        n_linked: Counter[str] = Counter()
        times: list[pd.Timestamp] = []
        for frame in frames:
            n_filled.update({name: int(frame[name].notna().sum()) for name in frame.columns})
            if "link_method" in frame:
                n_linked.update(frame["link_method"].dropna())
            times += [frame["created_at"].iloc[0], frame["created_at"].iloc[-1]]
        found = (tuple(files), account, dict(n_filled), times[0], times[-1], dict(n_linked))
        return cls(kind, *found)

    def share(self, column: str) -> float:
        """Return the share of rows with a value in a column, 0-1; of one not there it is 0."""
        return self.n_filled.get(column, 0) / self.account.n_counted
