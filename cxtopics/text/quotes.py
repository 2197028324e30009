"""Quoted and forwarded mails apart from what the customer wrote, line by line.

Cutting too little costs a little accuracy; cutting a customer's words costs the contact.
So a line must look like a mail program wrote it, date or address included, before
anything below it goes. (Whole-body regular expressions, as mail-parser-reply uses, took
"From: London, To: Paris" for a quoted mail and needed seconds for some bodies.)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from cxtopics.text.attributions import attribution_length, find_separator, header_block_length

__all__ = ["Parts", "split_quotes"]

_HINT = re.compile(
    r"^[ \t]*(?:>|[-_=*—–]{2}|#+ ?[-–—])|[:：][ \t]*$|^[* \t]{0,4}\w{1,30}[* ]{0,4}[:：].*[@:.]",
    re.MULTILINE,
)
_NARROW = re.compile("[\xa0\u202f]")  # blanks that French sets before a colon
_RULE = re.compile(r"[-_=*—– ]{5,}")
_SAID = re.compile(
    r"\b(?:wrote|said|replied|answered|schrieb\w*|écrit|répondu|escribi\w+|dijo|scritto|"
    r"escreveu|schreef|geschreven)\b"
)
_LONGEST_ITEM = 60  # characters of an item in a customer's own list marked by `>`


class Parts(NamedTuple):
    """A message in two parts.

    Attributes
    ----------
    own
        What the customer wrote; may be empty.
    below
        What stands under the header that ended it, without that header.
    forwarded
        Whether the header says that `below` is a forwarded mail.
    """

    own: str
    below: str = ""
    forwarded: bool = False


def split_quotes(text: str) -> Parts:
    """Return the customer's own lines, and what stands below the first quoted mail's header.

    Lines that begin with `>` go wherever they stand, and with them the "On ... wrote:"
    above; what stands below them is the customer's and stays. A header with no such lines
    below ends the customer's part.
    """
    text = _NARROW.sub(" ", text)
    if not _HINT.search(text):
        return Parts(text)
    lines = text.split("\n")
    plain = [line.strip() for line in text.casefold().split("\n")]
    kept: list[str] = []
    here, in_reply = 0, False
    while here < len(lines):
        if plain[here].startswith(">"):
            end = _end_of_marked(plain, here)
            if not in_reply and _is_list(plain, here, end):
                kept += lines[here:end]
            here = end
            continue
        n_header, forwarded = _header(plain, here)
        if n_header:
            if not _is_marked(plain, here + n_header):
                return _parts(kept, lines[here + n_header :], forwarded)
            in_reply = True
        else:
            kept.append(lines[here])
        here += n_header or 1
    return Parts("\n".join(kept))


def _parts(kept: list[str], below: list[str], forwarded: bool) -> Parts:
    while kept and (not kept[-1].strip() or _RULE.fullmatch(kept[-1].strip())):
        kept.pop()
    return Parts("\n".join(kept), "\n".join(below), forwarded)


def _header(plain: Sequence[str], here: int) -> tuple[int, bool]:
    """Return the number of lines of a quoted mail's header, and whether it was forwarded."""
    line = plain[here]
    if not line:
        return 0, False
    kind = find_separator(line)
    if kind is None:
        return attribution_length(plain, here) or header_block_length(plain, here), False
    start = here + 1
    while start < len(plain) and not plain[start]:
        start += 1
    n_block = header_block_length(plain, start, sure=True) if start < len(plain) else 0
    return (start - here + n_block if n_block else 1), kind == "forward"


def _end_of_marked(plain: Sequence[str], here: int) -> int:
    while here < len(plain) and plain[here].startswith(">"):
        here += 1
    return here


def _is_list(plain: Sequence[str], here: int, end: int) -> bool:
    """Tell whether lines marked by `>` are a customer's own list: short, under a colon."""
    if all(line.endswith("<") for line in plain[here:end]):
        return True  # >>> urgent <<<
    above = plain[here - 1] if here else ""
    return (
        above.endswith((":", "："))
        and not _SAID.search(above[-200:])
        and all(
            len(line) <= _LONGEST_ITEM and not line.startswith(">>") and line != ">"
            for line in plain[here:end]
        )
    )


def _is_marked(plain: Sequence[str], here: int) -> bool:
    """Tell whether the next line with words is marked as a quote."""
    while here < len(plain) and not plain[here]:
        here += 1
    return here < len(plain) and plain[here].startswith(">")
