"""A message as its writer meant it: `clean_message`, `clean_subject`, and both joined.

    body -> HTML to text -> cut to MAX_LENGTH -> mojibake mended -> quotes, signature cut
         -> white space folded

No step may lose the customer's own words: where cutting leaves nothing, the uncut text
is kept.
"""

from __future__ import annotations

import re
import unicodedata

import ftfy
from ftfy.badness import is_bad

from cxtopics.text.markup import html_to_text
from cxtopics.text.pointers import has_answers_below, is_pointer
from cxtopics.text.quotes import split_quotes
from cxtopics.text.signatures import cut_signature

__all__ = ["MAX_HTML", "MAX_LENGTH", "clean_message", "clean_subject", "join_text"]

MAX_LENGTH = 100_000
"""Characters of a text that are read; a customer's own words stand at its start."""
MAX_HTML = 1_000_000
"""Characters of HTML that are read: a mail may begin with 100,000 of style sheets."""

# Controls but tab and line feed, soft hyphen, zero-width and direction marks, BOM,
# surrogates. The zero-width joiner stays: it holds emoji together.
_UNSEEN = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u200b\u200c\u200e\u200f\u202a-\u202e"
                     "\u2060-\u2069\ufeff\ud800-\udfff]")  # fmt: skip
_LINE_BREAK = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BLANKS = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\n{3,}")
_PREFIX = re.compile(
    r"(?:(?:re|aw|sv|vs|antw|odp|rif|tr|fwd?|wg|rv|enc|vb|doorst)(?:\[\d+\])?\s?[:：]\s*)+",
    re.IGNORECASE,
)
_NAME = r"[A-ZÀ-Þ\d][\w.'\-]*"
_MADE_BY_PROGRAM = re.compile(
    rf"(?:[Cc]hat|[Cc]onversation) with {_NAME}(?: {_NAME}){{0,3}}"
    r"|(?:[Pp]hone [Cc]all|[Cc]all|[Vv]oicemail) (?:from|to|with):? [+(\d][\d ()\-]+"
)


def clean_message(body: str, *, html: bool) -> str:
    r"""Return the customer's own words of one message.

    Parameters
    ----------
    body
        Plain text or HTML; what is beyond `MAX_LENGTH` characters is not read.
    html
        Whether `body` is HTML.

    Returns
    -------
    str
        Text with single blanks and at most one empty line in a row; empty only if there
        are no words at all.

    Examples
    --------
    >>> clean_message("Where is it?\nOn 3 May 2026, Shop wrote:\n> Sent!", html=False)
    'Where is it?'
    """
    text = _read(body, html=html)
    own, below, forwarded = split_quotes(text)
    own = fold_space(cut_signature(own))
    if below and ((forwarded and is_pointer(own)) or has_answers_below(own)):
        below = fold_space(cut_signature(split_quotes(below).own))
        own = f"{own}\n\n{below}".strip()
    if own:
        return own
    return fold_space(_read(body, html=True, keep_quotes=True) if html else text)


def _read(body: str, *, html: bool, keep_quotes: bool = False) -> str:
    """Return the text of a body, mended, and no more of it than is read."""
    if html:
        body = html_to_text(body[:MAX_HTML], keep_quotes=keep_quotes)
    return _mend(body[:MAX_LENGTH])


def clean_subject(subject: str) -> str:
    """Return a subject without `Re:`, `Fwd:`, `AW:` and the like, in one line.

    Empty where a program made it up (`Chat with Ann Lee`).
    """
    text = " ".join(_mend(subject[:1000]).split())
    text = _PREFIX.sub("", text, count=1) if _PREFIX.match(text) else text
    return "" if _MADE_BY_PROGRAM.fullmatch(text) else text


def join_text(subject: str, message: str) -> str | None:
    """Return subject and message, one under the other; None where both are empty.

    A subject that is only the beginning of the message (as forms and chats make it) is
    not said twice.
    """
    start = subject.rstrip(".… ").casefold()
    if start and not message.casefold().startswith(start):
        return f"{subject}\n{message}".strip()
    return message or subject or None


def fold_space(text: str) -> str:
    """Fold blanks, keep lines, and at most one empty line between them."""
    lines = (line.strip() for line in _BLANKS.sub(" ", text).split("\n"))
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()


def _mend(text: str) -> str:
    """Mend mojibake where it surely is some; drop what cannot be seen; compose letters."""
    text = _LINE_BREAK.sub("\n", text)
    if not text.isascii():
        if is_bad(text):
            text = ftfy.fix_encoding(text)
        text = unicodedata.normalize("NFC", text)
    return _UNSEEN.sub("", text)
