"""A revision of the topics, and what it touches, as text for people."""

from __future__ import annotations

from pathlib import Path

from cxtopics.revisions import Revision, TopicChanges, Touched

__all__ = ["changes_text", "revision_text", "touched_text"]

_WHAT = {
    "none": "stay",
    "renamed": "carried over to {current}",
    "merged": "carried over to {current}",
    "split": "to be told by people: {parts}; reports mark the break",
    "retired": "stay under {current}, shown as retired",
}


def revision_text(revision: Revision, path: Path) -> str:
    """Return what a revision does to the file: one line, then the lines that change."""
    added, gone = revision.n_lines
    return f"{path}: {revision.said} (+{added} -{gone} lines)\n{revision.diff}\n"


def touched_text(touched: Touched, revision: Revision) -> str:
    """Return how much of a table a revision touches, and what becomes of it."""
    what = "contacts counted" if touched.path.is_dir() else "rows"
    lines = [f"{touched.path}: {touched.n:,} of {touched.n_rows:,} {what}"]
    for topic, n in touched.by_topic.items():
        fate = revision.fates[topic]
        then = _WHAT[fate.change].format(current=fate.current, parts=" or ".join(fate.parts))
        lines.append(f"  {n:>7,} {topic}: {then}")
    if touched.n and touched.path.is_dir():
        lines.append("  make it again with --topics and this file")
    return "\n".join(lines)


def changes_text(changes: TopicChanges) -> str:
    """Return the difference of two taxonomies, one line per topic."""
    lines = [f"added     {topic}" for topic in changes.added]
    lines += [f"renamed   {old} -> {new}" for old, new in changes.renamed.items()]
    lines += [f"merged    {old} -> {new}" for old, new in changes.merged.items()]
    lines += [f"split     {old} -> {', '.join(parts)}" for old, parts in changes.split.items()]
    lines += [f"retired   {topic}" for topic in changes.retired]
    lines += [f"restored  {topic}" for topic in changes.restored]
    lines += [f"reworded  {topic}: {', '.join(keys)}" for topic, keys in changes.reworded.items()]
    lines += [f"GONE      {topic}" for topic in changes.unexplained]
    return "\n".join(lines) or "no difference"
