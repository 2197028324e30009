"""One run at a time on one output.

The lock belongs to the process and not to the file: the system lets go of it when the
process ends, however it ends, so no lock outlives its run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cxtopics.errors import InputError

__all__ = ["only_run_on"]


@contextmanager
def only_run_on(out: str | Path) -> Iterator[None]:
    """Hold an output for this process; the file `.<name>.lock` beside it is gone afterwards.

    Raises
    ------
    InputError
        If another run holds it, or nothing can be written there.
    """
    out = Path(out)
    path = out.parent / f".{out.name}.lock"
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        held = _open_locked(path)
    except OSError as error:
        raise InputError(
            f"{out}: cannot be written ({error.strerror})", "choose another output with -o"
        ) from None
    if held is None:
        raise InputError(
            f"{out}: another run{_holder(path)} is writing to it",
            "wait for it to end, stop it, or choose another output with -o",
        )
    try:
        yield
    finally:
        path.unlink(missing_ok=True)  # before letting go: nobody may lock a file that is gone
        os.close(held)


def _open_locked(path: Path) -> int | None:
    """Return the open, locked file; None where another process has locked it."""
    while True:
        held = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        if not _lock(held):
            os.close(held)
            return None
        try:
            if os.path.samestat(os.fstat(held), path.stat()):
                os.truncate(held, 0)
                os.write(held, str(os.getpid()).encode())
                return held
        except FileNotFoundError:
            pass  # the run before removed it between our opening and our locking
        os.close(held)


def _lock(held: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(held, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _holder(path: Path) -> str:
    try:
        return f" (process {int(path.read_text())})"
    except (OSError, ValueError):
        return ""
