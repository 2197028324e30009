"""Accuracy, calibration and abstention of models trained on labels, beside their peers.

    python benchmarks/labelled.py [--data DIR] [--shots]

Banking77 (77 topics, clean), HINT3 curekart (28 topics of a real shop, whose test file is
more than half out of scope; v2 labels) and Bitext (27, written from templates). `--shots`
takes 5 and 10 examples a topic of Banking77 instead, five draws each. Peers, on the same
files with the same encoder: what one would write without this project
(`SentenceTransformer.encode` and `LogisticRegression` with their defaults), word TF-IDF
with `LinearSVC`, and, where they are installed (`pip install setfit "model2vec[distill]"`),
model2vec (distilled table and `LogisticRegression`) and, for the first draw of 5
examples a topic, SetFit (two pairs of each kind a text, one epoch: five minutes on one core; on
all labels it would take a day). Nothing is tuned on the test files.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np
from cold_start import data_folder

from cxtopics.classify import EFFORTS
from cxtopics.classify.export import DEFAULT_ENCODER, _find_source
from cxtopics.training import LabelledTexts, evaluate_model, read_labels, train_model

SETS = {  # data set: folder, columns of text and topic, label of what is out of scope
    "Banking77": ("banking77", "text", "category", "(none)"),
    "curekart": ("hint3_curekart", "sentence", "label", "NO_NODES_DETECTED"),
    "Bitext": ("bitext", "utterance", "intent", "(none)"),
}


def main() -> None:
    """Print one row per data set and system."""
    data = data_folder("banking77/train.csv")
    head = ("accuracy", "95 %", "coverage", "covered", "ECE", "AUROC", "MCC", "encoder", "train s")
    print(f"{'data set':<11}{'system':<20}" + "".join(f"{name:>12}" for name in head))
    shots = "--shots" in sys.argv
    for name in ["Banking77"] if shots else SETS:
        train, test = read(data, name)
        if shots:
            for n in (5, 10):
                _few_shots(name, n, train, test)
            continue
        for system, cells in _own(train, test, SETS[name][3]):
            _row(name, system, *cells)
        for system, peer in peers():
            start = time.perf_counter()
            share = _in_scope(peer, train, test, SETS[name][3])
            _row(name, system, f"{share:.2%}", *"-------", f"{time.perf_counter() - start:.0f}")


def read(data: Path, name: str) -> tuple[LabelledTexts, LabelledTexts]:
    """Return the training and the test file of a data set."""
    folder, text, topic, _ = SETS[name]
    train, test = (
        read_labels([data / folder / file], text_column=text, topic_column=topic)
        for file in ("train.csv", "test.csv")
    )
    return train, test


def _own(
    train: LabelledTexts, test: LabelledTexts, outside: str
) -> Iterator[tuple[str, tuple[str, ...]]]:
    with tempfile.TemporaryDirectory() as room:
        start = time.perf_counter()
        model = train_model(Path(room) / "model", labels=train)
        seconds = time.perf_counter() - start
        for effort in EFFORTS:
            found = evaluate_model(model, test, out_of_scope=outside, effort=effort)
            scope = (f"{found.oos_auroc:.3f}", f"{found.mcc:.3f}") if found.mcc else ("-", "-")
            yield (
                f"cxtopics {effort}",
                (
                    f"{found.accuracy:.2%}",
                    f"{found.accuracy_low:.1%}-{found.accuracy_high:.1%}",
                    f"{found.coverage:.1%}",
                    f"{found.accuracy_covered:.1%}",
                    f"{found.expected_calibration_error:.3f}",
                    *scope,
                    f"{1 - found.share_by_light:.0%}",
                    f"{seconds:.0f}",
                ),
            )


def _few_shots(name: str, n: int, train: LabelledTexts, test: LabelledTexts) -> None:
    """Print the mean over five draws of n examples a topic."""
    texts, topics = np.array(train.texts), np.array(train.topics)
    scores: dict[str, list[float]] = {}
    for seed in range(5):
        rng = np.random.default_rng(seed)
        rows = np.concatenate(
            [rng.permutation(np.flatnonzero(topics == topic))[:n] for topic in np.unique(topics)]
        )
        few = LabelledTexts(tuple(texts[rows]), tuple(topics[rows]))
        with tempfile.TemporaryDirectory() as room:
            model = train_model(Path(room) / "model", labels=few)
            scores.setdefault("cxtopics best", []).append(
                evaluate_model(model, test, effort="best").accuracy
            )
        tried = list(peers())
        if n == 5 and seed == 0 and importlib.util.find_spec("setfit"):
            tried.append(("SetFit", SetFit()))
        for system, peer in tried:
            scores.setdefault(system, []).append(_in_scope(peer, few, test, "(none)"))
    for system, found in scores.items():
        spread = f"{np.std(found):.2%} x{len(found)}"
        _row(f"{name[:8]} {n}", system, f"{np.mean(found):.2%}", spread, *"-------")


def _in_scope(peer: Peer, train: LabelledTexts, test: LabelledTexts, outside: str) -> float:
    topics = np.array(test.topics)
    said = peer(list(train.texts), list(train.topics), list(test.texts))
    return float((said == topics)[topics != outside].mean())


class Peer(Protocol):
    """Something that learns from texts with topics and names the topics of others."""

    def __call__(self, texts: list[str], topics: list[str], new: list[str]) -> np.ndarray:
        """Return the topics of `new`."""


class Naive:
    """SentenceTransformer.encode + LogisticRegression, defaults (max_iter until it converges)."""

    def __init__(self) -> None:
        from sentence_transformers import SentenceTransformer

        self.encoder = SentenceTransformer(str(_find_source(DEFAULT_ENCODER)), device="cpu")

    def __call__(self, texts: list[str], topics: list[str], new: list[str]) -> np.ndarray:
        """Return the topics of `new`."""
        from sklearn.linear_model import LogisticRegression

        head = LogisticRegression(max_iter=1000).fit(self.encoder.encode(texts), topics)
        return np.asarray(head.predict(self.encoder.encode(new)))


class Words:
    """TF-IDF of words + LinearSVC, defaults."""

    def __call__(self, texts: list[str], topics: list[str], new: list[str]) -> np.ndarray:
        """Return the topics of `new`."""
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.pipeline import make_pipeline
        from sklearn.svm import LinearSVC

        return np.asarray(
            make_pipeline(TfidfVectorizer(), LinearSVC()).fit(texts, topics).predict(new)
        )


class Model2Vec:
    """model2vec's distillation of the same encoder + LogisticRegression."""

    def __init__(self) -> None:
        from model2vec.distill import distill  # type: ignore[import-not-found]

        self.encoder = distill(str(_find_source(DEFAULT_ENCODER)), device="cpu")

    def __call__(self, texts: list[str], topics: list[str], new: list[str]) -> np.ndarray:
        """Return the topics of `new`."""
        from sklearn.linear_model import LogisticRegression

        head = LogisticRegression(max_iter=1000).fit(self.encoder.encode(texts), topics)
        return np.asarray(head.predict(self.encoder.encode(new)))


class SetFit:
    """SetFit on the same encoder (Tunstall et al. 2022), defaults but for the number of pairs."""

    def __call__(self, texts: list[str], topics: list[str], new: list[str]) -> np.ndarray:
        """Return the topics of `new`."""
        from datasets import Dataset  # type: ignore[import-not-found]
        from setfit import SetFitModel, Trainer, TrainingArguments  # type: ignore[import-not-found]

        model = SetFitModel.from_pretrained(str(_find_source(DEFAULT_ENCODER)), device="cpu")
        with tempfile.TemporaryDirectory() as room:
            arguments = TrainingArguments(
                output_dir=room, num_iterations=2, num_epochs=1, report_to="none"
            )
            data = Dataset.from_dict({"text": texts, "label": topics})
            Trainer(model=model, args=arguments, train_dataset=data).train()
        return np.asarray(model.predict(new))


@cache
def peers() -> tuple[tuple[str, Peer], ...]:
    """Return the peers that are installed."""
    found: list[tuple[str, Peer]] = [("naive", Naive()), ("TF-IDF + LinearSVC", Words())]
    if importlib.util.find_spec("model2vec"):
        found.append(("model2vec", Model2Vec()))
    return tuple(found)


def _row(name: str, system: str, *cells: str) -> None:
    print(f"{name:<11}{system:<20}" + "".join(f"{cell:>12}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
