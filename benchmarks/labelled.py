"""Accuracy, calibration and abstention of models trained on labels, beside the usual ten lines.

    python benchmarks/labelled.py [--data DIR]

Banking77 (77 topics, clean) and HINT3 curekart (28 topics of a real shop, whose test file
is more than half out of scope). The peer is what one would write without this project:
`SentenceTransformer.encode` and `LogisticRegression` with their defaults, same encoder,
same files. Nothing is tuned on the test files.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import pandas as pd
from cold_start import data_folder

from cxtopics.classify import load_model
from cxtopics.classify.export import DEFAULT_ENCODER, _find_source
from cxtopics.training import LabelledTexts, evaluate_model, read_labels, train_model

SETS = {  # data set: folder, columns of text and topic, label of what is out of scope
    "Banking77": ("banking77", "text", "category", "(none)"),
    "curekart": ("hint3_curekart", "sentence", "label", "NO_NODES_DETECTED"),
}


def main() -> None:
    """Print one row per data set and system."""
    data = data_folder("banking77/train.csv")
    head = ("accuracy", "95 %", "coverage", "covered", "ECE", "AUROC", "MCC", "train s")
    print(f"{'data set':<11}{'system':<10}" + "".join(f"{name:>12}" for name in head))
    for name, (folder, text, topic, outside) in SETS.items():
        train, test = (
            read_labels([data / folder / file], text_column=text, topic_column=topic)
            for file in ("train.csv", "test.csv")
        )
        start = time.perf_counter()
        with tempfile.TemporaryDirectory() as room:
            train_model(Path(room) / "model", labels=train)
            seconds = time.perf_counter() - start
            model = load_model(Path(room) / "model")
        found = evaluate_model(model, test, out_of_scope=outside)
        scope = (f"{found.oos_auroc:.3f}", f"{found.mcc:.3f}") if found.mcc else ("-", "-")
        _row(
            (name, "cxtopics"),
            f"{found.accuracy:.2%}",
            f"{found.accuracy_low:.1%}-{found.accuracy_high:.1%}",
            f"{found.coverage:.1%}",
            f"{found.accuracy_covered:.1%}",
            f"{found.expected_calibration_error:.3f}",
            *scope,
            f"{seconds:.0f}",
        )
        start = time.perf_counter()
        accuracy = _naive(train, test, outside)
        _row((name, "naive"), f"{accuracy:.2%}", *"------", f"{time.perf_counter() - start:.0f}")


def _naive(train: LabelledTexts, test: LabelledTexts, outside: str) -> float:
    """Return the in-scope accuracy of encode + LogisticRegression, all defaults."""
    from sentence_transformers import SentenceTransformer
    from sklearn.linear_model import LogisticRegression

    encoder = SentenceTransformer(str(_find_source(DEFAULT_ENCODER)), device="cpu")
    scope = pd.DataFrame({"text": test.texts, "topic": test.topics})
    scope = scope[scope["topic"] != outside]
    head = LogisticRegression(max_iter=1000).fit(encoder.encode(list(train.texts)), train.topics)
    return float((head.predict(encoder.encode(scope["text"].tolist())) == scope["topic"]).mean())


def _row(names: tuple[str, str], *cells: str) -> None:
    print(f"{names[0]:<11}{names[1]:<10}" + "".join(f"{cell:>12}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
