"""What changed between two topics files, and whether every topic that is gone is explained."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cxtopics.errors import InputError
from cxtopics.taxonomy import Taxonomy, Topic, fate_of, load_taxonomy, parse_taxonomy

__all__ = ["TopicChanges", "compare_topics", "read_topics"]

_LINEAGE = {"replaces", "since", "merged_into", "split_into", "retired_on", "reason"}


@dataclass(frozen=True)
class TopicChanges:
    """Every topic that is not as it was, by what happened to it.

    Attributes
    ----------
    renamed, merged
        Old id to new id.
    split
        Old id to its parts.
    restored
        Topics in use again that had ended, or whose rename or split was taken back.
    reworded
        Id to what changed: keys, and `examples +2 -1`.
    unexplained
        Ids that are gone without a word of what became of them.
    """

    added: list[str] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    split: dict[str, list[str]] = field(default_factory=dict)
    retired: list[str] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)
    reworded: dict[str, list[str]] = field(default_factory=dict)
    unexplained: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON."""
        return asdict(self)

    def __bool__(self) -> bool:
        return any(asdict(self).values())


def compare_topics(old: Taxonomy, new: Taxonomy) -> TopicChanges:
    """Compare an older state of the topics with a newer one."""
    changes = TopicChanges()
    for name, topic in old.by_id.items():
        _place(name, topic, old, new, changes)
    earlier = {before for topic in (*old, *old.retired) for before in topic.replaces}
    for name in sorted({*old.ended, *earlier} - set(old.by_id)):
        if name in new.by_id:
            changes.restored.append(name)
        elif fate_of(name, new).change == "unknown":
            changes.unexplained.append(name)
    known = {*old.by_id, *changes.renamed.values(), *changes.restored}
    known |= {part for parts in changes.split.values() for part in parts}
    changes.added.extend(name for name in new.by_id if name not in known)
    return changes


def _place(name: str, topic: Topic, old: Taxonomy, new: Taxonomy, changes: TopicChanges) -> None:
    fate = fate_of(name, new)
    if fate.change == "none":
        target = new.by_id[name]
    elif fate.change == "renamed":
        changes.renamed[name] = fate.current
        target = new.by_id[fate.current]
    else:
        if fate.change == "merged":
            changes.merged[name] = fate.current
        elif fate.change == "split":
            changes.split[name] = list(fate.parts)
        elif fate.change == "retired":
            changes.retired.append(name)
        elif not _taken_back(name, topic, old, new):
            changes.unexplained.append(name)
        return
    if words := _reworded(topic, target, new):
        changes.reworded[fate.current] = words


def _taken_back(name: str, topic: Topic, old: Taxonomy, new: Taxonomy) -> bool:
    """Whether a rename or split that made this topic was undone."""
    if any(before in new.by_id for before in topic.replaces):
        return True
    wholes = (whole.id for whole in old.retired if name in whole.split_into)
    return any(whole in new.by_id for whole in wholes)


def _reworded(old: Topic, new: Topic, taxonomy: Taxonomy) -> list[str]:
    words = [
        key
        for key in Topic.model_fields
        if key not in {"id", "examples", "excludes"} | _LINEAGE
        and getattr(old, key) != getattr(new, key)
    ]
    if not _same_exclusions(old, new, taxonomy):
        words.append("excludes")
    added = len(set(new.examples) - set(old.examples))
    gone = len(set(old.examples) - set(new.examples))
    return [*words, f"examples +{added} -{gone}"] if added or gone else words


def _same_exclusions(old: Topic, new: Topic, taxonomy: Taxonomy) -> bool:
    """Whether they differ at most by the renames and merges of the topics they name."""
    followed = {(fate_of(key, taxonomy).current, text) for key, text in old.excludes.items()}
    keys = {key for key, _ in followed} - {new.id}
    return set(new.excludes.items()) <= followed and keys == set(new.excludes)


def read_topics(source: str) -> Taxonomy:
    """Read a topics file, or with `REVISION:PATH` the state of it that git knows.

    Raises
    ------
    InputError
        If there is neither such a file nor such a revision.
    TaxonomyError
        If it has faults.
    """
    if Path(source).exists() or ":" not in source:
        return load_taxonomy(source)
    git = shutil.which("git")
    if git is None:
        raise InputError(f"{source}: no such file, and git is not installed", "give two files")
    revision, _, path = source.partition(":")
    for place in (path, f"./{path}"):  # from the top of the repository, or from here
        command = [git, "show", "--end-of-options", f"{revision}:{place}"]
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 (no shell)
        if done.returncode == 0:
            return parse_taxonomy(done.stdout, source)
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    raise InputError(
        f"{source}: no such file, and git says: {said[-1] if said else 'nothing'}",
        "give a file, or REVISION:PATH such as HEAD~1:topics/ecommerce.yaml",
    )
