"""Tagged contacts of many months -> what changed, month by month, beyond chance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse as sp
from scipy.stats import false_discovery_control
from sklearn.feature_extraction.text import TfidfVectorizer

from cxtopics.classify.change_tests import confidence_change, share_change, wording_change
from cxtopics.errors import InputError
from cxtopics.records import show_columns
from cxtopics.tables import as_text

__all__ = ["DRIFT_COLUMNS", "find_drift"]

DRIFT_COLUMNS = (
    "month",
    "kind",
    "topic",
    "n_reference",
    "n",
    "value_reference",
    "value",
    "p_value",
    "q_value",
    "alert",
)
_FEWEST = 20  # contacts on either side for confidence and wording
_MOST = 500  # contacts on either side for wording, spread evenly
_N_MONTHS = 3


def find_drift(
    tagged: pd.DataFrame, *, reference: str | None = None, false_alarms: float = 0.05
) -> pd.DataFrame:
    """Compare every month with a reference: topic mix, confidence, wording within topics.

    Parameters
    ----------
    tagged
        Contacts with `created_at` and `topic_forced` (or `topic`); `confidence` and `text`
        are looked at where there are such columns.
    reference
        `2026-01` or `2026-01..2026-03`; default: the three months before each.
    false_alarms
        Share of the alerts that may be chance, over all tests of the table together
        (Benjamini-Hochberg); where nothing changed, the chance of any alert at all.

    Returns
    -------
    DataFrame
        `DRIFT_COLUMNS`, a row a test. `kind` is `mix` (value: the topic's share), `confidence`
        (mean confidence; topic `all`) or `wording` (no value).

    Raises
    ------
    InputError
        No `created_at` or topic, fewer than two months, or no contact in the reference.
    """
    months, topics = _months(tagged), _topics(tagged)
    known = np.array(sorted(set(months[months != ""])))
    if len(known) < 2:
        raise InputError(f"got {len(known)} month, expected at least 2", "give more contacts")
    words = _words(tagged)
    rows: list[tuple[object, ...]] = []
    for month in known:
        before = np.isin(months, _reference(month, known, reference))
        if before.any():
            rows += _compare(month, before, months == month, topics, tagged, words)
    if not rows:
        raise InputError(
            f"no contact in the reference '{reference}'; months: {known[0]} to {known[-1]}",
            "name the reference as 2026-01 or 2026-01..2026-03",
        )
    table = pd.DataFrame(rows, columns=list(DRIFT_COLUMNS[:8]))
    table["q_value"] = false_discovery_control(table["p_value"])
    table["alert"] = table["q_value"] <= false_alarms
    return table


def _reference(
    month: str, known: npt.NDArray[np.str_], reference: str | None
) -> npt.NDArray[np.str_]:
    if reference is None:
        return known[known < month][-_N_MONTHS:]
    first, _, last = reference.partition("..")
    chosen: npt.NDArray[np.str_] = known[
        (known >= first) & (known <= (last or first)) & (known != month)
    ]
    return chosen


def _compare(
    month: str,
    before: npt.NDArray[np.bool_],
    after: npt.NDArray[np.bool_],
    topics: npt.NDArray[np.object_],
    tagged: pd.DataFrame,
    words: sp.csr_matrix | None,
) -> list[tuple[object, ...]]:
    n0, n1 = int(before.sum()), int(after.sum())
    rows: list[tuple[object, ...]] = []
    for topic in sorted({name for name in topics[before | after] if name is not None}):
        own = topics == topic
        x0, x1 = int((before & own).sum()), int((after & own).sum())
        p = share_change(x0, n0, x1, n1)
        rows.append((month, "mix", topic, n0, n1, x0 / n0, x1 / n1, p))
        if words is not None and min(x0, x1) >= _FEWEST:
            p = wording_change(words[_some(before & own)], words[_some(after & own)])
            rows.append((month, "wording", topic, x0, x1, np.nan, np.nan, p))
    if "confidence" in tagged:
        sure = pd.to_numeric(tagged["confidence"], errors="coerce").to_numpy(dtype=np.float64)
        old, new = (sure[side & ~np.isnan(sure)] for side in (before, after))
        if min(len(old), len(new)) >= _FEWEST:
            p = confidence_change(old, new)
            rows.append((month, "confidence", "all", n0, n1, old.mean(), new.mean(), p))
    return rows


def _some(side: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Return the rows of a side, evenly thinned where there are many."""
    rows = np.flatnonzero(side)
    return rows[:: -(-len(rows) // _MOST)]


def _months(tagged: pd.DataFrame) -> npt.NDArray[np.str_]:
    if "created_at" not in tagged:
        found = show_columns(tagged.columns)
        raise InputError(f"no column 'created_at'; found: {found}", "give dated contacts")
    times = pd.to_datetime(tagged["created_at"], utc=True, errors="coerce", format="ISO8601")
    return times.dt.strftime("%Y-%m").fillna("").to_numpy(dtype=str)


def _topics(tagged: pd.DataFrame) -> npt.NDArray[np.object_]:
    for name in ("topic_forced", "topic"):
        if name in tagged:
            column = as_text(tagged[name])
            return column.astype(object).where(column.notna(), None).to_numpy()
    found = show_columns(tagged.columns)
    raise InputError(f"no column 'topic_forced' or 'topic'; found: {found}", "tag them first")


def _words(tagged: pd.DataFrame) -> sp.csr_matrix | None:
    if "text" not in tagged:
        return None
    try:
        return TfidfVectorizer(sublinear_tf=True, min_df=2, dtype=np.float32).fit_transform(
            as_text(tagged["text"]).fillna("")
        )
    except ValueError:  # no word occurs twice
        return None
