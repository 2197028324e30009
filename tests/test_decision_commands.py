"""`impact`, `forecast`, `watch` from the command line: outputs, exit codes, one-line errors."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxtopics.errors import CxTopicsError
from cxtopics.flow import report_folder


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty weeks of a shop in which one topic is fixed and another doubles at the end."""
    room = tmp_path_factory.mktemp("shop")
    rng = np.random.default_rng(11)
    n_days, per_day = 280, 60
    start = pd.Timestamp("2025-01-06", tz="UTC")
    day = np.repeat(np.arange(n_days), per_day)
    ids = [f"o{k}" for k in range(len(day))]
    placed = start + pd.to_timedelta(day, unit="D")
    pd.DataFrame({"order_id": ids, "created_at": placed.strftime("%Y-%m-%dT%H:%M:%SZ")}).to_csv(
        room / "orders.csv", index=False
    )
    rates = {name: np.full(len(day), 0.05) for name in ("late", "size", "lost", "login", "odd")}
    rates["late"] = np.where(day >= 210, 0.02, 0.10)
    rates["odd"] = np.where(day >= 266, 0.04, 0.01)
    parts = [
        pd.DataFrame({"topic": name, "created_at": placed.strftime("%Y-%m-%dT10:00:00Z")})[
            rng.random(len(day)) < rate
        ]
        for name, rate in rates.items()
    ]
    tagged = pd.concat(parts, ignore_index=True)
    tagged.insert(0, "contact_id", [f"c{k}" for k in range(len(tagged))])
    tagged.to_csv(room / "tagged.csv", index=False)
    return room


def cxtopics(room: Path, *words: object) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "cxtopics.cli", *map(str, words)]
    return subprocess.run(command, cwd=room, capture_output=True, text=True, env=dict(os.environ))


def test_impact_prints_the_verdict_and_writes_json(room: Path) -> None:
    done = cxtopics(
        room, "impact", "tagged.csv", "--orders", "orders.csv", "--topic", "late",
        "--changed-on", "2025-08-04", "-o", "out.json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Contacts per order fell by" in done.stdout
    assert "Contacts avoided so far" in done.stdout
    assert done.stdout.splitlines()[-1] == "out.json"
    assert "Contacts per order fell by" in (room / "out.html").read_text("utf-8")
    content = json.loads((room / "out.json").read_text("utf-8"))
    assert (content["kind"], content["verdict"]) == ("cxtopics impact", "fell")
    assert content["ratio"]["low"] < 0.2 < content["ratio"]["high"]


def test_report_takes_changes_messages_costs_and_a_workbook(room: Path) -> None:
    (room / "changes.yaml").write_text("- date: 2025-08-04\n  topic: late\n  what: A fix\n")
    (room / "costs.yaml").write_text("cost_per_contact: 4\n")
    tagged = pd.read_csv(room / "tagged.csv")
    tagged["text"] = [f"Where is parcel number {k}, ring 0113 496 0000" for k in tagged.index]
    tagged.to_csv(room / "texts.csv", index=False)
    done = cxtopics(
        room, "report", "texts.csv", "--orders", "orders.csv", "--changes", "changes.yaml",
        "--messages", "3", "--costs", "costs.yaml", "--xlsx", "-o", "pages",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == "pages/report.html\n"
    page = (room / "pages" / "topics" / "late.html").read_text("utf-8")
    assert page.count("<blockquote") == 3
    assert "0113" not in page
    assert "Contacts per order fell by" in page
    assert "EUR 4.00" in page
    assert (room / "pages" / "report.xlsx").stat().st_size > 10_000
    assert pd.read_csv(room / "pages" / "changes.csv")["verdict"].tolist() == ["fell"]


@pytest.mark.parametrize(
    ("option", "name", "words"),
    [
        ("changes", "faulty.yaml", "faulty.yaml: 1 fault: line 1: change 1 -> what: missing"),
        ("changes", "nowhere.yaml", "nowhere.yaml: 1 fault: cannot be read"),
        ("model", "", "evaluation.json: cannot be read"),
    ],
)
def test_a_faulty_log_or_model_is_told_before_anything_is_written(room, option, name, words):
    (room / "faulty.yaml").write_text("- date: 2025-08-04\n  topic: late\n")
    with pytest.raises(CxTopicsError) as caught:
        report_folder(
            room / "tagged.csv", room / "orders.csv", room / "none", **{option: room / name}
        )
    assert words in str(caught.value)
    assert caught.value.hint
    assert not (room / "none").exists()


def test_impact_of_an_unknown_topic_is_one_line(room: Path) -> None:
    done = cxtopics(
        room, "impact", "tagged.csv", "--orders", "orders.csv", "--topic", "nope",
        "--changed-on", "2025-08-04",
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("Error: topic 'nope' has no contact")
    assert "Hint: topics with contacts: late" in done.stderr


def test_forecast_writes_table_and_json(room: Path) -> None:
    (room / "plan.csv").write_text("date,orders\n2025-10-13,420\n2025-10-20,840\n")
    done = cxtopics(
        room, "forecast", "tagged.csv", "--orders", "orders.csv", "--planned-orders", "plan.csv",
        "-o", "next.csv",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    table = pd.read_csv(room / "next.csv")
    whole = table[table["topic"] == "all"]
    assert whole["n_orders"].tolist() == [420, 840]
    assert whole["n_contacts"].iloc[1] == pytest.approx(2 * whole["n_contacts"].iloc[0], rel=0.1)
    assert json.loads((room / "next.json").read_text("utf-8"))["confidence"] == 0.9
    done = cxtopics(
        room, "forecast", "tagged.csv", "--orders", "orders.csv", "--planned-orders", "-3"
    )
    assert done.returncode == 2


def test_watch_names_what_rises_and_its_false_alarms(room: Path) -> None:
    done = cxtopics(room, "watch", "tagged.csv", "--orders", "orders.csv", "-o", "w.json")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1 rising")
    assert "  odd: " in done.stdout
    assert "per topic and week" in done.stdout
    content = json.loads((room / "w.json").read_text("utf-8"))
    assert content["false_alarms"]["value"] <= content["false_alarm_rate_asked"] == 0.002
