"""How sure the counts of topics are, together: the covariance behind their intervals."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
from scipy.stats import norm

from cxtopics.measure.estimate import FloatArray
from cxtopics.measure.prevalence.cold_start import COLD_METHOD
from cxtopics.measure.rates.formulas import CONFIDENCE

__all__ = ["draw_counts", "joint_covariance", "topic_covariance"]


def topic_covariance(rates: pd.DataFrame) -> pd.DataFrame:
    """Return the covariance of the topics' counts, summed over the periods of `rates`.

    Parameters
    ----------
    rates
        Rows of `schemas.TOPIC_RATES`, slice "all", of the periods that count.

    Returns
    -------
    DataFrame
        Square, by topic. Without a joint covariance from the estimator, topics and periods
        are taken as independent and each variance as that of a normal distribution with the
        interval given; a missing interval is taken as that of a Poisson count. A cold start
        errs alike in every period: there the deviations add up, each from the lower side of
        an interval that is wide upwards because it is a factor.
    """
    cold = rates["method"] == COLD_METHOD
    below = rates["n_contacts"] - rates["n_contacts_low"]
    half = below.where(cold, (rates["n_contacts_high"] - rates["n_contacts_low"]) / 2)
    deviation = half / float(norm.ppf(0.5 + CONFIDENCE / 2))
    poisson = rates["n_contacts"].clip(lower=1) ** 0.5
    deviation = deviation.where(deviation.notna(), poisson)
    power = 1 if cold.all() else 2
    by_topic = (deviation**power).groupby(rates["topic"], sort=False).sum() ** (2 / power)
    return pd.DataFrame(np.diag(by_topic), index=by_topic.index, columns=by_topic.index)


def joint_covariance(table: pd.DataFrame | None, periods: Collection[str]) -> pd.DataFrame | None:
    """Return the estimator's covariance of the counts, summed over periods.

    Parameters
    ----------
    table
        A report's `Report.covariance`: `period_start`, `topic`, and a column for each topic.
    periods
        First days (YYYY-MM-DD).

    Returns
    -------
    DataFrame or None
        Square, by topic; None where not every period was estimated.
    """
    if table is None or not set(periods) <= set(table.get("period_start", ())):
        return None
    of_period = table[table["period_start"].isin(periods)].drop(columns="period_start")
    return of_period.groupby("topic", sort=False).sum().astype(float)


def draw_counts(counts: FloatArray, covariance: FloatArray, normals: FloatArray) -> FloatArray:
    r"""Return draws of the counts from :math:`N(\hat n, \Sigma)`, cut off at 0.

    Parameters
    ----------
    counts, covariance
        Of shapes (n_topics,) and (n_topics, n_topics); the covariance may be singular.
    normals
        Standard normal draws of shape (n_topics, n_draws).
    """
    diagonal = np.diag(covariance)
    if np.array_equal(covariance, np.diag(diagonal)):
        root = np.diag(np.sqrt(diagonal))
    else:
        values, vectors = np.linalg.eigh(covariance)
        root = vectors @ np.diag(np.sqrt(np.maximum(values, 0))) @ vectors.T
    return np.asarray(np.maximum(counts[:, None] + root @ normals, 0))
