"""Distinct customers by topic, and how far one customer's contacts come together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cxtopics.measure.estimate import Band, FloatArray
from cxtopics.measure.prevalence.emq import row_blocks
from cxtopics.measure.prevalence.topic_estimates import TopicEstimates

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
    codes, n_topics = customers[known], scores.shape[1]
    wrote = np.bincount(codes)
    n_contacts = _column_sums(scores, known)
    n_customers = n_contacts - _repeats(scores, customers, known & (wrote[customers] > 1))
    soft = n_customers / np.maximum(n_contacts, 1e-12)
    best = scores.argmax(axis=1)[known]
    pairs = np.sort(codes.astype(np.int64) * n_topics + best)
    each = np.bincount(pairs[np.diff(pairs, prepend=-1) > 0] % n_topics, minlength=n_topics)
    n_best = np.bincount(best, minlength=n_topics)
    hard = np.where(n_best > 0, each / np.maximum(n_best, 1), soft)
    n = float(known.sum())
    share = estimates.share
    return Band(
        n * share.value * soft,
        n * share.low * np.minimum(soft, hard),
        np.minimum(n * share.high * np.maximum(soft, hard), float(np.count_nonzero(wrote))),
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


def _column_sums(scores: FloatArray, rows: npt.NDArray[np.bool_]) -> FloatArray:
    total, done = np.zeros(scores.shape[1]), 0
    for part in row_blocks(scores):
        total += part[rows[done : done + len(part)]].sum(axis=0)
        done += len(part)
    return total


def _repeats(scores: FloatArray, customers: CodeArray, again: npt.NDArray[np.bool_]) -> FloatArray:
    """Return by topic how many contacts bring no further customer.

    Parameters
    ----------
    again
        The contacts of customers who wrote more than once: most did not, and need no product.
    """
    fewer, rows = np.zeros(scores.shape[1]), np.flatnonzero(again)
    rows = rows[np.argsort(customers[rows], kind="stable")]
    starts = np.flatnonzero(np.diff(customers[rows], prepend=-2))  # of each customer's contacts
    if len(rows):
        for topic in range(scores.shape[1]):  # a matrix of all may be as large as the scores
            a = scores[rows, topic]
            fewer[topic] = a.sum() - (1 - np.multiply.reduceat(1 - a, starts)).sum()
    return fewer
