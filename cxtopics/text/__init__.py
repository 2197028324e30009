"""A customer's own words out of a message, and what names a person out of those."""

from cxtopics.text.clean import MAX_LENGTH, clean_message, clean_subject, join_text
from cxtopics.text.redact import KINDS, Personal, find_personal, redact

__all__ = [
    "KINDS",
    "MAX_LENGTH",
    "Personal",
    "clean_message",
    "clean_subject",
    "find_personal",
    "join_text",
    "redact",
]
