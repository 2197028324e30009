"""The commands that find what the topics miss, as a user runs them."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import yaml


def run(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cxtopics.cli", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True)


def test_suggest_draw_read_and_overlap(model_folder: Path, tmp_path: Path) -> None:
    things = ("parcel", "order", "kettle", "lamp", "shoes", "coat", "books", "vase", "bag", "ring")
    texts = [f"{start} my {thing}" for thing in things for start in ("where is", "=any news on")]
    table = tmp_path / "contacts.csv"
    pd.DataFrame({"contact_id": range(20), "text": texts}).to_csv(table, index=False)
    out = tmp_path / "suggestions.yaml"
    held = tmp_path / "held.csv"
    done = run("topics", "suggest", table, "--model", model_folder, "--contacts", held, "-o", out)
    assert done.returncode == 0, done.stderr
    assert "in 20 contacts" in done.stderr
    found = yaml.safe_load(out.read_text())
    assert found["n_contacts"] == 20
    assert len(pd.read_csv(held)) == sum(group["contacts"] for group in found["new"])

    out.unlink()
    done = run(
        "topics", "suggest", table, "--model", model_folder, "--contacts", tmp_path / "held.doc",
        "-o", out,
    )  # fmt: skip
    assert done.returncode == 1
    assert "got the ending '.doc'" in done.stderr
    assert not out.exists()  # refused before the work, not after

    sheet, labels = tmp_path / "review.csv", tmp_path / "labels.csv"
    done = run("review", "draw", table, "--model", model_folder, "-n", 6, "-o", sheet)
    assert done.returncode == 0, done.stderr
    drawn = pd.read_csv(sheet)
    assert len(drawn) == 6
    assert not drawn["text"].str.startswith("=").any()
    drawn.assign(topic="order_on_the_way").to_csv(sheet, index=False)
    done = run("review", "read", sheet, "--into", labels, "--by", "Ann")
    assert done.returncode == 0, done.stderr
    assert "6 added" in done.stderr
    assert set(pd.read_csv(labels)["labelled_by"]) == {"Ann"}
    drawn.assign(topic="arrived_damaged").to_csv(sheet, index=False)
    done = run("review", "read", sheet, "--into", labels, "--by", "Bo")
    assert done.stderr.count("Conflict: ") == 6
    assert set(pd.read_csv(labels)["topic"]) == {"order_on_the_way"}

    done = run("topics", "overlap", model_folder, "--tagged", table, "-n", 3)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("topic_a,topic_b,lever_a")


def test_drift_names_its_correction(tmp_path: Path) -> None:
    rows = [
        {"created_at": f"2026-0{month}-03T00:00:00Z", "topic": topic}
        for month, late in ((1, 10), (2, 10), (3, 60))
        for topic in ["late"] * late + ["lost"] * (80 - late)
    ]
    pd.DataFrame(rows).to_csv(tmp_path / "tagged.csv", index=False)
    done = run("drift", tmp_path / "tagged.csv", "-o", tmp_path / "drift.csv")
    assert done.returncode == 0, done.stderr
    assert "2026-03: mix of late: 12.5% -> 75.0%" in done.stderr
    assert "Benjamini-Hochberg" in done.stderr
    assert run("drift", tmp_path / "nowhere.csv").returncode == 1
