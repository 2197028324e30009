"""Mails written by machines: auto-replies, out-of-office notes, bounces.

Told by the header fields (RFC 3834), by the sender, by the first words of the subject, or
by the first words of the message. People write "I am out of the office until Friday,
please deliver on Monday", too; so a message that tells of an absence is a machine's only if
it also says that mail is not read meanwhile, and asks nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["has_automated_headers", "is_automated", "is_automated_message"]

_STARTS = (
    # answers of machines
    r"auto(?:matic|mated|matische?r?|)[ -]?(?:reply|response|answer|antwort|svar)\b",
    r"auto ?:",
    r"réponse automatique",
    r"respuesta automática",
    r"risposta automatica",
    r"resposta automática",
    r"automatisch (?:antwoord|bericht)",
    r"automatiskt? svar",
    r"automaattinen vastaus",
    r"(?:odpowiedź automatyczna|automatyczna odpowiedź)",
    r"automatická odpověď",
    r"(?:自動返信|自動応答|自动回复|自動回覆)",
    # absence
    r"(?:i am |i'm )?(?:currently )?out of (?:the )?office(?! (?:address|delivery|hours))",
    r"(?:abwesenheits(?:notiz|assistent|nachricht)|nicht im (?:büro|haus) ?[:!])",
    r"(?:absence du bureau|absent du bureau|message d'absence)",
    r"(?:fuera de (?:la )?oficina|ausente de la oficina)",
    r"(?:fuori (?:sede|ufficio)|assente dall'ufficio)",
    r"(?:afwezig ?:|afwezigheids|niet op kantoor)",
    r"(?:ausência (?:temporária|do escritório)|fora do escritório)",
    r"frånvaro(?:meddelande| ?:)",
    # bounces
    r"(?:undeliverable|unzustellbar|nicht zustellbar|non remis(?:e)?|no entregable|"
    r"não entregue|non recapitabile|onbestelbaar|não é possível entregar) ?:",
    r"undelivered mail returned to sender",
    r"mail delivery (?:failed|failure|subsystem|system)\b",
    r"delivery (?:status notification|has failed to these)\b",
    r"(?:returned mail ?:|failure notice$|message undeliverable$)",
)
_SUBJECT = re.compile(rf"(?:(?:re|fwd?|aw|sv|tr) ?: ?)*(?:{'|'.join(_STARTS)})", re.IGNORECASE)
_SENDERS = re.compile(r"(?:mailer-daemon|postmaster|mail-daemon)@", re.IGNORECASE)

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


def is_automated(subject: str, sender: str) -> bool:
    """Tell whether subject or sender's address shows that a machine wrote this mail.

    A subject counts only by its first words, so that "Your automatic reply is wrong" stays
    a customer's. Senders named noreply are not taken for machines: contact forms use them.
    """
    return bool(_SUBJECT.match(subject.strip()) or _SENDERS.match(sender.strip()))


def is_automated_message(text: str) -> bool:
    """Tell whether the first words of a cleaned message are a machine's.

    Known in English, German, French, Spanish, Italian, Portuguese and Dutch.
    """
    start = text[:_READ].casefold().replace("’", "'")
    found = _BY_MACHINE.search(start, 0, _READ)
    if (found and found.start() <= _GREETED) or _TITLE.match(start):
        return True
    return "?" not in start and bool(_ABSENT.search(start) and _UNREAD.search(start))


def has_automated_headers(headers: Mapping[str, str]) -> bool:
    """Tell whether a mail's header fields say that a machine sent it (RFC 3834, RFC 3464)."""
    fields = {name.casefold(): value.strip().casefold() for name, value in headers.items()}
    submitted = fields.get("auto-submitted", "no")
    return (
        not submitted.startswith("no")
        or fields.get("return-path") == "<>"
        or fields.get("precedence") == "auto_reply"
        or "report-type=delivery-status" in fields.get("content-type", "").replace(" ", "")
        or any(name in fields for name in ("x-autoreply", "x-autorespond", "x-failed-recipients"))
    )
