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
    codes = customers[known]
    order = np.argsort(codes, kind="stable")
    rows, starts = np.flatnonzero(known)[order], _starts(codes[order])
    best = scores.argmax(axis=1)[rows]
    soft, hard = np.ones((2, scores.shape[1]))
    for topic in range(scores.shape[1]):  # one by one: a matrix of all is as large as the scores
        a, is_best = scores[rows, topic], best == topic
        nobody = np.exp(np.add.reduceat(np.log1p(-np.minimum(a, 1 - 1e-12)), starts))
        soft[topic] = hard[topic] = (1 - nobody).sum() / max(a.sum(), 1e-12)
        if is_best.any():
            hard[topic] = np.logical_or.reduceat(is_best, starts).sum() / is_best.sum()
    n = float(known.sum())
    share = estimates.share
    return Band(
        n * share.value * soft,
        n * share.low * np.minimum(soft, hard),
        np.minimum(n * share.high * np.maximum(soft, hard), float(len(starts))),
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


def _starts(codes: CodeArray) -> CodeArray:
    """Return where each customer's contacts begin in sorted codes (n_customers,)."""
    return np.flatnonzero(np.diff(codes, prepend=-2))
