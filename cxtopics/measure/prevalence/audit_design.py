"""Which contacts people should check, and how much that will tell.

A contact that the model is sure of teaches little, one that it doubts teaches much, and
one that may be on a rare topic most of all. So contacts are drawn with unequal and known
probabilities: the estimator undoes them (`audit_estimate`), whatever the model is worth.
Survey sampling calls this systematic sampling with probability proportional to size.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cxtopics.measure.estimate import FloatArray
from cxtopics.measure.prevalence.emq import row_blocks

__all__ = [
    "PLANNING_FACTOR",
    "anticipated_variance",
    "contacts_needed",
    "guard_scores",
    "inclusion_probabilities",
    "planned_half_width",
    "systematic_draw",
    "weighted_variance",
]

Z95 = 1.959963984540054
PLANNING_FACTOR = 1.4
"""Standard error seen / standard error that the scores promise, before any audit tells."""
_EVEN = 0.25  # part of the sample that is spread evenly
_RARE = 0.002  # shares far below it get no more attention than this


def guard_scores(posterior: npt.ArrayLike, out: FloatArray | None = None) -> FloatArray:
    r"""Return scores that rule nothing out.

    .. math:: A = 0.99\,q + 0.005\,\bar q + 0.005 / K

    Parameters
    ----------
    posterior
        Probabilities of the contacts of the frame (n_contacts, n_columns); rows sum to 1.
    out
        Where to put the scores; may be the probabilities themselves.
    """
    q = np.asarray(posterior, dtype=np.float64)
    floor = 0.005 * q.mean(axis=0) + 0.005 / q.shape[1]
    guarded = np.multiply(q, 0.99, out=out)
    guarded += floor
    return np.asarray(guarded)


def inclusion_probabilities(scores: FloatArray, n: int) -> FloatArray:
    r"""Return each contact's probability to be drawn (n_contacts,), with sum n.

    .. math::

        s_i = \sqrt{\sum_t A_{it}(1 - A_{it}) / (P_t + 0.002)}, \qquad
        \pi_i \propto 0.25 + 0.75\, s_i / \bar s, \quad \pi_i \le 1

    Parameters
    ----------
    scores
        Guarded scores A (n_contacts, n_columns).
    n
        Contacts to draw; as many as there are, or more, draws them all.

    References
    ----------
    C.-E. Särndal, B. Swensson and J. Wretman (1992), Model Assisted Survey Sampling,
    section 12.2 (anticipated variance); T. Zrnic and E. Candès (2024), Active statistical
    inference, ICML.
    """
    if n >= len(scores):
        return np.ones(len(scores))
    weight = 1 / (scores.mean(axis=0) + _RARE)
    doubt = np.sqrt(np.concatenate([(a * (1 - a)) @ weight for a in row_blocks(scores)]))
    size = _EVEN + (1 - _EVEN) * doubt / doubt.mean()
    sure = np.zeros(len(scores), dtype=bool)
    while True:
        pi = np.where(sure, 1.0, (n - sure.sum()) * size / size[~sure].sum())
        if not (pi > 1).any():
            return np.asarray(pi)
        sure |= pi >= 1


def systematic_draw(
    scores: FloatArray, pi: FloatArray, rng: np.random.Generator
) -> npt.NDArray[np.intp]:
    """Draw contacts by their probabilities, evenly over topics and degrees of confidence.

    Contacts are laid out by best topic, then by confidence, each as long as its
    probability; a comb of step 1 with random start picks them. Returns their rows, rising.
    """
    order = rng.permutation(len(pi))
    best, confidence = scores.argmax(axis=1), scores.max(axis=1)
    order = order[np.lexsort((confidence[order], best[order]))]
    total = np.cumsum(pi[order])
    total *= round(total[-1]) / total[-1]  # rounding must not lose the last tooth
    teeth = np.floor(total + 1e-9 - rng.random())
    return np.sort(order[np.diff(teeth, prepend=-1.0) > 0])


def planned_half_width(scores: FloatArray, n: int, factor: float = PLANNING_FACTOR) -> FloatArray:
    """Return the 95 % half-width of each column's share that n checked contacts promise.

    Parameters
    ----------
    factor
        How much larger errors are than the scores promise: `PLANNING_FACTOR` before
        labelling, then what the last audit showed.
    """
    pi = inclusion_probabilities(scores, n)
    return np.asarray(factor * Z95 * np.sqrt(anticipated_variance(scores, pi)))


def anticipated_variance(scores: FloatArray, pi: FloatArray) -> FloatArray:
    """Return the variance of each share if the scores are true probabilities (n_columns,)."""
    return weighted_variance((1 - pi) / pi, scores) / len(scores) ** 2


def weighted_variance(weights: FloatArray, scores: FloatArray) -> FloatArray:
    """Return the sum of w A (1 - A) over the contacts (n_columns,)."""
    total, done = np.zeros(scores.shape[1]), 0
    for a in row_blocks(scores):
        total += weights[done : done + len(a)] @ (a * (1 - a))
        done += len(a)
    return total


def contacts_needed(
    scores: FloatArray, relative: float, factor: float = PLANNING_FACTOR
) -> npt.NDArray[np.float64]:
    """Return how many contacts to check for each column's share to be known to +- relative.

    Worked out on a grid of sizes and interpolated on log scales, rounded up to tens; never
    more than there are contacts.
    """
    n_all = len(scores)
    grid = np.unique(np.geomspace(20, n_all, 24).astype(int)) if n_all > 20 else np.array([n_all])
    share = scores.mean(axis=0)
    reached = np.array([planned_half_width(scores, int(n), factor) / share for n in grid])
    needed = np.empty(scores.shape[1])
    for column, widths in enumerate(reached.T):
        falling = np.minimum.accumulate(np.maximum(widths, 1e-9))
        at = np.interp(-np.log(relative), -np.log(falling), np.log(grid))
        needed[column] = min(n_all, 10 * np.ceil(np.exp(at) / 10 - 1e-9))
    return needed
