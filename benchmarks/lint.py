"""How often the lint is right that a label names a resolution, a channel or a team.

    python benchmarks/lint.py [--wrong]

`lint_labels.csv` holds two kinds of labels. Most were written for this project in the style of
helpdesks' topics, tags and macros, half of them customer problems; a digest of the label deals
them into a tuned and a held-out half. One hand wrote both them and the lint's words, so both
halves flatter it. The others were found on public pages (`source`) when the words stood, in two
rounds. On the first, the words as they were then had a precision of 15 of 15 and a recall of
15 of 33; they were widened after that, so the second round is the only one never looked at.
--wrong prints all mistakes but those of the held-out half and the second round.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pandas as pd

from cxtopics.measure.intervals import wilson
from cxtopics.taxonomy.framing import framing_of

LABELS = Path(__file__).parent / "lint_labels.csv"


def main() -> None:
    """Print precision and recall of "not a problem", by part."""
    labels = read_labels()
    head = (
        f"{'part':<14}{'labels':>8}{'flawed':>8}{'precision':>11}  {'95 %':<15}{'recall':>8}  95 %"
    )
    print(head)
    for half, rows in labels.groupby("half", sort=False):
        hits = int((rows["flawed"] & rows["flagged"]).sum())
        precision, recall = (wilson(hits, rows[side].sum()) for side in ("flagged", "flawed"))
        print(
            f"{half:<14}{len(rows):>8}{rows['flawed'].sum():>8}{precision.value:>11.3f}"
            f"  {precision.low:.3f}-{precision.high:.3f}  {recall.value:>8.3f}"
            f"  {recall.low:.3f}-{recall.high:.3f}"
        )
    if "--wrong" in sys.argv:
        tuned = labels[labels["half"].isin(["tuned", "found first"])]
        wrong = tuned[tuned["flawed"] != tuned["flagged"]]
        print(wrong[["framing", "label", "said"]].to_string(index=False))


def read_labels() -> pd.DataFrame:
    """Return the labels with their half, and what the lint says of each."""
    labels = pd.read_csv(LABELS)
    odd = [hashlib.sha256(label.encode()).digest()[0] % 2 for label in labels["label"]]
    labels["half"] = ["held out" if one else "tuned" for one in odd]
    found = labels["found"].notna()
    labels.loc[found, "half"] = "found " + labels.loc[found, "found"]
    labels["said"] = labels["label"].map(framing_of)
    labels["flawed"] = labels["framing"] != "problem"
    labels["flagged"] = labels["said"] != "problem"
    return labels.sort_values("half", ascending=False, kind="stable")


if __name__ == "__main__":
    main()
