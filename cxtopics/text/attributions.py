"""Lines by which mail programs announce a quoted or forwarded mail, in many languages.

    "On 19 Jan 2026 at 18:08, Shop <help@example.com> wrote:"     an attribution
    "-----Original Message-----", "Begin forwarded message:"      a separator
    "From: ... / Sent: ... / To: ... / Subject: ..."              a header block

People write lines like these too ("On Monday I wrote to you:", "From: London"), so each
must bear what only a program adds: an address, a clock time or a year. All functions
take casefolded, stripped lines and look at `LONGEST` characters at most.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

__all__ = ["LONGEST", "attribution_length", "find_separator", "header_block_length"]

LONGEST = 300
"""Characters of an attribution, or of one line of a header block."""

_VERBS = (
    r"(?:wrote|schrieb|a écrit|escribió|ha scritto|escreveu|schreef|geschreven|skrev|"
    r"kirjoitti|napisał(?:a|\(a\))?|pisze|napsal(?:a|\(a\))?|ezt írta|a scris)"
)
# First words, last words.
_WROTE = (
    (r"on\b", r"\bwrote ?:"),
    (r"am\b", r"\b(?:schrieb\b.*|folgendes geschrieben ?):"),
    (r"le\b", r"\ba écrit ?:"),
    (r"(?:el|en)\b", r"\bescribió ?:"),
    (r"(?:il|in data)\b", r"\bha scritto ?:"),
    (r"(?:em|a|no dia|na|às)\b", r"\bescreveu ?:"),
    (r"op\b", r"\b(?:schreef\b.*|het volgende geschreven ?):"),
    (r"(?:den|d\.)\b", r"\bskrev\b.*:"),
    (r"(?:\w{2,10}\.?,? )?\d", rf"\b{_VERBS}\b.*:"),
    (r"(?:w dniu|dnia|\w{2,4}\.,)", r"\b(?:napisał|napisała|napisał\(a\)|pisze) ?:"),
    (r"dne\b", r"\bnapsal(?:a|\(a\))? ?:"),
    (r"\d{4}\s?年", r"[:：]"),
    (r"(?:在|于)", r"写道 ?[:：]"),
    (r"\d{4}\s?년", r"작성 ?:"),
    (r"\d{4}-\d\d-\d\d \d{1,2}:\d\d\b", r"<[^<>@\s]+@[^<>\s]+> ?:"),
    (r"[^<>(@]{0,80}[<(\[](?:mailto:)?[^\s<>@]+@", rf"\b{_VERBS}\b.*:"),
)
_WROTE_FORMS = [(re.compile(start), re.compile(f"{end}$")) for start, end in _WROTE]
_ANY_START = re.compile("|".join(start for start, _ in _WROTE))
_DATED = re.compile(r"\b(?:19|20)\d{2}\b|\d{1,2}[:.h]\d{2}|@|\d\s?[年년]")
# Without an address, these show that a person tells who wrote.
_PROSE = re.compile(
    r"\b(?:i|we|you|he|she|they|your|my|our|someone|ich|wir|sie|ihr|ihre[rnms]?|mein\w*|"
    r"unser\w*|nous|vous|votre|vos|usted|vostr[oaie]|vocês?|ik|wij|zij|uw|jullie|mijn)\b"
)

_FORWARDED = (
    r"forwarded (?:message|e-?mail)|weitergeleitete (?:nachricht|mail|e-mail)|"
    r"(?:message|mail|courriel) (?:transféré|réexpédié)|(?:mensaje|correo) reenviado|"
    r"messaggio (?:inoltrato|originale inoltrato)|mensagem (?:re)?encaminhada|"
    r"doorgestuurd bericht|doorgestuurde (?:mail|e-mail)|videresendt (?:meddelelse|melding)|"
    r"vidarebefordrat meddelande|wiadomość przekazana|přeposlaná zpráva"
)
_ORIGINAL = (
    r"original (?:message|e-?mail|appointment)|original-?nachricht|originalnachricht|"
    r"ursprüngliche (?:nachricht|mail|e-mail)|(?:message|mail|courriel) d'origine|"
    r"(?:message|courriel) original|e-mail d'origine|mensaje original|correo original|"
    r"messaggio (?:originale|di origine)|mensagem original|"
    r"(?:oorspronkelijk|originee?l) bericht|originele bericht|oprindelig meddelelse|"
    r"ursprungligt meddelande|opprinnelig melding|wiadomość oryginalna|původní zpráva|"
    r"reply above this line|reply above"
)
_SEPARATOR = re.compile(rf"[-_=*—– ]{{2,}}(?:{_ORIGINAL}) ?:?[-_=*—– ]{{2,}}")
_FORWARD = re.compile(
    rf"[-_=*—– ]{{2,}}(?:{_FORWARDED})(?: (?:von|de|da|from|van) .{{1,80}}?)? ?:?"
    r"[-_=*—– ]{2,}"
    rf"|(?:begin|anfang der|début du|inicio del|inizio(?: del)?|início da|begin van)"
    rf" (?:{_FORWARDED.replace('weitergeleitete ', 'weitergeleiteten ')}) ?:"
    rf"|(?:begin (?:van )?)(?:het )?doorgestuurd(?:e)? bericht ?:"
)
_ABOVE = re.compile(
    rf"-{{2,5}} ?(?:on|am|le|el|il|em|op)\b.*\d.*\b{_VERBS} ?:? ?-{{2,5}}"  # Zoho
    r"|#+ ?[-–—].*[-–—] ?#+"
    r"|[-–—*=#]{2}.*\b(?:above this line|(?:über|oberhalb) dieser (?:zeile|linie)|"
    r"au-dessus de cette ligne|encima de esta línea|sopra questa (?:riga|linea)|"
    r"acima desta linha|boven deze (?:regel|lijn))\b.*"
)

_KEYS = {
    "from": r"from|von|de|da|van|från|fra|od|lähettäjä|发件人|差出人|remitente|expéditeur|"
    r"absender|mittente|afzender|remetente",
    "sent": r"sent|date|sent on|gesendet(?: am)?|datum|envoyé(?: le)?|date d'envoi|"
    r"enviado(?: el| em)?|enviada(?: em)?|fecha|inviato(?: il)?|data|verzonden(?: op)?|"
    r"skickat|sendt|dato|wysłano|odesláno|lähetetty|发送时间|送信日時",
    "to": r"to|an|à|a|para|pour|aan|till|til|do|komu|收件人|宛先|destinatario|destinataire",
    "subject": r"subject|betreff|objet|asunto|assunto|oggetto|onderwerp|ämne|emne|temat|"
    r"předmět|主题|件名",
    "other": r"cc|bcc|cci|cco|ccn|kopie|copie|copia|reply-to|antwort an|répondre à|"
    r"responder a|importance|priority|attachments?|anlagen?|"
    r"pièces? jointes?|organi[sz]ation",
}
_KEY = re.compile(
    r"[*_ ]{0,3}(?:"
    + "|".join(f"(?P<{name}>{words})" for name, words in _KEYS.items())
    + r")[*_ ]{0,3}[:：][*_ ]{0,3}"
)
_CLOCK = re.compile(r"\d{1,2}[:.h]\d{2}")
_FIRST = ("from", "sent", "subject")  # keys with which a block may begin
_BLOCK_LINES = 14


def attribution_length(plain: Sequence[str], here: int) -> int:
    """Return of how many lines the "On ... wrote:" beginning here consists; mostly 0."""
    first = plain[here][:LONGEST]
    if not _ANY_START.match(first):
        return 0
    ends = [end for start, end in _WROTE_FORMS if start.match(first)]
    header = ""
    for n_lines, line in enumerate(plain[here : here + 3], start=1):
        header = f"{header} {line}".strip()
        if len(header) > LONGEST or not line:
            return 0
        if header.endswith((":", "：")) and any(end.search(header) for end in ends):
            return n_lines if _is_by_program(header) else 0
    return 0


def _is_by_program(header: str) -> bool:
    return bool(_DATED.search(header)) and ("@" in header or not _PROSE.search(header))


def find_separator(line: str) -> Literal["reply", "forward"] | None:
    """Tell what a line like "-----Original Message-----" announces; None for other lines."""
    if len(line) > LONGEST:
        return None
    if _FORWARD.fullmatch(line):
        return "forward"
    return "reply" if _SEPARATOR.fullmatch(line) or _ABOVE.fullmatch(line) else None


def header_block_length(plain: Sequence[str], here: int, *, sure: bool = False) -> int:
    """Return of how many lines the header block beginning here consists; mostly 0.

    Parameters
    ----------
    sure
        A separator stands above: any two keys are a block then, in any order.
    """
    if not (key := _KEY.match(plain[here][:LONGEST])) or not (sure or key.lastgroup in _FIRST):
        return 0
    found: dict[str, str] = {}
    n_lines, continued = 0, False
    for number, line in enumerate(plain[here : here + _BLOCK_LINES]):
        key = _KEY.match(line[:LONGEST])
        if key:
            found.setdefault(str(key.lastgroup), line[:LONGEST])
            n_lines, continued = number + 1, False
        elif line and (continued or "@" not in line):  # a long list of addresses goes on
            break
        elif line:
            continued = True
    return n_lines if (len(found) > 1 if sure else _is_mail(found)) else 0


def _is_mail(found: dict[str, str]) -> bool:
    if "from" not in found or not ("to" in found or "subject" in found):
        return False
    addressed = "@" in found["from"] or "@" in found.get("to", "")
    if "sent" not in found:
        return addressed and "to" in found and "subject" in found
    timed = bool(_CLOCK.search(found["sent"])) and "subject" in found
    return timed or (addressed and any(char.isdigit() for char in found["sent"]))
