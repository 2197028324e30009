"""Tables as given -> the columns that counting needs, as a database stages them.

Times become local days, ids 64-bit hashes, topics and slices enums, money hundredths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import pandas as pd

from cxtopics.measure.calendar.days import local_day
from cxtopics.measure.calendar.periods import Span
from cxtopics.measure.counting import ABSTAINED, NO_TEXT, had_text
from cxtopics.measure.store.inputs import Table
from cxtopics.measure.store.slices import N_VALUES, NEW_OR_RETURNING, REST, UNKNOWN, Slice
from cxtopics.measure.store.sql import fetch_one, identifier, literal
from cxtopics.taxonomy import NOT_COUNTED

__all__ = ["counts_sql", "is_empty", "stage_contacts", "stage_orders", "topic_sql"]


def topic_sql(renamed: Mapping[str, str]) -> str:
    """Return the SQL of a contact's topic as it is called today.

    Parameters
    ----------
    renamed
        Today's id by old id; ids that are not in it stay.
    """
    if not renamed:
        return "topic"
    cases = (f"WHEN {literal(old)} THEN {literal(new)}" for old, new in sorted(renamed.items()))
    return f"CASE topic {' '.join(cases)} ELSE topic END"


def counts_sql(renamed: Mapping[str, str]) -> str:
    """Return the SQL that tells which contacts count: those of no reserved topic."""
    reserved = ", ".join(map(literal, NOT_COUNTED))
    return f"coalesce({topic_sql(renamed)} NOT IN ({reserved}), true)"


def stage_contacts(
    db: duckdb.DuckDBPyConnection,
    table: Table,
    timezone: str,
    cuts: Sequence[Slice],
    renamed: Mapping[str, str],
) -> Span:
    """Make the table `staged_contacts` of the view `raw_tagged`; return its days."""
    has = set(table.columns)
    topic = (
        f"CASE WHEN topic IS NOT NULL THEN {topic_sql(renamed)} WHEN {had_text(has)} "
        f"THEN '{ABSTAINED}' ELSE '{NO_TEXT}' END"
    )
    db.execute(
        f"CREATE TYPE topic_row AS ENUM (SELECT DISTINCT {topic} AS row FROM raw_tagged ORDER BY 1)"
    )
    day = _local_day(db, "raw_tagged", timezone)
    since = {name: _seconds_until(name, has) for name in ("first_response_at", "resolved_at")}
    db.execute(f"""
        CREATE TABLE staged_contacts AS SELECT
            hash(contact_id) AS contact,
            {_UTC} AS created_at,
            {day} AS day,
            {counts_sql(renamed)} AS counted,
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


def stage_orders(
    db: duckdb.DuckDBPyConnection, table: Table, timezone: str, cuts: Sequence[Slice]
) -> Span:
    """Make the table `orders` of the view `raw_orders`; return its days."""
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


def is_empty(db: duckdb.DuckDBPyConnection, cut: Slice) -> bool:
    """Tell a slice whose column has no value at all."""
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
    first, last = fetch_one(db, f"SELECT {times} FROM {name}")
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
    first, last, n = fetch_one(db, f"SELECT min(day), max(day), count(*) FROM {name}")
    return Span(pd.Timestamp(first), pd.Timestamp(last), int(n))
