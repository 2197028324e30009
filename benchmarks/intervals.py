"""Do the intervals hold? Months of 5,000 contacts replayed from labelled test data.

    python benchmarks/intervals.py [--data DIR] [--months 30] [--sets banking77,bitext,curekart]

A set of one's own: `--sets NAME=FOLDER`, where FOLDER holds train.csv and test.csv with the
columns `text` and `topic`.

Each month draws a random topic mix and resamples test texts; what people would answer in
an audit is the published label. Scenarios: only the mix changes (`mix`); three topics that
the model never saw make up 3 % (`unseen`; in curekart, what its publisher calls out of
scope, 20 %); within every topic the wording moves along the first principal component of
its embeddings (`drift`); and `mix` with scores made far too sure of themselves (`sure`).
Models are trained on the train files, with all labels and with 12 a topic. Nothing is
tuned on the test files, and curekart was not looked at while the method was made.

"Plain" is a random audit of the same size with the width and error that theory gives it:
sd = sqrt(p (1 - p) / n (1 - n / N)), half-width 1.96 sd, mean absolute error 0.798 sd.
Topic-months with at least 5 contacts count. Models are those that `cxtopics train` makes,
and texts are tagged with the default effort; both are kept in the temporary folder until
the code that makes them changes.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

import cxtopics
from cxtopics.classify import load_model
from cxtopics.measure.combining import add_chance
from cxtopics.measure.estimate import Band
from cxtopics.measure.prevalence.audit_design import inclusion_probabilities, systematic_draw
from cxtopics.measure.prevalence.customer_estimates import clustering, estimate_customers
from cxtopics.measure.prevalence.topic_estimates import AuditSample, TopicEstimates, estimate_topics
from cxtopics.measure.prevalence.topic_scores import Population, TopicScores, scores_of_vectors
from cxtopics.measure.rates.changes import estimated_changes
from cxtopics.training import LabelledTexts, train_model

ROOT = Path(__file__).parent.parent
SETS = {  # data set: train, test, column of text, of topic, label of what is out of scope
    "banking77": ("banking77/train.csv", "banking77/test.csv", "text", "category", None),
    "bitext": ("bitext/train.csv", "bitext/test.csv", "utterance", "intent", None),
    "curekart": (
        "hint3_curekart/train.csv",
        "hint3_curekart/test.csv",
        "sentence",
        "label",
        "NO_NODES_DETECTED",
    ),
}
N_MONTH, SIZES, FEW = 5000, (200, 500, 1000), 12


@dataclass(frozen=True)
class Replay:
    """A model and the test texts that months are made of.

    Attributes
    ----------
    scores
        Of the test texts.
    truth
        Their labels; `foreign` are those that the model never saw.
    place
        Rank of each text along its topic's first principal component, 0-1.
    """

    scores: TopicScores
    truth: np.ndarray
    foreign: tuple[str, ...]
    place: np.ndarray


@dataclass(frozen=True)
class Month:
    """A month: its scores, the true column and the customer of each contact, counted shares."""

    population: Population
    codes: np.ndarray
    customers: np.ndarray
    counted: np.ndarray


def main() -> None:
    """Print the tables."""
    options = _options()
    without: dict[str, list[_MixCell]] = {}
    for name in (item.partition("=")[0] for item in options.sets.split(",")):
        for few in (True, False) if name != "curekart" else (False,):
            labels = f"{FEW} labels a topic" if few else "all labels"
            whole = _load(options.data, name, few, hide=False)
            hidden = _load(options.data, name, few, hide=True)
            accuracy = _accuracy(whole)
            print(f"\n{name}, {labels}, accuracy {accuracy:.1%}, {options.months} months a cell")
            for scenario, cell in _print_audits(whole, hidden, options.months).items():
                if name != "curekart":
                    without.setdefault(scenario, []).append(cell)
            _print_rates(whole, options.months)
    print("\nwithout an audit, all models but curekart's: mean error of a share, in points")
    for scenario, cells in without.items():
        emq, counted = (
            100 * np.concatenate([getattr(cell, part) for cell in cells]).mean()
            for part in ("error", "counted")
        )
        print(f"{scenario:<10} EMQ {emq:.3f}, counting {counted:.3f}: {emq / counted:.2f}x")


def _print_audits(whole: Replay, hidden: Replay, n_months: int) -> dict[str, _MixCell]:
    head = ("audit", "covered", "5-24", "25-99", "100+", "width", "error", "EMQ error", "EMQ cov.")
    print(f"{'scenario':<10}" + "".join(f"{name:>11}" for name in head))
    every: dict[int, list[np.ndarray]] = {n: [] for n in SIZES}
    without: dict[str, _MixCell] = {}
    others: list[str] = []
    for scenario in ("mix", "unseen", "drift", "sure"):
        cells = {n: _Cell() for n in SIZES}
        mix = without.setdefault(scenario, _MixCell())
        for month in range(n_months):
            rng = np.random.default_rng([month, len(scenario)])
            replay = hidden if scenario == "unseen" else whole
            made = _month(replay, scenario, rng)
            mix.add(made)
            for n in SIZES:
                cells[n].add(made, n, rng)
        for n in SIZES:
            every[n].append(cells[n].hits())
            if scenario == "unseen":
                others.append(f"{np.mean(cells[n].others):.1%} ({n:,})")
            tail = mix.row() if n == SIZES[0] else ""
            print(f"{scenario:<10}{n:>11,}{cells[n].row()}{tail}", flush=True)
    all_hits = np.concatenate([hits for n in SIZES for hits in every[n]])
    print(f"{'all':<10}{'':>11}{all_hits.mean():>11.1%}  of {len(all_hits):,} topic-months")
    print(f"the share of all unseen topics covered: {', '.join(others)}")
    return without


class _Cell:
    """Results of one scenario and audit size."""

    def __init__(self) -> None:
        self.rows: list[tuple[np.ndarray, ...]] = []
        self.others: list[bool] = []

    def add(self, month: Month, n: int, rng: np.random.Generator) -> None:
        population, codes = month.population, month.codes
        found = _audited(population, codes, n, rng)
        counts = np.bincount(codes, minlength=len(population.topics))
        share = counts / len(codes)
        kept = (counts >= 5) & (share < 1)
        band = found.share
        hit = (band.low <= share + 1e-12) & (share <= band.high + 1e-12)
        self.others.append(bool(hit[-1]))
        plain = np.sqrt(share * (1 - share) / n * (1 - n / len(codes)))
        rows = (counts, hit, band.high - band.low, abs(band.value - share), plain)
        self.rows.append(tuple(row[kept] for row in rows))

    def hits(self) -> np.ndarray:
        return np.concatenate([row[1] for row in self.rows])

    def row(self) -> str:
        counts, hit, width, error, plain = (
            np.concatenate(part) for part in zip(*self.rows, strict=True)
        )
        sizes = [(counts >= a) & (counts < b) for a, b in ((5, 25), (25, 100), (100, 10**9))]
        cover = "".join(f"{hit[kept].mean() if kept.any() else np.nan:>11.1%}" for kept in sizes)
        ratios = (width.mean() / (2 * 1.96 * plain.mean()), error.mean() / (0.798 * plain.mean()))
        return f"{hit.mean():>11.1%}{cover}" + "".join(f"{ratio:>10.2f}x" for ratio in ratios)


class _MixCell:
    """EMQ without an audit, against classify-and-count."""

    def __init__(self) -> None:
        self.hit: list[np.ndarray] = []
        self.error: list[float] = []
        self.counted: list[float] = []

    def add(self, month: Month) -> None:
        population, codes = month.population, month.codes
        found = estimate_topics(population)
        assert found is not None
        counts = np.bincount(codes, minlength=len(population.topics))[:-1]
        share, band = counts / len(codes), found.share
        hit = (band.low[:-1] <= share + 1e-12) & (share <= band.high[:-1] + 1e-12)
        self.hit.append(hit[counts >= 5])
        self.error.append(float(abs(band.value[:-1] - share).mean()))
        self.counted.append(float(abs(month.counted[:-1] - share).mean()))

    def row(self) -> str:
        ratio = np.mean(self.error) / np.mean(self.counted)
        return f"{ratio:>10.2f}x{np.concatenate(self.hit).mean():>11.1%}"


def _audited(
    population: Population, codes: np.ndarray, n: int, rng: np.random.Generator
) -> TopicEstimates:
    pi = inclusion_probabilities(population.scores, n)
    drawn = systematic_draw(population.scores, pi, rng)
    found = estimate_topics(population, AuditSample(pi, drawn, codes[drawn]))
    assert found is not None
    return found


def _month(replay: Replay, scenario: str, rng: np.random.Generator) -> Month:
    """Return 5,000 contacts of a random mix."""
    names = [name for name in np.unique(replay.truth) if name not in replay.foreign]
    weight = np.exp(rng.standard_normal(len(names)))
    weight /= weight.sum()
    if scenario == "unseen" and replay.foreign:
        part = 0.03 if len(replay.foreign) > 1 else 0.2
        strange = part * rng.dirichlet(np.ones(len(replay.foreign)))
        names, weight = [*names, *replay.foreign], np.append((1 - part) * weight, strange)
    rows = []
    for name, count in zip(names, rng.multinomial(N_MONTH, weight), strict=True):
        own = np.flatnonzero(replay.truth == name)
        pull = np.exp(2 * replay.place[own]) if scenario == "drift" else np.ones(len(own))
        rows.append(rng.choice(own, count, p=pull / pull.sum()))
    chosen = rng.permutation(np.concatenate(rows))
    scores = replay.scores.take(chosen)
    counted = np.bincount(scores.probabilities.argmax(axis=1), minlength=len(scores.classes))
    if scenario == "sure":
        sharp = scores.probabilities**3
        scores = replace(scores, probabilities=sharp / sharp.sum(axis=1, keepdims=True))
    population = scores.population(np.ones(len(chosen), dtype=bool))
    place = {topic: column for column, topic in enumerate(population.topics)}
    codes = np.array([place.get(name, len(place) - 1) for name in replay.truth[chosen]])
    shares = np.append(counted, 0)[: len(population.topics)] / len(chosen)
    return Month(population, codes, _customers(codes, rng), shares)


def _customers(codes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Give a fifth of the contacts to a customer who wrote before, half of them on the topic."""
    who = np.arange(len(codes))
    for row in np.flatnonzero(rng.random(len(codes)) < 0.2):
        same = rng.random() < 0.5
        near = np.flatnonzero(codes == codes[row]) if same else np.arange(len(codes))
        who[row] = who[rng.choice(near)]
    return who


def _print_rates(replay: Replay, n_months: int) -> None:
    """Print customers by topic, and months against months, for audits of 500."""
    hits, differences, wrong, called = [], [], [], []
    before = None
    for month in range(n_months):
        rng = np.random.default_rng([month, 77])
        made = _month(replay, "mix", rng)
        population, codes, who = made.population, made.codes, made.customers
        found = _audited(population, codes, 500, rng)
        counts = np.bincount(codes, minlength=len(population.topics))
        band = estimate_customers(population.scores, who, found)
        pairs = np.unique(np.column_stack([codes, who]), axis=0)[:, 0]
        people = np.bincount(pairs, minlength=len(counts))
        hits.append(((band.low <= people + 1e-9) & (people <= band.high + 1e-9))[counts >= 5])
        n = len(codes)
        now = Band(*(end * n for end in found.share))
        chance = add_chance(now, clustering(population.scores, who))
        if before is not None:
            change = estimated_changes(before[0], chance, pd.Index(population.topics))
            true = counts - before[1]
            kept = (counts >= 5) & (before[1] >= 5)
            inside = (change["difference_low"] <= true) & (true <= change["difference_high"])
            significant = change["q_value"].to_numpy() < 0.05
            differences.append(inside.to_numpy()[kept])
            called.append(significant[kept])
            opposite = np.sign(change["difference"].to_numpy()) != np.sign(true)
            wrong.append((significant & opposite)[kept])
        before = (chance, counts)
    share = [np.concatenate(part).mean() for part in (hits, differences, called, wrong)]
    print(
        f"audits of 500: customers by topic covered {share[0]:.1%}; month over month covered "
        f"{share[1]:.1%}, called a change {share[2]:.1%}, with the wrong sign {share[3]:.2%}"
    )


def _accuracy(replay: Replay) -> float:
    known = np.isin(replay.truth, replay.scores.classes)
    said = np.array(replay.scores.classes)[replay.scores.probabilities.argmax(axis=1)]
    return float((said == replay.truth)[known].mean())


def _load(data: Path, name: str, few: bool, *, hide: bool) -> Replay:
    """Train, and score the test file."""
    train, test, text, topic, outside = SETS[name]
    learnt, asked = (
        pd.read_csv(data / file).dropna(subset=[text, topic]) for file in (train, test)
    )
    foreign: list[str] = [outside] if outside and hide else []
    if outside and not hide:
        asked = asked[asked[topic] != outside]
    if hide and not outside:
        topics = sorted(learnt[topic].unique())
        foreign = sorted(np.random.default_rng(0).choice(topics, 3, replace=False))
        learnt = learnt[~learnt[topic].isin(foreign)]
    if few:
        learnt = learnt.groupby(topic).sample(FEW, random_state=1)
    labels = LabelledTexts(tuple(learnt[text].astype(str)), tuple(learnt[topic].astype(str)))
    scores, vectors = _scored(labels, asked[text].astype(str).tolist())
    truth = asked[topic].to_numpy(str)
    return Replay(scores, truth, tuple(map(str, foreign)), _places(vectors, truth))


def _scored(labels: LabelledTexts, asked: list[str]) -> tuple[TopicScores, np.ndarray]:
    """Return what `train` and `tag` make of the texts, and their vectors."""
    room = Path(tempfile.gettempdir()) / "cxtopics-intervals" / _key(labels, asked)
    kept = room / "asked.npz"
    if not kept.exists():
        model = train_model(room / "model", labels=labels)
        vectors = model.features.full(model.features.encoder.tokenise(asked)).vectors
        np.savez(kept, probabilities=model.predict(asked).probabilities, vectors=vectors)
    found, model = np.load(kept), load_model(room / "model")
    about = {"classes": model.classes, **model.details["estimation"]}
    return scores_of_vectors(found["probabilities"], about), found["vectors"]


def _key(labels: LabelledTexts, asked: list[str]) -> str:
    """Return a name for texts and the code that makes a model of them: either new, both new."""
    package = Path(cxtopics.__file__).parent
    made_by = [*sorted(package.glob("classify/*.py")), package / "training.py"]
    made_by += [package / "measure" / name for name in ("emq.py", "prevalence_error.py")]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in made_by))
    digest.update("\0".join([*labels.texts, *labels.topics, *asked]).encode())
    return digest.hexdigest()[:16]


def _places(vectors: np.ndarray, truth: np.ndarray) -> np.ndarray:
    places = np.zeros(len(truth))
    for name in np.unique(truth):
        own = np.flatnonzero(truth == name)
        centred = vectors[own] - vectors[own].mean(axis=0)
        _, _, axes = np.linalg.svd(centred, full_matrices=False)
        places[own] = np.argsort(np.argsort(centred @ axes[0])) / len(own)
    return places


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Replays of the intervals.")
    default = os.environ.get("CXTOPICS_BENCHMARK_DATA", ROOT.parent / "shared" / "data")
    parser.add_argument("--data", type=Path, default=Path(default))
    parser.add_argument("--months", type=int, default=30)
    parser.add_argument("--sets", default=",".join(SETS))
    options = parser.parse_args()
    for name, _, folder in (item.partition("=") for item in options.sets.split(",")):
        if folder:
            files = (str(Path(folder).resolve() / f"{part}.csv") for part in ("train", "test"))
            SETS[name] = (*files, "text", "topic", None)
    if not (options.data / "banking77" / "train.csv").is_file():
        sys.exit(f"{options.data}: no banking77/train.csv there; name the folder with --data")
    return options


if __name__ == "__main__":
    main()
