"""What a bad night looks like: percentiles of a KPI over the nights, each with an interval of its own.

A mean hides the night that hurts. Its 5th and 95th percentile are themselves estimates, and far out they
need more nights than a mean does: without enough of them there is a figure but no interval, and the number
of replications that would give one is said instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.experiments.intervals import CONFIDENCE, Interval, quantile_interval, replications_to_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

USUAL = (0.05, 0.5, 0.95)
"""A good night, a middling one, a bad one."""


class Percentile(NamedTuple):
    """The q-quantile of a KPI over the nights; `interval` is None where they are too few."""

    q: float
    value: float
    interval: Interval | None

    @property
    def needs(self) -> int:
        """Replications from which on there is an interval."""
        return replications_to_quantile(self.q)

    def document(self) -> dict[str, Any]:
        """`q`, `value`, and either the interval or how many replications it `needs`."""
        return {"q": self.q, "value": self.value} | _bounds(self.interval, self.needs)


def percentile(values: Floats, q: float, confidence: float = CONFIDENCE) -> Percentile:
    """Percentile of (n ≥ 1,) values: median-unbiased estimate, order-statistic interval.

    The estimate is Hyndman and Fan's eighth (Sample quantiles in statistical packages, The American
    Statistician 50, 1996).
    """
    value = float(np.quantile(values, q, method="median_unbiased"))
    return Percentile(q, value, quantile_interval(values, q, confidence))


def percentile_difference(base: Floats, other: Floats, q: float) -> Percentile:
    """Other minus base of the q-quantiles.

    Either quantile has an interval at half the error, so both hold together however the arms depend
    (Bonferroni), and the difference lies between their far ends: it covers at least what it says.
    """
    half = 0.5 * (1.0 + CONFIDENCE)
    one, two = percentile(base, q, half), percentile(other, q, half)
    interval = None
    if one.interval is not None and two.interval is not None:
        interval = Interval(two.interval.low - one.interval.high, two.interval.high - one.interval.low)
    return Percentile(q, two.value - one.value, interval)


def difference_document(base: Floats, other: Floats, quantiles: Sequence[float]) -> list[dict[str, Any]]:
    """Differences of percentiles as JSON; `needs` replications where there is no interval."""
    half = 0.5 * (1.0 + CONFIDENCE)
    found = [percentile_difference(base, other, q) for q in quantiles]
    return [
        {"q": one.q, "value": one.value} | _bounds(one.interval, replications_to_quantile(one.q, half))
        for one in found
    ]


def _bounds(interval: Interval | None, needs: int) -> dict[str, Any]:
    if interval is None:
        return {"needs": needs}
    return {"ci_low": interval.low, "ci_high": interval.high}
