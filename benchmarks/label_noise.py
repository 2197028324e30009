"""Are wrong labels found. 5 % of Banking77's training labels are flipped at random.

    python benchmarks/label_noise.py [--data DIR] [--cleanlab PYTHON]

Precision at the flipped number: of as many labels as were flipped, the most doubtful
first, the share that was. Beside it cleanlab on the very same out-of-fold probabilities, if
--cleanlab names a Python that has it. Banking77 has wrong labels of its own, which count
against both.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from memory import remembering_encoder

from cxtopics.classify import TextFeatures, TopicClassifier
from cxtopics.classify.label_noise import doubt_labels

ROOT = Path(__file__).parent.parent
CLEANLAB = """
import sys, numpy as np
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores
given = np.load(sys.argv[1])
flipped, codes, chances = given["flipped"], given["codes"], given["chances"]
for method in ("self_confidence", "normalized_margin", "confidence_weighted_entropy"):
    order = np.argsort(get_label_quality_scores(codes, chances, method=method), kind="stable")
    print(f"cleanlab, {method:<30}{flipped[order[: flipped.sum()]].mean():>8.3f}")
found = find_label_issues(codes, chances, return_indices_ranked_by="self_confidence", n_jobs=1)
print(f"cleanlab, find_label_issues: {len(found)} found, {flipped[found].mean():.3f} of them"
      f" flipped, {flipped[found].sum() / flipped.sum():.3f} of the flipped")
"""


def main() -> None:
    """Print one row per way of ranking."""
    parser = argparse.ArgumentParser()
    default = os.environ.get("CXTOPICS_BENCHMARK_DATA", ROOT.parent / "shared" / "data")
    parser.add_argument("--data", type=Path, default=default)
    parser.add_argument("--cleanlab", help="a Python with cleanlab")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    path = Path(given.data) / "banking77" / "train.csv"
    if not path.is_file():
        sys.exit(f"{path}: not there; name the folder with --data")
    train = pd.read_csv(path)
    topics, codes = np.unique(train["category"].to_numpy(dtype=str), return_inverse=True)
    rng = np.random.default_rng(given.seed)
    flipped = np.zeros(len(codes), dtype=bool)
    flipped[rng.choice(len(codes), len(codes) // 20, replace=False)] = True
    codes[flipped] = (codes[flipped] + rng.integers(1, len(topics), flipped.sum())) % len(topics)
    texts = train["text"].tolist()
    encoder = remembering_encoder()
    tokens = encoder.tokenise(texts)
    head = TopicClassifier()
    head.fit(TextFeatures.fit(encoder, tokens).full(tokens), topics[codes].tolist())
    found = doubt_labels(encoder.encode(texts), codes, head.out_of_fold_)
    order = np.argsort(-found.doubt, kind="stable")
    print(f"{flipped.sum()} of {len(codes)} labels flipped; precision at {flipped.sum()}")
    print(f"{'cxtopics':<40}{flipped[order[: flipped.sum()]].mean():>8.3f}")
    listed = found.doubt > 0.75
    print(
        f"cxtopics, `labels check`: {listed.sum()} found, {flipped[listed].mean():.3f} of them"
        f" flipped, {flipped[listed].sum() / flipped.sum():.3f} of the flipped"
    )
    if given.cleanlab:
        with tempfile.TemporaryDirectory() as room:
            file = Path(room) / "given.npz"
            np.savez(file, flipped=flipped, codes=codes, chances=head.out_of_fold_)
            env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
            subprocess.run([given.cleanlab, "-c", CLEANLAB, file], env=env, check=True)


if __name__ == "__main__":
    main()
