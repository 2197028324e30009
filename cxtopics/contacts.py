"""Helpdesk export -> contacts: one row per conversation that a customer started.

    files -> sources (rows as exported) -> text (the customer's words) -> Contacts

Rows that are no contacts are left out, each with its reason (`schemas.LEFT_OUT_REASONS`;
the first that applies, in that order), and every row read is accounted for.

An export of any size goes through: texts wait on disk until all rows have been seen, and
only ids and stamps stay in memory, some hundred bytes a row.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict

import pandas as pd
from joblib import cpu_count

from cxtopics import __version__
from cxtopics.errors import InputError
from cxtopics.records import Progress, Reconciliation
from cxtopics.schemas import CONTACTS
from cxtopics.sources import (
    REJECTED,
    SERVICE_COLUMNS,
    ContactRow,
    Explanation,
    FieldValues,
    Intake,
    OrderLinks,
    ReadOptions,
    TracedFile,
    check_keep,
    is_automated_message,
    kept_notice,
    load_mapping,
    service_cells,
    service_columns,
    settle,
)
from cxtopics.tables import (
    Spool,
    TextRows,
    as_text,
    check_output,
    check_table,
    load_table,
    making_room,
    time_text,
    write_accounted,
)
from cxtopics.text import Cleaned, Words, clean_batches, redact_texts

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = [
    "ContactOptions",
    "Contacts",
    "contacts_file",
    "explain_contacts",
    "load_contacts",
    "read_contacts",
    "save_contacts",
]

_TEXTS = ("channel", "customer_id", "order_id", "link_method", "text")
_SHORT = (
    "file", "line", "contact_id", "created_at", "customer_id", "person", "left_out", "has_text",
    *SERVICE_COLUMNS,
)  # fmt: skip
_NUMBERS = ("file", "line", "has_text")
_LONG = ("channel", "order_id", "fields", "text")
_ROWS_PER_BATCH, _CHARS_PER_BATCH = 512, 2_000_000
_REDACTED = "texts are redacted: e-mail, phone, card, IBAN, address, name, link as [kind]"
_SMALL = 16_000_000  # bytes of input; below, starting processes costs more than it saves
Numbered = tuple[int, ContactRow]


@dataclass(frozen=True, eq=False)
class Contacts:
    """Contacts in the order of time, and what became of every row read.

    Attributes
    ----------
    table
        Fits `schemas.CONTACTS`; beside its columns `link_method`, how the order is known:
        `column`, `field` (a custom field), `text` (named by the customer) or missing; and
        those of `sources.SERVICE_COLUMNS` that the exports fill.
    """

    table: pd.DataFrame
    reconciliation: Reconciliation


class ContactOptions(TypedDict, total=False):
    """How exports are read; every key may be left out.

    Attributes
    ----------
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
    workers
        Processes that clean and redact texts; default: one per core. The table does not
        depend on it.
    max_unpacked
        Bytes that one packed file may unpack to; default: see `records.packed`.
    progress
        Called with the number of rows read since the last call; see `records.Progress`.
    """

    dialect: str | None
    mapping: str | Path | Mapping[str, Any] | None
    timezone: str | None
    order_field: str | None
    messages: Literal["first", "all"]
    keep: Sequence[str]
    redacted: bool
    workers: int | None
    max_unpacked: int | None
    progress: Progress | None


def contacts_file(
    paths: Sequence[str | Path], out: str | Path, **options: Unpack[ContactOptions]
) -> Reconciliation:
    """Read the exports of a helpdesk, of any size, into a table on disk.

    Parameters
    ----------
    paths
        Files, folders, patterns and zips (see `records.find_inputs`), each file in any
        dialect, tables that go together side by side; an id seen again is left out.
    out
        The table to write, by its ending; whole or not at all (see `tables.write_accounted`).
    options
        See `ContactOptions`.

    Returns
    -------
    Reconciliation
        What became of every row read.

    Raises
    ------
    InputError
        A file cannot be used, or no contact or no text is left.
    """
    check_output(out)
    with making_room(out) as room:
        frames, account = _read(paths, room, **options)
        write_accounted(frames, out, "contacts", account, __version__)
    return account


def read_contacts(paths: Sequence[str | Path], **options: Unpack[ContactOptions]) -> Contacts:
    """Read the exports of a helpdesk into memory, as `contacts_file` does onto disk.

    Raises
    ------
    InputError
        A file cannot be used, or no contact or no text is left.
    """
    with tempfile.TemporaryDirectory() as room:
        frames, account = _read(paths, Path(room), **options)
        return Contacts(pd.concat(frames, ignore_index=True), account)


def explain_contacts(paths: Sequence[str | Path], **options: Unpack[ContactOptions]) -> Explanation:
    """Say how exports are understood, without writing anything but to a temporary folder.

    Raises
    ------
    InputError
        As `contacts_file`.
    """
    traced: list[TracedFile] = []
    with tempfile.TemporaryDirectory() as room:
        frames, account = _read(paths, Path(room), **options, traced=traced)
        return Explanation.of("contacts", traced, account, frames)


def _read(
    paths: Sequence[str | Path],
    room: Path,
    *,
    dialect: str | None = None,
    mapping: str | Path | Mapping[str, Any] | None = None,
    timezone: str | None = None,
    order_field: str | None = None,
    messages: Literal["first", "all"] = "first",
    keep: Sequence[str] = (),
    redacted: bool = False,
    workers: int | None = None,
    max_unpacked: int | None = None,
    progress: Progress | None = None,
    traced: list[TracedFile] | None = None,
) -> tuple[Iterator[pd.DataFrame], Reconciliation]:
    """Read all rows, with their texts onto disk; return the contacts and the account."""
    known = load_mapping(mapping, "contacts")
    intake: Intake[ContactRow] = Intake(
        paths,
        "contacts",
        dialect=dialect,
        options=ReadOptions(
            columns=known.columns, all_messages=messages == "all", keep=check_keep(keep)
        ),
        max_unpacked=max_unpacked,
        progress=progress,
    )
    if workers is None:
        workers = cpu_count() if intake.n_bytes > _SMALL else 1
    read = _Rows.read(intake, room, workers)
    links = read.fields.to_links(order_field, intake.where)
    settled = settle(
        read.short,
        intake,
        "contact_id",
        timezone=timezone,
        date_format=known.date_format,
        notices=[*links.notices, *([_REDACTED] if redacted else [])],
    )
    if traced is not None:
        traced += intake.trace()
    counted = read.short.iloc[settled.order]
    if intake.has_text and not counted["has_text"].any():
        raise InputError(
            f"{intake.where}: no text in any of {len(counted)} contacts",
            "is it an export with messages, and the right text column?",
        )
    counted = counted.reset_index(drop=True).assign(created_at=settled.created_at)
    service, unread = service_columns(
        counted[list(SERVICE_COLUMNS)],
        counted["created_at"],
        intake.where,
        timezone=timezone,
        date_format=known.date_format,
    )
    notices = (*settled.account.notices, *unread, *kept_notice(keep))
    table = counted[["contact_id", "created_at", "customer_id"]].join(service)
    redaction = partial(redact_texts, order_pattern=links.order_pattern, n_workers=workers)
    frames = _frames(
        read.long, settled.order, table, links, intake.where, redaction if redacted else None
    )
    return frames, replace(settled.account, notices=notices)


@dataclass(frozen=True, eq=False)
class _Rows:
    """All rows read: short cells in memory, long ones on disk, in the same order."""

    short: pd.DataFrame
    long: Spool
    fields: FieldValues

    @classmethod
    def read(cls, intake: Intake[ContactRow], room: Path, n_workers: int) -> _Rows:
        kept, long, fields = TextRows(_SHORT, _NUMBERS), Spool(room, _LONG), FieldValues()
        absorbed: set[str] = set()
        batches = clean_batches(_batches(intake), _words, is_automated_message, n_workers)
        for batch, cleaned in batches:
            rows = list(zip(batch, cleaned, strict=True))
            kept.add([_short(file, row, words, intake.options) for (file, row), words in rows])
            long.add([_long(row, words.text) for (_, row), words in rows])
            for _, row in batch:
                fields.add(row.order_id, row.fields)
                absorbed.update(row.absorbed)
        short = kept.to_frame()
        short["customer_id"] = _one_id_per_person(short)
        short[REJECTED] = pd.Series(index=short.index, dtype=object)
        merged = short["left_out"].isna() & short["contact_id"].isin(absorbed)
        short.loc[merged, "left_out"] = "merged"
        return cls(short, long, fields)


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


def _one_id_per_person(rows: pd.DataFrame) -> pd.Series:
    """Return customer ids; whose e-mail address is known from any row has its key in all."""
    keyed = rows[rows["customer_id"].str.startswith("e:", na=False) & rows["person"].notna()]
    key_of = keyed.drop_duplicates("person").set_index("person")["customer_id"]
    known = rows["person"].map(key_of)
    return rows["customer_id"].where(known.isna(), known)


def _frames(
    long: Spool, order: Any, table: pd.DataFrame, links: OrderLinks, where: str,
    redaction: Callable[[list[str | None]], list[str | None]] | None,
) -> Iterator[pd.DataFrame]:  # fmt: skip
    """Yield the contacts in the order of time, with their texts and orders."""
    at = 0
    for cells in long.frames(order):
        frame = table.iloc[at : at + len(cells)].reset_index(drop=True)
        at += len(cells)
        cells = _linked(cells, links).assign(customer_id=frame.pop("customer_id"))
        if redaction:
            cells["text"] = redaction(_cells(cells["text"]))
        for column, name in enumerate(_TEXTS, start=2):
            frame.insert(column, name, as_text(cells[name]))
        yield check_table(frame.assign(contact_id=as_text(frame["contact_id"])), CONTACTS, where)


def _linked(cells: pd.DataFrame, links: OrderLinks) -> pd.DataFrame:
    """Return rows with their orders, and how these are known."""
    given = cells["fields"].map(lambda cell: json.loads(cell) if isinstance(cell, str) else {})
    rows = zip(_cells(cells["order_id"]), given, _cells(cells["text"]), strict=True)
    found = pd.DataFrame(
        [links.link(*row) for row in rows], columns=["order_id", "link_method"], dtype=object
    )
    return cells.drop(columns="order_id").join(found)


def _cells(column: pd.Series) -> list[str | None]:
    return [cell if isinstance(cell, str) else None for cell in column]


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
