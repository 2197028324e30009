"""Where every row went: read = counted + left out by reason + rejected.

Nothing is dropped in silence. The stations before the report leave their counts in the
tables' provenance; here they are laid side by side and added up.
"""

from __future__ import annotations

from typing import Any

__all__ = ["reconcile"]


def reconcile(
    n_rows: int, reserved: dict[str, int], provenance: dict[str, Any] | None
) -> dict[str, Any]:
    """Return how the rows of the exports became the contacts counted.

    Parameters
    ----------
    n_rows
        Rows of the tagged table.
    reserved
        Rows of the tagged table left out by the topic they were given.
    provenance
        May hold `contacts` and `orders` (each with `n_read`, `n_counted`, `left_out` by reason,
        `n_rejected`, `notices`) and `tagging` (`n_rejected`).

    Returns
    -------
    dict
        `n_read`, `n_rejected`, `n_counted`, `left_out` (source reasons, then topics),
        `n_tagged`, `known_from_source`, `balances` (None where the source is unknown),
        `orders` (the same of the shop's export, None where unknown) and `notices`.
    """
    about = provenance or {}
    source = _account(about.get("contacts"))
    n_rejected = int((about.get("tagging") or {}).get("n_rejected") or 0)
    left_out = dict(source["left_out"]) if source else {}
    for topic, n in reserved.items():
        left_out[topic] = left_out.get(topic, 0) + n
    if source:
        n_rejected += source["n_rejected"]
    n_counted = n_rows - sum(reserved.values())
    n_found = n_counted + n_rejected + sum(left_out.values())
    n_read = source["n_read"] if source else n_found
    return {
        "n_read": n_read,
        "n_rejected": n_rejected,
        "left_out": left_out,
        "n_tagged": n_rows,
        "n_counted": n_counted,
        "known_from_source": source is not None,
        "balances": n_read == n_found if source else None,
        "orders": _account(about.get("orders")),
        "notices": [
            f"{station.capitalize()}: {notice}"
            for station in ("contacts", "orders")
            for notice in (about.get(station) or {}).get("notices") or ()
        ],
    }


def _account(station: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return a station's own account of its rows; None where it gave none."""
    if not station or "n_read" not in station:
        return None
    left_out = {str(reason): int(n) for reason, n in (station.get("left_out") or {}).items()}
    return {
        "n_read": int(station["n_read"]),
        "n_counted": int(station.get("n_counted") or 0),
        "left_out": left_out,
        "n_rejected": int(station.get("n_rejected") or 0),
    }
