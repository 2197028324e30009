"""EMQ: the topic mix of a period, from probabilities that a training mix has tilted.

A classifier that learnt from labels in one mix says too often what was frequent there.
Where only the mix has changed, and not what each topic sounds like, the mix of the period
is the one that makes its probabilities most likely.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cxtopics.measure.estimate import FloatArray

__all__ = ["Emq", "estimate_mix", "row_blocks"]

TOLERANCE = 1e-6
"""Greatest change of any share in one step at which the steps end."""
_LEAST = 1e-12  # of a prior or a share, so that nothing is divided by nought
_ROWS = 4096  # at a time: in double precision they fit into a core's cache


@dataclass(frozen=True)
class Emq:
    """The mix that was found.

    Attributes
    ----------
    share
        Share of each topic, 0-1, sum 1 (n_topics,).
    ratio
        Share found / share in training, by topic: what turns probabilities (n_topics,).
    n_steps
        Evaluations of the EM step until it changed no share by more than `TOLERANCE`.
    converged
        False where the steps ended first.
    """

    share: FloatArray
    ratio: FloatArray
    n_steps: int
    converged: bool

    def posterior(self, probabilities: npt.ArrayLike) -> FloatArray:
        """Return the probabilities under the mix that was found; rows sum to 1."""
        turned = np.asarray(probabilities, dtype=np.float64) * self.ratio
        total = turned.sum(axis=1, keepdims=True)
        turned /= np.where(total > 0, total, 1)
        return np.asarray(turned)


def estimate_mix(
    probabilities: npt.ArrayLike,
    prior: npt.ArrayLike,
    counts: npt.ArrayLike | None = None,
    *,
    most_steps: int = 600,
) -> Emq:
    r"""Estimate the topic mix by expectation maximisation.

    One step, with training prior :math:`\pi` and calibrated probabilities :math:`g`:

    .. math::

        p_t \leftarrow \frac1N \sum_i
            \frac{(p_t/\pi_t)\, g_t(x_i)}{\sum_u (p_u/\pi_u)\, g_u(x_i)}

    Parameters
    ----------
    probabilities
        Calibrated probabilities of the period's contacts (n_contacts, n_topics), n > 0. Read
        a few rows at a time and never copied, in single precision or in double.
    prior
        Share of each topic among the texts the classifier was trained on (n_topics,).
    counts
        How often each row occurs (n_contacts,); default: once.
    most_steps
        Steps at most; the mix reached by then is returned and not `converged`.

    Notes
    -----
    The step is two products of a matrix and a vector. Steps are extrapolated (SQUAREM,
    scheme S3), and an extrapolation that lowers the likelihood is taken back, so the result
    is that of plain EM.

    References
    ----------
    M. Saerens, P. Latinne and C. Decaestecker (2002), Neural Computation 14, 21-41;
    R. Varadhan and C. Roland (2008), Scandinavian J. of Statistics 35, 335-353.

    Examples
    --------
    >>> import numpy as np
    >>> mix = estimate_mix(np.repeat([[0.9, 0.1], [0.1, 0.9]], [30, 70], axis=0), [0.5, 0.5])
    >>> [round(float(share), 3) for share in mix.share]
    [0.25, 0.75]
    """
    g = np.asarray(probabilities)
    trained = np.maximum(np.asarray(prior, dtype=np.float64), _LEAST)
    trained = trained / trained.sum()
    times = np.ones(len(g)) if counts is None else np.asarray(counts, dtype=np.float64)
    share, n_steps, converged = trained, 0, False
    while n_steps < most_steps and not converged:
        share, used, change = _leap(g, times, trained, share)
        n_steps += used
        converged = change < TOLERANCE
    return Emq(share, share / trained, n_steps, converged)


def row_blocks(matrix: npt.NDArray[np.floating[Any]]) -> Iterator[FloatArray]:
    """Yield some thousand rows at a time, in double precision."""
    for start in range(0, len(matrix), _ROWS):
        yield np.asarray(matrix[start : start + _ROWS], dtype=np.float64)


def _step(
    g: FloatArray, times: FloatArray, trained: FloatArray, share: FloatArray
) -> tuple[FloatArray, float]:
    """Return the share after one EM step, and the mean log-likelihood before it."""
    weight = share / trained
    total, likelihood, start = np.zeros(len(share)), 0.0, 0
    for rows in row_blocks(g):
        count = times[start : start + len(rows)]
        mixture = np.maximum(rows @ weight, _LEAST)
        total += (count / mixture) @ rows
        likelihood += float(count @ np.log(mixture))
        start += len(rows)
    n = times.sum()
    return weight * total / n, likelihood / n


def _leap(
    g: FloatArray, times: FloatArray, trained: FloatArray, share: FloatArray
) -> tuple[FloatArray, int, float]:
    """Return the share after two EM steps and an extrapolation, steps used, last change."""
    one, _ = _step(g, times, trained, share)
    two, likelihood = _step(g, times, trained, one)
    first, second = one - share, two - one
    bend = float(np.linalg.norm(second - first))
    change = float(np.abs(second).max())
    if change < TOLERANCE or bend == 0:
        return two, 2, change
    length = max(1.0, float(np.linalg.norm(first)) / bend)
    far = share + 2 * length * first + length**2 * (second - first)
    far = np.maximum(far, np.minimum(two, share) * 0.01)  # stays inside the simplex
    far /= far.sum()
    after, reached = _step(g, times, trained, far)
    return (after, 3, change) if reached >= likelihood else (two, 3, change)
