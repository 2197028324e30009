"""The first hour: from a cold-start model to the shop's own, by labelling a few contacts.

    python benchmarks/first_hour.py [--data DIR] [--seeds 3] [--sizes 50 100 200 300 500]

A model that knows only the topics file draws contacts as `review draw` does; their labels
are looked up; a model is trained on labels and topics and held against contacts it has
not seen. Beside it, a random draw of as many. Pools: abcd itself (tested on the rest of
it), Bitext's and curekart's training files (tested on their test files).
"""

from __future__ import annotations

import argparse
import os
import sys
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
}


def main() -> None:
    """Print one row per data set and number of labels."""
    parser = argparse.ArgumentParser()
    default = os.environ.get("CXTOPICS_BENCHMARK_DATA", ROOT.parent / "shared" / "data")
    parser.add_argument("--data", type=Path, default=default)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--sizes", type=int, nargs="*", default=[50, 100, 200, 300, 500])
    given = parser.parse_args()
    data = Path(given.data)
    if not (data / "label_map.csv").is_file():
        sys.exit(f"{data}: no label_map.csv there; name the folder with --data")
    encoder = remembering_encoder()
    taxonomy = load_taxonomy(ROOT / "topics" / "ecommerce.yaml")
    cold = train([], [], taxonomy, encoder)
    print(f"{'data set':<16}{'labels':>7}{'random':>16}{'review draw':>16}{'topics found':>16}")
    for name, (pool_file, test_file, text, label) in SETS.items():
        pool = _mapped(data, pool_file, name, text, label)
        test = _mapped(data, test_file, name, text, label) if test_file else None
        print(f"{name:<16}{0:>7}{_accuracy(cold, pool if test is None else test):>16.1%}")
        for n in given.sizes:
            if n >= len(pool) * 0.75:
                continue
            scores: dict[str, list[float]] = {"random": [], "review": [], "topics": []}
            for seed in range(given.seeds):
                sheet = draw_review(pool, cold, n, redacted=False, seed=seed)
                ids = sheet["contact_id"].tolist()
                anyone = np.random.default_rng(seed).permutation(len(pool))[: len(ids)]
                for how, chosen in (("review", ids), ("random", pool["contact_id"].iloc[anyone])):
                    drawn = pool["contact_id"].isin(chosen)
                    own = pool[drawn]
                    model = train(own["text"].tolist(), own["topic"].tolist(), taxonomy, encoder)
                    scores[how].append(_accuracy(model, pool[~drawn] if test is None else test))
                    if how == "review":
                        scores["topics"].append(own["topic"].nunique() / pool["topic"].nunique())
            print(
                f"{name:<16}{n:>7}"
                + "".join(f"{np.mean(x):>11.1%} ±{np.std(x) * 100:>3.1f}" for x in scores.values()),
                flush=True,
            )


def train(
    texts: list[str], topics: list[str], taxonomy: Taxonomy, encoder: CachingEncoder
) -> TopicModel:
    """Return a model as `train_model` makes it, without writing it."""
    examples = [(text, topic.id) for topic in taxonomy for text in (topic.label, *topic.examples)]
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
