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

from cxtopics.text.courtesies import is_closing

__all__ = ["MAX_SIGNATURE", "cut_signature", "is_contact_line", "is_disclaimer"]

MAX_SIGNATURE = 12
"""Lines below `--` up to which they are a signature; more are words."""
_LONGEST_LINE = 90  # characters of a line in a signature

_DEVICE = (
    r"(?:(?:apple |samsung |huawei |xiaomi |google |mobilen? |handy)?"
    r"(?:i-?phone|i-?pad|ipod|android\w*|galaxy|samsung|huawei|xiaomi|pixel|blackberry|outlook|"
    r"yahoo|gmail|gmx|web\.de|proton ?mail|aol|mail|e-?mail|mobile|mobil\w*|smartphone|handy|"
    r"phone|tele(?:phone|fono|foon|fon|móvel)|téléphone|móvil|móvel|cellulare|celular|portable|"
    r"tablet\w*|orange|free|sfr|bouygues|windows|mac|messenger|app|surface|thunderbird|spark|"
    r"mailbox|t-mobile|verizon|at&t|nokia|motorola|oneplus|sony|oppo|device|appareil|dispositivo|gerät|toestel|mobiel\w*))"
)
_TAIL = (
    rf"(?:,?[ -](?:{_DEVICE}|an?|for|für|pour|para|per|voor|on|auf|sur|en|em|su|op|the|le|de|"
    r"von|my|mein\w*|mi|mon|mijn|meu|il|mio|with|mit|avec|con|com|met|"
    r"verizon|5g|4g|lte|t-mobile|at&t|pro|max|plus|mini|ultra|note|mobil\w*|device|email|telefon|app|\(?\d+[a-z]?\)?|"
    r"[as]\d{1,2}|smartphone|ios|windows|gesendet|secure)){0,6}"
)
_BY = (
    r"(?:(?:this (?:e-?mail|message) was )?sent (?:from|via|using|with|by)|from|"
    r"(?:get|download|obtenir|obtenez|télécharge[zr]|obtener|obtén|descarga[r]?|obter|obtenha|"
    r"baixar|ottieni|scarica|download|holen sie sich|laden sie)(?: o| l')?|von|"
    r"(?:diese (?:e-?mail|nachricht) wurde )?(?:gesendet|verschickt|versendet) "
    r"(?:von|mit|über|aus)(?: der| dem)?|diese nachricht wurde (?:von|mit)|"
    r"(?:message )?envoyée? (?:de|depuis|à partir (?:de|d'un)|avec|via|par)|provenance :|"
    r"(?:mensaje )?enviado (?:desde|con|por|a través de|mediante)|"
    r"(?:mensagem )?enviad[oa] (?:do|de|da|pelo|via|a partir d[oe]|com|através do)|"
    r"(?:messaggio )?inviat[oa] (?:da|dal|con|tramite)|"
    r"(?:verzonden|verstuurd|gestuurd) (?:vanaf|met|via|van|vanuit|door)|"
    r"skickat från|sendt fra|wysłane z|odesláno z|lähetetty)"
)
_OWNED = r"(?:(?:my|the|a|an|meine[mr]?|mon|mi|mio|il mio|meu|mijn|min|mojego|un|une|une?) ?)?"
_SENT_FROM = re.compile(rf"{_BY}[ ']?{_OWNED}(?:new )?{_DEVICE}{_TAIL}(?: gesendet)?[ .!]{{0,3}}")
_ADDED = re.compile(
    r"(?:virus-?free|virenfrei|sans virus|libre de virus|privo di virus|livre de vírus|"
    r"sem vírus|virusvrij|vrij van virussen|garanti sans virus)\b.{0,60}"
    r"|outlook (?:for|für|voor|pour|para|per) \w+(?: (?:herunterladen|beziehen|downloaden|get))?"
    r"|yahoo mail: search, organi[sz]e, conquer"
    r"|(?:<?https?://)?(?:www\.)?(?:avast|avg)\.com\S{0,80}"
)
_DISCLAIMER = re.compile(
    r"[*_ ]{0,3}(?:(?:confidentiality|legal|privacy|important|data protection) (?:notice|note)\b"
    r"|disclaimer\b|rechtlicher hinweis|vertraulichkeitshinweis|haftungsausschluss"
    r"|avis (?:de confidentialité|légal)|clause de confidentialité|aviso (?:legal|de "
    r"confiden\w+)|cláusula de confidencialidad|avviso (?:di riservatezza|legale)|nota legale"
    r"|informativa privacy|aviso de privacidade|vertrouwelijkheidsverklaring"
    r"|(?:please )?(?:consider|think of) the environment"
    r"|(?:bitte )?(?:denken sie|prüfen sie).{0,40}(?:umwelt|drucken)"
    r"|(?:pensez|merci de penser) à (?:l'environnement|la planète)"
    r"|(?:antes de imprimir|piense en el medio|por favor,? (?:piense|considere|pense).{0,40}"
    r"(?:imprimir|ambiente))"
    r"|(?:prima di stampare|rispetta l'ambiente|pensa all'ambiente)"
    r"|(?:pense no (?:meio )?ambiente)|(?:denk aan het milieu|spaar het milieu)"
    r"|.{0,80}\b(?:is )?registered in (?:england|scotland|ireland|wales)\b"
    r"|.{0,80}\b(?:handelsregister|amtsgericht|geschäftsführer(?:in)?) ?:"
    r"|views expressed (?:are|in)\b)"
)
_TERMS = re.compile(
    r"confidential|privileged|intended (?:recipient|solely|only|for)|addressee|in error|"
    r"unauthori[sz]ed|(?:strictly )?prohibited|notify the sender|delete (?:it|this|the)|"
    r"disclosure|vertraulich|rechtlich geschützt|irrtümlich|empfänger|unbefugt|absender|"
    r"vernichten|weitergabe|confidenti(?:el|al)|destinataire|par erreur|expéditeur|détruire|"
    r"diffusion|destinatari|por error|remitente|prohibid|borr(?:e|ar)|elimin|riservat|"
    r"confidenzial|per errore|mittente|vietat|distrugg|confidencia|por engano|remetente|"
    r"proibid|divulga|vertrouwelijk|geadresseerde|bestemd voor|per abuis|ten onrechte|afzender|"
    r"vernietigen|openbaarmaking|verspreiding"
)
_N_TERMS = 2
_MAIL = re.compile(
    r"\b(?:e-?mail(?:s|bericht)?|messages?|attachments?|transmission|information|nachricht|anhänge?|"
    r"courriel|mensajes?|correo|messaggio|comunicazione|mensagem|bericht|bijlagen?)\b"
)

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
    keep = _without_added(plain)
    lines, plain = [lines[i] for i in keep], [plain[i] for i in keep]
    end = _end_before_dashes(lines)
    end = _end_before_block(lines[:end], plain[:end])
    return "\n".join(lines[:end])


def is_disclaimer(paragraph: str) -> bool:
    """Tell whether a casefolded paragraph is a disclaimer, by its first words or its terms."""
    if _DISCLAIMER.match(paragraph[:200]):
        return True
    if "?" in paragraph or len(paragraph) < 60:
        return False
    terms = {match[0] for match in _TERMS.finditer(paragraph[:3000])}
    return len(terms) >= _N_TERMS and bool(_MAIL.search(paragraph[:3000]))


def is_contact_line(line: str) -> bool:
    """Tell whether a casefolded line gives a telephone, an address of mail or web, a company."""
    if len(line) > _LONGEST_LINE:
        return False
    return bool(_PHONE_LINE.match(line) or _CONTACT.search(line))


def _without_added(plain: Sequence[str]) -> list[int]:
    """Return the numbers of the lines that neither a mail program nor a lawyer added."""
    keep: list[int] = []
    start = 0
    while start < len(plain):
        end = start
        while end < len(plain) and plain[end]:
            end += 1
        if end > start and is_disclaimer(" ".join(plain[start:end])):
            keep += _above_disclaimer(plain, start, end)
        else:
            keep += [i for i in range(start, end) if not _is_added(plain[i])]
        if end < len(plain):
            keep.append(end)
        start = end + 1
    return keep


def _above_disclaimer(plain: Sequence[str], start: int, end: int) -> list[int]:
    """Return the lines of a paragraph that stand above the disclaimer in it."""
    for first in range(start, min(end, start + MAX_SIGNATURE)):
        if is_disclaimer(plain[first]) or _DISCLAIMER.match(plain[first][:200]):
            return [i for i in range(start, first) if not _is_added(plain[i])]
    return []


def _is_added(line: str) -> bool:
    if not 4 < len(line) <= _LONGEST_LINE:
        return False
    return bool(_SENT_FROM.fullmatch(line) or _ADDED.fullmatch(line))


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
