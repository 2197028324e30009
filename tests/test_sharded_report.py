"""A report of parts is the report of the whole, to the last digit."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxtopics.errors import InputError
from cxtopics.flow import report_folder
from cxtopics.tables import Manifest, parts_of, write_table

CLASSES = ("late", "lost", "size", "other")
N = 3000


def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return invented tagged contacts, with every column a figure is made of, and orders."""
    rng = np.random.default_rng(5)
    start = pd.Timestamp("2025-01-01", tz="UTC").as_unit("us")

    def moments(n: int) -> pd.Series:
        seconds = np.sort(rng.uniform(0, 200 * 86400, n))
        return pd.Series(start + pd.to_timedelta((seconds * 1e6).astype(int), unit="us"))

    orders = pd.DataFrame(
        {
            "order_id": [f"o{number}" for number in range(N)],
            "created_at": moments(N).dt.as_unit("us"),
            "customer_id": [f"u{number}" for number in rng.integers(0, 900, N)],
            "total": rng.gamma(2, 25.123, N).round(2),
            "carrier": rng.choice(["Post", "DHL"], N),
            "returned": rng.random(N) < 0.1,
        }
    )
    probabilities = rng.dirichlet([0.4] * len(CLASSES), N).astype(np.float32)
    best, sure = probabilities.argmax(axis=1), probabilities.max(axis=1)
    created = moments(N).dt.as_unit("us")
    wait = pd.to_timedelta(rng.gamma(1, 4 * 3600e6, N).astype(int), unit="us")
    tagged = pd.DataFrame(
        {
            "contact_id": [f"c{number}" for number in rng.permutation(N)],
            "created_at": created,
            "channel": rng.choice(["email", "chat", "phone"], N),
            "customer_id": [f"u{number}" for number in rng.integers(0, 900, N)],
            "topic": np.where(sure > 0.6, np.array(CLASSES, object)[best], None),
            "topic_forced": np.array(CLASSES)[best],
            "confidence": sure.astype(float),
            "needs_review": sure <= 0.6,
            "first_response_at": (created + wait).dt.as_unit("us"),
            "handle_time_s": rng.gamma(2, 240.7, N),
            "csat": (rng.random(N) < 0.8).astype(float),
            "probabilities": list(probabilities),
        }
    )
    return tagged, orders


ABOUT = {
    "tagging": {
        "model_fingerprint": "f",
        "classifier_error": "out_of_fold",
        "effort": "balanced",
        "encoder": "e",
        "n_labels": 900,
        "threshold": 0.6,
        "estimation": {"classes": list(CLASSES), "training_prior": [0.4, 0.3, 0.2, 0.1]},
    }
}


def figures(folder: Path) -> dict[str, object]:
    """Return every file of figures byte for byte; of report.json, all but where it came from."""
    content = json.loads((folder / "report.json").read_text("utf-8"))
    content.pop("provenance")
    names = sorted(path.name for path in folder.glob("*.csv"))
    assert {"rates.csv", "slices.csv"} <= set(names)
    return {"report": content, **{name: (folder / name).read_bytes() for name in names}}


def in_parts(table: pd.DataFrame, folder: Path, n_parts: int, seed: int) -> Path:
    """Deal a table's rows to parts at random, in random order, as machines would."""
    shuffled = table.sample(frac=1, random_state=seed)
    folder.mkdir()
    names = [f"part-{number:02d}.parquet" for number in range(n_parts)]
    for number, name in enumerate(names):
        vectors = [name for name in ("probabilities",) if name in table]
        write_table(shuffled.iloc[number::n_parts], folder / name, vectors=vectors)
    Manifest({}, finished=True, parts=tuple(names), provenance=ABOUT).write(folder)
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    room = tmp_path_factory.mktemp("whole")
    tagged, orders = tables()
    write_table(tagged, room / "tagged.parquet", ABOUT, vectors=["probabilities"])
    write_table(orders, room / "orders.parquet", ABOUT)
    report_folder(room / "tagged.parquet", room / "orders.parquet", room / "report")
    return room


@pytest.mark.parametrize(("n_parts", "seed"), [(3, 1), (11, 2)])
def test_parts_give_the_report_of_the_whole_to_the_last_digit(
    whole: Path, tmp_path: Path, n_parts: int, seed: int
) -> None:
    tagged, orders = tables()
    given = in_parts(tagged, tmp_path / "tagged", n_parts, seed)
    shop = in_parts(orders, tmp_path / "orders", n_parts, seed + 1)
    shutil.copy(given / "part-00.parquet", given / "orphan.parquet")  # a killed run's
    report_folder(given, shop, tmp_path / "report")
    expected, found = figures(whole / "report"), figures(tmp_path / "report")
    for name, content in expected.items():
        assert found[name] == content, name


def test_a_folder_that_is_still_written_is_refused(tmp_path: Path) -> None:
    tagged, _ = tables()
    folder = in_parts(tagged, tmp_path / "tagged", 2, 0)
    Manifest({}, parts=("part-00.parquet",)).write(folder)
    with pytest.raises(InputError, match="has not finished"):
        parts_of(folder)
