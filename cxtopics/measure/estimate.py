"""A number that says how sure it is.

No bare float leaves `measure`: a single figure travels as an `Estimate`, a column of
figures as a `Band` of equally long arrays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Band", "Estimate", "FloatArray"]

FloatArray = npt.NDArray[np.float64]


class Band(NamedTuple):
    """Values with the ends of their intervals, as arrays of one shape; NaN where empty."""

    value: FloatArray
    low: FloatArray
    high: FloatArray

    def columns(self, name: str) -> dict[str, FloatArray]:
        """Return the three columns `name`, `name_low`, `name_high` of a table."""
        return {name: self.value, f"{name}_low": self.low, f"{name}_high": self.high}


@dataclass(frozen=True)
class Estimate:
    """One figure with its interval.

    Attributes
    ----------
    value, low, high
        The figure and the ends of its interval, in `unit`; NaN where nothing was there to
        count (an empty cell is missing, never 0).
    confidence
        Nominal coverage of the interval, 0-1.
    unit
        What one is one of, such as "contacts per order".
    method
        How the figure and its interval came about.
    n
        The number of things the figure rests on (contacts, customers).
    """

    value: float
    low: float
    high: float
    confidence: float
    unit: str
    method: str
    n: int

    @classmethod
    def of(cls, band: Band, *, confidence: float, unit: str, method: str, n: int) -> Estimate:
        """Return the only entry of a band as an estimate."""
        value, low, high = (float(np.asarray(end).reshape(-1)[0]) for end in band)
        return cls(value, low, high, confidence, unit, method, n)

    def times(self, factor: float, unit: str) -> Estimate:
        """Return the same figure in another unit, such as per 100 orders."""
        ends = (self.value * factor, self.low * factor, self.high * factor)
        return replace(self, value=ends[0], low=ends[1], high=ends[2], unit=unit)

    def columns(self, name: str) -> dict[str, float]:
        """Return `name`, `name_low`, `name_high`, as a table or a JSON object holds them."""
        return {name: self.value, f"{name}_low": self.low, f"{name}_high": self.high}
