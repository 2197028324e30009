"""Has anything changed beyond chance: topic mix, confidence, wording within a topic.

Three tests of a span of contacts against a reference span. Each gives a p-value; who asks
for many topics and months must adjust them together (`drift` does, Benjamini-Hochberg).
All of them take contacts as independent: one mail sent to a thousand customers, or one
customer who writes ten times, will look like a change, and is one.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.stats import gamma, hypergeom, mannwhitneyu

__all__ = ["confidence_change", "share_change", "wording_change"]

FloatArray = npt.NDArray[np.float64]

_N_SHUFFLES = 300


def share_change(before: int, n_before: int, after: int, n_after: int) -> float:
    """Return the p-value of a topic's count against its earlier share (Fisher's exact test).

    Two-sided as twice the smaller tail, at most 1.
    """
    table = hypergeom(n_before + n_after, before + after, n_after)
    return float(min(1.0, 2 * min(table.cdf(after), table.sf(after - 1))))


def confidence_change(before: FloatArray, after: FloatArray) -> float:
    """Return the p-value of a shift in confidence (Mann-Whitney U, with ties)."""
    if np.ptp(np.concatenate([before, after])) == 0:
        return 1.0
    return float(mannwhitneyu(before, after, method="asymptotic").pvalue)


def wording_change(before: sp.csr_matrix, after: sp.csr_matrix, seed: int = 0) -> float:
    r"""Return the p-value of a change of words between two sets of contacts.

    The statistic is the squared distance between the mean TF-IDF rows (the maximum mean
    discrepancy of a linear kernel); its distribution under no change comes from dealing the
    contacts anew, 300 times, and a gamma distribution with the moments of those (mean,
    variance, skewness), which reaches the small p-values that many tests ask for.

    Parameters
    ----------
    before, after
        Rows of length 1 (n_contacts, n_words), two of each at least.

    References
    ----------
    A. Gretton et al. (2012), J. Mach. Learn. Res. 13, 723-773; P. Mielke, K. Berry and
    E. Johnson (1976), Commun. Stat. 5, 1409-1424, for the three moments.
    """
    both = sp.vstack([before, after]).tocsr()
    gram = np.asarray((both @ both.T).todense(), dtype=np.float64)
    n_before, n = before.shape[0], both.shape[0]
    weight = np.where(np.arange(n) < n_before, 1 / n_before, -1 / (n - n_before))
    rng = np.random.default_rng(seed)
    dealt = np.array([rng.permutation(weight) for _ in range(_N_SHUFFLES)])
    chance = np.einsum("ij,ij->i", dealt @ gram, dealt)
    found = float(weight @ gram @ weight)
    spread = chance.std()
    if spread < 1e-12:
        return 1.0
    skew = max(float(((chance - chance.mean()) ** 3).mean() / spread**3), 0.05)
    shape = 4 / skew**2  # Pearson type III: a gamma shifted to the mean
    standard = (found - chance.mean()) / spread
    return float(gamma.sf(shape + standard * np.sqrt(shape), shape))
