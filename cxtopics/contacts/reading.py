"""Exports into a table of contacts, on disk or in memory, and what became of every row."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from joblib import cpu_count

from cxtopics import __version__
from cxtopics.contacts.frames import Completion
from cxtopics.contacts.options import ContactOptions, with_defaults
from cxtopics.contacts.rows import ContactRows
from cxtopics.errors import InputError
from cxtopics.records import Reconciliation
from cxtopics.schemas import CONTACTS
from cxtopics.sources import (
    ContactRow,
    Explanation,
    Intake,
    Mapping,
    ReadOptions,
    Settled,
    TracedFile,
    check_keep,
    kept_notice,
    load_mapping,
    service_columns,
    settle,
)
from cxtopics.tables import check_output, load_table, making_room, write_accounted

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = [
    "Contacts",
    "contacts_file",
    "explain_contacts",
    "load_contacts",
    "read_contacts",
    "save_contacts",
]

_REDACTED = "texts are redacted: e-mail, phone, card, IBAN, address, name, link as [kind]"
_SMALL = 16_000_000  # bytes of input; below, starting processes costs more than it saves


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
        frames, account = _read(paths, room, options)
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
        frames, account = _read(paths, Path(room), options)
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
        frames, account = _read(paths, Path(room), options, traced)
        return Explanation.of("contacts", traced, account, frames)


def _read(
    paths: Sequence[str | Path],
    room: Path,
    options: ContactOptions,
    traced: list[TracedFile] | None = None,
) -> tuple[Iterator[pd.DataFrame], Reconciliation]:
    """Read all rows onto disk; return the contacts, a frame at a time, and the account."""
    options = with_defaults(options)
    known = load_mapping(options["mapping"], "contacts")
    intake = _intake(paths, known, options)
    workers = options["workers"] or (cpu_count() if intake.n_bytes > _SMALL else 1)
    rows = ContactRows.read(intake, room, workers)
    if traced is not None:
        traced += intake.trace()
    redacted = options["redacted"]
    links = rows.fields.to_links(options["order_field"], intake.where)
    notices = [*links.notices, *([_REDACTED] if redacted else [])]
    timezone, date_format = options["timezone"], known.date_format
    table, settled = _settle(rows, intake, timezone, date_format, notices)
    service, unread = service_columns(
        lambda name: rows.short.columns([name])[name].iloc[settled.order].reset_index(drop=True),
        table["created_at"],
        intake.where,
        timezone=timezone,
        date_format=date_format,
    )
    notices = [*settled.account.notices, *unread, *kept_notice(options["keep"])]
    completion = Completion(links, intake.where, redacted, workers)
    frames = completion.frames(table.join(service), rows.long, settled.order)
    return frames, replace(settled.account, notices=tuple(notices))


def _intake(
    paths: Sequence[str | Path], known: Mapping, options: ContactOptions
) -> Intake[ContactRow]:
    return Intake(
        paths,
        "contacts",
        dialect=options["dialect"],
        options=ReadOptions(
            columns=known.columns,
            all_messages=options["messages"] == "all",
            keep=check_keep(options["keep"]),
        ),
        max_unpacked=options["max_unpacked"],
        progress=options["progress"],
    )


def _settle(
    rows: ContactRows,
    intake: Intake[ContactRow],
    timezone: str | None,
    date_format: str | None,
    notices: list[str],
) -> tuple[pd.DataFrame, Settled]:
    """Return id, time and customer of the rows that count, in the order of time."""
    short = rows.settling()
    settled = settle(
        short, intake, "contact_id", timezone=timezone, date_format=date_format, notices=notices
    )
    if intake.has_text and not short["has_text"].iloc[settled.order].any():
        raise InputError(
            f"{intake.where}: no text in any of {len(settled.order)} contacts",
            "is it an export with messages, and the right text column?",
        )
    table = short[["contact_id", "customer_id"]].iloc[settled.order].reset_index(drop=True)
    table.insert(1, "created_at", settled.created_at)
    return table, settled


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
