"""A customer's own words out of a message: no markup, no quoted mails, no signature."""

from cxtopics.text.batches import Words, clean_batches, clean_words
from cxtopics.text.clean import MAX_LENGTH, clean_message, clean_subject, join_text

__all__ = [
    "MAX_LENGTH",
    "Words",
    "clean_batches",
    "clean_message",
    "clean_subject",
    "clean_words",
    "join_text",
]
