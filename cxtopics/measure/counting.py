"""The rows of a report that are no topic, and which of them a contact without a topic is in."""

from __future__ import annotations

from collections.abc import Collection

__all__ = ["ABSTAINED", "ALL", "NO_TEXT", "had_text"]

ALL, ABSTAINED, NO_TEXT = "all", "abstained", "no_text"


def had_text(columns: Collection[str]) -> str:
    """Return the SQL that tells a contact which had text and no topic from one without text.

    A forced topic or a review mark shows that there was text; in a table that has neither
    column the text itself does. A table that shows none of the three counts every missing
    topic as `abstained`.
    """
    signs = []
    if "topic_forced" in columns:
        signs.append("nullif(trim(topic_forced), '') IS NOT NULL")
    if "needs_review" in columns:
        signs.append("coalesce(needs_review, false)")
    if not signs and "text" in columns:
        signs.append("nullif(trim(text), '') IS NOT NULL")
    return f"({' OR '.join(signs)})" if signs else "true"
