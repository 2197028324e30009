"""Quoted mails and signatures cut off a text, line by line, in many languages.

Cutting too little costs a little accuracy; cutting a customer's words costs the contact.
So a line must look like a mail program wrote it, date or address included, before
anything below it goes. (Whole-body regular expressions, as mail-parser-reply uses, took
"From: London, To: Paris" for a quoted mail and needed seconds for some bodies.)
"""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["cut_quotes", "cut_signature"]

# "On 19 Jan 2026 at 18:08, Shop <help@shop.example> wrote:" - first words, last words.
_WROTE = (
    (r"on\b", r"\bwrote ?:"),
    (r"am\b", r"\bschrieb\b.*:"),
    (r"le\b", r"\ba écrit ?:"),
    (r"el\b", r"\bescribió ?:"),
    (r"(?:il|in data)\b", r"\bha scritto ?:"),
    (r"em\b", r"\bescreveu ?:"),
    (r"op\b", r"\bschreef\b.*:"),
    (r"(?:den|d\.)\b", r"\bskrev\b.*:"),
    (r"(?:\w{2,4}\.? )?\d", r"\b(?:skrev|wrote|schrieb|schreef|kirjoitti)\b.*:"),
    (r"(?:w dniu|dnia|\w{2,4}\.,)", r"\b(?:napisał|napisała|napisał\(a\)|pisze) ?:"),
    (r"dne\b", r"\bnapsal(?:a|\(a\))? ?:"),
    (r"\d{4}\s?年", r"[:：]"),
    (r"(?:在|于)", r"写道 ?[:：]"),
    (r"\d{4}\s?년", r"작성 ?:"),
)
_WROTE_FORMS = [(re.compile(start), re.compile(f"{end}$")) for start, end in _WROTE]
_DATED = re.compile(r"\d{4}|\d{1,2}[:.h]\d{2}|@")
_SEPARATOR = re.compile(
    r"[-_ ]{3,}\s*(?:original message|forwarded message|original-nachricht|"
    r"ursprüngliche nachricht|weitergeleitete nachricht|message d'origine|message original|"
    r"message transféré|mensaje original|mensaje reenviado|messaggio originale|"
    r"messaggio inoltrato|mensagem original|oorspronkelijk bericht|doorgestuurd bericht|"
    r"oprindelig meddelelse|ursprungligt meddelande|opprinnelig melding|wiadomość oryginalna|"
    r"původní zpráva)\s*[-_ ]{3,}|begin forwarded message:|"
    r"#+ ?-+ ?.*(?:above this line|über dieser zeile|au-dessus de cette ligne|"
    r"encima de esta línea).*"
)
_FROM = re.compile(
    r"[*_ ]*(?:from|von|de|da|van|från|fra|od|lähettäjä|发件人|差出人) ?[:：][*_ ]*\S"
)
_SENT = re.compile(
    r"[*_ ]*(?:sent|date|gesendet|datum|envoyé|enviado(?: el)?|fecha|inviato|data|verzonden|"
    r"skickat|sendt|dato|wysłano|odesláno|lähetetty|发送时间|送信日時) ?[:：].*\d"
)
_TO = re.compile(
    r"[*_ ]*(?:to|subject|an|betreff|à|objet|para|asunto|assunto|a|oggetto|aan|onderwerp|till|"
    r"ämne|til|emne|do|temat|komu|předmět|收件人|主题|宛先|件名) ?[:：]"
)
_SENT_FROM = re.compile(
    r"(?:sent (?:from|via)|get|von mein\w*|gesendet (?:von|mit)|"
    r"envoyé (?:de|depuis|à partir)|enviado (?:desde|do|de)|inviato da\w*|"
    r"(?:verzonden|verstuurd) (?:vanaf|met)|skickat från|sendt fra|wysłane z|odesláno z|"
    r"lähetetty)\b.{0,30}\b(?:iphone|ipad|ipod|android\w*|galaxy|samsung|huawei|xiaomi|outlook|"
    r"yahoo|gmail|gmx|proton ?mail|mail|mobile|smartphone|handy\w*|phone|tablet\w*)\b.{0,40}"
)
_HINT = re.compile(
    r"^[ \t]*(?:>|[-_]{2,}|#+ ?-)|[:：][ \t]*$|^[*_ ]*\w+ ?[:：].*@|"
    r"sent|outlook|gesendet|envoyé|enviado|inviato|verstuurd|verzonden|skickat|wysłane|odesl|läh",
    re.IGNORECASE | re.MULTILINE,
)
MAX_SIGNATURE = 12
"""Lines below `--` up to which they are a signature; more are words."""
_LONGEST_HEADER = 300  # characters


def cut_quotes(text: str) -> str:
    """Return the text without quoted mails; may be empty (a mail forwarded without a word).

    Lines that begin with `>` go wherever they stand, and with them the "On ... wrote:"
    above; what stands below them is the customer's and stays. A header with no such lines
    below takes everything with it.
    """
    if not _HINT.search(text):
        return text
    lines = text.split("\n")
    plain = [line.strip().casefold() for line in lines]
    kept: list[str] = []
    here = 0
    while here < len(lines):
        if _opens_quote(plain, here):
            break
        n_header = _wrote_header(plain, here)
        if n_header and not _is_marked(plain, here + n_header):
            break
        if not n_header and not plain[here].startswith(">"):
            kept.append(lines[here])
        here += n_header or 1
    return "\n".join(kept)


def cut_signature(text: str) -> str:
    """Return the text without what follows `--` and without "Sent from my phone"."""
    if not _HINT.search(text):
        return text
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if line.strip() == "--" and len(lines) - number <= MAX_SIGNATURE:
            lines = lines[:number]
            break
    return "\n".join(line for line in lines if not _SENT_FROM.fullmatch(line.strip().casefold()))


def _wrote_header(plain: Sequence[str], here: int) -> int:
    """Return of how many lines the "On ... wrote:" beginning here consists; mostly 0."""
    ends = [end for start, end in _WROTE_FORMS if start.match(plain[here])]
    header = ""
    for n_lines, line in enumerate(plain[here : here + 3] if ends else (), start=1):
        header = f"{header} {line}".strip()
        if len(header) > _LONGEST_HEADER:
            break
        if _DATED.search(header) and any(end.search(header) for end in ends):
            return n_lines
    return 0


def _opens_quote(plain: Sequence[str], here: int) -> bool:
    """Tell whether a separator or a block From, Sent, To/Subject begins here."""
    line = plain[here]
    if not line or len(line) > _LONGEST_HEADER:
        return False
    if _SEPARATOR.fullmatch(line):
        return True
    if not _FROM.match(line):
        return False
    below = [next_line for next_line in plain[here + 1 : here + 8] if next_line][:4]
    sent = any(_SENT.match(next_line) for next_line in below)
    addressed = any(_TO.match(next_line) for next_line in below)
    return sent and addressed and bool(_DATED.search(" ".join([line, *below])))


def _is_marked(plain: Sequence[str], here: int) -> bool:
    """Tell whether the next line with words is marked as a quote."""
    following = next((line for line in plain[here:] if line), "")
    return following.startswith(">")
