"""Texts by topic: the same from a file as from memory, at most so many, under today's ids."""

import pandas as pd

from cxtopics.measure.store.sample_texts import sample_texts
from cxtopics.taxonomy import Taxonomy


def table(n=300):
    topics = ["late", "size", None]
    return pd.DataFrame(
        {
            "contact_id": [f"c{k}" for k in range(n)],
            "created_at": pd.Timestamp("2026-01-01", tz="UTC").as_unit("us"),
            "topic": pd.Series([topics[k % 3] for k in range(n)], dtype="str"),
            "order_id": pd.Series([f"o{k}" if k % 2 else None for k in range(n)], dtype="str"),
            "text": pd.Series(
                [f"it's message {k}" if k % 5 else None for k in range(n)], dtype="str"
            ),
        }
    )


def test_a_file_and_memory_give_the_same(tmp_path):
    rows = table()
    rows.to_parquet(tmp_path / "it's tagged.parquet", index=False)
    found = sample_texts(tmp_path / "it's tagged.parquet", n=20)
    pd.testing.assert_frame_equal(
        found, sample_texts(rows.sample(frac=1, random_state=1), n=20), check_dtype=False
    )
    assert found["topic"].value_counts().to_dict() == {"late": 20, "size": 20}
    assert found["text"].notna().all()


def test_topics_bear_the_names_of_today():
    shop = Taxonomy.model_validate(
        {"name": "s", "version": 1, "groups": {}, "topics": [
            {"id": "order_late", "label": "Late", "description": "-", "replaces": ["late"]}]}
    )  # fmt: skip
    assert set(sample_texts(table(), shop)["topic"]) == {"order_late", "size"}


def test_a_table_without_texts_gives_none():
    assert sample_texts(table().drop(columns="text")).empty
    assert sample_texts(table().drop(columns="order_id"))["order_id"].isna().all()
