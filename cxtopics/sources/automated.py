"""Mails written by machines: auto-replies, out-of-office notes, bounces.

Told by the header fields (RFC 3834), by the sender, or by the first words of the subject.
Those that only their message gives away are found while texts are cleaned, see
`text.machines`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["has_automated_headers", "is_automated"]

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


def is_automated(subject: str, sender: str) -> bool:
    """Tell whether subject or sender's address shows that a machine wrote this mail.

    A subject counts only by its first words, so that "Your automatic reply is wrong" stays
    a customer's. Senders named noreply are not taken for machines: contact forms use them.
    """
    return bool(_SUBJECT.match(subject.strip()) or _SENDERS.match(sender.strip()))


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
