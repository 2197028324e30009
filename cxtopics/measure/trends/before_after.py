r"""Whether a topic's rate changed on a date, beyond what the other topics and chance did.

A difference-in-differences on the log scale. In week w a topic has :math:`n_w` contacts that
rest on :math:`e_w` orders (spread by the delays of the topic). The other topics together have
:math:`m_w` contacts where their own mean rates would give :math:`f_w`, so
:math:`s_w = m_w / f_w` is what the season did to everybody. With :math:`x_w = e_w s_w`

.. math::

    \log \text{ratio} = \log \frac{\sum_{after} n_w}{\sum_{after} x_w}
                      - \log \frac{\sum_{before} n_w}{\sum_{before} x_w}

Its variance has three parts. Chance: quasi-Poisson weeks (variance :math:`\varphi` times that
of a Poisson count, noise of the controls included). Weeks that resemble their neighbours:
:math:`(1 + \rho) / (1 - \rho)` for a lag-1 autocorrelation :math:`\rho`. And what topics do
between two such spans without being touched: the same ratio is taken for every other topic, and
the variance that theirs have beyond the first two parts, :math:`\tau^2`, is added. Topics
that themselves moved by more than 3.5 standard errors are no controls.

`largest_move` asks the same of dates on which nothing was done: how far any earlier run of weeks
lay from the rest of the record before the change.

References: P. McCullagh and J. A. Nelder (1989), Generalized Linear Models, ch. 6 (quasi-
likelihood); M. Bertrand, E. Duflo and S. Mullainathan (2004), Q. J. Econ. 119, 249-275 (why
autocorrelation must count); A. Abadie, A. Diamond and J. Hainmueller (2010), J. Am. Stat.
Assoc. 105, 493-505 (the untouched units, and earlier dates, as placebos); R. DerSimonian and
N. Laird (1986), Control. Clin. Trials 7, 177-188 (between-unit variance), here by the median.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from cxtopics.measure.estimate import FloatArray

__all__ = ["BeforeAfter", "compare_weeks", "largest_move"]

_ENOUGH = 20.0  # contacts in all weeks from which a topic serves as a placebo
_MEDIAN_CHI2 = 0.4549  # of one degree of freedom
_MAX_RHO = 0.9
_MOVED = 3.5  # standard errors from which another topic has itself moved, and is no control
_RUN = 4  # weeks from which a run of them is a season rather than chance
_HALF = 0.5  # contacts added to either side, so that none gives no infinite ratio


@dataclass(frozen=True)
class BeforeAfter:
    """A log ratio with its variance in parts.

    Attributes
    ----------
    log_ratio
        Of the rate after to the rate before, season taken out.
    var_before, var_after
        Chance and autocorrelation, of either side.
    var_topics
        What topics do untouched (tau squared).
    df
        Degrees of freedom of the interval.
    dispersion, autocorrelation
        phi (at least 1) and rho (at least 0) of the topic's weeks.
    n_before, n_after
        Contacts on either side.
    n_moved
        Other topics that moved themselves, and are no controls.
    """

    log_ratio: float
    var_before: float
    var_after: float
    var_topics: float
    df: float
    dispersion: float
    autocorrelation: float
    n_before: float
    n_after: float
    n_moved: int

    @property
    def standard_error(self) -> float:
        """Of the log ratio."""
        return float(np.sqrt(self.var_before + self.var_after + self.var_topics))

    def half_width(self, confidence: float, after_factor: float = 1.0) -> float:
        """Return the half width of the interval of the log ratio.

        `after_factor` multiplies the weeks after the change, to see what waiting would bring.
        """
        variance = self.var_before + self.var_after / after_factor + self.var_topics
        return float(student.ppf(0.5 + confidence / 2, self.df) * np.sqrt(variance))

    def ratio(self, confidence: float) -> tuple[float, float, float]:
        """Return the ratio and the ends of its interval."""
        half = self.half_width(confidence)
        ends = np.exp([self.log_ratio, self.log_ratio - half, self.log_ratio + half])
        return float(ends[0]), float(ends[1]), float(ends[2])


def compare_weeks(
    contacts: FloatArray, exposure: FloatArray, after: npt.NDArray[np.bool_], topic: int
) -> BeforeAfter:
    """Compare the weeks after a change with those before it, for one topic.

    Parameters
    ----------
    contacts, exposure
        Of shape (n_weeks, n_topics); weeks that follow one another, but for those left out.
    after
        Which weeks lie after the change; both kinds must occur.
    topic
        Column of the topic that was worked on; it is no control of any other.

    Raises
    ------
    ValueError
        If there are fewer than four weeks, or none on one side.
    """
    if len(after) < 4 or after.all() or not after.any():
        raise ValueError("got too few weeks on one side of the change")
    controls = np.arange(contacts.shape[1]) != topic
    fit = _fit(contacts, exposure, after, controls)
    others = controls & (contacts.sum(axis=0) >= _ENOUGH)
    tau2 = _between(fit.log_ratio[others], fit.variance[others])
    moved = others & (fit.log_ratio**2 > _MOVED**2 * (fit.null_variance + tau2))
    if moved.any() and 2 * moved.sum() < others.sum():
        fit = _fit(contacts, exposure, after, controls & ~moved)
        tau2 = _between(fit.log_ratio[others], fit.variance[others])
    rho = float(fit.rho[topic])
    return BeforeAfter(
        log_ratio=float(fit.log_ratio[topic]),
        var_before=float(fit.var_before[topic]),
        var_after=float(fit.var_after[topic]),
        var_topics=tau2,
        df=max(3.0, (len(after) - 2) * (1 - rho) / (1 + rho)),
        dispersion=float(fit.dispersion[topic]),
        autocorrelation=rho,
        n_before=float(contacts[~after, topic].sum()),
        n_after=float(contacts[after, topic].sum()),
        n_moved=int(moved.sum()),
    )


def largest_move(contacts: FloatArray, exposure: FloatArray, topic: int) -> float:
    """Return how far a run of weeks ever lay from the others, as an absolute log ratio.

    Parameters
    ----------
    contacts, exposure
        Of shape (n_weeks, n_topics), of the weeks before a change.
    topic
        Column of the topic; the others say what the season did to everybody.

    Notes
    -----
    Every run of four weeks up to half of them is held against the rest, as weeks after a change
    are against those before it. A peak of the topic alone, wherever it lies, is such a run,
    so that a fall no larger than it may be the end of another. With fewer than eight weeks
    there is no run, and the move is 0.
    """
    controls = np.arange(contacts.shape[1]) != topic
    n = np.append(0, contacts[:, topic].cumsum())
    x = np.append(0, _expected(contacts, exposure, controls)[:, topic].cumsum())
    largest = 0.0
    for length in range(_RUN, len(contacts) // 2 + 1):
        n_run, x_run = n[length:] - n[:-length], x[length:] - x[:-length]
        run = np.log((n_run + _HALF) / (x_run + _HALF))
        rest = np.log((n[-1] - n_run + _HALF) / (x[-1] - x_run + _HALF))
        largest = max(largest, float(np.abs(run - rest).max()))
    return largest


@dataclass(frozen=True)
class _Fit:
    """Of every topic: log ratio, and what its variance is made of.

    `null_variance` is the variance if nothing changed, so that a topic which fell to nothing
    stands out although nothing is a small number.
    """

    log_ratio: FloatArray
    null_variance: FloatArray
    var_before: FloatArray
    var_after: FloatArray
    dispersion: FloatArray
    rho: FloatArray

    @property
    def variance(self) -> FloatArray:
        return self.var_before + self.var_after


def _fit(
    contacts: FloatArray,
    exposure: FloatArray,
    after: npt.NDArray[np.bool_],
    controls: npt.NDArray[np.bool_],
) -> _Fit:
    expected = _expected(contacts, exposure, controls)
    before = _side(contacts[~after], expected[~after])
    later = _side(contacts[after], expected[after])
    mean = expected * np.exp(np.where(after[:, None], later.log_rate, before.log_rate))
    variance = mean * (1 + mean / np.maximum(_others(contacts, controls), 1))
    z = (contacts - mean) / np.sqrt(np.maximum(variance, 1e-9))
    dispersion = np.maximum((z**2).sum(axis=0) / (len(after) - 2), 1.0)
    rho = _autocorrelation(z, after)
    inflation = dispersion * (1 + rho) / (1 - rho)
    share_after = expected[after].sum(axis=0) / np.maximum(expected.sum(axis=0), 1e-9)
    n = contacts.sum(axis=0) + 2 * _HALF
    with np.errstate(divide="ignore"):
        null = inflation / (n * share_after * (1 - share_after))
    return _Fit(
        log_ratio=later.log_rate - before.log_rate,
        null_variance=null,
        var_before=inflation * (variance[~after].sum(axis=0) + _HALF) / before.n**2,
        var_after=inflation * (variance[after].sum(axis=0) + _HALF) / later.n**2,
        dispersion=dispersion,
        rho=rho,
    )


@dataclass(frozen=True)
class _Side:
    log_rate: FloatArray
    n: FloatArray


def _side(contacts: FloatArray, expected: FloatArray) -> _Side:
    n = contacts.sum(axis=0) + _HALF
    return _Side(np.log(n / (expected.sum(axis=0) + _HALF)), n)


def _others(contacts: FloatArray, controls: npt.NDArray[np.bool_]) -> FloatArray:
    """Return the contacts of each topic's controls, the topic itself left out."""
    total = contacts[:, controls].sum(axis=1, keepdims=True)
    return np.asarray(total - np.where(controls, contacts, 0))


def _expected(
    contacts: FloatArray, exposure: FloatArray, controls: npt.NDArray[np.bool_]
) -> FloatArray:
    """Return what each topic would have each week at its mean rate, season included."""
    rates = contacts.sum(axis=0) / np.maximum(exposure.sum(axis=0), 1e-9)
    usual = exposure * rates
    return np.asarray(
        usual * _others(contacts, controls) / np.maximum(_others(usual, controls), 1e-9)
    )


def _autocorrelation(z: FloatArray, after: npt.NDArray[np.bool_]) -> FloatArray:
    """Return the lag-1 autocorrelation by topic, corrected for its bias, between 0 and .9.

    Each side's mean was fitted, which drags the estimate down by about (1 + 3 rho) / n for
    either (F. H. C. Marriott and J. A. Pope (1954), Biometrika 41, 390-402).
    """
    pairs = after[1:] == after[:-1]
    top = (z[1:] * z[:-1])[pairs].sum(axis=0) / max(int(pairs.sum()), 1)
    rho = top / np.maximum((z**2).mean(axis=0), 1e-9)
    n = len(after) / 2
    return np.asarray(np.clip((n * rho + 1) / max(n - 3, 1), 0, _MAX_RHO))


def _between(log_ratios: FloatArray, variances: FloatArray) -> float:
    """Return the variance between topics that brings the median of z squared to its place."""
    if len(log_ratios) < 5:
        return 0.0

    def median(tau2: float) -> float:
        return float(np.median(log_ratios**2 / (variances + tau2)))

    if median(0.0) <= _MEDIAN_CHI2:
        return 0.0
    low, high = 0.0, 4.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if median(middle) > _MEDIAN_CHI2 else (low, middle)
    return high
