"""Alerts for what changed, and for nothing else."""

import numpy as np
import pandas as pd
import pytest

from cxtopics.drift import DRIFT_COLUMNS, find_drift
from cxtopics.errors import InputError

WORDS = np.array(["parcel", "late", "where", "box", "week", "courier", "driver", "news", "wait"])


def shop(seed: int = 0, n: int = 150, months: int = 4) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = months * n
    return pd.DataFrame(
        {
            "created_at": [f"2026-{1 + row // n:02d}-10T00:00:00Z" for row in range(rows)],
            "topic_forced": rng.choice(["a", "b", "c"], size=rows, p=[0.5, 0.3, 0.2]),
            "confidence": rng.beta(5, 2, size=rows),
            "text": [" ".join(rng.choice(WORDS, 6)) for _ in range(rows)],
        }
    )


def test_nothing_changed_is_nothing_said() -> None:
    n_alarms = sum(bool(find_drift(shop(seed, n=60, months=3))["alert"].any()) for seed in range(8))
    assert n_alarms <= 2  # at 5 % a run, three or more of eight have p < 0.006


@pytest.mark.parametrize("kind", ["mix", "confidence", "wording"])
def test_each_kind_of_change_is_seen_and_only_that(kind: str) -> None:
    table = shop()
    last = table["created_at"].str.startswith("2026-04")
    if kind == "mix":
        table.loc[
            last & (table["topic_forced"] == "a") & (table.index % 2 == 0), "topic_forced"
        ] = "c"
    elif kind == "confidence":
        table.loc[last, "confidence"] *= 0.85
    else:
        changed = last & (table["topic_forced"] == "a")
        table.loc[changed, "text"] = table.loc[changed, "text"].str.replace("courier", "strike")
    found = find_drift(table)
    assert tuple(found.columns) == DRIFT_COLUMNS
    alerts = found[found["alert"]]
    assert set(alerts["kind"]) == {kind}
    assert set(alerts["month"]) == {"2026-04"}
    if kind == "wording":
        assert set(alerts["topic"]) == {"a"}
    assert (found["q_value"] >= found["p_value"] - 1e-12).all()


def test_a_fixed_reference_is_compared_with_all_others() -> None:
    found = find_drift(shop(), reference="2026-01..2026-02")
    assert set(found["month"]) == {"2026-01", "2026-02", "2026-03", "2026-04"}
    with pytest.raises(InputError, match="no contact in the reference"):
        find_drift(shop(), reference="2020-01")


def test_tables_without_dates_or_topics_are_clear_errors() -> None:
    with pytest.raises(InputError, match="no column 'created_at'"):
        find_drift(shop().drop(columns="created_at"))
    with pytest.raises(InputError, match="topic_forced"):
        find_drift(shop().drop(columns="topic_forced"))
    with pytest.raises(InputError, match="got 1 month"):
        find_drift(shop(months=1))
