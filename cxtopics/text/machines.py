"""Messages written by machines: auto-replies, absence notes, bounces, told by their first words.

People write "I am out of the office until Friday, please deliver on Monday", too; so a
message that tells of an absence is a machine's only if it also says that mail is not read
meanwhile, and asks nothing.
"""

from __future__ import annotations

import re

__all__ = ["is_automated_message"]

_BY_MACHINE = re.compile(
    # English
    r"this is an? auto(?:matic|mated|matically generated) (?:reply|response|message|e-?mail)"
    r"|this (?:message|e-?mail) (?:was|is|has been) (?:sent|created|generated) automatically"
    r"|this message was created automatically by mail delivery software"
    r"|this is the mail (?:delivery )?system at host"
    r"|(?:your|the following) message (?:to .{1,80} )?(?:couldn't|could not|wasn't|was not) "
    r"(?:be )?delivered"
    r"|delivery to the following recipients? failed|delivery has failed to these recipients"
    r"|we were unable to deliver your message"
    # German
    r"|dies ist eine automatisch"
    r"|diese (?:e-?mail|nachricht) wurde automatisch (?:erstellt|erzeugt|generiert|versendet)"
    r"|ihre nachricht (?:an .{1,80} )?konnte nicht zugestellt werden"
    # French
    r"|ceci est (?:une réponse|un message|un e-?mail) automatique"
    r"|votre message n'a pas pu être (?:remis|distribué)"
    # Spanish
    r"|est[ea] es (?:un mensaje|una respuesta|un correo) (?:automátic|generad[oa] automática)"
    r"|no se (?:ha podido|pudo) entregar (?:su|tu) mensaje"
    # Italian
    r"|quest[oa] (?:è una? )?(?:messaggio|risposta|e-?mail) (?:è )?(?:automatic|generat[oa] auto)"
    r"|impossibile recapitare il messaggio"
    # Portuguese
    r"|esta é uma (?:resposta|mensagem) automática"
    r"|(?:a )?sua mensagem não (?:pôde|foi possível) ser entregue"
    # Dutch
    r"|dit is een automatisch (?:antwoord|bericht|gegenereerd)"
    r"|uw bericht (?:aan .{1,80} )?kon niet worden (?:bezorgd|afgeleverd)"
)
_ABSENT = re.compile(
    r"\b(?:out of (?:the )?office|on (?:annual |parental |maternity )?leave"
    r"|away from (?:the|my) (?:office|desk)|on (?:holiday|vacation)"
    r"|nicht im (?:büro|haus)|im urlaub|abwesend|in elternzeit"
    r"|absente?|en congés?|en vacances|fuera de la oficina|de vacaciones|ausente"
    r"|fuori (?:ufficio|sede)|in ferie|assente|fora do escritório|de férias"
    r"|afwezig|niet op kantoor|met vakantie|met verlof)\b"
)
_UNREAD = re.compile(
    r"\b(?:(?:limited|no|without|intermittent) access to (?:my )?(?:e-?mails?|inbox|messages)"
    r"|not be (?:checking|reading) (?:my )?(?:e-?mails?|messages)"
    r"|(?:will|shall) (?:reply|respond|answer|get back)[^.\n]{0,40}(?:return|back)"
    r"|(?:in|for) (?:urgent|emergenc\w+) (?:cases?|matters?|enquiries|queries)"
    r"|(?:nachrichten?|e-?mails?|mails?) (?:werden|wird)[^.\n]{0,30}(?:nicht|weder)[^.\n]{0,40}"
    r"(?:gelesen|weitergeleitet)|nach meiner rückkehr|in dringenden (?:fällen|angelegenheiten)"
    r"|(?:répondrai|lirai)[^.\n]{0,40}retour|en cas d'urgence"
    r"|(?:a|en) mi (?:regreso|vuelta)|en caso de urgencia|para asuntos urgentes"
    r"|al mio (?:rientro|ritorno)|in caso di urgenza|per urgenze"
    r"|(?:no|ao) meu regresso|quando (?:eu )?(?:voltar|regressar)|em caso de urgência"
    r"|(?:bij|na) (?:mijn )?terugkomst|als ik terug ben|in dringende gevallen)"
)
_TITLE = re.compile(
    r"\W{0,5}(?:auto(?:matic|mated)?[ -](?:reply|response)|automatische (?:antwort|antwoord)"
    r"|réponse automatique|respuesta automática|risposta automatica|resposta automática"
    r"|automatisch antwoord) ?(?:[:.!-]|\n|$)"
)
_READ = 600  # characters of a message by which it is told
_GREETED = 80  # characters that may stand before a machine says that it is one


def is_automated_message(text: str) -> bool:
    """Tell whether the first words of a cleaned message are a machine's.

    Known in English, German, French, Spanish, Italian, Portuguese and Dutch.
    """
    start = text[:_READ].casefold().replace("’", "'")
    found = _BY_MACHINE.search(start, 0, _READ)
    if (found and found.start() <= _GREETED) or _TITLE.match(start):
        return True
    return "?" not in start and bool(_ABSENT.search(start) and _UNREAD.search(start))
