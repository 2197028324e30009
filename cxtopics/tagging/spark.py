"""Tagging on many machines, with Spark.

Only the texts go to Python: each batch of them meets the model on the worker and comes back
as tags, while the other columns stay in the JVM, in their order. (`mapInPandas` returns only
what it was given, so it would take all columns along, or a join to bring them back.) The
model travels once to every machine and is loaded once by every Python worker, which runs on
one thread: Spark's own cores are the parallelism.

A folder goes through as a stream that ends when everything is read. Spark's checkpoint and
the log of its writer make every contact come out once, whatever is killed; the folder's
manifest is made from that log, never from what lies in the folder.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as arrow
import pyarrow.parquet as pq

from cxtopics import __version__
from cxtopics.classify import Effort, TopicModel, load_model
from cxtopics.errors import InputError, MissingExtraError, ModelError
from cxtopics.records import show_columns
from cxtopics.tables import only_run_on, parts_of, read_provenance, spark_parts, writing
from cxtopics.tagging.files import check_columns, keeping_parts, no_text
from cxtopics.tagging.folders import begin, finish
from cxtopics.tagging.summary import TagSummary, count_tags, tagging_provenance
from cxtopics.tagging.tags import PROBABILITIES, given_names, tag_batches

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["tag_dataframe", "tag_folder_on_spark"]

_TAGS = (
    "topic string, confidence double, runner_up string, runner_up_confidence double, "
    f"needs_review boolean, topic_forced string, familiarity double, {PROBABILITIES} array<float>"
)
_NAMES = [field.split()[0] for field in _TAGS.split(", ")]
_ALL_TAGS = "__cxtopics"
_INPUTS = "_inputs.json"
_CHECKPOINT = "_checkpoint"
_BYTES_PER_TASK = 16 << 20  # of Parquet: a minute or two of tagging
_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.files.maxPartitionBytes": str(_BYTES_PER_TASK),
    "spark.sql.execution.arrow.maxRecordsPerBatch": "4096",
}


def tag_dataframe(
    df: DataFrame,
    model: str | Path,
    *,
    text_column: str = "text",
    effort: Effort = "balanced",
) -> DataFrame:
    """Return a Spark DataFrame with the tag columns and `probabilities` beside its own.

    Parameters
    ----------
    df
        Any DataFrame with a text column, a stream too. A row without text gets no topic.
        Columns that bear the name of a tag column are kept as `<name>_given`.
    model
        A model folder on the driver; Spark takes it to the workers, where `cxtopics` must
        be installed.

    Raises
    ------
    InputError
        If there is no such column.
    ModelError
        If the model cannot be read.

    Notes
    -----
    The text column is read as a string. Spark Connect is not supported: it cannot ship
    archives to the workers of a session that it does not own.
    """
    check_columns(tuple(df.columns), "the DataFrame", text_column, None)
    archive, fingerprint = _ship(df.sparkSession, Path(model))
    tags = _tagger(archive, fingerprint, effort)
    tagged = df.withColumn(_ALL_TAGS, tags(df[_quoted(text_column)].cast("string")))
    tagged = tagged.withColumnsRenamed(given_names(df.columns))
    own = [_quoted(name) for name in tagged.columns if name != _ALL_TAGS]
    return tagged.select(*own, *(f"{_ALL_TAGS}.{name}" for name in _NAMES))


def tag_folder_on_spark(
    source: str | Path,
    model: str | Path,
    out: str | Path,
    *,
    text_column: str = "text",
    id_column: str | None = None,
    effort: Effort = "balanced",
    master: str = "local[*,4]",
    files_per_step: int | None = None,
) -> TagSummary:
    """Tag a folder of Parquet files into the folder `out`, every contact once.

    The same call again does what is missing: files that were added, and what an interrupted
    run did not come to.

    Parameters
    ----------
    source, out
        Folders that the driver and all workers see at the same path.
    master
        Where Spark runs, for a session that is not there yet; an active one is used as it
        is, with settings of its own.
    files_per_step
        Most files between two marks in the checkpoint: what a killed run does again.
        Default: four for every core.

    Raises
    ------
    InputError
        No Parquet files, files with different columns, no such column, or not one text;
        `out` holds something else or another job's contacts; a file was changed since it
        was tagged; another run on the same output; Spark gave up. After the last two the
        same call goes on where this one stopped.
    MissingExtraError
        If the extra `spark` is not installed.
    """
    source, out = Path(source), Path(out)
    if not source.is_dir():
        raise InputError(
            f"{source}: not a folder; Spark tags folders of Parquet files",
            "name the folder, or leave --engine out",
        )
    files = parts_of(source)
    _check_alike(files, source)
    check_columns(tuple(pq.read_schema(files[0]).names), source, text_column, id_column)
    loaded = load_model(model)
    job = {
        "engine": "spark",
        "version": __version__,
        "model": loaded.fingerprint,
        "text_column": text_column,
        "id_column": id_column,
        "effort": effort,
    }
    with only_run_on(out), keeping_parts(out):
        begin(out, job)
        n_rows = _note_inputs(out, files)
        with _session(master) as spark, _telling(out):
            _stream(spark, source, out, Path(model), files_per_step, text_column, id_column, effort)
        return _finish(out, job, loaded, files[0], text_column, effort, n_rows)


def _stream(
    spark: SparkSession,
    source: Path,
    out: Path,
    model: Path,
    files_per_step: int | None,
    text_column: str,
    id_column: str | None,
    effort: Effort,
) -> None:
    """Tag what the checkpoint does not know yet, and wait for the end."""
    given = str(source.resolve())
    schema = spark.read.parquet(given).schema
    contacts = (
        spark.readStream.schema(schema)
        .option("maxFilesPerTrigger", files_per_step or 4 * spark.sparkContext.defaultParallelism)
        # Spark passes over files that are a week older than the newest; here none is too old
        .option("maxFileAge", "100000d")
        .parquet(given)
    )
    if id_column and id_column != "contact_id":
        contacts = contacts.withColumn("contact_id", contacts[_quoted(id_column)])
    tagged = tag_dataframe(contacts, model, text_column=text_column, effort=effort)
    query = (
        tagged.writeStream.format("parquet")
        .option("path", str(out.resolve()))
        .option("checkpointLocation", str((out / _CHECKPOINT).resolve()))
        .trigger(availableNow=True)
        .start()
    )
    try:
        query.awaitTermination()
    finally:
        query.stop()


def _finish(
    out: Path,
    job: dict[str, Any],
    model: TopicModel,
    first: Path,
    text_column: str,
    effort: Effort,
    n_rows: int,
) -> TagSummary:
    """Hold what was committed against what was read, and write the manifest."""
    parts = [part for part in spark_parts(out) if pq.read_metadata(part).num_rows]
    summary = count_tags(parts)
    if summary.n_rows != n_rows:
        raise InputError(
            f"{out}: {n_rows:,} rows were read and {summary.n_rows:,} written",
            "delete the folder and tag the contacts again; tell us if it happens twice",
        )
    if summary.n_no_text == n_rows:
        raise no_text(out, text_column, n_rows)
    about = tagging_provenance(None, model, effort, summary)
    finish(out, job, parts, {**read_provenance(first), **about})
    return summary


def _check_alike(files: tuple[Path, ...], source: Path) -> None:
    """Refuse files that Spark cannot read as one table."""
    expected: arrow.Schema | None = None
    for file in files:
        try:
            found = pq.read_schema(file).remove_metadata()
        except (OSError, arrow.ArrowInvalid):
            raise InputError(
                f"{file}: not a Parquet file, or a broken one",
                "with Spark, tag what `cxtopics contacts` writes as Parquet",
            ) from None
        expected = expected or found
        if not found.equals(expected):
            raise InputError(
                f"{source}: {file.name} has other columns or types than {files[0].name}"
                f" ({show_columns(found.names)})",
                "write all parts with one program, or tag them apart",
            )


def _note_inputs(out: Path, files: tuple[Path, ...]) -> int:
    """Note what each file looked like when it was first seen; return the rows of all so far.

    Raises
    ------
    InputError
        If a file that was seen before is another one now: Spark would pass over it.
    """
    note = out / _INPUTS
    seen: dict[str, list[int]] = json.loads(note.read_text("utf-8")) if note.is_file() else {}
    for file in files:
        found = file.stat()
        version = [found.st_size, found.st_mtime_ns]
        if file.name not in seen:
            seen[file.name] = [*version, pq.read_metadata(file).num_rows]
        elif seen[file.name][:2] != version:
            raise InputError(
                f"{file}: was changed since it was tagged",
                "put new contacts into new files, or tag the whole folder into another output",
            )
    with writing(note) as beside:
        beside.write_text(json.dumps(seen, indent=0), "utf-8")
    return sum(version[2] for version in seen.values())


@contextmanager
def _session(master: str) -> Iterator[SparkSession]:
    """Yield a session with our settings: beside the user's active one, else of our own."""
    try:
        with _calm():
            from pyspark.sql import SparkSession
    except ImportError:
        raise MissingExtraError("`tag --engine spark`", "spark") from None
    active = SparkSession.getActiveSession()
    if active is None and not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise InputError("Spark needs Java 17 or later, and there is none", "install a Java")
    own = None
    if active is None:
        if master.startswith("local"):  # else Spark's workers take the first Python of the PATH
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        own = active = (
            SparkSession.builder.master(master)
            .appName("cxtopics tag")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.log.level", "ERROR")
            .getOrCreate()
        )
    session = active.newSession()  # the same machines, other settings
    for name, value in _SETTINGS.items():
        session.conf.set(name, value)
    try:
        yield session
    finally:
        if own is not None:
            own.stop()


@contextmanager
def _telling(out: Path) -> Iterator[None]:
    """Turn Spark's own errors, pages long and full of rows, into one line."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        named = error.getCondition() if isinstance(error, PySparkException) else None
        raise InputError(
            f"{out}: Spark gave up ({named or type(error).__name__})",
            "Spark's log says why; run the same command again: it goes on where it stopped",
        ) from None


def _tagger(archive: str, fingerprint: str, effort: Effort) -> Any:
    """Return the function that Spark calls on its workers: texts -> tags."""
    with _calm():
        from pyspark.sql.functions import pandas_udf

    def tag(texts: Iterator[pd.Series]) -> Iterator[pd.DataFrame]:
        model = _model_on_worker(archive, fingerprint)
        tables = (pd.DataFrame({"text": batch}) for batch in texts)
        for tagged in tag_batches(tables, model, effort=effort):
            yield tagged[_NAMES]

    tag.__annotations__ = {"texts": Iterator[pd.Series], "return": Iterator[pd.DataFrame]}
    with _calm():
        # not deterministic, so that no plan ever calls it twice for a text
        return pandas_udf(tag, returnType=_TAGS).asNondeterministic()


@contextmanager
def _calm() -> Iterator[None]:
    """Pass over Spark's general reservation about pandas 3, on which our tests run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        yield


@lru_cache(maxsize=1)
def _model_on_worker(archive: str, fingerprint: str) -> TopicModel:
    """Load the model that was shipped, once in the life of a Python worker."""
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    from pyspark import SparkFiles
    from threadpoolctl import threadpool_limits

    threadpool_limits(1)
    model = load_model(SparkFiles.get(archive), n_workers=1)
    if model.fingerprint != fingerprint:
        raise ModelError(f"{archive}: not the model that was sent", "run the command again")
    return model


def _ship(spark: SparkSession, folder: Path) -> tuple[str, str]:
    """Have Spark take a model folder to every machine; return its name there."""
    fingerprint = load_model(folder).fingerprint
    name = f"cxtopics-model-{fingerprint[:16]}"
    archive = _room() / f"{name}.zip"
    if not archive.is_file():
        with writing(archive) as beside, zipfile.ZipFile(beside, "w") as packed:
            for file in sorted(folder.iterdir()):
                packed.write(file, file.name)
    spark.sparkContext.addArchive(f"{archive}#{name}")
    return name, fingerprint


@lru_cache(maxsize=1)
def _room() -> Path:
    """Return a folder of this process, gone at its end."""
    room = tempfile.TemporaryDirectory(prefix="cxtopics-")
    _ROOMS.append(room)
    return Path(room.name)


_ROOMS: list[tempfile.TemporaryDirectory[str]] = []


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
