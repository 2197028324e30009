"""Words on a command line -> one station each. Data to stdout or -o, the rest to stderr."""

from __future__ import annotations

import sys

from cxtopics.cli.commands import app
from cxtopics.cli.discovery import drift, labels_app
from cxtopics.cli.output import fail
from cxtopics.cli.review import review_app
from cxtopics.cli.topics import topics_app
from cxtopics.errors import CxTopicsError

__all__ = ["app", "main"]

app.add_typer(topics_app, name="topics")
app.add_typer(review_app, name="review")
app.add_typer(labels_app, name="labels")
app.command()(drift)


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
