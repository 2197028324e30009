"""How a new model compares with the one it replaces, as text for people."""

from __future__ import annotations

from cxtopics.classify import TopicModel
from cxtopics.classify.succession import Comparison

__all__ = ["comparison_text", "log_lines"]

_N_TOPICS = 12
_N_MOVES = 8


def comparison_text(found: Comparison) -> str:
    """Return accuracy before and after, overall and by topic, and where contacts moved to."""
    lines = [_headline(found), ""]
    lines.append(f"{'topic (largest change first)':<40}{'n':>6}{'before':>9}{'after':>9}")
    ranked = sorted(found.by_topic.items(), key=lambda row: -abs(row[1][2] - row[1][1]) * row[1][0])
    for topic, (n, before, after) in ranked[:_N_TOPICS]:
        lines.append(f"{topic[:39]:<40}{n:>6,}{before:>9.1%}{after:>9.1%}")
    if len(ranked) > _N_TOPICS:
        lines.append(f"... and {len(ranked) - _N_TOPICS} topics that changed less")
    lines += ["", _churn(found)]
    lines += [f"{n:>6,}  {old} -> {new}" for old, new, n in found.moves[:_N_MOVES]]
    return "\n".join(lines)


def log_lines(model: TopicModel, found: Comparison | None) -> list[str]:
    """Return what a changelog says of a new model."""
    about = model.details
    trained = f"{about['n_labels']:,} labels and {about['n_examples']:,} examples"
    lines = [f"{len(model.classes)} topics, trained on {trained}"]
    return [*lines, _headline(found), _churn(found)] if found else lines


def _headline(found: Comparison) -> str:
    what = "example messages" if found.on_examples else "labelled contacts"
    value, low, high = (100 * float(end) for end in found.difference)
    unseen = f", {found.n_unseen:,} of them new to the older model" if found.n_unseen else ""
    return (
        f"accuracy on the same {found.n:,} {what}, out of fold{unseen}: "
        f"{found.accuracy_before:.1%} before, {found.accuracy_after:.1%} after"
        f" ({value:+.1f} points, {low:+.1f} to {high:+.1f}; McNemar p = {found.p_value:.2g})"
    )


def _churn(found: Comparison) -> str:
    return f"churn: {found.churn:.1%} of them change their topic"
