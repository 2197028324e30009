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
        May hold, under `contacts`, `n_read`, `n_counted`, `left_out` (rows by reason),
        `n_rejected`; each may be missing.

    Returns
    -------
    dict
        `n_read`, `n_rejected`, `n_counted`, `left_out` (source reasons, then topics),
        `n_tagged`, `known_from_source` and `balances` (None where the source is unknown).
    """
    source = (provenance or {}).get("contacts") or {}
    known = "n_read" in source
    left_out = {str(reason): int(n) for reason, n in (source.get("left_out") or {}).items()}
    for topic, n in reserved.items():
        left_out[topic] = left_out.get(topic, 0) + n
    n_counted = n_rows - sum(reserved.values())
    n_rejected = int(source.get("n_rejected") or 0)
    n_read = int(source["n_read"]) if known else n_rows
    return {
        "n_read": n_read,
        "n_rejected": n_rejected,
        "left_out": left_out,
        "n_tagged": n_rows,
        "n_counted": n_counted,
        "known_from_source": known,
        "balances": n_read == n_counted + n_rejected + sum(left_out.values()) if known else None,
    }
