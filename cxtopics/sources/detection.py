"""Which dialect a file is in, and by what it is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cxtopics.errors import InputError
from cxtopics.records import RecordFile, show_columns
from cxtopics.sources.cells import find_columns
from cxtopics.sources.mapped import REQUIRED, TABLE_OF_CONTACTS, TABLE_OF_ORDERS
from cxtopics.sources.rows import Dialect, Kind, ReadOptions
from cxtopics.sources.shopify_csv import SHOPIFY_CSV
from cxtopics.sources.zendesk_csv import ZENDESK_CSV
from cxtopics.sources.zendesk_json import ZENDESK_JSON

__all__ = ["DIALECTS", "Recognised", "detect"]

DIALECTS: dict[Kind, dict[str, Dialect[Any]]] = {
    "contacts": {known.name: known for known in (ZENDESK_JSON, ZENDESK_CSV, TABLE_OF_CONTACTS)},
    "orders": {known.name: known for known in (SHOPIFY_CSV, TABLE_OF_ORDERS)},
}
"""By kind and name, in the order in which they are tried."""

_ERROR_KEYS = {"error", "errors", "error_description", "error_code"}


@dataclass(frozen=True)
class Recognised:
    """A file's dialect and by what it was recognised, such as "columns Name, Created at"."""

    dialect: Dialect[Any]
    reason: str


def detect(
    file: RecordFile,
    kind: Kind,
    *,
    dialect: str | None = None,
    options: ReadOptions | None = None,
) -> Recognised:
    """Find out a file's dialect.

    Parameters
    ----------
    dialect
        Take this one (`--from`) instead of the first that recognises the file.
    options
        With `columns`, the file is a table with a mapping.

    Raises
    ------
    InputError
        No such dialect, or the file is in none of them: with the columns found and missing.
    """
    options = options or ReadOptions()
    known = DIALECTS[kind]
    wanted = dialect.replace("-", "_").lower() if dialect else None
    if wanted is not None and wanted not in known:
        raise InputError(
            f"--from: got '{dialect}', expected one of {', '.join(known)}",
            "leave --from out to have the dialect found out",
        )
    if options.columns:
        if wanted not in (None, "table"):
            raise InputError(
                f"--map goes with tables, got --from {dialect}", "leave out --from or --map"
            )
        wanted = "table"
    for candidate in known.values() if wanted is None else (known[wanted],):
        if reason := candidate.recognise(file, options):
            return Recognised(candidate, reason)
    raise _unknown(file, kind, wanted, options)


def _unknown(file: RecordFile, kind: Kind, wanted: str | None, options: ReadOptions) -> InputError:
    other: Kind = "orders" if kind == "contacts" else "contacts"
    for candidate in DIALECTS[other].values():
        if not options.columns and (reason := candidate.recognise(file, options)):
            return InputError(
                f"{file.path}: got {other} ({candidate.name}: {reason}), expected {kind}",
                f"read it with `cxtopics {other}`",
            )
    if file.format == "json" and (said := _ERROR_KEYS & {key.lower() for key in file.columns}):
        return InputError(
            f"{file.path}: an error message of a program (it holds '{min(said)}'), not an export",
            "open it to see what it says, and export again",
        )
    found = show_columns(file.columns)
    if wanted not in (None, "table"):
        return InputError(
            f"{file.path}: not in the dialect {wanted}; found columns {found}",
            "leave --from out to have the dialect found out",
        )
    have = {*find_columns(file, REQUIRED[kind]), *options.columns}
    missing = [name for name in REQUIRED[kind] if name not in have]
    return InputError(
        f"{file.path}: not a known export of {kind}; missing {', '.join(missing)}; "
        f"found columns {found}",
        f"say which column is {missing[0] if missing else 'which'} in a mapping file: "
        "--map FILE (docs/mapping.md)",
    )
