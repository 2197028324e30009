"""History under today's topics: nothing is lost, lines go on, splits are breaks."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from cxtopics.measure.store.lineage import (
    Break,
    break_changes,
    break_rates,
    find_breaks,
    follow_probabilities,
    follow_topics,
    lineage_caveats,
)
from cxtopics.taxonomy import Taxonomy

SHOP = Taxonomy.model_validate(
    {
        "name": "shop",
        "version": 1,
        "groups": {},
        "topics": [
            {"id": name, "label": name, "description": "-", **lineage}
            for name, lineage in (
                ("late", {"replaces": ["delay"]}),
                ("stuck", {"merged_into": "late"}),
                ("fit", {"split_into": ["small", "big"], "retired_on": "2026-03-01"}),
                ("fax", {"retired_on": "2026-02-01"}),
                ("small", {}),
                ("big", {}),
            )
        ],
    }
)
BREAK = Break("fit", ("small", "big"), date(2026, 3, 1), 2)


def test_every_column_of_topics_follows_and_nothing_else_changes() -> None:
    table = pd.DataFrame(
        {
            "topic": ["delay", "stuck", None, "fit", "fax", "new"],
            "topic_forced": ["delay", "stuck", "stuck", "fit", "fax", "new"],
            "text": ["delay"] * 6,
        }
    )
    before = table.copy()
    found = follow_topics(table, SHOP)
    assert found["topic"].tolist()[:2] == ["late", "late"]
    assert found["topic"].isna().tolist() == [False, False, True, False, False, False]
    assert found["topic_forced"].tolist() == ["late", "late", "late", "fit", "fax", "new"]
    assert found["text"].tolist() == ["delay"] * 6
    pd.testing.assert_frame_equal(table, before)
    assert follow_topics(table, None) is table


def test_probabilities_of_what_is_one_topic_today_add_up() -> None:
    given = np.array([[0.5, 0.2, 0.1, 0.2], [0.1, 0.1, 0.7, 0.1]])
    found, names = follow_probabilities(given, ["delay", "fit", "stuck", "fax"], SHOP)
    assert names == ["late", "fit", "fax"]
    assert found == pytest.approx(np.array([[0.6, 0.2, 0.2], [0.8, 0.1, 0.1]]))


def test_a_split_is_a_break_only_where_its_contacts_are() -> None:
    seen = pd.DataFrame({"n": [2, 1], "last": pd.Timestamp("2026-01-05")}, index=["fit", "small"])
    assert find_breaks(seen, SHOP) == [BREAK]
    assert find_breaks(seen.iloc[1:], SHOP) == []
    (said,) = lineage_caveats(seen, [BREAK], SHOP)
    assert "2 contacts are tagged with 'fit', which was split into small, big" in said
    retired = seen.set_axis(["fax", "small"])
    assert lineage_caveats(retired, [], SHOP)[0].startswith("2 contacts")


def test_lines_are_missing_not_zero_on_the_far_side_of_a_break() -> None:
    rates = pd.DataFrame(
        {
            "period_start": ["2026-01-01", "2026-04-01"] * 3,
            "period_end": ["2026-01-31", "2026-04-30"] * 3,
            "topic": ["fit", "fit", "small", "small", "late", "late"],
            "n_contacts": [5.0, 0, 0, 4, 0, 0],
            "contacts_per_order": [0.5, 0, 0, 0.4, 0, 0],
            "n_orders": 10.0,
        }
    )
    found = break_rates(rates, [BREAK])
    assert found["n_contacts"].isna().tolist() == [False, True, True, False, False, False]
    assert found["contacts_per_order"].isna().sum() == 2
    assert found["n_orders"].notna().all()


def test_no_change_is_claimed_across_a_break() -> None:
    changes = pd.DataFrame(
        {
            "topic": ["fit", "small", "late"],
            "rate_before": [0.5, 0.0, 0.1],
            "rate_after": [0.0, 0.3, 0.1],
            "q_value": [0.001, 0.002, 0.5],
        }
    )
    assert break_changes(changes, [BREAK])["q_value"].isna().tolist() == [True, True, False]
    long_ago = changes.assign(rate_before=[0.0, 0.2, 0.1])
    assert break_changes(long_ago, [BREAK])["q_value"].notna().all()
