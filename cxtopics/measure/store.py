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

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from cxtopics.errors import InputError
from cxtopics.measure.counting import ABSTAINED, ALL, NO_TEXT, had_text
from cxtopics.measure.days import local_day
from cxtopics.measure.inputs import Source, Table, open_orders, open_tagged
from cxtopics.measure.periods import Span, check_zone
from cxtopics.measure.slices import (
    N_VALUES,
    NEW_OR_RETURNING,
    REST,
    UNKNOWN,
    Slice,
    choose_slices,
)
from cxtopics.taxonomy import NOT_COUNTED

__all__ = ["MEMORY_LIMIT", "Store", "fetch", "identifier", "literal", "open_store"]

MEMORY_LIMIT = "900MB"
"""What the database may hold in memory; the program itself takes about 400 MB more."""


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
    """

    db: duckdb.DuckDBPyConnection
    tagged: Table
    shop: Table
    timezone: str
    contact_days: Span
    order_days: Span
    slices: tuple[Slice, ...]
    left_out: dict[str, int]


@contextmanager
def open_store(
    tagged: Source,
    orders: Source,
    *,
    timezone: str = "UTC",
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
    slices
        What to cut by, see `choose_slices`.
    threads
        Default: all cores.

    Raises
    ------
    InputError
        If a table is no such table or is empty, an id comes twice, or a topic bears a name
        that has a meaning of its own in reports.
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
            _check_topics(db)
            cuts = choose_slices(
                slices, contacts.columns, shop.columns, lambda cut: _is_empty(db, cut)
            )
            contact_days = _stage_contacts(db, contacts, timezone, cuts)
            order_days = _stage_orders(db, shop, timezone, cuts)
            left_out = _left_out(db)
            yield Store(db, contacts, shop, timezone, contact_days, order_days, cuts, left_out)
        finally:
            db.close()


def fetch(store: Store, query: str) -> pd.DataFrame:
    """Return the rows of a query; local days as naive timestamps."""
    return store.db.execute(query).df()


def identifier(name: str) -> str:
    """Return a column's name as SQL, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as SQL, whatever it holds."""
    return "'" + text.replace("'", "''") + "'"


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
    n_rows, n_ids, n_times, first, last = _one(
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
    n_distinct, n_rows = _one(db, f"SELECT count(DISTINCT {hashed}), count(*) FROM {name}")
    if n_distinct == n_rows:
        return 0
    suspects = f"SELECT {hashed} FROM {name} GROUP BY 1 HAVING count(*) > 1"
    found = _one(
        db,
        f"SELECT count(*) FROM (SELECT {key} FROM {name} WHERE {hashed} IN ({suspects}) "
        "GROUP BY 1 HAVING count(*) > 1)",
    )
    return int(found[0])


def _check_topics(db: duckdb.DuckDBPyConnection) -> None:
    taken = ", ".join(map(literal, (ALL, ABSTAINED, NO_TEXT)))
    query = f"SELECT DISTINCT topic FROM raw_tagged WHERE topic IN ({taken}) ORDER BY 1"
    if found := [row[0] for row in db.execute(query).fetchall()]:
        raise InputError(
            f"tagged contacts: column 'topic' holds {', '.join(found)}, which has a meaning of "
            "its own in reports",
            "rename the topic, or leave the cell empty where no topic was told",
        )


def _stage_contacts(
    db: duckdb.DuckDBPyConnection, table: Table, timezone: str, cuts: Sequence[Slice]
) -> Span:
    has = set(table.columns)
    topic = (
        f"CASE WHEN topic IS NOT NULL THEN topic WHEN {had_text(has)} "
        f"THEN '{ABSTAINED}' ELSE '{NO_TEXT}' END"
    )
    db.execute(
        f"CREATE TYPE topic_row AS ENUM (SELECT DISTINCT {topic} AS row FROM raw_tagged ORDER BY 1)"
    )
    day = _local_day(db, "raw_tagged", timezone)
    since = {name: _seconds_until(name, has) for name in ("first_response_at", "resolved_at")}
    reserved = ", ".join(map(literal, NOT_COUNTED))
    db.execute(f"""
        CREATE TABLE staged_contacts AS SELECT
            hash(contact_id) AS contact,
            {_UTC} AS created_at,
            {day} AS day,
            coalesce(topic NOT IN ({reserved}), true) AS counted,
            CAST({topic} AS topic_row) AS topic,
            {_hashed(_text("customer_id", has))} AS customer,
            {_hashed(_order_key("order_id", has))} AS order_key,
            {_text("link_method", has)} AS method,
            {since["first_response_at"]} AS first_response_s,
            {since["resolved_at"]} AS resolution_s,
            {_number("handle_time_s", has, "INTEGER")} AS handle_s,
            {_number("csat", has, "FLOAT")} AS csat,
            {_number("nps", has, "FLOAT")} AS nps,
            {_number("ces", has, "FLOAT")} AS ces,
            lower({_text("status", has)}) AS status
            {_by(db, cuts, "contacts")}
        FROM raw_tagged""")
    return _span(db, "staged_contacts")


def _stage_orders(
    db: duckdb.DuckDBPyConnection, table: Table, timezone: str, cuts: Sequence[Slice]
) -> Span:
    has = set(table.columns)
    day = _local_day(db, "raw_orders", timezone)
    cents = "CAST(round(100 * total) AS BIGINT)" if "total" in has else "CAST(NULL AS BIGINT)"
    returned = "returned" if "returned" in has else "CAST(NULL AS BOOLEAN)"
    db.execute(f"""
        CREATE TABLE orders AS SELECT
            {_UTC} AS created_at,
            {day} AS day,
            {_hashed(_text("customer_id", has))} AS customer,
            {_hashed(_order_key("order_id", has))} AS order_key,
            {cents} AS cents,
            {returned} AS returned
            {_by(db, cuts, "orders")}
        FROM raw_orders""")
    return _span(db, "orders")


def _is_empty(db: duckdb.DuckDBPyConnection, cut: Slice) -> bool:
    column = identifier("customer_id" if cut.name == NEW_OR_RETURNING else cut.name)
    rows = "raw_tagged" if cut.of == "contacts" else "raw_orders"
    return db.execute(f"SELECT 1 FROM {rows} WHERE {column} IS NOT NULL LIMIT 1").fetchone() is None


def _by(db: duckdb.DuckDBPyConnection, cuts: Sequence[Slice], of: str) -> str:
    """Return the SQL of the columns `by_<slice>`: enums of the most frequent values."""
    rows = "raw_tagged" if of == "contacts" else "raw_orders"
    return "".join(
        f", {_value(db, cut, rows)} AS {identifier(f'by_{cut.name}')}"
        for cut in cuts
        if cut.of == of
    )


def _value(db: duckdb.DuckDBPyConnection, cut: Slice, rows: str) -> str:
    kind = identifier(f"values of {cut.name}")
    if cut.name == NEW_OR_RETURNING:
        db.execute(f"CREATE TYPE {kind} AS ENUM ('new', 'returning', '{UNKNOWN}')")
        first = "created_at = min(created_at) OVER (PARTITION BY hash(customer_id))"
        value = f"WHEN {first} THEN 'new' ELSE 'returning'"
        return f"CAST(CASE WHEN customer_id IS NULL THEN '{UNKNOWN}' {value} END AS {kind})"
    text = f"nullif(trim(CAST({identifier(cut.name)} AS VARCHAR)), '')"
    top = db.execute(
        f"SELECT {text} FROM {rows} WHERE {text} IS NOT NULL "
        f"GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {N_VALUES}"
    ).fetchall()
    values = list(dict.fromkeys([*(row[0] for row in top), REST, UNKNOWN]))
    db.execute(f"CREATE TYPE {kind} AS ENUM ({', '.join(map(literal, values))})")
    known = ", ".join(literal(row[0]) for row in top)
    named = f"WHEN {text} IN ({known}) THEN {text} ELSE '{REST}'"
    return f"CAST(CASE WHEN {text} IS NULL THEN '{UNKNOWN}' {named} END AS {kind})"


_UTC = "make_timestamp(epoch_us(created_at))"  # no time zone of the session comes in


def _local_day(db: duckdb.DuckDBPyConnection, name: str, timezone: str) -> str:
    times = "make_timestamp(epoch_us(min(created_at))), make_timestamp(epoch_us(max(created_at)))"
    first, last = _one(db, f"SELECT {times} FROM {name}")
    return local_day(_UTC, pd.Timestamp(first), pd.Timestamp(last), timezone)


def _text(name: str, has: set[str]) -> str:
    return f"nullif(trim({identifier(name)}), '')" if name in has else "CAST(NULL AS VARCHAR)"


def _order_key(name: str, has: set[str]) -> str:
    """Return an order's id as it is compared: `#HP1001` and `hp1001` are one."""
    return f"upper(ltrim({_text(name, has)}, '# '))" if name in has else "CAST(NULL AS VARCHAR)"


def _hashed(text: str) -> str:
    return f"CASE WHEN {text} IS NOT NULL THEN hash({text}) END"


def _number(name: str, has: set[str], kind: str) -> str:
    return f"TRY_CAST({identifier(name)} AS {kind})" if name in has else f"CAST(NULL AS {kind})"


def _seconds_until(name: str, has: set[str]) -> str:
    if name not in has:
        return "CAST(NULL AS BIGINT)"
    return f"CAST((epoch_us({name}) - epoch_us(created_at)) // 1000000 AS BIGINT)"


def _span(db: duckdb.DuckDBPyConnection, name: str) -> Span:
    first, last, n = _one(db, f"SELECT min(day), max(day), count(*) FROM {name}")
    return Span(pd.Timestamp(first), pd.Timestamp(last), int(n))


def _left_out(db: duckdb.DuckDBPyConnection) -> dict[str, int]:
    query = "SELECT topic, count(*) FROM staged_contacts WHERE NOT counted GROUP BY 1"
    return dict(sorted((str(topic), int(n)) for topic, n in db.execute(query).fetchall()))


def _one(db: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    row = db.execute(query).fetchone()
    return row if row is not None else ()
