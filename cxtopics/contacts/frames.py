"""The contacts in the order of time, with their texts and orders, a frame at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from cxtopics.schemas import CONTACTS
from cxtopics.sources import OrderLinks
from cxtopics.tables import Spool, as_text, check_table
from cxtopics.tables.spool import Order
from cxtopics.text import redact_texts

__all__ = ["Completion"]

_TEXTS = ("channel", "customer_id", "order_id", "link_method", "text")


@dataclass(frozen=True)
class Completion:
    """What the contacts' texts and orders are made with.

    Attributes
    ----------
    links
        How their orders are found.
    where
        Names the export in errors.
    redacted
        Whether texts are kept only as `text.redact` leaves them; orders are found before.
    n_workers
        Processes that redact.
    """

    links: OrderLinks
    where: str
    redacted: bool = False
    n_workers: int = 1

    def frames(self, table: pd.DataFrame, long: Spool, order: Order) -> Iterator[pd.DataFrame]:
        """Yield the rows of the table with what `long` holds of them, `order[i]` for row i."""
        at = 0
        for cells in long.frames(order):
            frame = table.iloc[at : at + len(cells)].reset_index(drop=True)
            at += len(cells)
            cells = self._linked(cells).assign(customer_id=frame.pop("customer_id"))
            if self.redacted:
                cells["text"] = self._redact(_cells(cells["text"]))
            for column, name in enumerate(_TEXTS, start=2):
                frame.insert(column, name, as_text(cells[name]))
            frame = frame.assign(contact_id=as_text(frame["contact_id"]))
            yield check_table(frame, CONTACTS, self.where)

    def _linked(self, cells: pd.DataFrame) -> pd.DataFrame:
        """Return rows with their orders, and how these are known."""
        given = cells["fields"].map(lambda cell: json.loads(cell) if isinstance(cell, str) else {})
        rows = zip(_cells(cells["order_id"]), given, _cells(cells["text"]), strict=True)
        found = pd.DataFrame(
            [self.links.link(*row) for row in rows],
            columns=["order_id", "link_method"],
            dtype=object,
        )
        return cells.drop(columns="order_id").join(found)

    def _redact(self, texts: list[str | None]) -> list[str | None]:
        return redact_texts(texts, self.links.order_pattern, self.n_workers)


def _cells(column: pd.Series) -> list[str | None]:
    return [cell if isinstance(cell, str) else None for cell in column]
