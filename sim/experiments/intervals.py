"""How sure a figure is: intervals for means, shares and quantiles of replications.

* A mean: Student's t, corrected for skew (Johnson, Modified t tests and confidence intervals for
  asymmetrical populations, JASA 73, 1978). With T = (mean − µ)/se and g the sample skewness,
  q(T) = T + g·T²/(3√n) + g/(6√n) is compared with the t quantile. q is a parabola, so beyond its
  vertex it would turn back and call an absurd µ likely; there it is held flat until the other arm has
  passed, which keeps the intervals nested and the p-values monotone.
* A verdict looks far into the tails, where the skewness of few nights is mostly chance: 94 equal KPIs were
  told apart in 8–11 % of comparisons instead of 5. So p-values and intervals of differences are the more
  cautious of the corrected and the plain t (then 1–2 %); the corrected one alone covers best for a mean.
* A ratio of two means: Fieller (Some problems in interval estimation, JRSS B 16, 1954).
* A share of 0/1 outcomes: Clopper & Pearson, Biometrika 26, 1934; covers at least what it says, for any p, n.
* A quantile: two order statistics whose binomial probability is at least the confidence.
* A count that was 0 every night: the exact Poisson bound, for "0 … 0" would claim that it cannot happen.
* The precision rule: relative half-width, never before 20 replications.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CONFIDENCE = 0.95
"""Every interval of the product is a 95 % interval (the contract of `--json`)."""
LEAST_REPLICATIONS = 20
"""The precision rule never stops before: started at 3, its intervals covered 87 % instead of 95 %."""


class Interval(NamedTuple):
    """A closed interval [low, high] in the unit of the figure."""

    low: float
    high: float

    def contains(self, value: float) -> bool:
        """True where the value lies inside, ends included."""
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class SkewT:
    """Everything inference about a mean needs: n, mean, standard deviation and sample skewness.

    `std` is the sample standard deviation (n − 1 below); `skew` is 0 for fewer than three values.
    """

    n: int
    mean: float
    std: float
    skew: float

    def interval(self, confidence: float = CONFIDENCE) -> Interval:
        """Interval of the true mean; a point where all values are equal, and for a single value an error."""
        if self.n < 2:
            raise ValueError("an interval needs at least 2 replications")
        if self.std == 0.0:
            return Interval(self.mean, self.mean)
        t = self._quantile(confidence)
        below, above = _reach(t, self._bend, self._shift), -_reach(t, -self._bend, -self._shift)
        error = self.std / math.sqrt(self.n)
        return Interval(self.mean - below * error, self.mean - above * error)

    def plain_interval(self, confidence: float = CONFIDENCE) -> Interval:
        """Student's t interval without the correction."""
        half = self._quantile(confidence) * self.std / math.sqrt(self.n)
        return Interval(self.mean - half, self.mean + half)

    def cautious_interval(self, confidence: float = CONFIDENCE) -> Interval:
        """Hull of the corrected and the plain t interval: excludes a value where its p-value says so."""
        (low, high), (plain_low, plain_high) = self.interval(confidence), self.plain_interval(confidence)
        return Interval(min(low, plain_low), max(high, plain_high))

    def p_value(self, value: float = 0.0) -> float:
        """Two-sided p-value of "the true mean is `value`"; p < α where the cautious interval excludes it."""
        return min(1.0, 2.0 * min(self.p_above(value), self.p_below(value)))

    def p_above(self, value: float = 0.0) -> float:
        """One-sided p-value against "the true mean is at most `value`": small where it lies above."""
        return self._tail(value, 1.0)

    def p_below(self, value: float = 0.0) -> float:
        """One-sided p-value against "the true mean is at least `value`": small where it lies below."""
        return self._tail(value, -1.0)

    def _quantile(self, confidence: float) -> float:
        return t_quantile(0.5 + 0.5 * confidence, self.n - 1)

    @property
    def _bend(self) -> float:
        return self.skew / (3.0 * math.sqrt(self.n))

    @property
    def _shift(self) -> float:
        return self.skew / (6.0 * math.sqrt(self.n))

    def _tail(self, value: float, sign: float) -> float:
        if self.std == 0.0:
            # No spread to measure: all that n equal signs prove is the sign test's 2^-n.
            distance = sign * (self.mean - value)
            return 0.5 if distance == 0.0 else 0.5**self.n if distance > 0.0 else 1.0
        t = (self.mean - value) / (self.std / math.sqrt(self.n))
        corrected = _held(t, self._bend, self._shift)
        return t_tail(min(sign * t, sign * corrected), self.n - 1)


def skew_t(values: Floats) -> SkewT:
    """Summary of (n,) finite values for inference about their mean."""
    n = int(values.size)
    if n == 0:
        raise ValueError("no values")
    low, high = float(values.min()), float(values.max())
    if low == high:  # a sum of equal floats may miss them by a bit: take the value itself
        return SkewT(n, low, 0.0, 0.0)
    mean = float(values.mean())
    away = values - mean
    std = float(math.sqrt(float(away @ away) / (n - 1)))
    if n < 3 or std == 0.0:
        return SkewT(n, mean, std, 0.0)
    scaled = away / std
    return SkewT(n, mean, std, float(n / ((n - 1) * (n - 2)) * np.sum(scaled * scaled * scaled)))


def _held(t: float, bend: float, shift: float) -> float:
    """Johnson's q(t), held flat beyond its vertex until the far arm has passed the vertex's height."""
    q = t + bend * t * t + shift
    if bend == 0.0 or 1.0 + 2.0 * bend * t >= 0.0:
        return q
    vertex = shift - 1.0 / (4.0 * bend)
    return -max(-vertex, q) if bend > 0.0 else max(vertex, -q)


def _reach(quantile: float, bend: float, shift: float) -> float:
    """The largest T whose held q(T) is at most `quantile` (> 0)."""
    height = quantile - shift
    if bend >= 0.0 or 1.0 + 4.0 * bend * height > 0.0:  # the rising arm gets that high
        return 2.0 * height / (1.0 + math.sqrt(max(0.0, 1.0 + 4.0 * bend * height)))
    return (-1.0 - math.sqrt(1.0 - 4.0 * bend * (quantile + shift))) / (2.0 * bend)


def t_quantile(p: float, freedom: float) -> float:
    """Quantile of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, p))


def t_tail(t: float, freedom: float) -> float:
    """P(T > t) of Student's t, accurate far out."""
    from scipy.special import stdtr

    return float(stdtr(freedom, -t))


def mean_interval(values: Floats, confidence: float = CONFIDENCE) -> Interval:
    """Interval of the true mean of (n ≥ 2,) values, corrected for skew."""
    return skew_t(values).interval(confidence)


def share_interval(hits: int, n: int, confidence: float = CONFIDENCE) -> Interval:
    """Clopper–Pearson interval of a probability from `hits` of `n` trials."""
    if not 0 <= hits <= n or n == 0:
        raise ValueError(f"{hits} of {n} is not a share")
    from scipy.special import betaincinv

    tail = 0.5 * (1.0 - confidence)
    low = 0.0 if hits == 0 else float(betaincinv(hits, n - hits + 1, tail))
    high = 1.0 if hits == n else float(betaincinv(hits + 1, n - hits, 1.0 - tail))
    return Interval(low, high)


def share_p_above(hits: int, n: int, value: float) -> float:
    """Exact one-sided p-value against "the probability is at most `value`"."""
    return binomial_tail(hits, n, value)


def share_p_below(hits: int, n: int, value: float) -> float:
    """Exact one-sided p-value against "the probability is at least `value`"."""
    return binomial_tail(n - hits, n, 1.0 - value)


def binomial_tail(hits: int, n: int, p: float) -> float:
    """P(X ≥ hits) for X binomial (n, p)."""
    from scipy.special import betainc

    if hits <= 0:
        return 1.0
    return float(betainc(hits, n - hits + 1, p))


def replications_to_promise(probability: float, confidence: float = CONFIDENCE) -> int:
    """Fewest replications, all of them kept, whose interval lies above `probability` (72 for .95)."""
    return math.floor(math.log(0.5 * (1.0 - confidence)) / math.log(probability)) + 1


def fieller(above: Floats, below: Floats, confidence: float = CONFIDENCE) -> Interval | None:
    """Interval of mean(above) ÷ mean(below) of paired (n ≥ 2,) columns; None where the divisor may be 0."""
    n = int(above.size)
    t = t_quantile(0.5 + 0.5 * confidence, n - 1)
    a, b = float(above.mean()), float(below.mean())
    covariance = np.cov(above, below) * (t * t / n)
    square = b * b - float(covariance[1, 1])
    mixed = a * b - float(covariance[0, 1])
    if square <= 0.0:
        return None
    root = math.sqrt(max(0.0, mixed * mixed - square * (a * a - float(covariance[0, 0]))))
    return Interval((mixed - root) / square, (mixed + root) / square)


@lru_cache(maxsize=1024)
def quantile_ranks(n: int, q: float, confidence: float = CONFIDENCE) -> tuple[int, int] | None:
    """Ranks (1 … n) of the two order statistics around the q-quantile; None where n is too small.

    They leave at most (1 − confidence)/2 on either side, with B binomial (n, q):
    low = x_(l) fails where fewer than l values lie at or below the quantile, P(B ≤ l − 1);
    high = x_(u) fails where at least u values lie below it, P(B ≥ u).
    """
    from scipy.special import betainc

    tail, ranks = 0.5 * (1.0 - confidence), np.arange(1, n + 1)
    at_least = betainc(ranks, n - ranks + 1, q)
    low, high = np.flatnonzero(1.0 - at_least <= tail), np.flatnonzero(at_least <= tail)
    return (int(low[-1]) + 1, int(high[0]) + 1) if low.size and high.size else None


def quantile_interval(values: Floats, q: float, confidence: float = CONFIDENCE) -> Interval | None:
    """Interval of the true q-quantile of (n,) values by order statistics; None where n is too small.

    It covers at least `confidence` for every continuous law, and for discrete laws too.
    """
    ranks = quantile_ranks(int(values.size), q, confidence)
    if ranks is None:
        return None
    ordered = np.sort(values)
    return Interval(float(ordered[ranks[0] - 1]), float(ordered[ranks[1] - 1]))


def replications_to_quantile(q: float, confidence: float = CONFIDENCE) -> int:
    """Fewest replications that give the q-quantile an interval (72 for .05 and .95, 6 for the median)."""
    tail = 0.5 * (1.0 - confidence)
    return max(math.ceil(math.log(tail) / math.log(side)) for side in (q, 1.0 - q))


def rare_rate_high(n: int, confidence: float = CONFIDENCE) -> float:
    """Largest mean per replication of a count that was 0 in all of `n`: the exact Poisson bound, 3.69/n.

    The one-sided bound would be the "rule of three", 3/n; intervals here are two-sided throughout.
    """
    return -math.log(0.5 * (1.0 - confidence)) / n


def precise_enough(values: Floats, relative: float, confidence: float = CONFIDENCE) -> bool:
    """Stop rule of `--precision`: half the interval ≤ `relative` × |mean|, and at least 20 replications.

    Outcomes 0 or 1 have the exact interval, held against the larger of P and 1 − P: twenty nights on which
    all went well have no spread, and prove little.
    """
    n = int(values.size)
    if n < LEAST_REPLICATIONS:
        return False
    if np.all((values == 0.0) | (values == 1.0)):
        share = float(values.mean())
        low, high = share_interval(int(values.sum()), n, confidence)
        return 0.5 * (high - low) <= relative * max(share, 1.0 - share)
    summary = skew_t(values)
    low, high = summary.interval(confidence)
    return 0.5 * (high - low) <= relative * abs(summary.mean)
