"""The first hour: from a cold-start model to the shop's own, by labelling a few contacts.

    python benchmarks/first_hour.py [--data DIR] [--seeds 3] [--sizes 50 100 200 300 500] [--sets S]

A model that knows only the topics file draws contacts as `review draw` does; their labels
are looked up; a model is trained on labels and topics and held against contacts it has
not seen. Beside it, a random draw of as many. Pools: abcd itself (tested on the rest of
it), Bitext's and curekart's training files (tested on their test files). Banking77's topics
are in no topics file: there the first 100 labels are drawn at random, for both, and the model
that they make draws the rest.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from memory import remembering_encoder

from cxtopics.classify import TextFeatures, TopicClassifier, TopicModel
from cxtopics.classify.classifier import EXAMPLE_WEIGHT
from cxtopics.classify.vector_cache import CachingEncoder
from cxtopics.review import draw_review
from cxtopics.taxonomy import Taxonomy, load_taxonomy

ROOT = Path(__file__).parent.parent
SETS = {  # data set: files of pool and test, columns of text and label
    "abcd": ("abcd/utterances_labelled.csv", None, "text", "intent"),
    "bitext": ("bitext/train.csv", "bitext/test.csv", "utterance", "intent"),
    "hint3_curekart": (
        "hint3_curekart/train.csv",
        "hint3_curekart/test.csv",
        "sentence",
        "label",
    ),
    "banking77": ("banking77/train.csv", "banking77/test.csv", "text", "category"),
}
_START = 100  # labels of a data set without a topics file


def main() -> None:
    """Print one row per data set and number of labels."""
    parser = argparse.ArgumentParser()
    default = os.environ.get("CXTOPICS_BENCHMARK_DATA", ROOT.parent / "shared" / "data")
    parser.add_argument("--data", type=Path, default=default)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--sizes", type=int, nargs="*", default=[50, 100, 200, 300, 500])
    parser.add_argument("--sets", nargs="*", default=list(SETS))
    given = parser.parse_args()
    data = Path(given.data)
    if not (data / "label_map.csv").is_file():
        sys.exit(f"{data}: no label_map.csv there; name the folder with --data")
    encoder = remembering_encoder()
    ecommerce = load_taxonomy(ROOT / "topics" / "ecommerce.yaml")
    print(f"{'data set':<16}{'labels':>7}{'random':>16}{'review draw':>16}{'topics found':>16}")
    for name in given.sets:
        pool_file, test_file, text, label = SETS[name]
        pool = _read(data, pool_file, name, text, label)
        test = _read(data, test_file, name, text, label) if test_file else None
        taxonomy = None if name == "banking77" else ecommerce
        cold = train([], [], taxonomy, encoder) if taxonomy else None
        if cold:
            print(f"{name:<16}{0:>7}{_accuracy(cold, pool if test is None else test):>16.1%}")
        for n in given.sizes:
            if _START * (taxonomy is None) >= n or n >= len(pool) * 0.75:
                continue
            scores: dict[str, list[float]] = {"random": [], "review": [], "topics": []}
            for seed in range(given.seeds):
                for how, drawn in _draws(pool, n, seed, cold, encoder):
                    own, rest = pool[drawn], pool[~drawn] if test is None else test
                    model = train(own["text"].tolist(), own["topic"].tolist(), taxonomy, encoder)
                    scores[how].append(_accuracy(model, rest))
                    if how == "review":
                        scores["topics"].append(own["topic"].nunique() / pool["topic"].nunique())
            print(
                f"{name:<16}{n:>7}"
                + "".join(f"{np.mean(x):>11.1%} ±{np.std(x) * 100:>3.1f}" for x in scores.values()),
                flush=True,
            )


def _draws(
    pool: pd.DataFrame, n: int, seed: int, cold: TopicModel | None, encoder: CachingEncoder
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield which contacts a review draw of `n` labels, and a random one of as many."""
    order = np.random.default_rng(seed).permutation(len(pool))
    first = pool.iloc[order[: 0 if cold else _START]]
    model = cold or train(first["text"].tolist(), first["topic"].tolist(), None, encoder)
    known = None if cold else first
    sheet = draw_review(pool, model, n - len(first), known=known, redacted=False, seed=seed)
    ids = {*first["contact_id"], *sheet["contact_id"]}
    anyone = set(pool["contact_id"].iloc[order[: len(ids)]])
    for how, chosen in (("review", ids), ("random", anyone)):
        yield how, pool["contact_id"].isin(chosen).to_numpy()


def train(
    texts: list[str], topics: list[str], taxonomy: Taxonomy | None, encoder: CachingEncoder
) -> TopicModel:
    """Return a model as `train_model` makes it, without writing it."""
    examples = [
        (text, topic.id) for topic in taxonomy or () for text in (topic.label, *topic.examples)
    ]
    all_texts = [*texts, *(text for text, _ in examples)]
    scale, penalty = (1.5, 3.0) if texts else (1.0, 1.0)
    tokens = encoder.tokenise(all_texts)
    features = TextFeatures.fit(encoder, tokens)
    # two folds are enough for the temperature; accuracy does not depend on it
    weights = np.array([1.0] * len(texts) + [EXAMPLE_WEIGHT] * len(examples)) if texts else None
    head = TopicClassifier(penalty, scale, n_folds=2).fit(
        features.full(tokens), [*topics, *(topic for _, topic in examples)], weights=weights
    )
    details = {"n_labels": len(texts), "n_examples": len(examples)}
    return TopicModel(features, head, None, taxonomy, details)


def _read(data: Path, file: str, name: str, text: str, label: str) -> pd.DataFrame:
    if name != "banking77":
        return _mapped(data, file, name, text, label)
    table = pd.read_csv(data / file).rename(columns={text: "text", label: "topic"})
    return table.assign(contact_id=[f"c{row}" for row in table.index])


def _mapped(data: Path, file: str, name: str, text: str, label: str) -> pd.DataFrame:
    map_ = pd.read_csv(data / "label_map.csv")
    map_ = map_[map_["dataset"] == name]
    table = pd.read_csv(data / file)
    topics = table[label].map(dict(zip(map_["label"], map_["topic"], strict=True)))
    kept = pd.DataFrame({"text": table[text], "topic": topics}).dropna().reset_index(drop=True)
    return kept.assign(contact_id=[f"c{row}" for row in kept.index])


def _accuracy(model: TopicModel, contacts: pd.DataFrame) -> float:
    said = model.classifier.predict(model.features.transform(contacts["text"].tolist()))
    return float((said == contacts["topic"].to_numpy()).mean())


if __name__ == "__main__":
    main()
