"""Key figures of service and customers as one long table, absent ones with their reason.

    kpi, period, topic, value, low, high, n, unit, reason

`period` is the first day of a period or `all`; `topic` is a row of the report or `all`. A
figure that the tables do not allow has one row without a value and with the `reason`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import norm

from cxtopics.measure.counting import ALL
from cxtopics.measure.estimate import Band, FloatArray
from cxtopics.measure.intervals import wilson
from cxtopics.measure.store.database import Store, fetch

__all__ = [
    "COLUMNS",
    "absent",
    "difference_of_shares",
    "kpi_rows",
    "mean_ends",
    "measure_medians",
    "measure_shares",
]

COLUMNS = ("kpi", "period", "topic", "value", "low", "high", "n", "unit", "reason")
_Z = float(norm.ppf(0.975))
GROUPS = "GROUP BY GROUPING SETS ((), (period), (topic))"
"""Overall, by period and by topic."""


def kpi_rows(
    name: str, groups: pd.DataFrame, band: Band, n: FloatArray | pd.Series[float], unit: str
) -> pd.DataFrame:
    """Return rows of the long table; groups without anything to count are left out.

    Parameters
    ----------
    groups
        `period` (number) and `topic`, missing where all are meant.
    """
    rows = pd.DataFrame(
        {
            "kpi": name,
            "period": groups["period"].to_numpy(),
            "topic": groups["topic"].astype(object).where(groups["topic"].notna(), ALL).astype(str),
            "value": np.asarray(band.value, dtype=float),
            "low": np.asarray(band.low, dtype=float),
            "high": np.asarray(band.high, dtype=float),
            "n": np.asarray(n, dtype=float),
            "unit": unit,
            "reason": None,
        }
    )
    rows["period"] = rows["period"].astype("Int64")
    return rows[rows["n"] > 0]


def absent(name: str, unit: str, reason: str) -> pd.DataFrame:
    """Return the row of a figure that cannot be told."""
    row = {"kpi": name, "topic": ALL, "n": 0.0, "unit": unit, "reason": reason}
    return pd.DataFrame([row]).reindex(columns=list(COLUMNS)).astype({"period": "Int64"})


def measure_shares(
    store: Store, rows: str, flags: Sequence[str], unit: str = "0-1"
) -> pd.DataFrame:
    r"""Return shares of contacts, with Wilson's interval widened for customers who come often.

    Parameters
    ----------
    rows
        SQL of a table with `period`, `topic`, `customer`, `contact` and the flags; a flag
        that is NULL leaves the contact out of its share.
    flags
        Names of boolean columns; each is a figure.

    Notes
    -----
    Contacts of one customer are alike, so n of them count for :math:`n / \mathrm{deff}`:

    .. math::

        \mathrm{deff} = \max\left(1, \frac{\sum_c (k_c - \hat p m_c)^2}
        {M \hat p (1 - \hat p)}\right)

    with :math:`k_c` hits among the :math:`m_c` contacts of customer c. It is taken from all
    contacts together, which for one topic or period is, if anything, too large.

    References
    ----------
    J. N. K. Rao and A. J. Scott (1992), A simple method for the analysis of clustered
    binary data, Biometrics 48, 577-585.
    """
    sums = ", ".join(
        f"count(*) FILTER ({flag}) AS k{number}, count({flag}) AS n{number}"
        for number, flag in enumerate(flags)
    )
    found = fetch(
        store,
        f"SELECT period, CAST(topic AS VARCHAR) AS topic, {sums} FROM ({rows}) {GROUPS} "
        "ORDER BY 1, 2",
    )
    effects = _design_effects(store, rows, sums, len(flags))
    parts = []
    for number, flag in enumerate(flags):
        hits, n = found[f"k{number}"].to_numpy(float), found[f"n{number}"].to_numpy(float)
        band = wilson(hits / effects[number], n / effects[number])
        parts.append(kpi_rows(flag, found, band, n, unit))
    return pd.concat(parts, ignore_index=True)


def _design_effects(store: Store, rows: str, sums: str, n_flags: int) -> list[float]:
    squares = ", ".join(
        f"sum(k{i}) AS k{i}, sum(n{i}) AS n{i}, sum(k{i} * k{i}) AS kk{i}, "
        f"sum(k{i} * n{i}) AS kn{i}, sum(n{i} * n{i}) AS nn{i}"
        for i in range(n_flags)
    )
    whole = fetch(
        store,
        f"SELECT {squares} FROM (SELECT {sums} FROM ({rows}) "
        "GROUP BY coalesce(customer, hash(contact)))",
    ).iloc[0]
    effects = []
    for i in range(n_flags):
        k, n = float(whole[f"k{i}"]), float(whole[f"n{i}"])
        share = k / n if n else 0.0
        spread = float(whole[f"kk{i}"]) - 2 * share * float(whole[f"kn{i}"])
        spread += share**2 * float(whole[f"nn{i}"])
        chance = n * share * (1 - share)
        effects.append(max(1.0, spread / chance) if chance > 0 else 1.0)
    return effects


def measure_medians(store: Store, rows: str, column: str, name: str) -> pd.DataFrame:
    r"""Return the median and the mean of a duration (whole seconds, never negative).

    Notes
    -----
    The median's ends are the order statistics of ranks :math:`n/2 \mp z \sqrt{n}/2`, which
    suppose nothing of the distribution; fewer than six values have none. The mean's are the
    normal approximation.

    References
    ----------
    W. J. Conover (1999), Practical Nonparametric Statistics, 3rd ed., section 3.2.
    """
    found = fetch(
        store,
        f"""
        SELECT period, topic, n, total, squares,
            (sorted[(n + 1) // 2] + sorted[(n + 2) // 2]) / 2.0 AS median,
            sorted[greatest(1, CAST(floor((n - {_Z} * sqrt(n)) / 2) AS BIGINT))] AS low,
            sorted[least(n, CAST(ceil(1 + (n + {_Z} * sqrt(n)) / 2) AS BIGINT))] AS high
        FROM (
            SELECT period, CAST(topic AS VARCHAR) AS topic, count(*) AS n,
                sum(CAST({column} AS BIGINT)) AS total,
                sum(CAST({column} AS HUGEINT) * {column}) AS squares,
                list_sort(list(CAST({column} AS INTEGER))) AS sorted
            FROM ({rows}) WHERE {column} BETWEEN 0 AND 2000000000 {GROUPS}
        ) ORDER BY 1, 2""",
    )
    n = found["n"].to_numpy(float)
    enough = n >= 6
    ends = [np.where(enough, found[end].to_numpy(float), np.nan) for end in ("low", "high")]
    median = Band(found["median"].to_numpy(float), ends[0], ends[1])
    mean = mean_ends(found["total"], found["squares"], n)
    return pd.concat(
        [
            kpi_rows(name, found, median, n, "s, median"),
            kpi_rows(f"{name}_mean", found, mean, n, "s, mean"),
        ],
        ignore_index=True,
    )


def mean_ends(
    total: pd.Series[float], squares: pd.Series[float], n: FloatArray, scale: float = 1.0
) -> Band:
    """Return means of amounts that are never negative, from their sums and sums of squares.

    Ends: mean +- 1.96 standard errors, not below 0; NaN for fewer than two values.
    """
    size = np.where(n > 0, n, np.nan)
    mean = total.to_numpy(float) / size
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = np.maximum(squares.to_numpy(float) / size - mean**2, 0.0) / (size - 1)
        half = _Z * np.sqrt(np.where(size > 1, variance, np.nan))
    low = np.where(mean >= 0, np.maximum(mean - half, 0.0), mean - half)
    return Band(mean * scale, np.where(np.isnan(half), np.nan, low) * scale, (mean + half) * scale)


def difference_of_shares(up: FloatArray, down: FloatArray, n: FloatArray) -> Band:
    r"""Return (up - down) / n, from -1 to 1, such as a net promoter score.

    .. math::

        \mathrm{Var} = \frac{p_+ + p_- - (p_+ - p_-)^2}{n}

    with half a case added to either side, so that unanimous answers keep an interval.
    """
    size = np.where(n > 0, n, np.nan)
    p, q = (up + 0.5) / (size + 1), (down + 0.5) / (size + 1)
    value = (up - down) / size
    half = _Z * np.sqrt((p + q - (p - q) ** 2) / size)
    return Band(value, np.maximum(value - half, -1.0), np.minimum(value + half, 1.0))
