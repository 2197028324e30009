"""Messages that stand for many: typical of a topic, unlike one another, and redacted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxtopics.text.redact import redact

__all__ = ["typical_messages"]

_MOST_CHARS = 280  # of a message shown
_LEAST_CHARS, _LEAST_WORDS = 20, 4
_LEAST_ID = 4  # characters from which an order's number is no ordinary word
_UNLIKE = 0.5  # how much likeness to a message chosen before counts against another


def typical_messages(
    texts: Sequence[str], n: int, hide: Sequence[str | None] | None = None
) -> list[str]:
    """Return the messages whose words are closest to those of all, redacted and shortened.

    Parameters
    ----------
    texts
        Messages on one topic.
    n
        At most so many are returned, the most typical first.
    hide
        For each message what else must not be shown in it: the order's number.

    Notes
    -----
    Cosine of TF-IDF vectors to their mean, less half the cosine to what was chosen already
    (Carbonell and Goldstein 1998, maximal marginal relevance). Very short ones say little
    and are passed over. Redaction misses some of what names a person: docs/cleaning.md says
    how much.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer  # slow to load

    hidden = [None] * len(texts) if hide is None else hide
    shown = [_presentable(text, order) for text, order in zip(texts, hidden, strict=True)]
    shown = list(dict.fromkeys(shown))
    shown = [text for text in shown if len(text) >= _LEAST_CHARS]
    shown = [text for text in shown if len(text.split()) >= _LEAST_WORDS]
    if len(shown) <= 1 or n < 1:
        return shown[: max(n, 0)]
    try:
        vectors = TfidfVectorizer(sublinear_tf=True).fit_transform(shown).toarray()
    except ValueError:  # no word that counts in any of them
        return shown[:n]
    mean = vectors.mean(axis=0)
    central = vectors @ (mean / max(float(np.linalg.norm(mean)), 1e-9))
    return [shown[number] for number in _choose(central, vectors @ vectors.T, n)]


def _choose(central: np.ndarray, alike: np.ndarray, n: int) -> Sequence[int]:
    chosen: list[int] = []
    left = set(range(len(central)))
    while left and len(chosen) < n:
        worth = {
            k: central[k] - _UNLIKE * max((alike[k, j] for j in chosen), default=0.0) for k in left
        }
        best = max(sorted(left), key=lambda k: worth[k])
        chosen.append(best)
        left.remove(best)
    return chosen


def _presentable(text: str, order: str | None) -> str:
    bare = (order or "").lstrip("#")
    if len(bare) >= _LEAST_ID:
        text = text.replace(bare, "[order]")
    line = " ".join(redact(text).split())
    if len(line) <= _MOST_CHARS:
        return line
    return line[:_MOST_CHARS].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"
