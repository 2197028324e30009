"""What an impact is: verdict, figures, weeks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from cxtopics.measure.estimate import Estimate
from cxtopics.measure.jsonable import to_jsonable

__all__ = ["CONFIDENCE", "METHOD", "Impact"]

CONFIDENCE = 0.95
METHOD = (
    "difference in differences of log contacts per order, other topics as controls; "
    "quasi-Poisson, autocorrelated weeks, variance between untouched topics"
)


@dataclass(frozen=True)
class Impact:
    """What became of one topic after a dated change.

    Attributes
    ----------
    verdict
        `fell`, `rose`, `no_clear_change` (a change of a fifth or more is ruled out) or
        `cannot_tell`.
    why
        The verdict in one sentence.
    more_weeks
        How many more weeks after the change would settle it, if things stay as they are;
        None where it is settled, or where more weeks alone would not settle it.
    ratio
        Contacts per order after / before, season taken out.
    per_order_before, per_order_after
        Contacts per order of the weeks used.
    share_before, share_after
        Share of all contacts; shown because people ask, not used: it moves with other topics.
    contacts_avoided
        In the weeks used after the change: contacts expected without it, less those that came.
    money_saved
        Those contacts at the cost of a contact; less one-off and running costs so far.
    weeks
        One row per week: `week_start`, `n_contacts`, `n_orders` (that the contacts rest on),
        `contacts_per_order`, `after`, `left_out`.
    caveats, provenance
        As in a report.
    """

    topic: str
    label: str
    changed_on: str
    until: str
    verdict: str
    why: str
    more_weeks: int | None
    ratio: Estimate
    per_order_before: Estimate
    per_order_after: Estimate
    share_before: Estimate
    share_after: Estimate
    contacts_avoided: Estimate
    money_saved: Estimate
    weeks: pd.DataFrame
    caveats: tuple[str, ...]
    provenance: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON (NaN becomes null)."""
        names = (
            "ratio", "per_order_before", "per_order_after", "share_before", "share_after",
            "contacts_avoided", "money_saved",
        )  # fmt: skip
        figures = {name: vars(getattr(self, name)) for name in names}
        rest = {name: value for name, value in vars(self).items() if name not in names}
        content = {"kind": "cxtopics impact", **rest, **figures}
        return {key: to_jsonable(value) for key, value in content.items()}
