"""Distinct customers by topic, and how far one customer's contacts come together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cxtopics.measure.estimate import Band, FloatArray
from cxtopics.measure.topic_estimates import TopicEstimates

__all__ = ["clustering", "estimate_customers"]

CodeArray = npt.NDArray[np.intp]


def estimate_customers(scores: FloatArray, customers: CodeArray, estimates: TopicEstimates) -> Band:
    r"""Return distinct customers who wrote on each topic (n_topics,); NaN without any id.

    .. math::

        \hat M_t = N_t\, \frac{\sum_c \left(1 - \prod_{i \in c} (1 - A_{it})\right)}
                               {\sum_i A_{it}}

    Parameters
    ----------
    scores
        Guarded scores of the contacts (n_contacts, n_topics).
    customers
        Number of each contact's customer; -1 where there is no id (n_contacts,).
    estimates
        The shares of these contacts; :math:`N_t` is their number among contacts with id.

    Notes
    -----
    The ratio of customers to contacts is close to 1, since most customers write once. It is
    worked out a second time from the best topic of each contact; the interval spans both,
    because the product takes a customer's contacts as independent and they are not.
    """
    known = customers >= 0
    if not known.any():
        empty = np.full(scores.shape[1], np.nan)
        return Band(empty, empty, empty)
    a, codes = scores[known], customers[known]
    soft = _ratio(1 - np.exp(_sums(np.log1p(-np.minimum(a, 1 - 1e-12)), codes)), a)
    best = np.zeros_like(a)
    best[np.arange(len(a)), a.argmax(axis=1)] = 1
    counts = best.sum(axis=0)
    hard = np.where(counts > 0, _ratio((_sums(best, codes) > 0).astype(float), best), soft)
    n = float(known.sum())
    share = estimates.share
    return Band(
        n * share.value * soft,
        n * share.low * np.minimum(soft, hard),
        np.minimum(n * share.high * np.maximum(soft, hard), float(len(np.unique(codes)))),
    )


def clustering(scores: FloatArray, customers: CodeArray) -> FloatArray:
    r"""Return by topic how much larger the variance of a count is than a Poisson's (>= 1).

    :math:`\varphi_t = \sum_c m_{ct}^2 / \sum_c m_{ct}` with the contacts :math:`m_{ct}` of a
    customer whose best topic it is: customers come independently, their contacts do not. A
    contact without id is a customer of its own.
    """
    codes = customers.copy()
    codes[codes < 0] = codes.max(initial=-1) + 1 + np.arange((codes < 0).sum())
    pairs = codes.astype(np.int64) * scores.shape[1] + scores.argmax(axis=1)
    pairs, counts = np.unique(pairs, return_counts=True)
    topic = pairs % scores.shape[1]
    total = np.bincount(topic, weights=counts, minlength=scores.shape[1])
    squares = np.bincount(topic, weights=counts**2, minlength=scores.shape[1])
    return np.asarray(np.maximum(squares / np.maximum(total, 1), 1.0))


def _sums(values: FloatArray, codes: CodeArray) -> FloatArray:
    """Return the sums by customer (n_customers, n_topics)."""
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-2))
    return np.asarray(np.add.reduceat(values[order], starts, axis=0))


def _ratio(customers: FloatArray, contacts: FloatArray) -> FloatArray:
    return np.asarray(customers.sum(axis=0) / np.maximum(contacts.sum(axis=0), 1e-12))
