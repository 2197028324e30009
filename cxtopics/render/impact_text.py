"""An impact as a few lines for the terminal."""

from __future__ import annotations

import math

from cxtopics.impact import Impact
from cxtopics.measure.estimate import Estimate
from cxtopics.render.words import interval, money, number, quoted

__all__ = ["impact_text"]


def impact_text(impact: Impact) -> str:
    """Return the verdict first, then the figures it rests on, then what to beware of."""
    label = "".join(character for character in impact.label if character.isprintable())
    used = impact.provenance
    lines = [
        f"{quoted(label)}, change of {impact.changed_on}, looked at until {impact.until}",
        impact.why,
        "",
        _line("Per 100 orders before", impact.per_order_before.times(100, ""), 2),
        _line("Per 100 orders after", impact.per_order_after.times(100, ""), 2),
        _line("After / before, season taken out", impact.ratio, 2),
        _line("Share of contacts before, %", impact.share_before.times(100, ""), 1),
        _line("Share of contacts after, %", impact.share_after.times(100, ""), 1),
    ]
    if math.isfinite(impact.contacts_avoided.value):
        saved = impact.money_saved
        lines += [
            _line("Contacts avoided so far", impact.contacts_avoided, 0),
            f"  {'Money saved so far':<34}{money(saved.value, saved.unit):>10} "
            + interval(saved.low, saved.high),
        ]
    weeks = f"{used['n_weeks_before']} weeks before, {used['n_weeks_after']} after"
    lines += ["", f"Weeks used: {weeks}. In brackets: 95 % intervals."]
    return "\n".join([*lines, *(f"Note: {caveat}" for caveat in impact.caveats)]) + "\n"


def _line(name: str, figure: Estimate, digits: int) -> str:
    ends = interval(figure.low, figure.high, digits)
    return f"  {name:<34}{number(figure.value, digits):>10} {ends}".rstrip()
