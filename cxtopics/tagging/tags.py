"""A table of contacts -> the same table with tags; every way of tagging ends here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxtopics.classify import UNFAMILIAR, Effort, TopicModel
from cxtopics.schemas import TAG_COLUMNS
from cxtopics.tables import as_text

__all__ = ["PROBABILITIES", "given_names", "tag_batches", "tag_contacts"]

PROBABILITIES = "probabilities"


def tag_batches(
    batches: Iterable[pd.DataFrame],
    model: TopicModel,
    *,
    text_column: str = "text",
    effort: Effort = "balanced",
) -> Iterator[pd.DataFrame]:
    """Yield tables as `tag_contacts` returns them, with `probabilities`, one at a time.

    With the model bound (`functools.partial`) this is what Spark's `mapInPandas` takes.
    """
    for batch in batches:
        yield tag_contacts(
            batch, model, text_column=text_column, effort=effort, with_probabilities=True
        )


def tag_contacts(
    contacts: pd.DataFrame,
    model: TopicModel,
    *,
    text_column: str = "text",
    effort: Effort = "balanced",
    with_probabilities: bool = False,
) -> pd.DataFrame:
    """Return the contacts with the tag columns of `schemas.TAG_COLUMNS` beside their own.

    Parameters
    ----------
    contacts
        Any table with a text column. A row without text gets no topic. Columns that bear
        the name of a tag column are kept as `<name>_given`.
    with_probabilities
        Add `probabilities`, a list in the order of the model's classes.
    """
    tagged = contacts.rename(columns=given_names(contacts.columns))
    given = as_text(contacts[text_column])
    has_text = given.notna().to_numpy()
    texts = given[has_text].tolist()
    probabilities = np.full((len(tagged), len(model.classes)), np.nan)
    familiarity = np.full(len(tagged), np.nan)
    if texts:
        found = model.predict(texts, effort)
        # digits that every run repeats
        probabilities[has_text] = np.round(found.probabilities, 6)
        familiarity[has_text] = np.round(found.familiarity, 6)
    for name, values in _tags(probabilities, familiarity, model).items():
        tagged[name] = as_text(pd.Series(values)).to_numpy() if values.dtype == object else values
    if with_probabilities:
        tagged[PROBABILITIES] = pd.Series(
            list(probabilities.astype(np.float32)), index=tagged.index
        )
    return tagged


def given_names(columns: Iterable[str]) -> dict[str, str]:
    """Return the new names of columns that bear the name of a tag column."""
    taken = {*TAG_COLUMNS, PROBABILITIES}
    return {name: f"{name}_given" for name in columns if name in taken}


def _tags(
    probabilities: npt.NDArray[np.float64], familiarity: npt.NDArray[np.float64], model: TopicModel
) -> dict[str, npt.NDArray[Any]]:
    """Return the tag columns; a row of NaN (no text) gets none."""
    names = np.array(model.classes, dtype=object)
    has_text = ~np.isnan(probabilities[:, 0])
    first, second = np.argsort(-probabilities, axis=1, kind="stable")[:, :2].T
    rows = np.arange(len(probabilities))
    sure = probabilities[rows, first] >= model.classifier.thresholds[first]
    sure &= familiarity >= UNFAMILIAR
    return {
        "topic": np.where(sure, names[first], None),
        "confidence": probabilities[rows, first],
        "runner_up": np.where(has_text, names[second], None),
        "runner_up_confidence": probabilities[rows, second],
        "needs_review": has_text & ~sure,
        "topic_forced": np.where(has_text, names[first], None),
        "familiarity": familiarity,
    }
