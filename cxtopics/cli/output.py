"""What people see on stderr: progress, notes, errors. Data goes to stdout or a file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from cxtopics.records import Reconciliation
    from cxtopics.training import LabelledTexts

__all__ = ["Step", "bar", "fail", "say", "say_blank", "say_reconciled", "time_left"]


class Step:
    """Called with the steps done; `expect` is told how many there will be.

    Parameters
    ----------
    show
        Called with steps done since the last call and, if known by now, the total.
    """

    def __init__(self, show: Callable[[int, float | None], None]) -> None:
        self._show = show

    def __call__(self, n: int) -> None:
        """Count steps done."""
        self._show(n, None)

    def expect(self, total: float) -> None:
        """Take over how many steps there will be in all, or an estimate of it."""
        self._show(0, total)


@contextmanager
def bar(label: str, total: float | None = None) -> Iterator[Step | None]:
    """Show a count and its pace on stderr while a terminal is there to see it.

    Where the total is given or becomes known (`Step.expect`), the share done and the time
    left too. Yields what is called with the steps done; None without a terminal.
    """
    try:
        with _progress(label, total) as step:
            yield step
    except KeyboardInterrupt:
        say("Interrupted: nothing half-written was left; run the same command again to go on.")
        raise


@contextmanager
def _progress(label: str, total: float | None) -> Iterator[Step | None]:
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<12}"),
        TextColumn("{task.completed:>9,.0f}"),
        TextColumn("{task.fields[pace]}"),
        TextColumn("{task.fields[left]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(label, total=total, pace="", left="")

        def show(n: int, total: float | None) -> None:
            if total is not None:
                progress.update(task, total=total)
            progress.advance(task, n)
            now = progress.tasks[0]
            pace = f"{now.speed:,.0f}/s" if now.speed else ""
            progress.update(task, pace=pace, left=time_left(now.completed, now.total, now.speed))

        yield Step(show)


def time_left(done: float, total: float | None, pace: float | None) -> str:
    """Return the share done and the time left, such as `42 %, 3:05 left`; empty if unknown."""
    if not total:
        return ""
    share = f"{min(done / total, 1):.0%}".replace("%", " %")
    if not pace:
        return share
    minutes, seconds = divmod(round(max(total - done, 0) / pace), 60)
    return f"{share}, {minutes}:{seconds:02d} left"


def say_reconciled(reconciliation: Reconciliation, out: Path) -> None:
    """Say what became of every row read, and what else a reader of the figures must know."""
    left_out = ", ".join(f"{n:,} {reason}" for reason, n in reconciliation.left_out.items() if n)
    for file in reconciliation.files:
        say(f"{file.name}: {file.dialect}, by {_shortened(file.reason)}")
    for notice in reconciliation.notices:
        say(f"Note: {notice}")
    say(
        f"{out}: {reconciliation.n_read:,} rows read = {reconciliation.n_counted:,} counted"
        f" + {sum(reconciliation.left_out.values()):,} left out ({left_out or 'none'})"
        f" + {reconciliation.n_rejected:,} rejected"
    )


def _shortened(reason: str) -> str:
    return reason if len(reason) <= 120 else f"{reason[:117]}..."


def say_blank(labels: LabelledTexts | None) -> None:
    """Say how many rows of a labels file could not be used."""
    if labels and labels.n_blank:
        say(f"Note: {labels.n_blank:,} rows without a text or a topic were left out")


def fail(message: str, hint: str) -> NoReturn:
    """Say what went wrong in one line (a header may hold line breaks), and what to do."""
    say(f"Error: {' '.join(message.split())}\nHint: {' '.join(hint.split())}")
    sys.exit(1)


def say(line: str) -> None:
    """Print a line to stderr."""
    typer.echo(line, err=True)
