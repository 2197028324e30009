"""How far the reading of files has got: rows, and about how many rows there are."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Pace", "Progress", "expect_rows"]

Progress = Callable[[int], None]
"""Called with the rows done since the last call. If it has a method `expect`, that is called
with the number of rows there will be in all, as it is known or estimated by then."""
_STEP = 500  # rows between two calls


def expect_rows(progress: Progress | None, n_rows: int) -> None:
    """Tell a progress that can show it how many rows there will be."""
    if expect := getattr(progress, "expect", None):
        expect(n_rows)


class Pace:
    """Counts rows and bytes as they are read, and tells a progress of them.

    Parameters
    ----------
    n_bytes
        Of all files that are read; what rows there will be is estimated by the share read.
    """

    def __init__(self, progress: Progress | None, n_bytes: int) -> None:
        self._progress, self._n_bytes = progress, n_bytes
        self._n_bytes_read = self._n_rows = self._n_told = 0

    def on_bytes(self, n_bytes: int) -> None:
        """Count bytes read."""
        self._n_bytes_read += n_bytes

    def on_row(self) -> None:
        """Count a row read."""
        self._n_rows += 1
        if self._n_rows - self._n_told == _STEP:
            self._tell()

    @property
    def n_expected(self) -> int:
        """How many rows there will be, by the share of bytes read so far."""
        share = min(self._n_bytes_read / max(self._n_bytes, 1), 1)
        return round(self._n_rows / share) if share else self._n_rows

    def end(self) -> None:
        """Tell of the last rows."""
        self._n_bytes_read = self._n_bytes
        self._tell()

    def _tell(self) -> None:
        expect_rows(self._progress, self.n_expected)
        if self._progress:
            self._progress(self._n_rows - self._n_told)
        self._n_told = self._n_rows
