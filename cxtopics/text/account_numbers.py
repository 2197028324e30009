"""Numbers that lead to a person's money: payment cards and IBANs, known by their check digits.

A card number has the length and first digits of its brand and passes Luhn's test
(ISO/IEC 7812-1, annex B); an IBAN has its country's length and passes mod 97-10
(ISO 13616, ISO/IEC 7064).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["find_cards", "find_ibans", "is_iban", "passes_luhn"]

Place = tuple[int, int]

_CARD = re.compile(r"(?<![\w#+])(?<!\d[ \xa0-])\d(?:[ \xa0-]?\d){12,18}(?![\w-]|[ \xa0.]\d)")
_BRANDS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"  # Visa
    r"|(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|(?:6011|65\d{2}|64[4-9]\d)\d{12}"  # Discover
    r"|3(?:0[0-5]|[68]\d)\d{11}"  # Diners Club
    r"|35(?:2[89]|[3-8]\d)\d{12}"  # JCB
    r"|(?:50|5[6-9]|6\d)\d{10,17}"  # Maestro
    r"|62\d{14,17}"  # UnionPay
)
_SPEDITION = re.compile(
    r"(?:track|sendung|paket|parcel|shipment|suivi|colis|seguimiento|envío|rastre|spedizione|"
    r"zending|pakket)[^\d\n]{0,25}$",
    re.IGNORECASE,
)
_BEFORE = 50  # characters looked at for what a number is

_IBAN_START = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?=[ \xa0-]?[A-Za-z0-9])")
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22,
    "BR": 29, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20,
    "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27,
    "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27, "KW": 30, "KZ": 20,
    "LB": 28, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19,
    "MT": 31, "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PT": 25, "QA": 29, "RO": 24, "RS": 22,
    "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TN": 24, "TR": 26, "UA": 29, "VG": 24,
    "XK": 20,
}  # fmt: skip
_LABEL = re.compile(r"\biban\W{0,3}(?:\w{1,9}\W{1,3}){0,2}$", re.IGNORECASE)


def find_cards(text: str) -> Iterator[Place]:
    """Yield the places of payment card numbers.

    A number that is said to be a parcel's is none, though one in ten passes the test.
    """
    for found in _CARD.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        if not (_BRANDS.fullmatch(digits) and passes_luhn(digits)):
            continue
        if not _SPEDITION.search(text[max(0, found.start() - _BEFORE) : found.start()]):
            yield found.span()


def passes_luhn(digits: str) -> bool:
    """Tell whether digits, the last being the check digit, pass Luhn's test."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0


def find_ibans(text: str) -> Iterator[Place]:
    """Yield the places of IBANs; one with wrong check digits only where it is called an IBAN."""
    done = 0
    for found in _IBAN_START.finditer(text):
        start = found.start()
        length = _IBAN_LENGTHS.get(found[0][:2].upper())
        if length is None or start < done:
            continue
        signs, end = _walk(text, start, length)
        if len(signs) < length or text[end : end + 1].isalnum():
            continue
        labelled = bool(_LABEL.search(text[max(0, start - _BEFORE) : start]))
        if is_iban(signs) or (labelled and sum(map(str.isdigit, signs)) > length / 2):
            done = end
            yield start, end


def is_iban(signs: str) -> bool:
    """Tell whether letters and digits without blanks have check digits that are right."""
    if not (signs.isascii() and signs.isalnum()):
        return False
    moved = signs[4:] + signs[:4]
    return int("".join(str(int(sign, 36)) for sign in moved)) % 97 == 1


def _walk(text: str, start: int, length: int) -> tuple[str, int]:
    """Return up to `length` letters and digits, single blanks between them, and their end."""
    signs, here = "", start
    while here < len(text) and len(signs) < length:
        if text[here].isascii() and text[here].isalnum():
            signs += text[here]
        elif text[here] not in " \xa0-" or not text[here - 1].isalnum():
            break
        here += 1
    return signs, here
