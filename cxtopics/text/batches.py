"""Many messages cleaned or redacted by several processes, in their order, a few at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple, TypeVar

from cxtopics.text.clean import MAX_HTML, MAX_LENGTH, clean_message, clean_subject, join_text
from cxtopics.text.machines import is_automated_message
from cxtopics.text.redact import redact

__all__ = ["Cleaned", "Words", "clean_batches", "clean_words", "redact_texts"]

ItemT = TypeVar("ItemT")
_TEXTS_PER_TASK = 1024
_AHEAD = 4  # batches per process between two looks at what is done


class Words(NamedTuple):
    """What a customer wrote: a subject, and messages, each with whether it is HTML."""

    subject: str
    messages: tuple[tuple[str, bool], ...]


class Cleaned(NamedTuple):
    """What is left of it.

    Attributes
    ----------
    text
        Subject and messages, joined; None where there are no words.
    by_machine
        Whether the first message is no person's.
    """

    text: str | None
    by_machine: bool


_NOTHING = Cleaned(None, by_machine=False)


def clean_words(words: Words) -> Cleaned:
    """Return subject and messages cleaned and joined."""
    messages = [clean_message(body, html=html) for body, html in words.messages]
    text = join_text(clean_subject(words.subject), "\n".join(filter(None, messages)))
    return Cleaned(text, bool(messages) and is_automated_message(messages[0]))


def clean_batches(
    items: Iterable[ItemT],
    words_of: Callable[[ItemT], list[Words | None]],
    n_workers: int = 1,
) -> Iterator[tuple[ItemT, list[Cleaned]]]:
    """Yield every item with its texts, in the order of the items.

    Parameters
    ----------
    items
        Batches of rows; read in this process, while others clean.
    words_of
        Returns the words of a batch, None for a row whose text is not wanted.
    n_workers
        Processes; 1 cleans in this one. The texts do not depend on it.

    Notes
    -----
    A process imports what its task names, and this package needs no table libraries: a
    worker takes 50 MB instead of 150.
    """
    if n_workers == 1:
        for item in items:
            yield item, _clean_batch(words_of(item))
        return
    from joblib import Parallel, delayed

    source = iter(items)
    with Parallel(n_jobs=n_workers, return_as="generator", batch_size=1) as parallel:
        waiting: list[ItemT] = []
        texts: Iterator[list[Cleaned]] = iter(())
        while group := list(islice(source, _AHEAD * n_workers)):
            yield from zip(waiting, texts, strict=True)
            waiting = group
            batches = (_cut(words_of(item)) for item in group)
            texts = parallel([delayed(_clean_batch)(batch) for batch in batches])
        yield from zip(waiting, texts, strict=True)


def _clean_batch(batch: list[Words | None]) -> list[Cleaned]:
    return [clean_words(words) if words else _NOTHING for words in batch]


def _cut(batch: list[Words | None]) -> list[Words | None]:
    """Return the words without what is not read of them, so that it need not travel."""
    return [
        words
        and Words(
            words.subject,
            tuple(
                (body[: MAX_HTML if html else MAX_LENGTH], html) for body, html in words.messages
            ),
        )
        for words in batch
    ]


def redact_texts(
    texts: Sequence[str | None], order_pattern: re.Pattern[str] | None, n_workers: int = 1
) -> list[str | None]:
    """Return texts as `redact` leaves them; missing ones stay missing."""
    if n_workers == 1:
        return _redact_batch(texts, order_pattern)
    from joblib import Parallel, delayed

    starts = range(0, len(texts), _TEXTS_PER_TASK)
    batches = (texts[start : start + _TEXTS_PER_TASK] for start in starts)
    done = Parallel(n_jobs=n_workers)(
        delayed(_redact_batch)(batch, order_pattern) for batch in batches
    )
    return [text for batch in done for text in batch]


def _redact_batch(
    texts: Sequence[str | None], order_pattern: re.Pattern[str] | None
) -> list[str | None]:
    return [text and redact(text, order_pattern=order_pattern) for text in texts]
