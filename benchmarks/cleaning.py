"""Precision and recall of the lines that cleaning keeps, per language and kind.

    python benchmarks/cleaning.py [--misses] [--speed]

The messages are in tests/text/cleaning_tuned.yaml (the rules were made with these) and
cleaning_held_out.yaml (written after the rules; no rule was changed for them). Every line
is marked as the customer's own, quoted or signature.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from cxtopics.text import clean_message

sys.path.append(str(Path(__file__).parent.parent / "tests" / "text"))
from marked import MarkedMessage, count, load_messages

SETS = ("tuned", "held_out")
ROUNDS = 20


def main() -> None:
    """Print a table per set; with --misses every line that went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--misses", action="store_true", help="print the lines that went wrong")
    parser.add_argument("--speed", action="store_true", help="print messages per CPU-second")
    asked = parser.parse_args()
    for name in SETS:
        messages = load_messages(name)
        print(f"\n{name}: {len(messages)} messages")
        print(
            f"{'':<14}{'messages':>9}{'own':>6}{'kept':>8}{'quoted':>8}{'dropped':>9}"
            f"{'signed':>8}{'dropped':>9}{'precision':>11}"
        )
        print(_row("all", messages))
        for title, group in (("language", _language), ("kind", _kind)):
            print(f"by {title}")
            for key in dict.fromkeys(map(group, messages)):
                print(_row(f"  {key}", [m for m in messages if group(m) == key]))
        if asked.misses:
            _print_misses(messages)
        if asked.speed:
            _print_speed(messages)


def _language(message: MarkedMessage) -> str:
    return message.language


def _kind(message: MarkedMessage) -> str:
    return message.kind


def _row(title: str, messages: Sequence[MarkedMessage]) -> str:
    n = count(messages)
    own, quoted, signed = (n[mark, True] + n[mark, False] for mark in "oqs")
    kept = n["o", True] + n["q", True] + n["s", True]
    return (
        f"{title:<14}{len(messages):>9}{own:>6}{_share(n['o', True], own):>8}"
        f"{quoted:>8}{_share(n['q', False], quoted):>9}"
        f"{signed:>8}{_share(n['s', False], signed):>9}{_share(n['o', True], kept):>11}"
    )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"


def _print_misses(messages: Sequence[MarkedMessage]) -> None:
    for message in messages:
        for line, kept in message.kept(clean_message(message.body, html=message.html)):
            if line.mark != "n" and kept != (line.mark == "o"):
                print(f"  {message.id}: {'kept' if kept else 'lost'} {line.mark} {line.words}")


def _print_speed(messages: Sequence[MarkedMessage]) -> None:
    run: Callable[[MarkedMessage], str] = lambda m: clean_message(m.body, html=m.html)  # noqa: E731
    start = time.process_time()
    for _ in range(ROUNDS):
        for message in messages:
            run(message)
    pace = ROUNDS * len(messages) / (time.process_time() - start)
    print(f"{pace:,.0f} messages per CPU-second")


if __name__ == "__main__":
    main()
