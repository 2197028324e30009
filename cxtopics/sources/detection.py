"""Which dialect a file is in, and by what it is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cxtopics.errors import InputError
from cxtopics.records import RecordFile, show_columns
from cxtopics.sources.cells import find_columns
from cxtopics.sources.freshdesk_csv import FRESHDESK_CSV
from cxtopics.sources.freshdesk_json import FRESHDESK_JSON
from cxtopics.sources.gladly_csv import GLADLY_CONTACTS, GLADLY_CONVERSATIONS
from cxtopics.sources.gorgias_csv import GORGIAS_CSV
from cxtopics.sources.gorgias_json import GORGIAS_JSON
from cxtopics.sources.helpscout_csv import HELPSCOUT_CSV
from cxtopics.sources.helpscout_json import HELPSCOUT_JSON
from cxtopics.sources.intercom_json import INTERCOM_JSON
from cxtopics.sources.intercom_tables import INTERCOM_TABLES
from cxtopics.sources.mapped import REQUIRED, TABLE_OF_CONTACTS, TABLE_OF_ORDERS
from cxtopics.sources.rows import Dialect, Kind, ReadOptions
from cxtopics.sources.shopify_csv import SHOPIFY_CSV
from cxtopics.sources.shopify_json import SHOPIFY_JSON
from cxtopics.sources.shopify_tables import SHOPIFY_TABLES
from cxtopics.sources.woocommerce import WOOCOMMERCE_CSV, WOOCOMMERCE_JSON
from cxtopics.sources.zendesk_csv import ZENDESK_CSV
from cxtopics.sources.zendesk_json import ZENDESK_JSON
from cxtopics.sources.zendesk_tables import ZENDESK_TABLES

__all__ = ["DIALECTS", "Recognised", "detect", "dialects_named"]

_CONTACTS: tuple[Dialect[Any], ...] = (
    ZENDESK_TABLES,
    GORGIAS_JSON,
    FRESHDESK_JSON,
    INTERCOM_JSON,
    HELPSCOUT_JSON,
    ZENDESK_JSON,  # its keys are the commonest: tried after the other helpdesks' JSON
    INTERCOM_TABLES,
    ZENDESK_CSV,
    GORGIAS_CSV,
    FRESHDESK_CSV,
    GLADLY_CONTACTS,
    GLADLY_CONVERSATIONS,
    HELPSCOUT_CSV,
    TABLE_OF_CONTACTS,
)
_ORDERS: tuple[Dialect[Any], ...] = (
    SHOPIFY_CSV,
    SHOPIFY_JSON,
    SHOPIFY_TABLES,
    WOOCOMMERCE_JSON,
    WOOCOMMERCE_CSV,
    TABLE_OF_ORDERS,
)
DIALECTS: dict[Kind, dict[str, Dialect[Any]]] = {
    "contacts": {known.name: known for known in _CONTACTS},
    "orders": {known.name: known for known in _ORDERS},
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
    wanted = dialects_named(dialect, kind)
    if options.columns:
        if dialect and "table" not in wanted:
            raise InputError(
                f"--map goes with tables, got --from {dialect}", "leave out --from or --map"
            )
        wanted = ("table",)
    for name in wanted:
        if reason := DIALECTS[kind][name].recognise(file, options):
            return Recognised(DIALECTS[kind][name], reason)
    raise _unknown(file, kind, dialect if "table" not in wanted else None, options)


def dialects_named(dialect: str | None, kind: Kind) -> tuple[str, ...]:
    """Return the dialects that `--from` names: one, all of a helpdesk (`gorgias`), or all.

    Raises
    ------
    InputError
        If it names none.
    """
    known = tuple(DIALECTS[kind])
    if dialect is None:
        return known
    wanted = dialect.replace("-", "_").lower()
    named = tuple(name for name in known if name == wanted or name.startswith(f"{wanted}_"))
    if not named:
        raise InputError(
            f"--from: got '{dialect}', expected one of {', '.join(known)}",
            "leave --from out to have the dialect found out",
        )
    return named


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
    if wanted is not None:
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
