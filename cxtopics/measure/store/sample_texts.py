"""Some texts of every topic, the same ones every time, from a table of any size."""

from __future__ import annotations

import tempfile

import duckdb
import pandas as pd

from cxtopics.measure.store.database import MEMORY_LIMIT
from cxtopics.measure.store.inputs import Source, Table, open_tagged
from cxtopics.measure.store.sql import literal
from cxtopics.taxonomy import Taxonomy, fate_of

__all__ = ["sample_texts"]


def sample_texts(tagged: Source, taxonomy: Taxonomy | None = None, n: int = 200) -> pd.DataFrame:
    """Return up to n contacts of each topic that have a text.

    Parameters
    ----------
    tagged
        By `schemas.TAGGED`; a Parquet file is never held in memory.
    taxonomy
        Topics are given as they are called today.

    Returns
    -------
    DataFrame
        `topic`, `text`, `order_id` (missing where the table has none). Empty where the table has
        no texts.
    """
    table = open_tagged(tagged)
    if "text" not in table.columns:
        return pd.DataFrame({"topic": [], "text": [], "order_id": []})
    order = "order_id" if "order_id" in table.columns else "NULL"
    with tempfile.TemporaryDirectory(prefix="cxtopics-") as room:
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": MEMORY_LIMIT,
            "temp_directory": room,
            "autoinstall_known_extensions": False,  # nothing is ever fetched from a network
        }
        with duckdb.connect(config=config) as db:
            rows = db.execute(_query(table, db, order, n)).df()
    if taxonomy:
        rows["topic"] = [fate_of(topic, taxonomy).current for topic in rows["topic"]]
    return rows


def _query(table: Table, db: duckdb.DuckDBPyConnection, order: str, n: int) -> str:
    """Return SQL that first chooses ids, by their hash, so that few texts are ever sorted."""
    if table.rows is not None:
        db.register("tagged", table.rows)
        source = "tagged"
    else:
        source = f"read_parquet([{', '.join(literal(str(part)) for part in table.parts)}])"
    return f"""
        WITH chosen AS (
            SELECT contact_id FROM {source} WHERE topic IS NOT NULL AND length(text) > 0
            QUALIFY row_number() OVER (
                PARTITION BY topic ORDER BY md5_number_lower(contact_id), contact_id
            ) <= {int(n)}
        )
        SELECT topic, text, CAST({order} AS VARCHAR) AS order_id
        FROM {source} SEMI JOIN chosen USING (contact_id)
        ORDER BY topic, md5_number_lower(contact_id), contact_id"""
