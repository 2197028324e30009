"""A customer's own words out of a message: no markup, no quoted mails, no signature."""

from cxtopics.text.clean import MAX_LENGTH, clean_message, clean_subject, join_text

__all__ = ["MAX_LENGTH", "clean_message", "clean_subject", "join_text"]
