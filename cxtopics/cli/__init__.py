"""Words on a command line -> one station each. Data to stdout or -o, the rest to stderr."""

from __future__ import annotations

import sys

from cxtopics.cli import revisions as _revisions  # noqa: F401 (adds its commands to topics)
from cxtopics.cli.audit import audit_app
from cxtopics.cli.commands import app
from cxtopics.cli.discovery import drift, labels_app
from cxtopics.cli.forecast import forecast
from cxtopics.cli.impact import impact
from cxtopics.cli.output import fail
from cxtopics.cli.review import review_app
from cxtopics.cli.topics import topics_app
from cxtopics.cli.watch import watch
from cxtopics.errors import CxTopicsError

__all__ = ["app", "main"]

app.add_typer(audit_app, name="audit")
app.command()(impact)
app.command()(forecast)
app.command()(watch)
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
