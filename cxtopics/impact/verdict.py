"""Whether contacts fell, as a verdict, a sentence, and the weeks still to wait."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from cxtopics.impact.result import CONFIDENCE
from cxtopics.impact.weeks import Weeks, weeks_in_words
from cxtopics.measure.trends.before_after import BeforeAfter

__all__ = ["is_enough", "judge"]

_LEAST_BEFORE, _LEAST_AFTER = 8, 2
_SURE = 0.99  # confidence at which a fall is called one; the interval shown is CONFIDENCE
_HALVES = 0.95  # confidence at which a fall must hold against either half of the weeks before
_FEW = 10  # contacts before the change below which no fall can be told
_WORTH_TELLING = 0.20  # a fall that the advice to wait aims at, where none shows
_LONGEST_WAIT = 104


def is_enough(weeks: Weeks) -> bool:
    """Whether there are enough weeks on either side to compare at all."""
    return weeks.n_before >= _LEAST_BEFORE and weeks.n_after >= _LEAST_AFTER


def judge(weeks: Weeks, found: BeforeAfter | None) -> tuple[str, str, int | None]:
    """Return verdict, sentence and the weeks still needed."""
    if found is None:
        return _too_short(weeks)
    if found.n_before < _FEW:
        return (
            "cannot_tell",
            f"Too few contacts on the topic before the change: {found.n_before:.0f}.",
            None,
        )
    value, low, high = found.ratio(CONFIDENCE)
    if found.ratio(_SURE)[2] < 1:
        if season := _season(weeks, found):
            return "cannot_tell", season, None
        return "fell", f"Contacts per order fell by {_percent(1 - value)}.", None
    if low > 1:
        return "rose", f"Contacts per order rose by {_percent(value - 1)}.", None
    if low > 1 - _WORTH_TELLING and high < 1 / (1 - _WORTH_TELLING):
        return (
            "no_clear_change",
            f"No clear change; a fall of {_percent(1 - low)} or more is ruled out.",
            None,
        )
    return _wait(weeks, found)


def _too_short(weeks: Weeks) -> tuple[str, str, int | None]:
    if weeks.n_before < _LEAST_BEFORE:
        return (
            "cannot_tell",
            f"Only {weeks.n_before} usable weeks before the change; "
            f"at least {_LEAST_BEFORE} are needed to know what was usual.",
            None,
        )
    more = _LEAST_AFTER - weeks.n_after
    return "cannot_tell", f"Cannot tell yet, needs about {weeks_in_words(more)}.", more


def _wait(weeks: Weeks, found: BeforeAfter) -> tuple[str, str, int | None]:
    """Return how long to wait until a change like the one seen, or a fifth, would show."""
    wanted = max(abs(found.log_ratio), -math.log(1 - _WORTH_TELLING))
    aim = f"a fall of {_percent(1 - math.exp(-wanted))}"
    if found.log_ratio > wanted - 1e-9:
        aim = f"a rise of {_percent(math.exp(wanted) - 1)}"
    for more in range(1, _LONGEST_WAIT + 1):
        if found.half_width(_SURE, 1 + more / weeks.n_after) <= wanted:
            return (
                "cannot_tell",
                f"Cannot tell yet, needs about {weeks_in_words(more)} to tell {aim} from chance.",
                more,
            )
    return (
        "cannot_tell",
        f"Cannot tell, and more weeks alone would not tell {aim} from chance: the weeks before "
        "the change are too few or too uneven.",
        None,
    )


def _season(weeks: Weeks, found: BeforeAfter) -> str:
    """Return a sentence if the weeks before the change could make the fall a season's.

    A fall must hold against the first and against the second half of them, each alone, and be
    larger than any move they made by themselves.
    """
    before = np.flatnonzero(weeks.used & ~weeks.after)
    for name, half in zip(("first", "second"), np.array_split(before, 2), strict=True):
        where = weeks.after.copy()
        where[half] = True
        # How the weeks scatter is told better from all of them than from half.
        alone = replace(weeks.compare(where), df=found.df)
        if alone.ratio(_HALVES)[2] >= 1:
            return (
                f"Cannot tell: against the {name} half of the weeks before the change nothing "
                "clearly fell, so this may be a season, or have begun before the change."
            )
    if weeks.largest_move >= -found.log_ratio:
        return (
            "Cannot tell: the topic moved as much by itself in the weeks before the change "
            f"(by a factor of {math.exp(weeks.largest_move):.1f} for a month or more)."
        )
    return ""


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
