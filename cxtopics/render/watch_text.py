"""What rises this week, as lines for the terminal."""

from __future__ import annotations

from cxtopics.render.words import interval, number
from cxtopics.watch import Watch

__all__ = ["watch_text"]


def watch_text(watch: Watch) -> str:
    """Return the rising topics, how often such an alarm errs, and what to beware of."""
    first, last = watch.week
    rising = watch.rising.to_dict(orient="records")
    head = f"{len(rising)} rising" if rising else "Nothing rises beyond chance"
    lines = [f"{head}, {first} to {last}"]
    for row in rising:
        label = "".join(c for c in str(row["label"]) if c.isprintable())
        span = "this week" if row["n_weeks"] == 1 else "in two weeks"
        expected = f"{number(row['expected'], 1)} " + interval(
            row["expected_low"], row["expected_high"]
        )
        lines.append(
            f"  {label}: {number(row['n_contacts'])} contacts {span}, {expected} expected, "
            f"x {row['times']:.1f}"
        )
    rate = watch.false_alarms.value
    weeks = 1 / max(rate * watch.false_alarms.n, 1e-12)
    lines.append(
        f"{watch.false_alarms.n} topics watched; if nothing changed, one of them would be called "
        f"rising about every {number(weeks)} weeks ({100 * rate:.2f} % per topic and week)."
    )
    return "\n".join([*lines, *(f"Note: {caveat}" for caveat in watch.caveats)]) + "\n"
