"""How often `drift` cries wolf, and what it sees: months replayed from real contacts.

    python benchmarks/drift.py [--data DIR] [--runs 200] [--sizes 500 2000] [--months 6]

Contacts are drawn from Banking77 with replacement: 20 topics with unequal, fixed shares, each
contact with the confidence of a model that was trained on other rows. Where nothing changes,
the share of runs with any alert must be near the 5 % that is stated. Then something changes in
the last month: one topic of 5 % doubles; one topic is worded otherwise (its contacts come from
the half that is unlike the other half); or a topic that the model never saw takes 5 %, filed
where the model files it. A change counts as seen if the last month has an alert (*any*), and
as named if that alert is of the right kind and topic. A quarter of the runs for each change.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from memory import remembering_encoder

from cxtopics.classify import TextFeatures, TopicClassifier
from cxtopics.classify.vector_cache import CachingEncoder
from cxtopics.drift import find_drift

ROOT = Path(__file__).parent.parent
N_TOPICS = 20


def main() -> None:
    """Print one row per size of a month and kind of change."""
    parser = argparse.ArgumentParser()
    default = os.environ.get("CXTOPICS_BENCHMARK_DATA", ROOT.parent / "shared" / "data")
    parser.add_argument("--data", type=Path, default=default)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--months", type=int, default=6)
    parser.add_argument("--sizes", type=int, nargs="*", default=[500, 2000])
    given = parser.parse_args()
    if not (Path(given.data) / "banking77").is_dir():
        sys.exit(f"{given.data}: no banking77 there; name the folder with --data")
    shop = Shop(Path(given.data), remembering_encoder())
    print(f"{'a month':>8}{'change':>10}{'runs':>6}{'any alert':>11}{'named':>8}{'false':>8}")
    for size in given.sizes:
        for change in ("none", "mix", "wording", "unseen"):
            runs = given.runs if change == "none" else given.runs // 4
            found = np.array([shop.run(size, given.months, change, seed) for seed in range(runs)])
            seen, named, false = found.mean(axis=0)
            print(
                f"{size:>8}{change:>10}{runs:>6}{seen:>11.1%}{named:>8.1%}{false:>8.2f}",
                flush=True,
            )


class Shop:
    """Contacts to draw months from, tagged by a model that has seen none of them."""

    def __init__(self, data: Path, encoder: CachingEncoder) -> None:
        rows = pd.concat(
            pd.read_csv(data / "banking77" / f"{part}.csv") for part in ("train", "test")
        ).rename(columns={"category": "topic"})
        names = np.random.default_rng(0).permutation(sorted(rows["topic"].unique()))
        self.topics, self.unseen = names[:N_TOPICS], names[N_TOPICS]
        rows = rows[rows["topic"].isin([*self.topics, self.unseen])].reset_index(drop=True)
        learn = np.random.default_rng(1).random(len(rows)) < 0.4
        tokens = encoder.tokenise(rows["text"].tolist())
        learns = learn & (rows["topic"] != self.unseen).to_numpy()
        features = TextFeatures.fit(encoder, tokens.take(np.flatnonzero(learns)))
        x = features.full(tokens)
        head = TopicClassifier(n_folds=2).fit(x[learns], rows["topic"][learns].tolist())
        found = head.predict_proba(x)
        rows["topic_forced"] = head.classes_[found.argmax(axis=1)]
        rows["confidence"] = found.max(axis=1)
        self.rows, self.vectors = rows[~learn].reset_index(drop=True), x.vectors[~learn]
        shares = 1 / np.arange(2, N_TOPICS + 2)
        self.shares = shares / shares.sum()
        self.changed = int(np.abs(self.shares - 0.05).argmin())

    def run(self, size: int, months: int, change: str, seed: int) -> tuple[bool, bool, int]:
        """Return whether there was any alert, the right one, and how many in other months."""
        rng = np.random.default_rng(seed)
        parts = [self._month(size, month, rng, "none") for month in range(months - 1)]
        parts.append(self._month(size, months - 1, rng, change))
        found = find_drift(pd.concat(parts, ignore_index=True))
        alerts = found[found["alert"]]
        last = alerts["month"] == f"2026-{months:02d}"
        if change == "none":
            return len(alerts) > 0, False, len(alerts)
        right = alerts[last]
        if change != "unseen":
            topic = self.topics[self.changed]
            right = right[(right["kind"] == change) & (right["topic"] == topic)]
        return bool(last.any()), len(right) > 0, int((~last).sum())

    def _month(self, size: int, month: int, rng: np.random.Generator, change: str) -> pd.DataFrame:
        shares = self.shares.copy()
        if change == "mix":
            shares[self.changed] *= 2
        counts = rng.multinomial(size, shares / shares.sum())
        rows = [rng.choice(self._of(number, change), n) for number, n in enumerate(counts.tolist())]
        if change == "unseen":
            new = np.flatnonzero(self.rows["topic"] == self.unseen)
            rows.append(rng.choice(new, round(0.05 * size)))
        drawn = self.rows.iloc[np.concatenate(rows)]
        return drawn.assign(created_at=f"2026-{month + 1:02d}-10T00:00:00Z").sample(
            frac=1, random_state=int(rng.integers(2**31))
        )

    def _of(self, number: int, change: str) -> np.ndarray:
        """Return the contacts of a topic; of the changed one, the half that is unlike the rest."""
        rows = np.flatnonzero(self.rows["topic"] == self.topics[number])
        if change != "wording" or number != self.changed:
            return rows
        own = self.vectors[rows] - self.vectors[rows].mean(axis=0)
        along = own @ np.linalg.svd(own, full_matrices=False)[2][0]
        return rows[along >= np.median(along)]


if __name__ == "__main__":
    main()
