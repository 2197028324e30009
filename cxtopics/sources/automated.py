"""Mails written by machines: auto-replies, out-of-office notes, bounces."""

from __future__ import annotations

import re

__all__ = ["is_automated"]

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
    r"(?:absence du bureau|absent du bureau)",
    r"fuera de la oficina",
    r"fuori (?:sede|ufficio)",
    r"(?:afwezig ?:|afwezigheids|niet op kantoor)",
    r"(?:ausência temporária|fora do escritório)",
    r"frånvaro(?:meddelande| ?:)",
    # bounces
    r"(?:undeliverable|unzustellbar|nicht zustellbar|non remis|no entregable) ?:",
    r"undelivered mail returned to sender",
    r"mail delivery (?:failed|failure|subsystem|system)\b",
    r"delivery (?:status notification|has failed to these)\b",
    r"(?:returned mail ?:|failure notice$|message undeliverable$)",
)
_SUBJECT = re.compile(rf"(?:(?:re|fwd?|aw|sv|tr) ?: ?)*(?:{'|'.join(_STARTS)})", re.IGNORECASE)
_SENDERS = re.compile(r"(?:mailer-daemon|postmaster|mail-daemon)@", re.IGNORECASE)


def is_automated(subject: str, sender: str) -> bool:
    """Tell whether subject or sender's address shows that a machine wrote this mail.

    A subject counts only by its first words, so that "Your automatic reply is wrong" stays
    a customer's. Senders named noreply are not taken for machines: contact forms use them.
    """
    return bool(_SUBJECT.match(subject.strip()) or _SENDERS.match(sender.strip()))
