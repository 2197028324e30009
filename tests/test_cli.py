"""The commands: outputs, exit codes, one-line errors, nothing half-written."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT

from cxtopics import __version__

CONTACTS = """contact_id,created_at,customer_id,text
007,2025-03-01T10:00:00Z,c1,where is my parcel
8,2025-03-20T10:00:00Z,c2,the cup arrived broken in pieces
9,2025-04-02T10:00:00Z,c1,I cannot log in with my password
10,2025-05-02T10:00:00Z,c3,my refund has not come yet
"""
ORDERS = "order_id,created_at,customer_id\n" + "".join(
    f"{100 + n},2025-{3 + n % 3:02d}-{1 + n:02d}T08:00:00Z,c{n % 7}\n" for n in range(24)
)


def cxtopics(*words, cwd: Path, **env: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "cxtopics.cli", *map(str, words)]
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, env={**os.environ, **env}
    )


@pytest.fixture
def room(tmp_path: Path) -> Path:
    (tmp_path / "contacts.csv").write_text(CONTACTS)
    (tmp_path / "orders.csv").write_text(ORDERS)
    return tmp_path


def files(room: Path) -> set[str]:
    return {file.name for file in room.iterdir()}


def test_version_and_help(tmp_path: Path) -> None:
    assert cxtopics("--version", cwd=tmp_path).stdout == f"cxtopics {__version__}\n"
    done = cxtopics("--help", cwd=tmp_path)
    assert done.returncode == 0
    for name in ("demo", "contacts", "orders", "train", "evaluate", "tag", "report", "rank", "run"):
        assert f"  {name} " in done.stdout


def test_wrong_usage_is_exit_code_2(room: Path) -> None:
    assert cxtopics("tag", "contacts.csv", cwd=room).returncode == 2
    assert cxtopics("train", "-o", "m", cwd=room).returncode == 2
    assert cxtopics("nonsense", cwd=room).returncode == 2


def test_tables_with_canonical_names_go_from_tag_to_rank(room: Path, model_folder: Path) -> None:
    done = cxtopics("tag", "contacts.csv", "--model", model_folder, "-o", "tagged.csv", cwd=room)
    assert (done.returncode, done.stdout) == (0, "")
    assert "4 rows" in done.stderr
    tagged = pd.read_csv(room / "tagged.csv", dtype=str)
    assert tagged["contact_id"].tolist() == ["007", "8", "9", "10"]
    assert tagged["topic_forced"].tolist() == [
        "order_on_the_way", "arrived_damaged", "cannot_log_in", "refund_not_received",
    ]  # fmt: skip
    done = cxtopics("report", "tagged.csv", "--orders", "orders.csv", "-o", "out", cwd=room)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "out/report.html"
    assert "not the classifier's mistakes" in done.stderr
    assert {"report.html", "rates.csv", "report.json"} <= files(room / "out")
    topics = ROOT / "topics" / "ecommerce.yaml"
    done = cxtopics("rank", "out", "--topics", topics, "-o", "ranked", cwd=room)
    assert done.returncode == 0, done.stderr
    assert "Where is my order?" in done.stdout
    assert {"ranking.html", "ranking.csv", "ranking.json", "charts"} == files(room / "ranked")


def test_tag_to_stdout_is_csv(room: Path, model_folder: Path) -> None:
    done = cxtopics("tag", "contacts.csv", "--model", model_folder, "-o", "-", cwd=room)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 5
    assert lines[0].startswith("contact_id,created_at,customer_id,text,topic,confidence,")
    assert files(room) == {"contacts.csv", "orders.csv"}


def test_contacts_and_orders_commands_reconcile_on_stderr(room: Path) -> None:
    done = cxtopics("contacts", "contacts.csv", "-o", "c.parquet", cwd=room)
    assert done.returncode == 0, done.stderr
    assert "4 rows read = 4 counted + 0 left out" in done.stderr
    assert pd.read_parquet(room / "c.parquet")["contact_id"].tolist() == ["007", "8", "9", "10"]
    assert cxtopics("orders", "orders.csv", "-o", "o.parquet", cwd=room).returncode == 0
    assert len(pd.read_parquet(room / "o.parquet")) == 24


def test_contacts_can_be_stored_redacted(room: Path) -> None:
    with (room / "contacts.csv").open("a") as text:
        text.write("11,2025-05-02T10:00:00Z,c3,ring 0113 496 0000\n")
    done = cxtopics("contacts", "contacts.csv", "--redact", "-o", "c.parquet", cwd=room)
    assert "texts are redacted" in done.stderr
    assert pd.read_parquet(room / "c.parquet")["text"].tolist()[-1] == "ring [phone]"


def test_train_and_evaluate_own_labels(room: Path) -> None:
    rows = [("parcel is late again", "late"), ("cannot sign in", "login")] * 10
    table = pd.DataFrame(rows, columns=["body", "why"])
    table["body"] += [f" {n}" for n in range(20)]
    table.to_csv(room / "labels.csv", index=False)
    columns = ("--text-column", "body", "--topic-column", "why")
    done = cxtopics("train", "labels.csv", *columns, "-o", "models/own", cwd=room)
    assert done.returncode == 0, done.stderr
    done = cxtopics("evaluate", "models/own", "labels.csv", *columns, "--format", "json", cwd=room)
    found = json.loads(done.stdout)
    assert found["n"] == 20
    assert found["accuracy"] == 1
    for key in (
        "macro_f1", "coverage", "accuracy_covered", "expected_calibration_error", "per_topic",
    ):  # fmt: skip
        assert key in found
    table.loc[0, "why"] = "junk"
    table.to_csv(room / "labels.csv", index=False)
    done = cxtopics(
        "evaluate", "models/own", "labels.csv", *columns, "--out-of-scope", "junk",
        "--format", "json", cwd=room,
    )  # fmt: skip
    assert {"oos_auroc", "mcc"} <= json.loads(done.stdout).keys()
    done = cxtopics("evaluate", "models/own", "labels.csv", *columns, cwd=room)
    assert "accuracy" in done.stdout


def test_topics_check_and_list(tmp_path: Path) -> None:
    path = ROOT / "topics" / "ecommerce.yaml"
    assert "50 topics" in cxtopics("topics", "check", path, cwd=tmp_path).stdout
    listed = cxtopics("topics", "list", path, cwd=tmp_path).stdout.splitlines()
    assert len(listed) == 54
    assert listed[0] == "order_on_the_way\tdelivery\tself_service\tWhere is my order?"
    shown = cxtopics("topics", "show", cwd=tmp_path).stdout
    assert shown == path.read_text("utf-8")
    (tmp_path / "bad.yaml").write_text("name: x\ntopics: 3\n")
    done = cxtopics("topics", "check", "bad.yaml", cwd=tmp_path)
    assert done.returncode == 1
    assert "bad.yaml: line 1: version: missing" in done.stderr


BAD_INPUT = {
    "an empty file": ("contacts", "empty.csv", ""),
    "a header alone": ("contacts", "empty.csv", "contact_id,created_at,text\n"),
    "a missing column": ("contacts", "bad.csv", "contact_id,text\n1,late\n"),
    "an unknown layout": ("contacts", "bad.csv", "a,b\n1,2\n"),
    "a text column of blanks": (
        "contacts", "bad.csv", "contact_id,created_at,text\n1,2025-03-01,\n2,2025-03-01, \n",
    ),
    "bytes of no encoding": ("contacts", "bad.csv", b"contact_id,created_at,text\n1,2,\x81\x8d\n"),
    "orders with no dates": ("orders", "bad.csv", "order_id,created_at\n1,\n2,\n"),
    "orders without a date column": ("orders", "bad.csv", "order_id,total\n1,5\n"),
    "a broken topics file": ("topics check", "bad.yaml", "topics: [\n"),
    "an unreadable Parquet file": ("contacts", "bad.parquet", b"PAR1 nothing"),
    "an unknown ending": ("contacts", "bad.doc", "x"),
    "a line break in the header": ("contacts", "bad.csv", '"a\nb",c\n1,2\n'),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD_INPUT)
def test_bad_input_is_an_error_and_a_hint(tmp_path: Path, what: str) -> None:
    command, name, content = BAD_INPUT[what]
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    out = () if command == "topics check" else ("-o", "out.parquet")
    done = cxtopics(*command.split(), name, *out, cwd=tmp_path)
    assert_one_error(done)
    assert files(tmp_path) == {name}


def test_an_output_that_cannot_be_written_is_refused_before_the_work(
    room: Path, model_folder: Path
) -> None:
    before = files(room)
    (room / "folder.csv").mkdir()
    for out in ("t.xls", "folder.csv"):
        done = cxtopics("tag", "contacts.csv", "--model", model_folder, "-o", out, cwd=room)
        assert_one_error(done)
        assert_one_error(cxtopics("contacts", "contacts.csv", "-o", out, cwd=room))
    assert files(room) == before | {"folder.csv"}


def test_interrupted_tag_says_so_and_leaves_no_output(room: Path, model_folder: Path) -> None:
    rows = [f"parcel {n} of {n * 7} is late and the tracking {n % 97} stands" for n in range(30000)]
    pd.DataFrame({"text": rows}).to_csv(room / "many.csv", index=False)
    command = [
        sys.executable, "-m", "cxtopics.cli", "tag", "many.csv", "--model", model_folder,
        "-o", "out.parquet",
    ]  # fmt: skip
    running = subprocess.Popen(command, cwd=room, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while not list(room.glob(".out.parquet.parts/*.parquet")) and time.monotonic() < deadline:
        time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert said.startswith("Interrupted: nothing half-written")
    assert not (room / "out.parquet").exists()


def test_missing_file_is_an_error(tmp_path: Path) -> None:
    assert_one_error(cxtopics("contacts", "nowhere.csv", cwd=tmp_path))


def test_unknown_topic_in_labels_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("text,topic\nlate,order_latee\n")
    topics = ROOT / "topics" / "ecommerce.yaml"
    done = cxtopics("train", "labels.csv", "--topics", topics, "-o", "m", cwd=tmp_path)
    assert_one_error(done)
    assert "order_latee" in done.stderr
    assert "order_late" in done.stderr
    assert files(tmp_path) == {"labels.csv"}


def test_altered_model_is_an_error(room: Path, model_folder: Path) -> None:
    shutil.copytree(model_folder, room / "model")
    head = room / "model" / "head.safetensors"
    content = bytearray(head.read_bytes())
    content[-9] ^= 1
    head.write_bytes(content)
    done = cxtopics("tag", "contacts.csv", "--model", "model", "-o", "t.csv", cwd=room)
    assert_one_error(done)
    assert "head.safetensors" in done.stderr
    assert "t.csv" not in files(room)


def test_a_report_without_overlap_of_contacts_and_orders_is_an_error(room: Path) -> None:
    (room / "tagged.csv").write_text("contact_id,created_at,topic\n1,2019-01-01,order_late\n")
    done = cxtopics("report", "tagged.csv", "--orders", "orders.csv", "-o", "out", cwd=room)
    assert_one_error(done)
    assert "out" not in files(room)


@pytest.mark.parametrize("words", [("junk.parquet", "orders.csv"), ("t.csv", "junk.parquet")])
def test_a_report_of_files_that_are_no_tables_is_an_error(room: Path, words) -> None:
    (room / "junk.parquet").write_bytes(b"PAR1 nothing")
    (room / "t.csv").write_text("contact_id,created_at,topic\n1,2025-03-02,order_late\n")
    for tagged, orders in (words, ("nowhere.parquet", "orders.csv")):
        done = cxtopics("report", tagged, "--orders", orders, "-o", "out", cwd=room)
        assert_one_error(done)
    assert "out" not in files(room)


def test_training_without_the_extra_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "hidden").mkdir()
    for name in ("torch", "sentence_transformers"):
        (tmp_path / "hidden" / f"{name}.py").write_text("raise ImportError('not here')")
    (tmp_path / "labels.csv").write_text("text,topic\nlate,a\nlost,b\n")
    done = cxtopics(
        "train", "labels.csv", "-o", "m", cwd=tmp_path,
        PYTHONPATH=str(tmp_path / "hidden"), CXTOPICS_CACHE=str(tmp_path / "cache"),
    )  # fmt: skip
    assert_one_error(done)
    assert "cxtopics[train]" in done.stderr


def assert_one_error(done: subprocess.CompletedProcess) -> None:
    lines = [line for line in done.stderr.splitlines() if not line.startswith("bad.yaml: ")]
    assert done.returncode == 1, done.stderr
    assert [line.split(":")[0] for line in lines] == ["Error", "Hint"], done.stderr
    assert done.stdout == ""
