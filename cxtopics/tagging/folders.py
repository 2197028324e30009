"""A folder of contacts -> a folder of tagged contacts, a part for a file.

Every part is a Parquet file that appears whole and says in its footer what it was made
from; `_manifest.json` lists them when all are done. The same call again does what is
missing: files that were added, and those that an interrupted run did not come to.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cxtopics import __version__
from cxtopics.classify import Effort, TopicModel
from cxtopics.errors import InputError
from cxtopics.records import Progress, find_inputs
from cxtopics.tables import MANIFEST, Manifest, file_sha256, only_run_on, read_provenance
from cxtopics.tagging.files import keeping_parts, tag_file
from cxtopics.tagging.summary import TagSummary, tagging_provenance

__all__ = ["begin", "finish", "tag_folder"]


def tag_folder(
    source: str | Path,
    model: TopicModel,
    out: str | Path,
    *,
    text_column: str = "text",
    id_column: str | None = None,
    effort: Effort = "balanced",
    progress: Progress | None = None,
) -> TagSummary:
    """Tag every file of a folder into a Parquet file of the folder `out`.

    Parameters
    ----------
    source
        Files of any format that `tag_file` reads, in the order of their names.

    Raises
    ------
    InputError
        As `tag_file`; or where `out` holds something else or another job's parts, or a
        file was changed since it was tagged.
    """
    source, out = Path(source), Path(out)
    job = _job(model, text_column, id_column, effort)
    with only_run_on(out), keeping_parts(out):
        begin(out, job)
        done = []
        for name, file in _parts_by_name(source).items():
            if not _is_done(out / name, file):
                tag_file(
                    file,
                    model,
                    out / name,
                    text_column=text_column,
                    id_column=id_column,
                    effort=effort,
                    progress=progress,
                )
            done.append(out / name)
        abouts = [read_provenance(part) for part in done]
        summary = _sum(about["tagging"] for about in abouts)
        finish(out, job, done, {**abouts[0], **tagging_provenance(None, model, effort, summary)})
    return summary


def begin(out: Path, job: dict[str, Any]) -> None:
    """Mark a folder as being written by a job.

    Raises
    ------
    InputError
        If the folder is not empty and no such job wrote it.
    """
    if str(out) == "-":
        raise InputError("-: a folder cannot go to stdout", "name a folder with -o")
    found = Manifest.read(out)
    if found is None and out.exists() and not _is_empty(out):
        raise InputError(
            f"{out}: exists and is not a folder that `cxtopics tag` wrote",
            "choose another output with -o",
        )
    if found and found.job != job:
        differs = next(key for key in {**job, **found.job} if job.get(key) != found.job.get(key))
        raise InputError(
            f"{out}: holds contacts that were tagged with another {differs.replace('_', ' ')}",
            "choose another output with -o, or delete the folder",
        )
    out.mkdir(parents=True, exist_ok=True)
    for left_over in out.glob(f".{MANIFEST}.*"):  # by a run that was killed while writing one
        shutil.rmtree(left_over, ignore_errors=True)
    Manifest(job).write(out)


def _is_empty(out: Path) -> bool:
    return out.is_dir() and all(found.name.startswith(".") for found in out.iterdir())


def finish(
    out: Path, job: dict[str, Any], parts: Iterable[Path], provenance: dict[str, Any]
) -> None:
    """Write down what a finished job made."""
    names = tuple(part.name for part in parts)
    Manifest(job, finished=True, parts=names, provenance=provenance).write(out)


def _job(
    model: TopicModel, text_column: str, id_column: str | None, effort: Effort
) -> dict[str, Any]:
    return {
        "engine": "local",
        "version": __version__,
        "model": model.fingerprint,
        "text_column": text_column,
        "id_column": id_column,
        "effort": effort,
    }


def _parts_by_name(source: Path) -> dict[str, Path]:
    """Return the files of a folder by the name of the part that each becomes."""
    named: dict[str, Path] = {}
    for file in find_inputs([source]).files:
        if file.member:
            raise InputError(f"{file.shown}: lies in an archive", "unpack it into the folder")
        name = f"{file.label.replace('/', '-').removesuffix('.parquet')}.parquet"
        if name in named:
            raise InputError(
                f"{file.path}: would become the same part as {named[name]}", "rename one of them"
            )
        named[name] = file.path
    return named


def _is_done(part: Path, file: Path) -> bool:
    if not part.exists():
        return False
    if read_provenance(part)["tagging"]["input_sha256"] != file_sha256(file):
        raise InputError(
            f"{file}: was changed since it was tagged", f"delete {part} to have it tagged again"
        )
    return True


def _sum(abouts: Iterable[dict[str, Any]]) -> TagSummary:
    total = dict.fromkeys(asdict(TagSummary(0, 0, 0, 0, 0)), 0)
    for about in abouts:
        for name in total:
            total[name] += about[name]
    return TagSummary(**total)
