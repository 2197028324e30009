"""Scores of a part of a table are those of its rows in the whole."""

import numpy as np
import pandas as pd
import pytest

from cxtopics.measure.prevalence.topic_scores import read_scores
from cxtopics.measure.store.database import open_store
from cxtopics.measure.store.period_contacts import read_span, read_spread, read_texts
from cxtopics.measure.store.scores import open_scores
from cxtopics.taxonomy import Taxonomy

SHOP = Taxonomy.model_validate(
    {
        "name": "shop",
        "version": 1,
        "groups": {},
        "topics": [
            {"id": "late", "label": "Late", "description": "-", "replaces": ["delay"]},
            {"id": "size", "label": "Size", "description": "-"},
        ],
    }
)
ABOUT = {"classes": ["delay", "size", "late"], "training_prior": [0.4, 0.4, 0.2]}
MARCH = pd.Timestamp("2026-03-01", tz="UTC")


@pytest.fixture(scope="module")
def tagged() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    g = rng.dirichlet([1, 1, 1], 60).astype(np.float32)
    names = np.array(["delay", "size", "late"], dtype=object)
    order = np.argsort(-g, axis=1)
    return pd.DataFrame(
        {
            "contact_id": [f"{n:03d}" for n in range(60)],
            "created_at": pd.date_range("2026-02-01", periods=60, freq="D", tz="UTC").as_unit("us"),
            "text": [f"made-up words {n}" for n in range(60)],
            "topic": names[order[:, 0]],
            "topic_forced": names[order[:, 0]],
            "confidence": np.sort(g, axis=1)[:, 2],
            "runner_up": names[order[:, 1]],
            "runner_up_confidence": np.sort(g, axis=1)[:, 1],
            "probabilities": [None if n == 50 else list(row) for n, row in enumerate(g)],
        }
    )


@pytest.mark.parametrize("has_vectors", [True, False])
def test_a_part_is_scored_as_in_the_whole(tagged, has_vectors) -> None:
    table = tagged if has_vectors else tagged.drop(columns="probabilities")
    orders = pd.DataFrame({"order_id": ["1"], "created_at": tagged["created_at"].iloc[:1]})
    with open_store(table, orders, taxonomy=SHOP) as store:
        part = read_span(store, MARCH)
        found = open_scores(store, ABOUT, SHOP).of(part)
        texts = read_texts(store, ["003", "001", "none"])
        everything = read_spread(store, 10_000)
    whole = read_scores(table, ABOUT).follow(SHOP)
    march = (tagged["created_at"] >= MARCH).to_numpy()
    assert part.table["contact_id"].tolist() == tagged.loc[march, "contact_id"].tolist()
    assert found.classes == whole.classes
    assert found.topics == ("late", "size", "other")
    np.testing.assert_allclose(found.probabilities, whole.probabilities[march], atol=1e-6)
    assert found.has_text.sum() == march.sum() - has_vectors
    assert texts.to_dict() == {"001": "made-up words 1", "003": "made-up words 3"}
    assert len(everything.table) == 60
