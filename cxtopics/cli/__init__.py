"""Words on a command line -> one station each. Data to stdout or -o, the rest to stderr."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cxtopics import __version__
from cxtopics.cli import revisions as _revisions  # noqa: F401 (adds its commands to topics)
from cxtopics.cli.audit import audit_app
from cxtopics.cli.discovery import drift, labels_app
from cxtopics.cli.exports import contacts, orders
from cxtopics.cli.forecast import forecast
from cxtopics.cli.impact import impact
from cxtopics.cli.models import evaluate, tag, train
from cxtopics.cli.output import fail
from cxtopics.cli.reports import rank, report
from cxtopics.cli.review import review_app
from cxtopics.cli.topics import topics_app
from cxtopics.cli.watch import watch
from cxtopics.cli.whole import demo, run
from cxtopics.errors import CxTopicsError

__all__ = ["app", "main"]

app = typer.Typer(
    help="Why customers write, per order: a helpdesk export and a shop's orders in, a ranked"
    " list of problems worth fixing out.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _command in (
    demo, contacts, orders, train, evaluate, tag, report, rank, run, impact, forecast, watch, drift,
):  # fmt: skip
    app.command()(_command)
for _name, _commands in (
    ("audit", audit_app), ("topics", topics_app), ("review", review_app), ("labels", labels_app),
):  # fmt: skip
    app.add_typer(_commands, name=_name)


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    if version:
        typer.echo(f"cxtopics {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the program; errors the user can mend become two lines and exit code 1."""
    try:
        app()
    except CxTopicsError as error:
        fail(str(error), error.hint)
    except BrokenPipeError:  # `cxtopics tag ... -o - | head`
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:  # a full disk, a folder without permission
        where = error.filename or "the system"
        fail(f"{where}: {error.strerror}", "check the disk's space and the permissions")
