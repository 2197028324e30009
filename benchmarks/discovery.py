"""How many topics that were taken away are found, and how many where nothing is missing.

    python benchmarks/discovery.py [--data DIR] [--draws 30] [--first 1000] [--bertopic PYTHON]

Five topics at a time are hidden from Banking77 and from Bitext: a model is trained on the
training rows of the others, and `suggest_topics` reads the whole test file. A hidden topic
counts as found if one of the first ten candidates holds at least half of its contacts and
is made of it to 70 %. With nothing hidden every candidate is spurious.

Beside it, on the same embeddings: HDBSCAN over all contacts, and BERTopic if --bertopic
names a Python that has it (a line says so if not). Both get the model's help to rank their
clusters (mean doubt times size), which they do not have by themselves.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from memory import remembering_encoder
from sklearn.cluster import HDBSCAN

from cxtopics.classify import TextFeatures, TopicClassifier, TopicModel
from cxtopics.classify.vector_cache import CachingEncoder
from cxtopics.discovery import suggest_topics

ROOT = Path(__file__).parent.parent
SETS = {
    "Banking77": ("banking77", "text", "category"),
    "Bitext": ("bitext", "utterance", "intent"),
}
BERTOPIC = """
import sys, numpy as np
from bertopic import BERTopic
from umap import UMAP
given = np.load(sys.argv[1], allow_pickle=False)
found, _ = BERTopic(umap_model=UMAP(n_neighbors=15, n_components=5, min_dist=0.0,
    metric="cosine", random_state=0)).fit_transform(given["texts"].tolist(), given["vectors"])
np.save(sys.argv[2], np.array(found))
"""


def main() -> None:
    """Print one row per data set and system."""
    parser = argparse.ArgumentParser()
    default = os.environ.get("CXTOPICS_BENCHMARK_DATA", ROOT.parent / "shared" / "data")
    parser.add_argument("--data", type=Path, default=default)
    parser.add_argument("--draws", type=int, default=30)
    parser.add_argument("--first", type=int, default=1000, help="Seed of the first draw.")
    parser.add_argument("--bertopic", help="a Python with bertopic and umap-learn")
    parser.add_argument("--sets", nargs="*", default=list(SETS))
    given = parser.parse_args()
    if not (Path(given.data) / "banking77").is_dir():
        sys.exit(f"{given.data}: no banking77 there; name the folder with --data")
    encoder = remembering_encoder()
    print(f"{'data set':<11}{'system':<10}{'found':>12}{'spurious, none hidden':>24}", flush=True)
    for name in given.sets:
        folder, text, topic = SETS[name]
        train, test = (
            pd.read_csv(Path(given.data) / folder / f"{part}.csv").rename(
                columns={text: "text", topic: "topic"}
            )
            for part in ("train", "test")
        )
        test["contact_id"] = [f"c{row}" for row in range(len(test))]
        peers = _peers(test["text"], encoder, given.bertopic)
        hits: dict[str, list[int]] = {}
        spurious: dict[str, int] = {}
        for draw in range(-1, given.draws):
            hidden = _hidden(train, draw, given.first)
            model = _model(train[~train["topic"].isin(hidden)], encoder)
            for system, groups in _systems(test, model, peers).items():
                if draw < 0:
                    spurious[system] = len(groups)
                else:
                    hits.setdefault(system, []).append(_n_found(groups, test["topic"], hidden))
        for system, found in hits.items():
            share = f"{sum(found)}/{5 * len(found)}"
            print(f"{name:<11}{system:<10}{share:>12}{spurious[system]:>24}   {found}", flush=True)


def _hidden(train: pd.DataFrame, draw: int, first: int) -> list[str]:
    if draw < 0:
        return []
    topics = sorted(train["topic"].unique())
    rng = np.random.default_rng(first + draw)
    return [str(topic) for topic in rng.choice(topics, 5, replace=False)]


def _model(rows: pd.DataFrame, encoder: CachingEncoder) -> TopicModel:
    tokens = encoder.tokenise(rows["text"].tolist())
    features = TextFeatures.fit(encoder, tokens)
    # three folds are enough for the temperature
    head = TopicClassifier(n_folds=3).fit(features.full(tokens), rows["topic"].tolist())
    return TopicModel(features, head, None, None, {"n_labels": len(rows), "n_examples": 0})


def _systems(
    test: pd.DataFrame, model: TopicModel, peers: dict[str, np.ndarray]
) -> dict[str, list[np.ndarray]]:
    row_of = {contact: row for row, contact in enumerate(test["contact_id"])}
    found = suggest_topics(test[["contact_id", "text"]], model).new
    systems = {"cxtopics": [np.array([row_of[c] for c in group.contact_ids]) for group in found]}
    x = model.features.transform(test["text"].tolist())
    doubt = 1 - model.classifier.predict_proba(x).max(axis=1)
    return systems | {name: _ranked(clusters, doubt) for name, clusters in peers.items()}


def _peers(
    texts: pd.Series, encoder: CachingEncoder, bertopic: str | None
) -> dict[str, np.ndarray]:
    """Return each peer's clusters of all contacts; they do not depend on what is hidden."""
    vectors = encoder.encode(texts.tolist())
    peers = {"HDBSCAN": HDBSCAN(min_cluster_size=8, copy=True).fit_predict(vectors)}
    if bertopic:
        peers["BERTopic"] = _bertopic(bertopic, texts, vectors)
    else:
        print("BERTopic: skipped, no --bertopic", flush=True)
    return peers


def _bertopic(python: str, texts: pd.Series, vectors: np.ndarray) -> np.ndarray:
    with tempfile.TemporaryDirectory() as room:
        given, found = Path(room) / "given.npz", Path(room) / "found.npy"
        np.savez(given, texts=np.array(texts.tolist(), dtype=str), vectors=vectors)
        env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        subprocess.run([python, "-c", BERTOPIC, given, found], env=env, check=True)
        return np.load(found)


def _ranked(clusters: np.ndarray, doubt: np.ndarray) -> list[np.ndarray]:
    """Return the clusters of which the model knows too little, the most doubtful first."""
    groups = [np.flatnonzero(clusters == name) for name in np.unique(clusters) if name >= 0]
    groups = [rows for rows in groups if doubt[rows].mean() > 0.3]
    return sorted(groups, key=lambda rows: -doubt[rows].sum())


def _n_found(groups: Sequence[np.ndarray], truth: pd.Series, hidden: Sequence[str]) -> int:
    labels = truth.to_numpy()
    return sum(
        any(
            (labels[rows] == topic).mean() >= 0.7
            and (labels[rows] == topic).sum() >= 0.5 * (labels == topic).sum()
            for rows in groups[:10]
        )
        for topic in hidden
    )


if __name__ == "__main__":
    main()
