"""The model card: what a model is, how good it is, what it does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxtopics.classify.evaluation import Evaluation

if TYPE_CHECKING:
    from cxtopics.classify.cascade import Effort
    from cxtopics.classify.model import TopicModel

__all__ = ["model_card"]

_COLD = """\
> **Cold start.** This model has seen no contact of the shop, only the example messages of the
> taxonomy. The figures below were measured on those examples and say little about real
> contacts: treat the error on yours as unknown until some of them have been labelled.
"""


def model_card(model: TopicModel, by_effort: dict[Effort, Evaluation]) -> str:
    """Return the card as Markdown; `by_effort` are the out-of-fold results."""
    about, scores = model.details, by_effort["balanced"]
    head, encoder = model.classifier, model.features.encoder.info
    trained = f"{about['n_labels']:,} labelled contacts and {about['n_examples']:,} examples"
    topics = about["taxonomy_name"] or "the labels themselves"
    lines = [
        "# Model card\n",
        _COLD if about["classifier_error"] == "unknown" else "",
        "| | |\n|---|---|",
        f"| topics | {len(model.classes)} ({topics}) |",
        f"| trained on | {trained} |",
        f"| started from | the heads of training {about['started_from']} |"
        if about.get("started_from")
        else "",
        f"| encoder | {encoder.name}, {encoder.n_dims} dimensions, beside TF-IDF of words |",
        f"| reads | the first {encoder.max_tokens} tokens (about 190 words) |",
        f"| abstains below | {head.threshold_:.3f}, for {head.target_precision:.0%} precision |",
        f"| written by | cxtopics {about['cxtopics']} |",
        "\n## Out of fold\n",
        "Each text was predicted by a head that had not seen it; equal texts share a fold.\n",
        "| figure | value |\n|---|---|",
        f"| texts | {scores.n:,} |",
        f"| accuracy, forced choice | {scores.accuracy:.1%}"
        f" ({scores.accuracy_low:.1%} - {scores.accuracy_high:.1%}) |",
        f"| macro F1 | {scores.macro_f1:.3f} |",
        f"| coverage (does not abstain) | {scores.coverage:.1%} |",
        f"| accuracy where it does not abstain | {scores.accuracy_covered:.1%} |",
        f"| expected calibration error | {scores.expected_calibration_error:.3f} |",
        "\n## Effort\n",
        "`tag --effort` decides how many contacts the light stage answers alone.\n",
        "| effort | accuracy, forced choice | encoder reads | expected calibration error |",
        "|---|---|---|---|",
        *(
            f"| {effort} | {found.accuracy:.1%} | {1 - found.share_by_light:.0%}"
            f" | {found.expected_calibration_error:.3f} |"
            for effort, found in by_effort.items()
        ),
        "\n## Most often confused\n",
        "| is | was taken for | texts |\n|---|---|---|",
        *(f"| {_cell(true)} | {_cell(said)} | {n} |" for true, said, n in scores.confused[:10]),
        "\n## Limits\n",
        "One topic per contact, from its subject and first message. Languages: those of the"
        " encoder; the default knows English. Confidence holds for contacts like those it was"
        " trained on. The folder holds vectors of the texts it learnt from, and no text:"
        " keep it where those may be kept.",
    ]
    return "\n".join(line for line in lines if line) + "\n"


def _cell(name: str) -> str:
    return name.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
