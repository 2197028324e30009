"""How much of a topic a lever could spare: a range, read as a distribution.

Somebody's "30 to 70 %" is taken as the 5th and 95th percentile of a Beta distribution, so
that what is not known beforehand stays visible in everything computed from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.optimize import least_squares
from scipy.special import betaincinv, logit

from cxtopics.measure.estimate import FloatArray

__all__ = ["BetaShare", "beta_from_range"]

PERCENTILES = (0.05, 0.95)
# A Beta has no mass at 0 and 1 themselves: "none" and "all" are read as nearly so.
_EDGE = 5e-4
_NARROW = 1e-4


@dataclass(frozen=True)
class BetaShare:
    """A share known by its distribution: Beta(a, b), or a fixed number where a is infinite."""

    a: float
    b: float
    fixed: float = float("nan")

    @property
    def mean(self) -> float:
        """Expected share, 0-1."""
        return self.fixed if np.isinf(self.a) else self.a / (self.a + self.b)

    def quantile(self, p: float) -> float:
        """Return the p-quantile of the share, 0-1."""
        return self.fixed if np.isinf(self.a) else float(betaincinv(self.a, self.b, p))

    def draw(self, n: int, rng: np.random.Generator) -> FloatArray:
        """Return n random shares, 0-1."""
        return np.full(n, self.fixed) if np.isinf(self.a) else rng.beta(self.a, self.b, n)


@cache
def beta_from_range(low: float, high: float) -> BetaShare:
    """Return the Beta distribution with the given 5th and 95th percentile.

    Parameters
    ----------
    low, high
        Shares, 0 <= low <= high <= 1. Equal ends give that number itself.

    Notes
    -----
    Two quantiles determine a Beta distribution (J. R. van Dorp and T. A. Mazzuchi (2000),
    J. Stat. Comput. Simul. 67, 189-201); found by least squares on the logits of the
    quantiles over (log a, log b). Ends of exactly 0 or 1 are read as 0.0005 and 0.9995.
    """
    if not 0 <= low <= high <= 1:
        raise ValueError(f"got the range {low}-{high}, expected 0 <= low <= high <= 1")
    if high - low < _NARROW:
        return BetaShare(np.inf, np.inf, low)
    wanted = (max(low, min(_EDGE, high / 2)), min(high, 1 - min(_EDGE, (1 - low) / 2)))
    target = logit(wanted)

    def miss(log_ab: FloatArray) -> FloatArray:
        got = betaincinv(*np.exp(log_ab), PERCENTILES)
        return np.asarray(logit(np.clip(got, 1e-12, 1 - 1e-12)) - target)

    fit = least_squares(miss, _first_guess(*wanted), xtol=1e-12, ftol=1e-12, gtol=1e-12)
    a, b = np.exp(fit.x)
    return BetaShare(float(a), float(b))


def _first_guess(low: float, high: float) -> FloatArray:
    """Return (log a, log b) by matching mean and spread as if the share were normal."""
    mean = (low + high) / 2
    spread = (high - low) / (2 * 1.645)
    size = max(mean * (1 - mean) / spread**2 - 1, 0.5)
    return np.log([mean * size, (1 - mean) * size])
