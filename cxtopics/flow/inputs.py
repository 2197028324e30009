"""Files -> tables, with the topics and the zone that belong to them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from cxtopics.orders import load_orders
from cxtopics.schemas import TAGGED
from cxtopics.tables import load_table, read_provenance
from cxtopics.taxonomy import Taxonomy, load_taxonomy

__all__ = ["Inputs", "travelling_topics", "travelling_zone"]


@dataclass(frozen=True, eq=False)
class Inputs:
    """Tables with the topics and the zone that belong to them."""

    tagged: pd.DataFrame
    orders: pd.DataFrame | None
    taxonomy: Taxonomy | None
    timezone: str

    @classmethod
    def read(
        cls,
        tagged: str | Path,
        orders: str | Path | None,
        topics: str | Path | None,
        timezone: str | None,
    ) -> Inputs:
        """Read the tables; topics and zone are those given, else the ones they came with."""
        about = read_provenance(tagged)
        about_orders = read_provenance(orders) if orders else {}
        return cls(
            tagged=load_table(tagged, TAGGED),
            orders=load_orders(orders) if orders else None,
            taxonomy=load_taxonomy(topics) if topics else travelling_topics(about),
            timezone=timezone or travelling_zone(about_orders),
        )

    def shop(self) -> pd.DataFrame:
        """Return the orders where a caller cannot do without."""
        if self.orders is None:
            raise ValueError("got no orders")
        return self.orders


def travelling_topics(about: dict[str, Any]) -> Taxonomy | None:
    """Return the topics that a tagged table was written with."""
    content = about.get("taxonomy")
    return Taxonomy.model_validate(content) if content else None


def travelling_zone(about_orders: dict[str, Any]) -> str:
    """Return the zone that orders were read with, else UTC."""
    return str(about_orders.get("orders", {}).get("timezone") or "UTC")
