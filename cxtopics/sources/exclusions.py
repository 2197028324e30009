"""Which of a row's reasons to be no contact counts, and which the user overrules."""

from __future__ import annotations

from collections.abc import Iterable

from cxtopics.errors import InputError
from cxtopics.schemas import LEFT_OUT_REASONS

__all__ = ["check_keep", "first_reason", "kept_notice", "tag_reasons"]

_TAGS = {
    "outbound": {"proactive", "proactive_ticket", "outbound"},
    "spam": {"spam", "suspended", "suspended_ticket"},
    "merged": {"closed_by_merge", "merged"},
}
_KEEPABLE = tuple(reason for reason in LEFT_OUT_REASONS if reason != "duplicate")


def first_reason(found: Iterable[str], keep: frozenset[str] = frozenset()) -> str | None:
    """Return the first reason, in the order of `LEFT_OUT_REASONS`, that is not overruled.

    A dialect names every reason its source shows: a ticket that is both deleted and spam
    stays left out as spam where deleted ones are kept.
    """
    reasons = set(found) - keep
    return next((reason for reason in LEFT_OUT_REASONS if reason in reasons), None)


def tag_reasons(tags: Iterable[str]) -> set[str]:
    """Return the reasons that tags give, as helpdesks and their add-ons set them."""
    words = {tag.lower() for tag in tags}
    return {reason for reason, names in _TAGS.items() if words & names}


def check_keep(reasons: Iterable[str]) -> frozenset[str]:
    """Return the reasons to overrule (`--keep`).

    Raises
    ------
    InputError
        For no reason of ours, and for `duplicate`: an id can stand for one contact only.
    """
    keep = frozenset(reason.strip().lower() for reason in reasons)
    if "duplicate" in keep:
        raise InputError(
            "--keep: duplicates cannot be kept: two contacts would have one id",
            "give the rows ids of their own, and read the file with --map",
        )
    if unknown := sorted(keep - set(_KEEPABLE)):
        raise InputError(
            f"--keep: got '{unknown[0]}', expected one of {', '.join(_KEEPABLE)}",
            "say it once for each reason: --keep outbound --keep merged",
        )
    return keep


def kept_notice(keep: Iterable[str]) -> list[str]:
    """Return the sentence that tells which reasons were overruled, if any."""
    kept = ", ".join(sorted(check_keep(keep)))
    return [f"counted on request (--keep) although the export marks them: {kept}"] if kept else []
