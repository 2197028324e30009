"""Ids by which helpdesk and shop are joined, without storing anybody's address."""

from __future__ import annotations

import hashlib
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cxtopics.tables.columns import cell_text

__all__ = ["customer_key", "email_key", "one_id_per_person", "order_key"]


def email_key(email: Any) -> str | None:
    """Return `e:` + 16 hex digits of the SHA-256 of an e-mail address, None if it is none.

    Capitals and blanks around do not matter. The key hides the address from a reader; it
    does not protect it from somebody who can guess it.
    """
    address = (cell_text(email) or "").lower()
    name, at, domain = address.partition("@")
    if not (name and at and "." in domain) or " " in address or "@" in domain:
        return None
    return f"e:{hashlib.sha256(address.encode()).hexdigest()[:16]}"


def customer_key(value: Any) -> str | None:
    """Return the id of a customer: the key of an e-mail address, else the value as text."""
    return email_key(value) or cell_text(value)


def order_key(value: Any) -> str | None:
    """Return an order's id without the `#` that shops put before it; None where blank."""
    text = (cell_text(value) or "").removeprefix("#").strip()
    return text or None


def one_id_per_person(customer_ids: pd.Series, people: pd.Series) -> pd.Series:
    """Return customer ids; whose e-mail address is known from any row has its key in all.

    Parameters
    ----------
    people
        The source's own id of each row's customer, missing where it has none.
    """
    with_key = customer_ids.str.startswith("e:", na=False) & people.notna()
    keys = pd.DataFrame({"key": customer_ids[with_key], "person": people[with_key]})
    keys = keys.drop_duplicates("person")
    place = pc.index_in(_text(people), value_set=_text(keys["person"]))
    found = pc.coalesce(_text(keys["key"]).take(place), _text(customer_ids))
    return pd.Series(found.to_pandas(), index=customer_ids.index, dtype=customer_ids.dtype)


def _text(column: pd.Series) -> pa.ChunkedArray:
    return pa.chunked_array(pa.array(column, pa.large_string(), from_pandas=True))
