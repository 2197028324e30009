"""What a run did, and what a tagged table says of how it was tagged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from cxtopics.classify import Effort, TopicModel

__all__ = ["TagSummary", "count_tags", "tagging_provenance"]


@dataclass(frozen=True)
class TagSummary:
    """What a run did: rows in = n_rows + n_rejected, n_rows = rows out."""

    n_rows: int
    n_tagged: int
    n_abstained: int
    n_no_text: int
    n_rejected: int

    @property
    def coverage(self) -> float:
        """Share of the contacts with text that got a topic, 0-1."""
        with_text = self.n_tagged + self.n_abstained
        return self.n_tagged / with_text if with_text else float("nan")


def count_tags(parts: Iterable[Path], n_rejected: int = 0) -> TagSummary:
    """Count what stands in Parquet files that were tagged, a row group at a time."""
    n_rows = n_tagged = n_abstained = 0
    for part in parts:
        with pq.ParquetFile(part, pre_buffer=False) as file:
            for batch in file.iter_batches(columns=["topic", "needs_review"]):
                n_rows += batch.num_rows
                n_tagged += batch.num_rows - batch.column("topic").null_count
                n_abstained += pc.sum(batch.column("needs_review")).as_py() or 0
    return TagSummary(n_rows, n_tagged, n_abstained, n_rows - n_tagged - n_abstained, n_rejected)


def tagging_provenance(
    input_sha256: str | None, model: TopicModel, effort: Effort, summary: TagSummary
) -> dict[str, Any]:
    """Return how a table was tagged, and with which topics."""
    taxonomy = model.taxonomy
    return {
        "tagging": {
            "input_sha256": input_sha256,
            "model_fingerprint": model.fingerprint,
            "effort": effort,
            "classifier_error": model.details["classifier_error"],
            "encoder": model.details["encoder"]["name"],
            "n_labels": model.details["n_labels"],
            "threshold": model.classifier.threshold_,
            "taxonomy_fingerprint": taxonomy.fingerprint if taxonomy else None,
            "n_rows": summary.n_rows,
            "n_tagged": summary.n_tagged,
            "n_abstained": summary.n_abstained,
            "n_no_text": summary.n_no_text,
            "n_rejected": summary.n_rejected,
            # What the report's estimators need of the model, so that they need no model.
            "estimation": {"classes": model.classes, **model.details.get("estimation", {})},
        },
        # The topics travel with the tags; their examples are not needed any more.
        "taxonomy": _without_examples(model),
    }


def _without_examples(model: TopicModel) -> dict[str, Any] | None:
    if model.taxonomy is None:
        return None
    content = model.taxonomy.model_dump(mode="json", exclude_defaults=True)
    for topic in (*content["topics"], *content.get("reserved", ()), *content.get("retired", ())):
        topic.pop("examples", None)
    return content
