"""Words that only lead to the mail below: "FYI", "see below", "my answers are inline"."""

from __future__ import annotations

import re

from cxtopics.text.courtesies import GREETING

__all__ = ["has_answers_below", "is_pointer"]

_POINTERS = re.compile(
    rf"\b{GREETING}\b[^\n]{{0,40}}(?:\n|$)"
    r"|\b(?:fyi|fwd?|below|(?:please |kindly )?(?:see|read|find|check)(?: the)?"
    r"(?: attached| e-?mail| message| mail)?(?: below| attached)?"
    r"|zur info(?:rmation)?|zur kenntnis|z\.k\.|(?:bitte )?siehe unten|s\.u\."
    r"|(?:voir |cf\.? )?ci-dessous|pour info(?:rmation)?"
    r"|(?:ver|mira|mirad|véase) (?:abajo|más abajo)|para (?:su )?información"
    r"|vedi sotto|per (?:vostra |sua )?conoscenza"
    r"|(?:ver|veja) (?:abaixo|em baixo)|para (?:vosso |seu )?conhecimento"
    r"|zie (?:hieronder|onder)|ter info(?:rmatie)?"
    r"|thanks?|thank you|danke|merci|gracias|grazie|obrigad[oa]|bedankt)\b"
)
_LONGEST = 200  # characters of what may be no more than a pointer
_MOST_WORDS = 2  # beside the pointer
_ANSWERS = re.compile(
    r"\b(?:(?:my|the) (?:answers?|comments?|repl(?:y|ies))[^.\n]{0,40}"
    r"\b(?:below|inline|in (?:red|blue|bold|green))"
    r"|(?:answers?|comments?|repl(?:y|ied|ies)|answered) (?:are )?"
    r"(?:inline|in line|in (?:red|blue|bold|green))"
    r"|antworten?[^.\n]{0,40}(?:unten|im text|direkt im|in rot|in blau|unter den fragen)"
    r"|réponses?[^.\n]{0,40}(?:ci-dessous|dans le texte|en rouge|en bleu)"
    r"|respuestas?[^.\n]{0,40}(?:abajo|debajo|en rojo|en azul)"
    r"|risposte?[^.\n]{0,40}(?:sotto|in rosso|nel testo|in blu)"
    r"|respostas?[^.\n]{0,40}(?:abaixo|a vermelho|em vermelho|a azul)"
    r"|antwoord(?:en)?[^.\n]{0,40}(?:hieronder|in het rood|in rood|in blauw|tussen de))\b"
)


def is_pointer(own: str) -> bool:
    """Tell whether the words above a forwarded mail only lead to it; also where there are none."""
    if len(own) > _LONGEST:
        return False
    left = _POINTERS.sub(" ", own.casefold())
    return len(re.findall(r"\w+", left)) <= _MOST_WORDS


def has_answers_below(own: str) -> bool:
    """Tell whether the writer says that there are answers within the quoted mail."""
    return bool(_ANSWERS.search(own[-500:].casefold()))
