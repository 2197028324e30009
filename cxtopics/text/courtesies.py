"""How mails begin and end: greetings and closings in seven languages, casefolded."""

from __future__ import annotations

import re

__all__ = ["CLOSING", "GREETING", "is_closing"]

# Casefolding has made ß into ss.
_CLOSINGS = (
    # English
    r"(?:(?:with )?(?:kind(?:est)?|best|warm(?:est)?|many|my) )?(?:regards|wishes|thanks)"
    r"|with (?:many )?thanks|all the best|best|cheers|ta|thx|thanks(?: again| so much| a lot)?"
    r"|thank you(?: very much| so much)?|(?:many )?thanks in advance|thank you in advance"
    r"|thanks (?:and|&) (?:kind |best )?regards|(?:yours )?(?:sincerely|faithfully|truly)|yours"
    r"|sincerely yours|looking forward to (?:hearing from you|your reply)",
    # German
    r"(?:mit )?(?:(?:viele|liebe|beste|schöne|herzliche|freundliche)[nr]? )?gr[uü]ss(?:e|en)?"
    r"|lg|vg|mfg|bg|danke(?: schön| sehr| im voraus)?|besten dank|vielen dank(?: im voraus| vorab)?"
    r"|hochachtungsvoll|(?:viele|liebe|beste|herzliche) gr[uü]sse aus [\w ]+",
    # French
    r"(?:bien |très )?cordialement|(?:bien )?(?:à|a) vous|cdt|cdlt|(?:bonnes?|sincères|meilleures|"
    r"mes) salutations|salutations(?: distinguées)?|merci(?: d'avance| beaucoup| par avance)?"
    r"|respectueusement|bonne (?:journée|soirée)|dans l'attente de votre (?:réponse|retour)",
    # Spanish
    r"(?:un )?(?:cordial )?saludos?(?: cordial(?:es)?)?|cordialmente|atentamente|atte"
    r"|(?:muchas |mil )?gracias(?: de antemano| por adelantado| y un saludo)?"
    r"|(?:reciba|reciban) un (?:cordial )?saludo",
    # Italian
    r"(?:cordiali |distinti |un |tanti )?salut[io]|grazie(?: mille| in anticipo| e saluti)?"
    r"|resto in attesa|in attesa di (?:un )?(?:vostro |cortese )?riscontro",
    # Portuguese
    r"atenciosamente|(?:com )?(?:os )?(?:melhores )?cumprimentos|(?:muito )?obrigad[oa]|att"
    r"|(?:um )?abraço|grat[oa]|obrigad[oa] desde já|com os meus cumprimentos|saudações",
    # Dutch
    r"(?:met )?(?:vriendelijke|hartelijke|beste|warme) groet(?:en|jes)?|groet(?:en|jes)?|mvg|gr"
    r"|(?:alvast )?(?:hartelijk )?(?:be)?dankt?|dank (?:u|je)(?: wel)?|bij voorbaat dank",
)
CLOSING = "|".join(_CLOSINGS)
"""What stands above a name at the end of a mail; a regular expression."""

GREETING = (
    r"(?:dear|hi|hiya|hello|hey|good (?:morning|afternoon|evening|day)"
    r"|hallo|guten (?:tag|morgen|abend)|liebe[rs]?|sehr geehrte[rs]?|moin|grüezi|servus"
    r"|bonjour|bonsoir|cher|chère|salut"
    r"|hola|estimad[oa]s?|buen(?:os|as) (?:días|tardes|noches)|querid[oa]s?"
    r"|ciao|salve|gentile|egregi[oa]|buongiorno|buonasera|spett\.?(?:le|abile)?"
    r"|olá|oi|prezad[oa]s?|car[oa]s?|bom dia|boa (?:tarde|noite)|ex\.?m[oa]s?\.?"
    r"|hoi|beste|geachte|goede(?:morgen|middag|navond)|dag)"
)
"""The word a mail begins with; a regular expression."""

_CLOSING_LINE = re.compile(rf"[-–— ]{{0,3}}(?:{CLOSING})(?:,? (?:{CLOSING}))?[ ,.!:;-]{{0,4}}")
_LONGEST = 60  # characters of a line that may be a closing


def is_closing(line: str) -> bool:
    """Tell whether a casefolded, stripped line is a closing, such as "kind regards,"."""
    return len(line) <= _LONGEST and bool(_CLOSING_LINE.fullmatch(line))
