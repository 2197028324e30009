"""Recall of redaction per kind, and what it touches that should stay.

    python benchmarks/redaction.py [--misses] [--speed] [--tagging]

The sentences are in tests/text/redaction_tuned.yaml (the rules were made with these) and
redaction_held_out.yaml (written after the rules). `--tagging` tags the bundled sample with
and without redaction and prints how often the topics agree.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from cxtopics.text import KINDS, redact

sys.path.append(str(Path(__file__).parent.parent / "tests" / "text"))
from marked import KEPT, MarkedSentence, load_sentences

SETS = ("tuned", "held_out", "fresh")
ROOT = Path(__file__).parent.parent
ROUNDS = 20


def main() -> None:
    """Print a table per set."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--misses", action="store_true", help="print what went wrong")
    parser.add_argument("--speed", action="store_true", help="print sentences per CPU-second")
    parser.add_argument("--tagging", action="store_true", help="agreement of topics")
    asked = parser.parse_args()
    for name in SETS:
        sentences = load_sentences(name)
        print(f"\n{name}: {len(sentences)} sentences")
        _print_hidden(sentences)
        _print_kept(sentences)
        if asked.misses:
            _print_misses(sentences)
        if asked.speed and sentences:
            _print_speed(sentences)
    if asked.tagging:
        _print_agreement()


def _print_hidden(sentences: Sequence[MarkedSentence]) -> None:
    marks = [pair for sentence in sentences for pair in sentence.hidden()]
    strays = [kind for sentence in sentences for kind, _ in sentence.strays()]
    print(f"{'to go':<10}{'n':>6}{'recall':>9}{'strays':>8}")
    for kind in KINDS:
        hidden = [ok for mark, ok in marks if mark.kind == kind]
        if hidden or kind in strays:
            share = f"{sum(hidden) / len(hidden):.1%}" if hidden else "-"
            print(f"{kind:<10}{len(hidden):>6}{share:>9}{strays.count(kind):>8}")


def _print_kept(sentences: Sequence[MarkedSentence]) -> None:
    marks = [pair for sentence in sentences for pair in sentence.touched()]
    print(f"{'to stay':<10}{'n':>6}{'touched':>9}")
    for kind in KEPT:
        touched = [hit for mark, hit in marks if mark.kind == kind]
        if touched:
            print(f"{kind:<10}{len(touched):>6}{sum(touched) / len(touched):>9.1%}")


def _print_misses(sentences: Sequence[MarkedSentence]) -> None:
    for sentence in sentences:
        for mark, ok in sentence.hidden():
            if not ok:
                print(f"  left {mark.kind}: {sentence.text!r}")
        for mark, hit in sentence.touched():
            if hit:
                print(f"  touched {mark.kind}: {sentence.text!r}")
        for kind, words in sentence.strays():
            print(f"  stray {kind} {words!r}: {sentence.text!r}")


def _print_speed(sentences: Sequence[MarkedSentence]) -> None:
    start = time.process_time()
    for _ in range(ROUNDS):
        for sentence in sentences:
            redact(sentence.text)
    pace = ROUNDS * len(sentences) / (time.process_time() - start)
    print(f"{pace:,.0f} sentences per CPU-second")


def _print_agreement() -> None:
    import pandas as pd

    from cxtopics.classify import load_model
    from cxtopics.contacts import read_contacts
    from cxtopics.flow import bundled_topics
    from cxtopics.tagging import tag_contacts
    from cxtopics.taxonomy import load_taxonomy
    from cxtopics.training import train_model

    exports = sorted((ROOT / "data" / "1-export").glob("*.ndjson"))
    truth = pd.read_csv(ROOT / "data" / "sample" / "truth.csv", dtype=str)
    truth = truth[truth["kind"] == "contact"].set_index("ticket_id")
    whole, hidden = (read_contacts(exports, redacted=on).table for on in (False, True))
    changed = (whole["text"] != hidden["text"]) & whole["text"].notna()
    print(f"\nbundled sample: {whole['text'].notna().sum()} texts, {changed.sum()} redacted")
    with TemporaryDirectory() as room:
        train_model(Path(room) / "cold", taxonomy=load_taxonomy(bundled_topics()))
        tagger = load_model(Path(room) / "cold")
        before, after = (tag_contacts(table, tagger) for table in (whole, hidden))
    topics = truth["topic"].reindex(whole["contact_id"]).to_numpy()
    for column in ("topic", "topic_forced"):
        same = before[column].fillna("") == after[column].fillna("")
        print(f"{column}: {same[whole['text'].notna()].mean():.2%} the same")
    for name, tagged in (("as written", before), ("redacted", after)):
        right = (tagged["topic_forced"] == topics)[whole["text"].notna()]
        print(f"accuracy {name}: {right.mean():.2%}")


if __name__ == "__main__":
    main()
