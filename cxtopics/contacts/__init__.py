"""Helpdesk export -> contacts: one row per conversation that a customer started.

    files -> sources (rows as exported) -> text (the customer's words) -> Contacts

    options    how exports are read
    rows       all rows, texts cleaned, on disk
    frames     those that count, in the order of time, with texts and orders
    reading    the station: rows -> settled, linked, written

Rows that are no contacts are left out, each with its reason (`schemas.LEFT_OUT_REASONS`;
the first that applies, in that order), and every row read is accounted for.

An export of any size goes through: rows wait on disk until all have been seen, and then
only ids and stamps are in memory, some hundred bytes a row.
"""

from cxtopics.contacts.options import ContactOptions
from cxtopics.contacts.reading import (
    Contacts,
    contacts_file,
    explain_contacts,
    load_contacts,
    read_contacts,
    save_contacts,
)

__all__ = [
    "ContactOptions",
    "Contacts",
    "contacts_file",
    "explain_contacts",
    "load_contacts",
    "read_contacts",
    "save_contacts",
]
