r"""How far apart do topics lie? Learnt from the topics there are, to judge new ones.

Contacts of one topic scatter around its centre (within-topic covariance W), the centres
scatter around a common one (between-topic covariance B). In coordinates where W is the
identity and B is diagonal with entries b, whether some contacts are one topic or two has
a closed answer: the two-covariance model of probabilistic linear discriminant analysis.
With n contacts summing to s, their evidence for one common centre is

.. math:: g(n, s) = \tfrac12 \sum_d \left[ \frac{b_d s_d^2}{1 + n b_d} - \log(1 + n b_d) \right]

so two groups are rather one topic than two where g of both together exceeds the sum of
their own. Both covariances are shrunk towards spheres (Ledoit and Wolf's remedy for few
contacts), since a shop has fewer topics than an embedding has dimensions.

References
----------
S. Ioffe (2006), ECCV, LNCS 3954, 531-542; N. Brummer and E. de Villiers (2010), Odyssey.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["TopicSpace", "fit_topic_space"]

FloatArray = npt.NDArray[np.float64]

_WITHIN_SHRINKAGE = 0.2
_BETWEEN_SHRINKAGE = 0.3
_FEWEST = 3.0  # contacts (of soft membership) from which a topic's centre is used


@dataclass(frozen=True)
class TopicSpace:
    """Coordinates in which contacts of a topic scatter by one unit in each direction.

    Attributes
    ----------
    centre, axes
        A vector v lies at ``(v - centre) @ axes`` (n_dims,), (n_dims, n_dims).
    between
        Variance of the topics' centres along each axis (n_dims,).
    """

    centre: FloatArray
    axes: FloatArray
    between: FloatArray

    def place(self, vectors: FloatArray) -> FloatArray:
        """Return the vectors in these coordinates (n, n_dims)."""
        return np.asarray((vectors - self.centre) @ self.axes)

    def evidence(self, n: FloatArray, sums: FloatArray) -> FloatArray:
        """Return g(n, s) of groups with `n` contacts (...,) and coordinate sums (..., n_dims)."""
        spread = 1 + n[..., None] * self.between
        found = self.between * sums**2 / spread - np.log(spread)
        return np.asarray(0.5 * found.sum(axis=-1))

    def pair_evidence(self, places: FloatArray, others: FloatArray | None = None) -> FloatArray:
        """Return how much likelier each two contacts are of one topic than of two, as a log.

        Parameters
        ----------
        places, others
            (n_contacts, n_dims), (n_others, n_dims); default: the same contacts.
        """
        others = places if others is None else others
        one, two = 1 + self.between, 1 + 2 * self.between
        weight = (self.between / two - self.between / one) / 2
        both = (places * (self.between / two)) @ others.T
        const = (np.log(one) - np.log(two) / 2).sum()
        each = ((places**2) @ weight)[:, None] + (others**2) @ weight
        return np.asarray(each + both + const)

    def likelihood(self, places: FloatArray, n: FloatArray, sums: FloatArray) -> FloatArray:
        """Return how well each contact fits each group, as a log density up to a constant.

        Parameters
        ----------
        places
            (n_contacts, n_dims).
        n, sums
            The groups (n_groups,), (n_groups, n_dims).
        """
        middle, spread = self._posterior(n, sums)
        squares = (places**2) @ (1 / spread).T - 2 * places @ (middle / spread).T
        const = (middle**2 / spread + np.log(spread)).sum(axis=1)
        return np.asarray(-0.5 * (squares + const))

    def likelihood_each(self, places: FloatArray, n: FloatArray, sums: FloatArray) -> FloatArray:
        """Return how well each contact fits the one group given beside it (n_contacts,)."""
        middle, spread = self._posterior(n, sums)
        return np.asarray(-0.5 * ((places - middle) ** 2 / spread + np.log(spread)).sum(axis=1))

    def _posterior(self, n: FloatArray, sums: FloatArray) -> tuple[FloatArray, FloatArray]:
        shrink = 1 + n[:, None] * self.between
        return self.between * sums / shrink, 1 + self.between / shrink


def fit_topic_space(vectors: FloatArray, membership: FloatArray) -> TopicSpace:
    """Learn both covariances from contacts that belong to topics to a degree.

    Parameters
    ----------
    vectors
        (n_contacts, n_dims).
    membership
        0-1 (n_contacts, n_topics); rows may sum to less than 1.
    """
    membership = membership[:, membership.sum(axis=0) >= _FEWEST]
    centre = vectors.mean(axis=0)
    x = vectors - centre
    weight = membership.sum(axis=0)
    if len(weight) < 2:  # nothing to learn the scale from: half within, half between
        spread = _shrunk(x.T @ x / len(x) / 2, _WITHIN_SHRINKAGE)
        values, directions = np.linalg.eigh(spread)
        return TopicSpace(centre, directions / np.sqrt(values), np.ones(len(values)))
    means = (membership.T @ x) / weight[:, None]
    scatter = (x * membership.sum(axis=1)[:, None]).T @ x - (means.T * weight) @ means
    within = _shrunk(scatter / max(weight.sum() - len(weight), 1), _WITHIN_SHRINKAGE)
    apart = means - means.mean(axis=0)
    between = apart.T @ apart / max(len(means) - 1, 1) - within * (1 / weight).mean()
    values, directions = np.linalg.eigh(within)
    whiten = directions / np.sqrt(values)
    b, turn = np.linalg.eigh(_shrunk(whiten.T @ between @ whiten, _BETWEEN_SHRINKAGE))
    return TopicSpace(centre, whiten @ turn, np.maximum(b, 1e-4))


def _shrunk(covariance: FloatArray, share: float) -> FloatArray:
    n_dims = len(covariance)
    sphere = max(float(np.trace(covariance)) / n_dims, 1e-6)
    return np.asarray((1 - share) * covariance + share * sphere * np.eye(n_dims))
