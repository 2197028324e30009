"""Names and postal addresses, where their surroundings show them for what they are.

Names are found in greetings ("Dear Ms Lee,"), below closings, behind a title, after "my
name is", and in a field `Name:`; addresses by the word for a street beside a house number.
Names that merely stand in a sentence need `known_names`: to guess them costs products,
towns and carriers, by which topics are told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from cxtopics.text.courtesies import CLOSING, GREETING, is_closing

__all__ = ["find_addresses", "find_known_names", "find_names"]

Place = tuple[int, int]

_WORD = r"[A-ZÀ-ÖØ-ÞŁŚŻČŠŽ][\w'’\-]{0,30}"
_PARTICLE = r"(?:de|da|do|dos|di|del|della|la|van|von|der|den|ten|zu)"
_NAME = rf"{_WORD}\.?(?: (?:{_PARTICLE} ){{0,2}}{_WORD}\.?){{0,3}}"
_TITLE = (
    r"(?:Mrs?|Ms|Miss|Mx|Dr|Prof|Herrn?|Frau|Monsieur|Madame|Mme|Mlle|Sra?|Señora?|Signora?|"
    r"Sig|Sig\.ra|Dott|Dott\.ssa|Senhora?|Meneer|Mevrouw|Dhr|Mevr?|De heer)\.?"
)
_NOBODY = re.compile(
    r"(?:dr|prof|mrs?|ms|team|sir|madam|sirs?|all|there|everyone|folks|guys|support|customer|service|services|"
    r"shop|store|care|help|helpdesk|zusammen|damen|herren|kundenservice|kundendienst|madame|"
    r"monsieur|messieurs|mesdames|équipe|client|señor(?:es|a|as)?|equipo|atención|tienda|signori|"
    r"signora|gentili|assistenza|servizio|clienti|senhor(?:es|a|as)?|equipa|equipe|apoio|loja|"
    r"heer|mevrouw|klantenservice|allemaal|winkel|again|office|department|you|i|ich|je|no|the|"
    r"manager|sales|online|amazon|dhl|ups|dpd|paypal|klarna|und|and|et|y|e|en|thanks|danke|merci|"
    r"gracias|grazie|obrigad[oa]|bedankt|order|number|hi|hello|hallo|hola|ciao|olá|bonjour|sent|"
    r"email|name|phone|regards|mit|best|kind)",
    re.IGNORECASE,
)
_GREETED = re.compile(
    rf"(?m)^[ \t]{{0,3}}(?i:{GREETING})(?:[ ,]{{1,2}}(?i:{_TITLE})){{0,3}},? (?P<name>{_NAME})"
    r"(?=[ \t]{0,2}(?:[,.!:;–-]|$))"
)
_TITLED = re.compile(rf"\b(?:{_TITLE} ){{1,3}}(?P<name>{_WORD}(?: {_WORD})?)")
_TOLD = re.compile(
    r"(?i:\bmy (?:full )?name is|\bmy name's|\bthis is(?= [A-Z]\w+ [A-Z])|\bmein name ist|"
    r"\bich hei(?:ß|ss)e|\bje m['’]appelle|\bmon nom est|\bme llamo|\bmi nombre es|\bmi chiamo|"
    r"\bil mio nome è|\bchamo-me|\bmeu nome é|\bme chamo|\bmijn naam is|\bik heet)"
    rf" (?P<name>{_NAME})"
)
_FIELD = re.compile(
    r"(?mi)^[ \t*]{0,3}(?:(?:full|first|last|your|customer|account) ?name|name|vorname|nachname|"
    r"nom|prénom|nombre|apellidos?|nome|cognome|naam|voornaam|achternaam|kundenname|"
    r"nom et prénom|nombre y apellidos|nome e cognome|nome completo)\*? ?: ?"
    r"(?P<name>[^\W\d_][\w .'’-]{1,60})$"
)
_ON_CLOSING = re.compile(
    rf"(?m)^[ \t]{{0,3}}(?i:{CLOSING})[ ,.!–-]{{1,4}}(?P<name>{_NAME})[ \t]{{0,3}}$"
)
_SIGNED = re.compile(rf"[-–— ]{{0,3}}(?P<name>{_NAME})[ ,.]{{0,2}}")

_AFTER = (  # postcode and town
    r"(?:,? ?\n?(?:[A-Z]{1,2}-)?\d{4,5}(?:-\d{3})?(?: ?[A-Z]{2})?,? "
    r"[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+)?)?"
)
_PROPER = r"[A-ZÀ-Þ][a-zà-ÿß'’.\-]+"
_OF = r"(?:(?:de|du|des|la|le|les|del|los|las|da|do|das|dos|di|della|dei|el) |l['’]|d['’])"
_STREETS = re.compile(
    r"(?<![\w#])(?:"
    rf"(?:(?:Flat|Apt\.?|Apartment|Unit|Suite) \d{{1,4}}[a-zA-Z]?,? )?"
    rf"\d{{1,4}}[a-zA-Z]?,? (?:{_PROPER} ){{1,3}}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|"
    r"Close|Court|Crescent|Way|Place|Square|Terrace|Row|Gardens|Grove|Boulevard|Blvd|Mews)\b\.?"
    r"|[A-ZÄÖÜ][\wäöüß-]{0,30}(?:straße|strasse|str\.|weg|platz|allee|gasse|damm|straat|laan|plein|"
    r"gracht|kade|singel|steeg|dijk) \d{1,4} ?[a-z]?\b"
    rf"|(?:{_PROPER} ){{1,2}}(?:Straße|Strasse|Str\.|Weg|Platz|Allee) \d{{1,4}}[a-z]?\b"
    r"|\d{1,4}(?: ?(?:bis|ter))?,? (?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Ii]mpasse|[Aa]llée|[Cc]hemin|"
    rf"[Pp]lace|[Qq]uai|[Cc]ours|[Rr]oute) {_OF}{{0,3}}{_PROPER}(?:[ -]{_PROPER}){{0,2}}"
    r"|(?:[Cc]alle|[Cc]/|[Aa]venida|[Aa]vda\.?|[Aa]v\.|[Pp]laza|[Pp]aseo|[Vv]ia|[Vv]iale|[Pp]iazza|"
    rf"[Cc]orso|[Vv]icolo|[Rr]ua|[Tt]ravessa|[Pp]raça|[Ee]strada) ?{_OF}{{0,3}}{_PROPER}"
    rf"(?: {_OF}{{0,2}}{_PROPER}){{0,3}},? (?:n\.? ?[º°]? ?)?\d{{1,4}}[a-z]?\b"
    rf"){_AFTER}"
)
_POSTCODE = re.compile(r"(?<![\w-])[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}(?![\w-])")  # UK


def find_names(text: str) -> Iterator[Place]:
    """Yield the places of names that their surroundings give away."""
    for pattern in (_GREETED, _TITLED, _TOLD, _FIELD, _ON_CLOSING):
        for found in pattern.finditer(text):
            if place := _person(found.start("name"), found["name"]):
                yield place
    yield from _below_closings(text)


def find_addresses(text: str) -> Iterator[Place]:
    """Yield the places of streets with house numbers, and of what postcode follows."""
    for pattern in (_STREETS, _POSTCODE):
        for found in pattern.finditer(text):
            yield found.span()


def find_known_names(text: str, names: tuple[str, ...]) -> Iterator[Place]:
    """Yield the places of names and of their parts (three letters at least)."""
    if names and (pattern := _known(names)):
        for found in pattern.finditer(text):
            yield found.span()


def _below_closings(text: str) -> Iterator[Place]:
    below, start = False, 0
    for line in text.split("\n"):
        bare = line.strip()
        if is_closing(bare.casefold()) or bare in ("--", "—"):
            below = True
        elif bare and below:
            below = False
            if found := _SIGNED.fullmatch(bare):
                offset = start + len(line) - len(line.lstrip()) + found.start("name")
                if place := _person(offset, found["name"]):
                    yield place
        start += len(line) + 1


def _person(start: int, name: str) -> Place | None:
    words = re.findall(r"[^\W_]+", name)
    nobody = any(_NOBODY.fullmatch(word) for word in words)
    return None if nobody or not words else (start, start + len(name))


@lru_cache(maxsize=256)
def _known(names: tuple[str, ...]) -> re.Pattern[str] | None:
    parts = {part for name in names for part in (name.strip(), *name.split()) if len(part) >= 3}
    forms = {form for part in parts for form in (part, part.upper())}
    if not forms:
        return None
    choice = "|".join(re.escape(form) for form in sorted(forms, key=lambda f: (-len(f), f)))
    return re.compile(rf"(?<!\w)(?:{choice})(?!\w)")
