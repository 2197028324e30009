"""Accuracy of a model that has seen the topics' examples only, and no shop.

    python benchmarks/cold_start.py [--data DIR] [--counts]

Three labelled data sets stand in for new shops; `label_map.csv` maps their labels to the
topics. Beside the model: the nearest topic by name and description alone, which is what a
taxonomy without examples would give, and its linear head without the nearest example.
Nothing here is trained on these data. `--counts` prints instead how many true counts by topic lie
in the intervals that a report gives a cold start's counts.

The data are not part of the project: --data, or $CXTOPICS_BENCHMARK_DATA, names a folder
with `label_map.csv`, `abcd/`, `bitext/` and `hint3_curekart/`.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from copy import copy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from cxtopics.classify import OnnxEncoder, TopicModel, load_model
from cxtopics.classify.export import export_encoder
from cxtopics.measure.counting import ABSTAINED
from cxtopics.measure.intervals import garwood, wilson
from cxtopics.measure.prevalence.cold_start import widen_counts
from cxtopics.taxonomy import Taxonomy, load_taxonomy
from cxtopics.training import LabelledTexts, evaluate_model, train_model

ROOT = Path(__file__).parent.parent
SETS = {  # data set: file, text column, label column, goal
    "abcd": ("abcd/utterances_labelled.csv", "text", "intent", 0.80),
    "bitext": ("bitext/test.csv", "utterance", "intent", 0.72),
    "hint3_curekart": ("hint3_curekart/test.csv", "sentence", "label", 0.50),
}


def main() -> None:
    """Print one row per data set."""
    data = data_folder("label_map.csv")
    taxonomy = load_taxonomy(ROOT / "topics" / "ecommerce.yaml")
    with tempfile.TemporaryDirectory() as room:
        train_model(Path(room) / "cold", taxonomy=taxonomy)
        model = load_model(Path(room) / "cold")
    map_ = pd.read_csv(data / "label_map.csv")
    print(
        f"{'data set':<16}{'n':>6}{'by name':>9}{'linear':>9}{'cold start':>12}  {'95 %':<13}"
        f"{'goal':>6}{'coverage':>10}{'covered':>9}{'ECE':>7}"
    )
    for name, (file, text, label, goal) in SETS.items():
        labels = _mapped(data / file, text, label, map_[map_["dataset"] == name])
        if "--counts" in sys.argv:
            _counts(name, model, labels)
            continue
        found = evaluate_model(model, labels, out_of_scope="(none)")
        linear = evaluate_model(_linear(model), labels, out_of_scope="(none)")
        print(
            f"{name:<16}{found.n:>6}{_by_name(taxonomy, labels):>9.1%}"
            f"{linear.accuracy:>9.1%}{found.accuracy:>12.1%}"
            f"  {found.accuracy_low:.1%}-{found.accuracy_high:.1%}"
            f"{goal:>6.0%}{found.coverage:>10.1%}{found.accuracy_covered:>9.1%}"
            f"{found.expected_calibration_error:>7.3f}"
        )


def _counts(name: str, model: TopicModel, labels: LabelledTexts) -> None:
    """Print how many true counts lie in the interval of a cold start's counts."""
    predictions = model.predict(labels.texts)
    rows = [*model.classes, ABSTAINED]
    told = predictions.sure(model.classifier.thresholds)
    tags = np.where(told, predictions.probabilities.argmax(axis=1), len(model.classes))
    truth = np.searchsorted(model.classes, labels.topics)
    rng = np.random.default_rng(0)
    for size in (100, 300):
        chance, held, of_five = [], [], []
        for _ in range(50):
            drawn = rng.choice(len(truth), size, replace=False)
            true = np.bincount(truth[drawn], minlength=len(rows))
            count = np.bincount(tags[drawn], minlength=len(rows))
            plain = garwood(count)
            wide = widen_counts(plain, count[-1], rows)
            for band, kept in ((plain, chance), (wide, held)):
                kept.append(((true >= band.low) & (true <= band.high))[:-1])
            of_five.append(held[-1][true[:-1] >= 5])
        shares = (np.mean(chance), np.mean(held), np.mean(np.concatenate(of_five)))
        print(f"{name:<16}{size:>5} contacts: chance alone {shares[0]:.1%}, as wide as told "
              f"{shares[1]:.1%}, of topics with 5 and more {shares[2]:.1%}")  # fmt: skip


def _linear(model: TopicModel) -> TopicModel:
    """Return the model without the comparison with single examples."""
    head = copy(model.classifier)
    head.head_ = replace(head.head_, nearest_weight=0.0)
    return replace(model, classifier=head)


def data_folder(wanted: str) -> Path:
    """Return the folder with the benchmark data; leave the program where it is missing."""
    parser = argparse.ArgumentParser(description="Benchmarks on data that are not part of it.")
    default = os.environ.get("CXTOPICS_BENCHMARK_DATA", ROOT.parent / "shared" / "data")
    parser.add_argument("--data", type=Path, default=default)
    data = Path(parser.parse_known_args()[0].data)
    if not (data / wanted).is_file():
        sys.exit(f"{data}: no {wanted} there; name the folder with --data")
    return data


def _mapped(path: Path, text: str, label: str, map_: pd.DataFrame) -> LabelledTexts:
    """Return the contacts whose label is mapped to a topic."""
    table = pd.read_csv(path)
    topics = table[label].map(dict(zip(map_["label"], map_["topic"], strict=True)))
    kept = topics.notna()
    return LabelledTexts(tuple(table.loc[kept, text]), tuple(topics[kept]))


def _by_name(taxonomy: Taxonomy, labels: LabelledTexts) -> float:
    """Accuracy of the nearest topic by its label and description."""
    encoder = OnnxEncoder(export_encoder())
    topics = encoder.encode([f"{topic.label} {topic.description}" for topic in taxonomy])
    ids = np.array([topic.id for topic in taxonomy])
    said = ids[(encoder.encode(labels.texts) @ topics.T).argmax(axis=1)]
    return float(wilson((said == np.array(labels.topics)).sum(), len(labels)).value)


if __name__ == "__main__":
    main()
