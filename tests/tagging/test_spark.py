"""Tagging with Spark: the tags of the local path, every contact once, whatever is killed."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxtopics.classify import TopicModel
from cxtopics.errors import CxTopicsError, InputError
from cxtopics.tables import parts_of, read_provenance
from cxtopics.tagging import (
    tag_batches,
    tag_contacts,
    tag_dataframe,
    tag_folder,
    tag_folder_on_spark,
)
from cxtopics.tagging.tags import PROBABILITIES

pytest.importorskip("pyspark", reason="the extra 'spark' is not installed")
if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
    pytest.skip("there is no Java", allow_module_level=True)

pytestmark = [
    pytest.mark.xdist_group("spark"),
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
]
MASTER = "local[2,4]"  # two cores; a task may fail three times (plain local[2]: never)
JAVA_OPTIONS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
FAST = {  # a session that starts soon and draws nothing
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.extraJavaOptions": JAVA_OPTIONS,
    "spark.sql.shuffle.partitions": "2",
}


@pytest.fixture(scope="module")
def spark() -> Iterator:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(MASTER)
    for name, value in FAST.items():
        builder = builder.config(name, value)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("OFF")
        yield session
        session.stop()


@pytest.fixture(scope="module")
def contacts(few_topics) -> pd.DataFrame:
    texts = [example for topic in few_topics for example in topic.examples]
    texts = [f"{text} {number}" for number in range(2) for text in texts]
    texts[5], texts[17], texts[40] = None, "  ", "где мой заказ? 😀"
    n = len(texts)
    return pd.DataFrame(
        {
            "contact_id": [f"{number:05d}" for number in range(n)],
            "created_at": pd.date_range("2025-01-01", periods=n, freq="h", tz="UTC").as_unit("us"),
            "text": texts,
            "topic": "the helpdesk's own",
            "a.b": np.arange(n) / 4,
        }
    )


@pytest.fixture
def folder(contacts: pd.DataFrame, tmp_path: Path) -> Path:
    """Six parts, the newest forty days younger than the one before, as they are collected."""
    where = tmp_path / "contacts"
    where.mkdir()
    for number, rows in enumerate(np.array_split(np.arange(len(contacts)), 6)):
        part = where / f"{number:02d}.parquet"
        contacts.iloc[rows].to_parquet(part, index=False)
        os.utime(part, (1.6e9 + number * 40 * 86400,) * 2)
    return where


def assert_same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    """Row for row by id; a text in other company may differ in the sixth digit."""
    found, expected = (table.set_index("contact_id").sort_index() for table in (found, expected))
    assert list(found.columns) == list(expected.columns)
    vectors = [np.stack(list(table.pop(PROBABILITIES))) for table in (found, expected)]
    np.testing.assert_allclose(*vectors, atol=2e-6)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, rtol=0, atol=2e-6)


def whole(folder: Path) -> pd.DataFrame:
    return pd.concat([pd.read_parquet(part) for part in parts_of(folder)], ignore_index=True)


def to_pandas(df) -> pd.DataFrame:
    return pd.DataFrame([row.asDict() for row in df.collect()])


def test_a_dataframe_gets_the_tags_of_the_local_path(
    spark, contacts: pd.DataFrame, model: TopicModel, model_folder: Path
) -> None:
    given = contacts.drop(columns="created_at")
    df = spark.createDataFrame(given.astype(object).where(given.notna(), None)).repartition(3)
    tagged = tag_dataframe(df, model_folder)
    plan = tagged._jdf.queryExecution().executedPlan().toString()
    assert plan.count("ArrowEvalPython [") == 1  # one call per text ...
    python_sees = plan.split("ArrowEvalPython [")[1].split("]")[0]
    assert "text#" in python_sees
    assert "contact_id" not in python_sees  # ... with nothing but the text
    assert_same(to_pandas(tagged), tag_contacts(given, model, with_probabilities=True))


def test_tag_batches_is_what_map_in_pandas_takes(
    spark, contacts: pd.DataFrame, model: TopicModel
) -> None:
    given = [contacts[["contact_id", "text"]][:4], contacts[["contact_id", "text"]][4:9]]
    function = partial(tag_batches, model=model)
    frames = list(function(iter(given)))
    assert [len(frame) for frame in frames] == [4, 5]
    assert_same(pd.concat(frames), tag_contacts(pd.concat(given), model, with_probabilities=True))


def test_a_killed_worker_costs_nothing(
    spark, contacts: pd.DataFrame, model: TopicModel, model_folder: Path
) -> None:
    given = contacts[["contact_id", "text"]]
    df = spark.createDataFrame(given.astype(object).where(given.notna(), None)).repartition(4)
    tracker, done, killed = spark.sparkContext.statusTracker(), threading.Event(), []
    idle = python_workers()

    def kill_a_busy_one() -> None:
        while not killed and not done.wait(0.01):
            busy = [pid for pid, n in python_workers().items() if n > idle.get(pid, 0) + 4]
            if busy and (stages := tracker.getActiveStageIds()):
                os.kill(busy[0], signal.SIGKILL)
                killed.extend(stages)

    killer = threading.Thread(target=kill_a_busy_one)
    killer.start()
    try:
        tagged = to_pandas(tag_dataframe(df, model_folder))
    finally:
        done.set()
        killer.join()
    assert [stage for stage in killed if tracker.getStageInfo(stage).numFailedTasks]
    assert_same(tagged, tag_contacts(given, model, with_probabilities=True))


def python_workers() -> dict[int, int]:
    """Return what tags for this process (forks of Spark's Python daemon) and its CPU ticks."""
    parents, forks = {}, {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            status = (entry / "stat").read_text().rpartition(")")[2].split()
            words = (entry / "cmdline").read_bytes()
        except OSError:  # ended meanwhile
            continue
        parents[int(entry.name)] = int(status[1])
        if b"pyspark.daemon" in words:
            forks[int(entry.name)] = int(status[11]) + int(status[12])

    def is_ours(pid: int) -> bool:
        return pid == os.getpid() or (pid in parents and is_ours(parents[pid]))

    return {pid: n for pid, n in forks.items() if parents[pid] in forks and is_ours(pid)}


def test_a_killed_driver_goes_on_and_every_contact_comes_out_once(
    spark, folder: Path, model: TopicModel, model_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "tagged"
    script = (
        "import sys; from pyspark.sql import SparkSession\n"
        "from cxtopics.tagging import tag_folder_on_spark\n"
        f"builder = SparkSession.builder.master({MASTER!r})\n"
        f"for name, value in {FAST!r}.items(): builder.config(name, value)\n"
        "builder.getOrCreate()\n"
        "tag_folder_on_spark(*sys.argv[1:], files_per_step=1)\n"
    )
    words = [str(path) for path in (folder, model_folder, out)]
    run = subprocess.Popen(
        [sys.executable, "-c", script, *words], start_new_session=True, stderr=subprocess.DEVNULL
    )
    log = out / "_spark_metadata"
    while run.poll() is None and not (log / "1").exists():
        time.sleep(0.01)
    with pytest.raises(InputError, match="another run"):
        tag_folder_on_spark(folder, model_folder, out)
    os.killpg(run.pid, signal.SIGKILL)
    assert run.wait() == -signal.SIGKILL
    with pytest.raises(InputError, match="has not finished"):
        parts_of(out)
    shutil.copy(folder / "00.parquet", out / "part-00000-of-nobody.snappy.parquet")

    # as from a shell that knows nothing of this environment
    of_venv = Path(sys.executable).parent
    path = [place for place in os.get_exec_path() if Path(place) != of_venv]
    elsewhere = {**os.environ, "PATH": os.pathsep.join(path), "JAVA_TOOL_OPTIONS": JAVA_OPTIONS}
    del elsewhere["PYSPARK_PYTHON"]
    command = [sys.executable, "-m", "cxtopics.cli", "tag", words[0], "--model", words[1]]
    command += ["--engine", "spark", "--master", MASTER, "-o", words[2]]
    again = subprocess.run(command, env=elsewhere, capture_output=True)
    assert again.returncode == 0, again.stderr.decode()
    tag_folder(folder, model, tmp_path / "local")
    assert_same(whole(out), whole(tmp_path / "local"))
    about = read_provenance(out)["tagging"]
    assert about["n_rows"] == len(whole(tmp_path / "local"))
    assert about["n_no_text"] == 2
    assert about["model_fingerprint"] == model.fingerprint
    assert about["estimation"] == read_provenance(tmp_path / "local")["tagging"]["estimation"]


def test_a_changed_file_is_refused_and_a_new_one_is_added(
    spark, folder: Path, model_folder: Path, contacts: pd.DataFrame, tmp_path: Path
) -> None:
    new = folder / "05.parquet"
    held = new.rename(tmp_path / "later.parquet")
    first = tag_folder_on_spark(folder, model_folder, tmp_path / "out")
    kept = parts_of(tmp_path / "out")
    held.rename(new)
    assert tag_folder_on_spark(folder, model_folder, tmp_path / "out").n_rows == len(contacts)
    assert first.n_rows < len(contacts)
    assert set(kept) < set(parts_of(tmp_path / "out"))
    contacts[:3].to_parquet(folder / "00.parquet", index=False)
    with pytest.raises(CxTopicsError, match=r"00\.parquet: was changed since it was tagged"):
        tag_folder_on_spark(folder, model_folder, tmp_path / "out")
