"""Contacts and orders staged side by side in DuckDB, so that all counting happens in SQL.

One path serves a table in a notebook and ten million rows on disk: the columns that a
report needs are copied once into a small database in a temporary folder (times become
local days, ids 64-bit hashes, words enums), which spills to disk beyond `MEMORY_LIMIT`.
Sums are kept in whole numbers (seconds, hundredths of money), so that the number of threads
never shows in a result.

Two customers, or two orders, would be taken for one if their hashes met; among ten million
ids that happens to any pair with a probability of 3 in a million.
"""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from cxtopics.errors import InputError
from cxtopics.measure.calendar.periods import Span, check_zone
from cxtopics.measure.counting import ABSTAINED, ALL, NO_TEXT
from cxtopics.measure.store.inputs import Source, Table, open_orders, open_tagged
from cxtopics.measure.store.lineage import moved_topics
from cxtopics.measure.store.slices import Slice, choose_slices
from cxtopics.measure.store.sql import fetch_one, literal
from cxtopics.measure.store.staging import is_empty, stage_contacts, stage_orders
from cxtopics.taxonomy import Taxonomy

__all__ = ["MEMORY_LIMIT", "Store", "fetch", "open_store"]

MEMORY_LIMIT = "900MB"
"""What the database may hold in memory; the program itself takes about 400 MB more."""


_NO_ROOM = ("Could not write", "could not write", "max_temp_directory_size")  # of DuckDB's errors


@dataclass(frozen=True)
class Store:
    """An open database with the tables `contacts` and `orders`.

    `contacts`: `contact` (hash of the id), `created_at` (UTC), `day` (local), `counted`, `topic`
    (row of the report), `customer`, `order_key` (hashes, NULL where unknown), `method` (how the
    order is known), and the service columns of `schemas.CONTACTS`. `orders`: `created_at`,
    `day`, `customer`, `order_key`, `cents`, `returned`. Slices are columns `by_<name>`.
    Missing columns are NULL throughout.

    Attributes
    ----------
    tagged, shop
        The tables as given; the database knows them as `raw_tagged` and `raw_orders`.
    contact_days, order_days
        First and last local day of either table, and its rows.
    slices
        What to cut by; each is a column `by_<name>` of the table it is `of`.
    left_out
        Contacts by the reserved topic that keeps them out of every rate.
    renamed
        Today's topic id by old id, of the topics in the table; `contacts` holds today's,
        `raw_tagged` those of the table.
    room
        A folder for what does not fit into memory; it goes with the store.
    """

    db: duckdb.DuckDBPyConnection
    tagged: Table
    shop: Table
    timezone: str
    contact_days: Span
    order_days: Span
    slices: tuple[Slice, ...]
    left_out: dict[str, int]
    renamed: dict[str, str]
    room: Path


@contextmanager
def open_store(
    tagged: Source,
    orders: Source,
    *,
    timezone: str = "UTC",
    taxonomy: Taxonomy | None = None,
    slices: Sequence[str] | None = None,
    threads: int | None = None,
    memory_limit: str = MEMORY_LIMIT,
) -> Iterator[Store]:
    """Check both tables, stage what a report needs of them, and close everything at the end.

    Parameters
    ----------
    tagged, orders
        By `schemas.TAGGED` and `schemas.ORDERS`.
    timezone
        The shop's zone: decides the local day.
    taxonomy
        Today's topics: contacts tagged under older ones are staged under these.
    slices
        What to cut by, see `choose_slices`.
    threads
        Default: all cores.

    Raises
    ------
    InputError
        If a table is no such table or is empty, an id comes twice, or a topic bears a name
        that has a meaning of its own in reports.
    OSError
        If the folder for temporary files is full.
    """
    check_zone(timezone)
    with tempfile.TemporaryDirectory(prefix="cxtopics-") as room:
        db = duckdb.connect(str(Path(room) / "report.duckdb"), config=_config(room, memory_limit))
        try:
            if threads:
                db.execute(f"SET threads = {int(threads)}")
            contacts, shop = open_tagged(tagged, slices or ()), open_orders(orders, slices or ())
            _view(db, contacts, "raw_tagged")
            _view(db, shop, "raw_orders")
            _check_ids(db, contacts, "raw_tagged", "contact_id")
            _check_ids(db, shop, "raw_orders", "order_id")
            topics = _topics(db)
            _check_topics(topics)
            renamed = moved_topics(topics, taxonomy)
            cuts = choose_slices(
                slices, contacts.columns, shop.columns, lambda cut: is_empty(db, cut)
            )
            contact_days = stage_contacts(db, contacts, timezone, cuts, renamed)
            order_days = stage_orders(db, shop, timezone, cuts)
            left_out = _left_out(db)
            yield Store(
                db, contacts, shop, timezone, contact_days, order_days, cuts, left_out, renamed,
                Path(room),
            )  # fmt: skip
        except duckdb.Error as error:
            said = str(error)
            if not any(word in said for word in _NO_ROOM):
                raise
            reason = said.splitlines()[0].rsplit(": ", 1)[-1]
            raise OSError(errno.ENOSPC, reason, tempfile.gettempdir()) from None
        finally:
            db.close()


def fetch(store: Store, query: str) -> pd.DataFrame:
    """Return the rows of a query; local days as naive timestamps."""
    return store.db.execute(query).df()


def _config(room: str, memory_limit: str) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "memory_limit": memory_limit,
        "temp_directory": str(Path(room) / "spilled"),
        "autoinstall_known_extensions": False,  # nothing is ever fetched from a network
        "autoload_known_extensions": False,
    }


def _view(db: duckdb.DuckDBPyConnection, table: Table, name: str) -> None:
    if table.rows is not None:
        db.register(name, table.rows)
        return
    files = ", ".join(literal(str(part)) for part in table.parts)
    db.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet([{files}])")


def _check_ids(db: duckdb.DuckDBPyConnection, table: Table, name: str, key: str) -> None:
    """Refuse an empty table, missing ids or times, and ids that come twice."""
    if table.rows is not None:
        return  # `coerce` has checked them
    n_rows, n_ids, n_times, first, last = fetch_one(
        db,
        f"SELECT count(*), count({key}), count(created_at), "
        "make_timestamp(epoch_us(min(created_at))), make_timestamp(epoch_us(max(created_at))) "
        f"FROM {name}",
    )
    if not n_rows:
        raise InputError(f"{table.where}: the table has no rows", "is it the file you meant?")
    faults = []
    if n_ids < n_rows:
        faults.append(f"{key}: is empty ({n_rows - n_ids} rows)")
    elif first.year < 1970 or last.year > 2199 or n_times < n_rows:
        faults.append(f"created_at: {n_rows - n_times} cells are missing, or no dates of our time")
    elif twice := _twice(db, name, key):
        faults.append(f"{key}: occurs more than once ({twice} ids)")
    if faults:
        raise InputError(
            f"{table.where}: not such a table: {'; '.join(faults)}",
            "docs/tables.md lists the columns and their types",
        )


def _twice(db: duckdb.DuckDBPyConnection, name: str, key: str) -> int:
    """Count ids that occur more than once; hashes find the suspects in little memory."""
    hashed = f"hash({key})"
    n_distinct, n_rows = fetch_one(db, f"SELECT count(DISTINCT {hashed}), count(*) FROM {name}")
    if n_distinct == n_rows:
        return 0
    suspects = f"SELECT {hashed} FROM {name} GROUP BY 1 HAVING count(*) > 1"
    found = fetch_one(
        db,
        f"SELECT count(*) FROM (SELECT {key} FROM {name} WHERE {hashed} IN ({suspects}) "
        "GROUP BY 1 HAVING count(*) > 1)",
    )
    return int(found[0])


def _topics(db: duckdb.DuckDBPyConnection) -> list[str]:
    query = "SELECT DISTINCT topic FROM raw_tagged WHERE topic IS NOT NULL ORDER BY 1"
    return [row[0] for row in db.execute(query).fetchall()]


def _check_topics(topics: Sequence[str]) -> None:
    if found := [topic for topic in topics if topic in (ALL, ABSTAINED, NO_TEXT)]:
        raise InputError(
            f"tagged contacts: column 'topic' holds {', '.join(found)}, which has a meaning of "
            "its own in reports",
            "rename the topic, or leave the cell empty where no topic was told",
        )


def _left_out(db: duckdb.DuckDBPyConnection) -> dict[str, int]:
    query = "SELECT topic, count(*) FROM staged_contacts WHERE NOT counted GROUP BY 1"
    return dict(sorted((str(topic), int(n)) for topic, n in db.execute(query).fetchall()))
