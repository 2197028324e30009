"""Lines that nobody typed: "Sent from my iPhone", virus scanners' boasts, disclaimers."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["is_disclaimer", "typed_lines"]

_LONGEST_ADDED = 90  # characters of a line that a mail program adds
_SHORTEST, _LONGEST_DISCLAIMER = 60, 3000  # characters told by their terms
_LINES_ABOVE = 12  # lines of a paragraph above the disclaimer in it
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
_STRONG = re.compile(  # one of these must be among the terms: parcels, too, are sent in error
    r"confidential|privileged|intended (?:recipient|solely|only)|addressee|disclosure|unauthori|"
    r"vertraulich|rechtlich geschützt|unbefugt|confidenti|diffusion|confidencia|divulga|riservat|"
    r"confidenzial|vertrouwelijk|geadresseerde|openbaarmaking"
)
_FIRST_PERSON = re.compile(
    r"\b(?:i|i'm|i've|my|ich|mein\w*|je|j'ai|mon|yo|mi|he|io|ho|mio|mia|eu|meu|minha|ik|mijn)\b"
)
_MAIL = re.compile(
    r"\b(?:e-?mail(?:s|bericht)?|messages?|attachments?|transmission|information|nachricht|anhänge?|"
    r"courriel|mensajes?|correo|messaggio|comunicazione|mensagem|bericht|bijlagen?)\b"
)


def typed_lines(plain: Sequence[str]) -> list[int]:
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
    for first in range(start, min(end, start + _LINES_ABOVE)):
        if is_disclaimer(plain[first]) or _STRONG.search(plain[first]):
            return [i for i in range(start, first) if not _is_added(plain[i])]
    return []


def _is_added(line: str) -> bool:
    if not 4 < len(line) <= _LONGEST_ADDED:
        return False
    return bool(_SENT_FROM.fullmatch(line) or _ADDED.fullmatch(line))


def is_disclaimer(paragraph: str) -> bool:
    """Tell whether a casefolded paragraph is a disclaimer, by its first words or its terms."""
    if _DISCLAIMER.match(paragraph[:200]):
        return True
    paragraph = paragraph[:_LONGEST_DISCLAIMER]
    if "?" in paragraph or len(paragraph) < _SHORTEST or _FIRST_PERSON.search(paragraph):
        return False
    terms = {match[0] for match in _TERMS.finditer(paragraph)}
    return (
        len(terms) >= _N_TERMS and bool(_STRONG.search(paragraph)) and bool(_MAIL.search(paragraph))
    )
