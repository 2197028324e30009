"""How the exports of a helpdesk are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypedDict

from cxtopics.records import Progress

__all__ = ["ContactOptions", "with_defaults"]


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


def with_defaults(options: ContactOptions) -> ContactOptions:
    """Return all options.

    Raises
    ------
    TypeError
        For a name that is none of them.
    """
    whole: ContactOptions = {
        "dialect": None,
        "mapping": None,
        "timezone": None,
        "order_field": None,
        "messages": "first",
        "keep": (),
        "redacted": False,
        "workers": None,
        "max_unpacked": None,
        "progress": None,
    }
    if unknown := sorted(options.keys() - whole.keys()):
        raise TypeError(f"no such option: {', '.join(unknown)}; known: {', '.join(whole)}")
    return {**whole, **options}
