"""Helpdesk export -> contacts: one row per conversation that a customer started.

    files -> sources (rows as exported) -> text (the customer's words) -> Contacts

Rows that are no contacts are left out, each with its reason (`schemas.LEFT_OUT_REASONS`;
the first that applies, in that order), and every row read is accounted for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from cxtopics import __version__
from cxtopics.errors import InputError
from cxtopics.records import Reconciliation
from cxtopics.schemas import CONTACTS
from cxtopics.sources import (
    ContactRow,
    Intake,
    OrderNumbers,
    ReadOptions,
    check_keep,
    find_order_field,
    is_automated_message,
    kept_notice,
    load_mapping,
    order_key,
    service_columns,
    settle,
)
from cxtopics.tables import (
    as_text,
    check_table,
    load_table,
    write_accounted,
)
from cxtopics.text import clean_message, clean_subject, join_text, redact

__all__ = ["Contacts", "load_contacts", "read_contacts", "save_contacts"]

_TEXTS = ("contact_id", "channel", "customer_id", "order_id", "link_method", "text")
_COLUMNS = ("contact_id", "created_at", *_TEXTS[1:])
_ROW = (
    "file", "line", "contact_id", "created_at", "channel", "customer_id", "person", "order_id",
    "text", "left_out", "rejected", "fields", "absorbed", "service",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Contacts:
    """Contacts in the order of time, and what became of every row read.

    Attributes
    ----------
    table
        Fits `schemas.CONTACTS`; beside its columns `link_method`, how the order is known:
        `column`, `field` (a custom field), `text` (named by the customer) or missing.
    """

    table: pd.DataFrame
    reconciliation: Reconciliation


def read_contacts(
    paths: Sequence[str | Path],
    *,
    dialect: str | None = None,
    mapping: str | Path | Mapping[str, Any] | None = None,
    timezone: str | None = None,
    order_field: str | None = None,
    messages: Literal["first", "all"] = "first",
    keep: Sequence[str] = (),
    redacted: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Contacts:
    """Read the exports of a helpdesk.

    Parameters
    ----------
    paths
        One or more files, each in any dialect; an id seen again in any of them is left out.
    dialect
        Name of the dialect of all files; default: found out, file by file.
    mapping
        A mapping file (see docs/mapping.md), or its content, for other tables.
    timezone
        Zone of times that name none; default UTC, with a notice.
    order_field
        Id or title of the custom field with the order number; default: the one field
        whose values all look like order numbers with a prefix in common, if there is one.
    messages
        Classify by the subject and the customer's `first` message, or by `all` of theirs.
    keep
        Reasons in `schemas.LEFT_OUT_REASONS` to overrule, such as `merged`: rows left out
        for them alone become contacts.
    redacted
        Keep texts only as `text.redact` leaves them; orders are linked by the whole text.
    progress
        Called with the number of rows read since the last call.

    Raises
    ------
    InputError
        A file cannot be used, or no contact or no text is left.
    """
    known = load_mapping(mapping, "contacts")
    intake: Intake[ContactRow] = Intake(
        paths,
        "contacts",
        dialect=dialect,
        options=ReadOptions(
            columns=known.columns, all_messages=messages == "all", keep=check_keep(keep)
        ),
        progress=progress,
    )
    rows = pd.DataFrame(_cleaned(intake), columns=_ROW, dtype=object)
    rows["customer_id"] = _one_id_per_person(rows)
    absorbed = {other for ids in rows["absorbed"] for other in ids}
    rows.loc[rows["left_out"].isna() & rows["contact_id"].isin(absorbed), "left_out"] = "merged"
    notices = _link_orders(rows, order_field, intake.where)
    if redacted:
        notices.append(_redact_texts(rows))
    counted, reconciliation = settle(
        rows,
        intake,
        "contact_id",
        timezone=timezone,
        date_format=known.date_format,
        notices=notices,
    )
    service, unread = service_columns(
        counted["service"],
        counted["created_at"],
        intake.where,
        timezone=timezone,
        date_format=known.date_format,
    )
    table = _to_table(counted, intake.where, needs_text=intake.has_text)
    table = check_table(table.join(service), CONTACTS, intake.where)
    said = (*reconciliation.notices, *unread, *kept_notice(keep))
    return Contacts(table, replace(reconciliation, notices=said))


def _cleaned(intake: Intake[ContactRow]) -> Iterator[tuple[Any, ...]]:
    """Yield rows with their text cleaned; those left out already keep none."""
    for file, row in intake:
        text, left_out = None, row.left_out
        if left_out is None:
            messages = [clean_message(body, html=html) for body, html in row.messages]
            if messages and is_automated_message(messages[0]):
                left_out = "automated"
            text = join_text(clean_subject(row.subject), "\n".join(filter(None, messages)))
        yield (
            file, row.line, row.contact_id, row.created_at, row.channel, row.customer_id,
            row.person, row.order_id, text, left_out, None, row.fields, row.absorbed,
            row.service,
        )  # fmt: skip


def _one_id_per_person(rows: pd.DataFrame) -> pd.Series:
    """Return customer ids; whose e-mail address is known from any row has its key in all."""
    keyed = rows[rows["customer_id"].str.startswith("e:", na=False) & rows["person"].notna()]
    key_of = keyed.drop_duplicates("person").set_index("person")["customer_id"]
    known = rows["person"].map(key_of)
    return rows["customer_id"].where(known.isna(), known)


def _link_orders(rows: pd.DataFrame, order_field: str | None, where: str) -> list[str]:
    """Fill `order_id` and `link_method` from a custom field, then from the text."""
    rows["link_method"] = rows["order_id"].map(lambda known: "column" if known else None)
    name = order_field or find_order_field(rows["fields"])
    if name is None:
        return []
    given = rows["fields"].map(lambda fields: fields.get(name))
    if order_field and given.isna().all():
        raise InputError(
            f"{where}: no custom field '{order_field}' has a value",
            "give the field's id (JSON) or its column's title (CSV)",
        )
    numbers = OrderNumbers.learn(given.dropna())
    to_order = numbers.normalise if numbers else order_key
    numbered = given.where(given.astype("string").str.contains(r"\d", na=False))  # not "none"
    found = {"field": numbered.map(to_order, na_action="ignore")}
    if numbers:
        found["text"] = rows["text"].map(numbers.find, na_action="ignore")
    for method, orders in found.items():
        new = rows["order_id"].isna() & orders.notna()
        rows.loc[new, "link_method"] = method
        rows.loc[new, "order_id"] = orders[new]
    return [
        f"order numbers: read from the custom field {name}"
        + (", and from texts" if numbers else "")
    ]


def _redact_texts(rows: pd.DataFrame) -> str:
    """Redact the texts in place; return what a reader has to know of it."""
    numbers = OrderNumbers.learn(rows["order_id"].dropna())
    pattern = numbers.pattern if numbers else None
    rows["text"] = rows["text"].map(
        lambda text: redact(text, order_pattern=pattern), na_action="ignore"
    )
    return "texts are redacted: e-mail, phone, card, IBAN, address, name, link as [kind]"


def _to_table(counted: pd.DataFrame, where: str, *, needs_text: bool) -> pd.DataFrame:
    table = counted[list(_COLUMNS)].assign(**{name: as_text(counted[name]) for name in _TEXTS})
    if needs_text and table["text"].isna().all():
        raise InputError(
            f"{where}: no text in any of {len(table)} contacts",
            "is it an export with messages, and the right text column?",
        )
    return table


def save_contacts(contacts: Contacts, path: str | Path) -> None:
    """Write contacts and what became of every row read, see `tables.write_accounted`."""
    write_accounted(contacts.table, path, "contacts", contacts.reconciliation, __version__)


def load_contacts(path: str | Path, *, timezone: str | None = None) -> pd.DataFrame:
    """Read a table that bears the canonical names: CSV, NDJSON, Parquet, XLSX.

    Raises
    ------
    InputError
        If it cannot be read or does not fit `schemas.CONTACTS`.
    """
    return load_table(path, CONTACTS, timezone=timezone)
