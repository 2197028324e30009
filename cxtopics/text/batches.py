"""Many messages cleaned by several processes, in their order, a bounded number at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple, TypeVar

from cxtopics.text.clean import MAX_LENGTH, clean_message, clean_subject, join_text

__all__ = ["Words", "clean_batches", "clean_words"]

ItemT = TypeVar("ItemT")
_AHEAD = 4  # batches per process between two looks at what is done


class Words(NamedTuple):
    """What a customer wrote: a subject, and messages, each with whether it is HTML."""

    subject: str
    messages: tuple[tuple[str, bool], ...]


def clean_words(words: Words) -> str | None:
    """Return subject and messages cleaned and joined; None where there are no words."""
    messages = [clean_message(body, html=html) for body, html in words.messages]
    return join_text(clean_subject(words.subject), "\n".join(filter(None, messages)))


def clean_batches(
    items: Iterable[ItemT],
    words_of: Callable[[ItemT], list[Words | None]],
    n_workers: int = 1,
) -> Iterator[tuple[ItemT, list[str | None]]]:
    """Yield every item with its texts, in the order of the items.

    Parameters
    ----------
    items
        Batches of rows; read in this process, while others clean.
    words_of
        Returns the words of a batch, None for a row whose text is not wanted.
    n_workers
        Processes; 1 cleans in this one. The texts do not depend on it.
    """
    if n_workers == 1:
        for item in items:
            yield item, _clean_batch(words_of(item))
        return
    from joblib import Parallel, delayed

    source = iter(items)
    with Parallel(n_jobs=n_workers, return_as="generator", batch_size=1) as parallel:
        waiting: list[ItemT] = []
        texts: Iterator[list[str | None]] = iter(())
        while group := list(islice(source, _AHEAD * n_workers)):
            yield from zip(waiting, texts, strict=True)
            waiting = group
            texts = parallel([delayed(_clean_batch)(_cut(words_of(item))) for item in group])
        yield from zip(waiting, texts, strict=True)


def _clean_batch(batch: list[Words | None]) -> list[str | None]:
    return [clean_words(words) if words else None for words in batch]


def _cut(batch: list[Words | None]) -> list[Words | None]:
    """Return the words without what is not read of them, so that it need not travel."""
    return [
        words and Words(words.subject, tuple((body[:MAX_LENGTH], h) for body, h in words.messages))
        for words in batch
    ]
