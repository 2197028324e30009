"""The result of `evaluate` as text for people."""

from __future__ import annotations

import math

from cxtopics.classify import Evaluation

__all__ = ["evaluation_text"]


def evaluation_text(found: Evaluation, n_topics: int = 10) -> str:
    """Return headline figures, the weakest topics and the commonest confusions."""
    lines = [
        f"contacts            {found.n:,} in scope, {found.n_out_of_scope:,} out of scope",
        f"accuracy            {found.accuracy:.1%}  ({found.accuracy_low:.1%} -"
        f" {found.accuracy_high:.1%}, forced choice)",
        f"macro F1            {found.macro_f1:.3f}",
        f"coverage            {found.coverage:.1%}  (confidence >= {found.threshold:.2f})",
        f"accuracy covered    {_share(found.accuracy_covered)}",
        f"calibration error   {found.expected_calibration_error:.3f}",
    ]
    if found.n_unknown:
        lines.append(f"unknown labels      {found.n_unknown:,} contacts, counted as wrong")
    if found.mcc is not None and found.oos_auroc is not None:
        lines.append(f"out of scope        AUROC {found.oos_auroc:.3f}, MCC {found.mcc:.3f}")
    weakest = sorted(found.per_topic.items(), key=lambda item: item[1].recall)[:n_topics]
    lines += ["", f"{'weakest topics':<40}{'n':>6}{'recall':>9}{'precision':>11}"]
    for topic, score in weakest:
        precision = _share(score.precision)
        lines.append(f"{topic[:39]:<40}{score.n:>6}{score.recall:>9.1%}{precision:>11}")
    if found.confused:
        lines += ["", "most often confused (is -> was taken for)"]
        lines += [f"{n:>6}  {true} -> {said}" for true, said, n in found.confused[:n_topics]]
    return "\n".join(lines)


def _share(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.1%}"
