"""All rows of the exports, their texts cleaned: on disk, read back a few columns at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from cxtopics.sources import (
    REJECTED,
    SERVICE_COLUMNS,
    ContactRow,
    FieldValues,
    Intake,
    ReadOptions,
    one_id_per_person,
    service_cells,
)
from cxtopics.tables import Spool, time_text
from cxtopics.text import Cleaned, Words, clean_batches

__all__ = ["ContactRows"]

_SHORT = (
    "file", "line", "contact_id", "created_at", "customer_id", "person", "left_out", "has_text",
)  # fmt: skip
_NUMBERS = ("file", "line", "has_text")
_LONG = ("channel", "order_id", "fields", "text")
_ROWS_PER_BATCH, _CHARS_PER_BATCH = 512, 2_000_000
Numbered = tuple[int, ContactRow]


@dataclass(frozen=True, eq=False)
class ContactRows:
    """All rows read, those that will not count too, in the order of the files.

    Attributes
    ----------
    short
        Ids, stamps and `SERVICE_COLUMNS`, see `settling`.
    long
        Texts and what tells of an order.
    fields
        Which order numbers the rows name.
    absorbed
        Ids of rows that others of these say were merged into them.
    """

    short: Spool
    long: Spool
    fields: FieldValues
    absorbed: frozenset[str]

    @classmethod
    def read(cls, intake: Intake[ContactRow], room: Path, n_workers: int) -> ContactRows:
        """Read all rows; `n_workers` processes clean their texts."""
        short = Spool(room / "short", (*_SHORT, *SERVICE_COLUMNS), _NUMBERS)
        long, fields = Spool(room / "long", _LONG), FieldValues()
        absorbed: set[str] = set()
        for batch, cleaned in clean_batches(_batches(intake), _words, n_workers):
            rows = list(zip(batch, cleaned, strict=True))
            short.add([_short(file, row, words, intake.options) for (file, row), words in rows])
            long.add([_long(row, words.text) for (_, row), words in rows])
            for _, row in batch:
                fields.add(row.order_id, row.fields)
                absorbed.update(row.absorbed)
        return cls(short, long, fields, frozenset(absorbed))

    def settling(self) -> pd.DataFrame:
        """Return what `sources.settle` needs of every row, and `has_text`."""
        rows = self.short.columns(_SHORT)
        rows["customer_id"] = one_id_per_person(rows["customer_id"], rows.pop("person"))
        rows[REJECTED] = pd.Series(index=rows.index, dtype=object)
        merged = rows["left_out"].isna() & rows["contact_id"].isin(self.absorbed)
        rows.loc[merged, "left_out"] = "merged"
        return rows


def _batches(intake: Intake[ContactRow]) -> Iterator[list[Numbered]]:
    """Yield rows together, so many that sending them elsewhere is worth it, and no more."""
    batch: list[Numbered] = []
    n_chars = 0
    for file, row in intake:
        batch.append((file, row if row.left_out is None else replace(row, messages=())))
        n_chars += sum(len(message.body) for message in batch[-1][1].messages)
        if len(batch) == _ROWS_PER_BATCH or n_chars > _CHARS_PER_BATCH:
            yield batch
            batch, n_chars = [], 0
    if batch:
        yield batch


def _words(batch: list[Numbered]) -> list[Words | None]:
    """Return what is to be cleaned; rows left out already keep no text."""
    return [Words(row.subject, row.messages) if row.left_out is None else None for _, row in batch]


def _short(file: int, row: ContactRow, words: Cleaned, options: ReadOptions) -> tuple[Any, ...]:
    left_out = row.left_out
    if words.by_machine and "automated" not in options.keep:
        left_out = "automated"
    return (
        file, row.line, row.contact_id, time_text(row.created_at), row.customer_id, row.person,
        left_out, int(words.text is not None), *service_cells(row.service),
    )  # fmt: skip


def _long(row: ContactRow, text: str | None) -> tuple[str | None, ...]:
    fields = json.dumps(dict(row.fields)) if row.fields else None
    return row.channel, row.order_id, fields, text
