"""What stands below the customer's words: signatures, disclaimers, "Sent from my iPhone".

Conservative: a name alone stays, and so does a block that might say something (a question,
an order number, "PS"). Cut are

- lines that a mail program adds ("Sent from my iPhone", "Virus-free. www.avg.com");
- paragraphs known as disclaimers by their first words, or by two of their terms;
- up to `MAX_SIGNATURE` lines below `-- ` (RFC 3676), and below `--` if they look like one;
- a name with telephone, address or company, at the end of the text below a closing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cxtopics.text.added_lines import typed_lines
from cxtopics.text.courtesies import is_closing

__all__ = ["MAX_SIGNATURE", "cut_signature", "is_contact_line"]

MAX_SIGNATURE = 12
"""Lines below `--` up to which they are a signature; more are words."""
_LONGEST_LINE = 90  # characters of a line in a signature

_PHONE_LINE = re.compile(
    r"(?:(?:t(?:el(?:[eé](?:fono|fone|foon|phone|fon))?)?|m(?:ob(?:ile?|iel|il)?)?|fax|f|phone|"
    r"cell|direct|office|handy|tél|téléphone|port(?:able)?|móvil|cel(?:lulare|ular)?|gsm|ph|p)"
    r"\b[ .:|]{0,3})?\+?\(?\d[\d ().\-/]{5,20}\d"
)
_CONTACT = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,64}\.\w"
    r"|(?:^|[ |])(?:www\.|https?://)\S"
    r"|\b(?:ltd|limited|llc|inc|llp|plc|gmbh|ag|kg|ohg|e\.k|sarl|sas|s\.l|slu|s\.r\.l|srl|s\.p\.a|"
    r"spa|lda|ltda|b\.v|bv|n\.v|nv|vof)\.?(?=[ ,|]|$)"
)
_SAYS = re.compile(  # a block with one of these says more than who wrote
    r"[?!]|#\s?\w|\bp\.?s\b|\bn\.?b\b"
    r"|\b(?:is|are|was|my|please|call|send|ist|meine?|bitte|est|mon|ma|svp|mi|por favor|mio|mia|"
    r"per favore|meu|minha|mijn|graag)\b"
    r"|\b(?:order|bestell|commande|pedido|ordin|encomenda|bestelling|tracking|sendung|suivi|rastre|"
    r"artikel|rechnung|invoice|refund|iban)"
)
_CAPITAL = r"[A-ZÀ-ÞŁŚŻČŠŽ][\w'’.\-]{0,25}"
_PARTICLE = r"[dl]['’]\w{1,25}|de|da|do|dos|di|del|della|la|van|von|der|den|ten|zu|y|e"
_NAME = re.compile(rf"{_CAPITAL}(?: (?:{_CAPITAL}|{_PARTICLE})){{0,4}},?")
_SURE_WORDS = 8  # a line of a signature has at most as many


def cut_signature(text: str) -> str:
    """Return the text without what this module's top names; may be empty."""
    lines = text.split("\n")
    plain = [line.strip().casefold() for line in lines]
    keep = typed_lines(plain)
    lines, plain = [lines[i] for i in keep], [plain[i] for i in keep]
    end = _end_before_dashes(lines)
    end = _end_before_block(lines[:end], plain[:end])
    return "\n".join(lines[:end])


def is_contact_line(line: str) -> bool:
    """Tell whether a casefolded line gives a telephone, an address of mail or web, a company."""
    if len(line) > _LONGEST_LINE:
        return False
    return bool(_PHONE_LINE.match(line) or _CONTACT.search(line))


def _end_before_dashes(lines: Sequence[str]) -> int:
    """Return up to which line there is text above `--`, or all lines."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    for number in range(max(0, end - MAX_SIGNATURE - 1), end):
        if lines[number].strip() not in ("--", "—", "__", "–"):
            continue
        below = [line.strip() for line in lines[number + 1 : end] if line.strip()]
        if lines[number].startswith("-- ") or _looks_signed(below):
            return number
    return end


def _looks_signed(below: Sequence[str]) -> bool:
    if not below or any(_SAYS.search(line.casefold()) for line in below):
        return False
    first = below[0]
    return is_contact_line(first.casefold()) or bool(_NAME.fullmatch(first))


def _end_before_block(lines: Sequence[str], plain: Sequence[str]) -> int:
    """Return up to which line there is text above a name with telephone or company.

    The block is all that stands below the last closing, or else the last paragraph; it
    must give a way to reach the writer (twice without a closing), and say nothing else.
    """
    closing = next(
        (i for i in range(len(plain) - 1, max(-1, len(plain) - 16), -1) if is_closing(plain[i])),
        None,
    )
    start = closing + 1 if closing is not None else _last_paragraph(plain)
    block = [line for line in plain[start:] if line]
    needed = 1 if closing is not None else 2
    if not block or len(block) > MAX_SIGNATURE or not start:
        return len(lines)
    above = next((line for line in reversed(plain[:start]) if line), "")
    named = closing is not None or _NAME.fullmatch(lines[start].strip())
    if not named or above.endswith(":") or any(not _may_sign(line) for line in block):
        return len(lines)
    return start if sum(map(is_contact_line, block)) >= needed else len(lines)


def _last_paragraph(plain: Sequence[str]) -> int:
    end = len(plain)
    while end and not plain[end - 1]:
        end -= 1
    while end and plain[end - 1]:
        end -= 1
    return end


def _may_sign(line: str) -> bool:
    short = len(line) <= _LONGEST_LINE and len(line.split()) <= _SURE_WORDS
    return (short or is_contact_line(line)) and not _SAYS.search(line)
