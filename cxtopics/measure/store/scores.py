"""What the model thinks of the contacts of a store, whichever part of them is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from cxtopics.measure.prevalence.topic_scores import (
    TopicScores,
    best_column,
    scores_of_two_best,
    scores_of_vectors,
)
from cxtopics.measure.store.database import Store, fetch
from cxtopics.measure.store.period_contacts import PeriodContacts
from cxtopics.measure.store.sql import fetch_one
from cxtopics.taxonomy import Taxonomy

__all__ = ["StoreScores", "open_scores"]


@dataclass(frozen=True)
class StoreScores:
    """Reads the scores of any part of a table in the same way.

    Attributes
    ----------
    estimation
        What `tag` left in the table's footer for the estimators.
    best_topics
        Contacts of the whole table by best topic, see `scores_of_two_best`; None where the
        table has a probability for every class.
    taxonomy
        Today's topics; the scores are those of the topics that the model knew.
    """

    estimation: dict[str, Any]
    best_topics: pd.Series[int] | None
    taxonomy: Taxonomy | None

    def of(self, part: PeriodContacts) -> TopicScores:
        """Return the scores of some contacts, under today's topics.

        Raises
        ------
        InputError
            Where the table has no scores.
        """
        if self.best_topics is None and part.probabilities is not None:
            found = scores_of_vectors(part.probabilities, self.estimation)
        else:
            found = scores_of_two_best(part.table, self.best_topics)
        return found.follow(self.taxonomy)


def open_scores(
    store: Store, estimation: dict[str, Any] | None, taxonomy: Taxonomy | None
) -> StoreScores:
    """Find out how the contacts of a store are scored."""
    about = estimation or {}
    if _has_vectors(store, len(about.get("classes") or ())):
        return StoreScores(about, None, taxonomy)
    return StoreScores(about, _best_topics(store), taxonomy)


def _has_vectors(store: Store, n_classes: int) -> bool:
    if not n_classes or "probabilities" not in store.tagged.columns:
        return False
    row = fetch_one(
        store.db,
        "SELECT typeof(probabilities), len(probabilities) FROM raw_tagged "
        "WHERE probabilities IS NOT NULL LIMIT 1",
    )
    return bool(row) and str(row[0]).endswith("]") and row[1] == n_classes


def _best_topics(store: Store) -> pd.Series[int]:
    has = store.tagged.columns
    queries = [f"SELECT {best_column(has)} AS topic, 1 AS n FROM raw_tagged"]
    if "runner_up" in has:
        queries.append("SELECT DISTINCT runner_up, 0 FROM raw_tagged")
    found = fetch(
        store,
        f"SELECT topic, CAST(sum(n) AS BIGINT) AS n FROM ({' UNION ALL '.join(queries)}) "
        "WHERE topic IS NOT NULL GROUP BY 1 ORDER BY 1",
    )
    return found.set_index("topic")["n"]
