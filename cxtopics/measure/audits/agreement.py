"""How far two people agree beyond chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cxtopics.measure.estimate import Band, Estimate
from cxtopics.measure.intervals import wilson
from cxtopics.measure.prevalence.audit_design import Z95

__all__ = ["Agreement", "cohens_kappa"]


@dataclass(frozen=True)
class Agreement:
    """Two people's answers to the same contacts.

    Attributes
    ----------
    kappa
        Cohen's kappa: 1 is full agreement, 0 what chance gives; NaN where both gave one and
        the same topic throughout.
    agreed
        Share of the contacts they agree on, 0-1.
    """

    kappa: Estimate
    agreed: Estimate


def cohens_kappa(one: Sequence[str], two: Sequence[str]) -> Agreement:
    r"""Return the agreement of two people's answers (n >= 1), with 95 % intervals.

    .. math::

        \kappa = \frac{p_o - p_e}{1 - p_e}, \qquad
        \mathrm{se} = \sqrt{\frac{p_o (1 - p_o)}{n (1 - p_e)^2}}

    References
    ----------
    J. Cohen (1960), A coefficient of agreement for nominal scales, Educational and
    Psychological Measurement 20, 37-46.

    Examples
    --------
    >>> round(cohens_kappa(list("aabb"), list("aabc")).kappa.value, 3)
    0.6
    """
    n = len(one)
    _, codes = np.unique(np.array([*one, *two], dtype=object).astype(str), return_inverse=True)
    a, b = codes[:n], codes[n:]
    k = codes.max() + 1
    seen = float((a == b).mean())
    chance = float(np.bincount(a, minlength=k) @ np.bincount(b, minlength=k)) / n**2
    kappa = (seen - chance) / (1 - chance) if chance < 1 else float("nan")
    reach = Z95 * (seen * (1 - seen) / n) ** 0.5 / (1 - chance) if chance < 1 else float("nan")
    ends = Band(*(np.array(end) for end in (kappa, kappa - reach, min(kappa + reach, 1.0))))
    return Agreement(
        Estimate.of(ends, confidence=0.95, unit="kappa", method="Cohen", n=n),
        Estimate.of(wilson((a == b).sum(), n), confidence=0.95, unit="share", method="Wilson", n=n),
    )
