"""What names a person, replaced by what kind of thing it was: `[email]`, `[phone]`, ...

    text -> order numbers set apart -> urls, e-mail, IBANs, cards -> dates and amounts set
         apart -> telephones, addresses, names -> placeholders

Order numbers, parcels' numbers, amounts and dates stay: they say what the contact is
about, and the one who has them has the shop's tables anyway. This lowers what a reader
learns of a person; it does not make a text anonymous.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from cxtopics.text.account_numbers import find_cards, find_ibans
from cxtopics.text.people import find_addresses, find_known_names, find_names
from cxtopics.text.phones import find_kept_numbers, find_phones

__all__ = ["KINDS", "Personal", "find_personal", "redact"]

KINDS = ("url", "email", "iban", "card", "phone", "address", "name")
"""Kinds of what is replaced; a placeholder is the kind in square brackets."""

Place = tuple[int, int]
_PLACEHOLDER = re.compile(rf"\[(?:{'|'.join(KINDS)})\]")
_MASK = "\0"
_MOST_ROUNDS = 8  # a placeholder may lay bare what stood beside it; two rounds are the rule

_EMAIL = re.compile(
    r"(?<![\w.+%-])[\w.+%'-]{1,64}(?:@| ?@ ?(?=[\w-]{1,63}\.\w))[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}"
)
_AT = r" ?[\[({] ?(?:at|arroba|chez|chiocciola|@) ?[\])}] ?"
_DOT = r" ?(?:\.|[\[({] ?(?:dot|punkt|point|punto|ponto|punt) ?[\])}]) ?"
_SPELT_AT = re.compile(_AT, re.IGNORECASE)
_SPELT = re.compile(
    rf"(?<![\w.+%-])[\w.+%'-]{{1,64}}{_AT}[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{1,5}}",
    re.IGNORECASE,
)
_DIGIT_BEFORE = re.compile(r"[\d+][ \xa0.\-/()]{1,3}$")
_DIGIT_AFTER = re.compile(r"[ \xa0.\-/()]{1,3}\d")
_URL = re.compile(r"(?:https?://|(?<![\w.@])www\.)[^\s<>\"'\0]{1,2000}", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z0-9]{16,}")
_END = ".,;:!?)]}»”"


class Personal(NamedTuple):
    """Where in a text something personal stands, and of which of `KINDS` it is."""

    start: int
    end: int
    kind: str


def redact(
    text: str,
    *,
    order_pattern: str | re.Pattern[str] | None = None,
    known_names: Sequence[str] = (),
) -> str:
    """Return the text with placeholders for what names a person.

    Parameters
    ----------
    text
        Plain text, as `clean_message` returns it.
    order_pattern
        The shape of the shop's order numbers (`sources.OrderNumbers.pattern`): what
        matches is never replaced.
    known_names
        Names of people, such as the customer's, replaced wherever they stand.

    Returns
    -------
    str
        Redacting it again changes nothing.

    Examples
    --------
    >>> redact("Order HP20451: ring me on 0113 496 0000 or ann@example.com")
    'Order HP20451: ring me on [phone] or [email]'
    """
    for _ in range(_MOST_ROUNDS):
        found = find_personal(text, order_pattern=order_pattern, known_names=known_names)
        if not found:
            break
        parts, done = [], 0
        for start, end, kind in found:
            parts += [text[done:start], f"[{kind}]"]
            done = end
        text = "".join([*parts, text[done:]])
    return text


def find_personal(
    text: str,
    *,
    order_pattern: str | re.Pattern[str] | None = None,
    known_names: Sequence[str] = (),
) -> list[Personal]:
    """Return what `redact` would replace, in the order of the text, without overlaps."""
    names = tuple(known_names)
    finders = [*_FINDERS, ("name", lambda text: find_known_names(text, names))]
    masked = _mask(text, _placeholders(text))
    if order_pattern:
        masked = _mask(masked, _order_numbers(masked, order_pattern))
    found: list[Personal] = []
    for kind, find in finders:
        places = _apart(sorted(find(masked)))
        if kind != "kept":
            found += [Personal(start, end, kind) for start, end in places]
        masked = _mask(masked, places)
    return sorted(found)


def _placeholders(text: str) -> Iterator[Place]:
    for match in _PLACEHOLDER.finditer(text):
        yield match.span()


def _order_numbers(text: str, pattern: str | re.Pattern[str]) -> Iterator[Place]:
    """Yield the places of order numbers; digits alone not where other digits stand beside them.

    Five digits may be an order's number, and the end of a telephone's.
    """
    for match in re.finditer(pattern, text):
        start, end = match.span()
        bare = match[0].removeprefix("#").isdigit() and not match[0].startswith("#")
        beside = _DIGIT_BEFORE.search(text[max(0, start - 4) : start]) or _DIGIT_AFTER.match(
            text[end : end + 4]
        )
        if start < end and not (bare and beside):
            yield start, end


def _personal_urls(text: str) -> Iterator[Place]:
    return (place for place, personal in _urls(text) if personal)


def _plain_urls(text: str) -> Iterator[Place]:
    return (place for place, personal in _urls(text) if not personal)


def _urls(text: str) -> Iterator[tuple[Place, bool]]:
    """Yield the places of URLs, and whether one may open something to who has it.

    That is one with a query, a fragment with a value, a user's name, or a long piece of
    letters and digits in its path.
    """
    if "://" not in text and "www." not in text.lower():
        return
    for match in _URL.finditer(text):
        url = match[0].rstrip(_END)
        body = url.partition("://")[2] or url
        personal = "?" in body or "@" in body or "=" in body
        personal = personal or any(_is_token(piece[0]) for piece in _TOKEN.finditer(body))
        yield (match.start(), match.start() + len(url)), personal


def _is_token(piece: str) -> bool:
    return sum(map(str.isdigit, piece)) >= 3


def _emails(text: str) -> Iterator[Place]:
    if "@" in text:
        for match in _EMAIL.finditer(text):
            yield match.span()
    if _SPELT_AT.search(text):
        for match in _SPELT.finditer(text):
            yield match.span()


def _apart(places: Sequence[Place]) -> list[Place]:
    """Return places, sorted by their start, without those that overlap an earlier one."""
    kept: list[Place] = []
    for start, end in places:
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def _mask(text: str, places: Iterable[Place]) -> str:
    """Return the text with a sign that nothing matches in these places."""
    parts, done = [], 0
    for start, end in places:
        parts += [text[done:start], _MASK * (end - start)]
        done = end
    return "".join([*parts, text[done:]]) if parts else text


_FINDERS: tuple[tuple[str, Callable[[str], Iterable[Place]]], ...] = (
    ("url", _personal_urls),
    ("kept", _plain_urls),
    ("email", _emails),
    ("iban", find_ibans),
    ("card", find_cards),
    ("kept", find_kept_numbers),
    ("phone", find_phones),
    ("address", find_addresses),
    ("name", find_names),
)
