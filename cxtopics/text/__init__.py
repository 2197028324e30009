"""A customer's own words out of a message, and what names a person out of those."""

from cxtopics.text.batches import Cleaned, Words, clean_batches, clean_words, redact_texts
from cxtopics.text.clean import MAX_LENGTH, clean_message, clean_subject, join_text
from cxtopics.text.redact import KINDS, Personal, find_personal, redact

__all__ = [
    "KINDS",
    "MAX_LENGTH",
    "Cleaned",
    "Personal",
    "Words",
    "clean_batches",
    "clean_message",
    "clean_subject",
    "clean_words",
    "find_personal",
    "join_text",
    "redact",
    "redact_texts",
]
