"""Telephone numbers, told from order numbers, parcels' numbers, dates and amounts.

A number is a telephone's if it is written like one (`+49 30 ...`, `0113 496 0000`,
`(555) 010-0123`), or if the words before it say so; it is none if the nearest words
before it name an order, a parcel, an invoice and the like. Digits in a row that begin
neither with `+` nor with 0 are a telephone number only where words say so: they are
more often an order's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["find_kept_numbers", "find_phones"]

Place = tuple[int, int]

_SEPARATED = r"[ \xa0.\-–/()]{0,3}"
_CANDIDATE = re.compile(rf"(?<![\w@#/])[+(]{{0,2}}\d(?:{_SEPARATED}\d){{5,30}}(?!\w|[.,]\d)")
_DAY, _MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_TIME = r"(?:[ ,T]{1,3}\d{1,2}[:.h]\d{2}(?::\d{2})?)?"
_KEPT = re.compile(
    rf"(?<![\d./-])(?:{_DAY}([./-]) ?{_MONTH}\1 ?|{_MONTH}([./-]){_DAY}\2)(?:\d{{4}}|\d{{2}})"
    rf"(?![\d/-]|\.\d){_TIME}"
    rf"|(?<![\d./-])(?:19|20)\d{{2}}([./-]){_MONTH}\3{_DAY}(?![\d/-]){_TIME}"
    r"|(?<!\w)(?:[€£$]|(?:EUR|GBP|USD|CHF) ?) ?\d{1,3}(?:[.,' ]?\d{3}){0,3}(?:[.,]\d{1,2})?(?!\d)"
    r"|(?<![\w.,+])\d{1,3}(?:[.,' ]?\d{3}){0,3}(?:[.,]\d{1,2})? ?"
    r"(?:€|£|\$|%|(?:EUR|euros?|GBP|USD|CHF|pounds?|dollars?)\b)",
    re.IGNORECASE,
)

_SAID = re.compile(
    r"\b(?:tel|phone|mobile?\b|mob\b|cell|call|ring|reach me|text me|whatsapp|fax|landline|"
    r"my number|handy|anruf|rufnummer|rufen|ruft|erreich|meine nummer|tél|telé|portable|appel|"
    r"joign|joindre|rappel|mon numéro|fix[eo]|fijo|fisso|festnetz|"
    r"vaste?\b|móvil|celular|llam|mi número\b(?! de)|cellulare|chiam|"
    r"il mio numero|rintracciabile|lig(?:ar|ue|uem)\b|contact(?:o|ar|ável)\b|meu número|"
    r"bel(?:len)?\b|mobiel|bereik|mijn nummer\b|gsm\b|hablar)",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"(?:order|bestel|auftrag|commande|pedido|ordin[ei]|encomenda|\br[eé]f|track|sendung|suivi|"
    r"seguimiento|spedizion|rastre|parcel|shipment|paket|colis|paquete|pacco|pakket|\bpack|envío|"
    r"\benvio\b|zending|kunden|customer|client|klant|artikel|\bitem|\bsku\b|articl|artículo|artigo|"
    r"articol|invoice|rechnung|factu|fattur|fatura|receipt|ticket|\bcase\b|vorgang|\brma\b|"
    r"gutschein|voucher|coupon|\bcodes?\b|código|codice|\bean\b|isbn|serial|serien|série|serie|"
    r"model|barcode|return (?:number|no|label)|retour|reso|devolu|transaction|transa[ck]|payment|"
    r"zahlung|paiement|pago|pagament|betaling|betalings|dhl|ups|dpd|gls|fedex|postnl|hermes|evri|"
    r"colissimo|chronopost|correos|seur|brt|ctt|royal mail|"
    r"dossier|expediente|pratica|protocol|consignment|waybill|locali[sz]ador|"
    r"lettera di vettura|matricola|meter|zähler|vat|"
    r"ust|steuer|siret|\bnif\b|part(?:ita)? iva|kvk|btw)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?:nummer|number|\bnum|nr|\bno|n[°º]|num[eé]ro|número)\W{0,4}"
    r"(?:(?:is|ist|was|lautet|est|es|è|é)\W{1,3})?$",
    re.IGNORECASE,
)
_BEFORE = 48  # characters looked at for what a number is

_GROUPED = re.compile(
    r"\(?0[1-9]\d{0,4}\)?[ \xa0.\-–/]{1,3}\d[\d \xa0.\-–/]{4,13}\d"  # trunk zero
    r"|(?:1[ .-])?\(?[2-9]\d{2}\)?[ \xa0.-]{1,2}\d{3}[ \xa0.-]\d{4}"  # North America
    r"|3[2-9]\d[ \xa0./-](?:\d{3}[ \xa0.-]?\d{3,4}|\d{2} \d{2} \d{3})"  # Italy, mobile
    r"|[6-9]\d{2}[ \xa0.-](?:\d{3}[ \xa0.-]\d{3}|\d{2}[ \xa0.-]\d{2}[ \xa0.-]\d{2})"  # Spain, ...
    r"|[89]\d[ \xa0.-]\d{3}[ \xa0.-]\d{2}[ \xa0.-]\d{2}"
    r"|2\d{1,2}[ \xa0.-]\d{3}[ \xa0.-]\d{3,4}"  # Portugal, landline
    r"|\(\d{2}\) ?9?\d{4}[ -]\d{4}"  # Brazil
)
_PLAIN = re.compile(r"0[1-9]\d{8,9}|01[567]\d{8,10}")
_ABROAD = re.compile(
    r"00(?:1[2-9]\d{9}|33\d{9}|34\d{9}|31\d{9}|351\d{9}|353\d{7,9}|32\d{8,9}|39\d{8,11}|"
    r"4[134]\d{9,10}|4[05678]\d{7,10}|49\d{8,11}|(?:2\d{2}|3[05678]\d?|4[23]\d|5\d|6\d|7|8\d|9\d)"
    r"\d{7,9})"
)
_FEWEST, _MOST = 7, 15  # digits (ITU-T E.164: at most 15)


def find_phones(text: str) -> Iterator[Place]:
    """Yield the places of telephone numbers in a text whose `find_kept_numbers` are masked."""
    for found in _CANDIDATE.finditer(text):
        number = found[0]
        if number.startswith("(") and ")" not in number:
            number = number[1:]
        digits = re.sub(r"\D", "", number)
        before = text[max(0, found.start() - _BEFORE) : found.start()].rpartition("\n")[2]
        if _is_phone(number, digits, before):
            yield found.end() - len(number), found.end()


def find_kept_numbers(text: str) -> Iterator[Place]:
    """Yield the places of dates and amounts of money."""
    for found in _KEPT.finditer(text):
        yield found.span()


def _is_phone(number: str, digits: str, before: str) -> bool:
    n_digits = len(digits.removeprefix("00"))
    if not _FEWEST - 1 <= n_digits <= _MOST:
        return False
    said, other = _last(_SAID, before), _last(_OTHER, before)
    if "+" in number:
        return n_digits >= _FEWEST + 1
    if said != other:
        return said > other
    if _NUMBERED.search(before):  # and of what is not known
        return False
    return bool(_ABROAD.fullmatch(digits) or _GROUPED.fullmatch(number) or _PLAIN.fullmatch(number))


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Return where the last match ends, -1 without one."""
    end = -1
    for found in pattern.finditer(text):
        end = found.end()
    return end
