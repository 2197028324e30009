"""How far EMQ may be off, measured when the model was trained.

Labelled texts, each predicted by a head that had not seen it, are thrown together into
months of random size and mix ("pseudo-months"). EMQ estimates each; how far it was off
becomes the half-width of the interval of real months. It holds as far as a real month
differs from the labelled texts in its mix only. Where the model doubts more of a month than
it doubted of the labelled texts on the same topics, something else differs too, and the
interval is wider by as much. (Wording that the model misreads without a doubt stays unseen.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cxtopics.measure.estimate import FloatArray
from cxtopics.measure.prevalence.emq import estimate_mix

__all__ = ["PrevalenceError", "fit_prevalence_error", "mean_doubt"]

MONTH_SIZES = (50, 200, 1000, 5000)
N_MONTHS = 50  # of each size
_FLOOR = 0.001  # share below which an error does not get smaller with the topic
_LEAST = 1e-4  # scale of a topic that was never off: no interval has no width
_SPREAD = 1.2  # sd of the logarithm of a topic's share in a pseudo-month
_WORDINGS = 20  # different texts of a topic in a pseudo-month: customers repeat one another
_DOUBTED = 2.0  # contacts that are doubted in any month: no ratio rests on one or two
_BORROWED = 8.0  # months' worth of weight that the typical topic has in a topic's own scale

CodeArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class PrevalenceError:
    """Half-widths of EMQ's 95 % interval, by topic and size of the month.

    Attributes
    ----------
    sizes
        Contacts in the pseudo-months (n_sizes,), rising.
    scale
        Typical |error| / sqrt(share + 0.001) by size and topic (n_sizes, n_topics).
    quantile
        95 % quantile of |error| / (scale sqrt(share + 0.001)) by size (n_sizes,).
    n_texts
        Labelled texts of each topic that the pseudo-months were drawn from (n_topics,).
    coverage
        Share of topics covered in pseudo-months that neither scale nor quantile have seen,
        by size, and the least of any topic over all sizes: `overall`, `worst_topic`.
    doubt
        Mean `1 - confidence` of each topic's labelled texts, out of fold (n_topics,); None
        for models of earlier versions.
    """

    sizes: FloatArray
    scale: FloatArray
    quantile: FloatArray
    n_texts: FloatArray
    coverage: dict[str, Any]
    doubt: FloatArray | None = None

    def half_width(
        self, share: npt.ArrayLike, n_contacts: int, doubt: float | None = None
    ) -> FloatArray:
        """Return the half-width of each share (n_topics,) in a month of `n_contacts`.

        Parameters
        ----------
        doubt
            The month's `mean_doubt`; None takes it to be as the labelled texts promise.

        Notes
        -----
        Between the sizes measured it is interpolated on log scales; above them it stays
        (what is left is not chance), below it grows with 1 / sqrt(n_contacts).
        """
        reach = np.log(self.scale * self.quantile[:, None])
        reach = np.maximum.accumulate(reach[::-1])[::-1]  # a shorter month is never surer
        at = np.log(np.clip(n_contacts, self.sizes[0], self.sizes[-1]))
        sizes = np.log(self.sizes)
        upper = int(np.clip(np.searchsorted(sizes, at), 1, len(sizes) - 1))
        weight = (at - sizes[upper - 1]) / (sizes[upper] - sizes[upper - 1])
        between = np.exp((1 - weight) * reach[upper - 1] + weight * reach[upper])
        small = np.sqrt(max(1.0, self.sizes[0] / max(n_contacts, 1)))
        strange = 1.0
        if doubt is not None and self.doubt is not None:
            strange = _strangeness(doubt, share, self.doubt, n_contacts)
        return np.asarray(between * small * strange * np.sqrt(np.asarray(share) + _FLOOR))

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON, four digits each."""
        return {
            "sizes": [int(size) for size in self.sizes],
            "scale": [_digits(row) for row in self.scale],
            "quantile": _digits(self.quantile),
            "n_texts": [int(n) for n in self.n_texts],
            "coverage": self.coverage,
            "doubt": None if self.doubt is None else _digits(self.doubt),
        }

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> PrevalenceError:
        """Read what `to_dict` returned."""
        arrays = {
            name: np.asarray(content[name], dtype=np.float64)
            for name in ("sizes", "scale", "quantile", "n_texts")
        }
        doubt = content.get("doubt")
        return cls(
            **arrays,
            coverage=dict(content["coverage"]),
            doubt=None if doubt is None else np.asarray(doubt, dtype=np.float64),
        )


def mean_doubt(probabilities: npt.NDArray[np.floating[Any]]) -> float:
    """Return the mean of 1 - confidence over some contacts (n_contacts, n_topics), 0-1."""
    return 1 - float(probabilities.max(axis=1).mean(dtype=np.float64))


def _strangeness(doubt: float, share: npt.ArrayLike, expected: FloatArray, n: int) -> float:
    """Return how many times more contacts are doubted than labelled texts promise, at least 1.

    What a calibrated model doubts it mostly gets wrong in proportion, and EMQ is off in
    proportion to what the model gets wrong.
    """
    promised = float(np.asarray(share) @ expected)
    return max(1.0, (n * doubt + _DOUBTED) / (n * promised + _DOUBTED))


def fit_prevalence_error(
    probabilities_out_of_fold: npt.ArrayLike,
    codes: CodeArray,
    prior: npt.ArrayLike,
    *,
    n_months: int = N_MONTHS,
    seed: int = 0,
) -> PrevalenceError:
    """Measure EMQ's error on pseudo-months made of labelled texts.

    Parameters
    ----------
    probabilities_out_of_fold
        Calibrated, each by a head that had not seen the text (n_texts, n_topics).
    codes
        Column of the true topic (n_texts,).
    prior
        Share of each topic among the rows the head was fitted on, the taxonomy's examples
        included: that is the mix the probabilities assume (n_topics,).
    n_months
        Pseudo-months of each size in each of three lots: for the scale, for the quantile, and
        for the coverage.

    Notes
    -----
    A pseudo-month draws its mix (log-normal weights), some wordings of each topic (a
    bootstrap sample of its texts), and from these its contacts with replacement. With
    probability 1/2 / (n + 1) a wording is replaced by a text of any topic (the rate that
    Jeffreys' prior gives to what was never seen in n texts): no mistake in twenty labelled
    texts does not mean that there are none. Topics without a labelled text occur in no
    pseudo-month, so they get the scale of the worst topic.
    """
    months = _PseudoMonths(probabilities_out_of_fold, codes, prior)
    known, rng = months.n_texts > 0, np.random.default_rng(seed)
    scales, quantiles, covered = [], [], []
    for size in MONTH_SIZES:
        # Three lots of months: a quantile is honest only over errors the scale has not seen.
        scale = _scale(months.errors(size, n_months, rng), known)
        fresh = months.errors(size, n_months, rng)
        quantile = max(1.0, float(np.quantile(np.abs(fresh / scale)[:, known], 0.95)))
        last = months.errors(size, n_months, rng)
        scales.append(scale)
        quantiles.append(quantile)
        covered.append(np.abs(last) <= quantile * scale)
    return PrevalenceError(
        np.array(MONTH_SIZES, dtype=np.float64),
        np.array(scales),
        np.array(quantiles),
        months.n_texts.astype(np.float64),
        {
            "overall": _digits([hits[:, known].mean() for hits in covered]),
            "worst_topic": _digits([np.concatenate(covered)[:, known].mean(axis=0).min()])[0],
        },
        months.doubt,
    )


class _PseudoMonths:
    """Labelled texts, to be thrown together into months of random mix.

    Attributes
    ----------
    n_texts
        By topic (n_topics,).
    doubt
        Mean 1 - confidence by topic; few texts borrow from the others (n_topics,).
    """

    def __init__(
        self, probabilities: npt.ArrayLike, codes: CodeArray, prior: npt.ArrayLike
    ) -> None:
        self._g = np.asarray(probabilities, dtype=np.float64)
        self._prior = prior
        self._by_topic = np.argsort(codes, kind="stable")  # rows, topic after topic
        self.n_texts = np.bincount(codes, minlength=self._g.shape[1])
        self._first = np.cumsum(self.n_texts) - self.n_texts
        self._doubts = 1 - self._g.max(axis=1)
        sums = np.bincount(codes, self._doubts, minlength=len(self.n_texts))
        borrowed = _DOUBTED * self._doubts.mean()
        self.doubt: FloatArray = (sums + borrowed) / (self.n_texts + _DOUBTED)

    def errors(self, size: int, n_months: int, rng: np.random.Generator) -> FloatArray:
        """Return EMQ's errors / strangeness / sqrt(its share + floor), (n_months, n_topics)."""
        errors = np.empty((n_months, len(self.n_texts)))
        for month in range(n_months):
            weight = (self.n_texts > 0) * np.exp(_SPREAD * rng.standard_normal(len(self.n_texts)))
            counts = rng.multinomial(size, weight / weight.sum())
            rows, times = np.unique(self._texts(counts, rng), return_counts=True)
            share = estimate_mix(self._g[rows], self._prior, times).share
            doubt = float(self._doubts[rows] @ times) / size
            strange = _strangeness(doubt, share, self.doubt, size)
            errors[month] = (share - counts / size) / strange / np.sqrt(share + _FLOOR)
        return errors

    def _texts(self, counts: npt.NDArray[np.int64], rng: np.random.Generator) -> CodeArray:
        """Return the rows of a month's texts: so many of each topic, each one of its wordings."""
        wordings = self._wordings(rng)
        topic = np.repeat(np.arange(len(counts)), counts)
        n_wordings = np.minimum(self.n_texts, _WORDINGS)[topic]
        return np.asarray(wordings[topic, _draw(n_wordings, rng)])

    def _wordings(self, rng: np.random.Generator) -> CodeArray:
        """Return what topics sound like in one month (n_topics, _WORDINGS).

        Texts of each topic's own, now and then another's; a topic of fewer texts has as many
        wordings as texts.
        """
        n_texts = np.repeat(self.n_texts[:, None], _WORDINGS, axis=1)
        last = len(self._by_topic) - 1
        own = self._by_topic[np.minimum(self._first[:, None] + _draw(n_texts, rng), last)]
        misread = rng.random(own.shape) < 0.5 / (n_texts + 1)
        other = rng.integers(len(self._g), size=own.shape)
        return np.asarray(np.where(misread, other, own))


def _draw(n: npt.NDArray[np.int64], rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Return a whole number from 0 to n - 1 for each n."""
    return (rng.random(n.shape) * n).astype(np.int64)


def _scale(relative: FloatArray, known: npt.NDArray[np.bool_]) -> FloatArray:
    """Return the root mean square by topic, drawn a little to that of the typical topic."""
    square = (relative**2).mean(axis=0)
    typical = float(np.median(square[known]))
    n = len(relative)
    mixed = (n * square + _BORROWED * typical) / (n + _BORROWED)
    return np.asarray(np.sqrt(np.where(known, mixed, mixed[known].max())) + _LEAST)


def _digits(values: npt.ArrayLike) -> list[float]:
    return [float(f"{value:.4g}") for value in np.asarray(values, dtype=np.float64)]
