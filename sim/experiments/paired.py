"""What a change did, night by night: differences of two arms that share their luck.

Both arms use the same draws (common random numbers), so replication r of one is compared with
replication r of the other and the noise they share cancels.

* Means: the t of the paired differences, plain or skew-corrected, whichever is more cautious.
* 0/1 outcomes (a promise held or not): McNemar's exact test on the nights where the two disagree; the
  interval of the difference takes a Clopper–Pearson interval for either kind of disagreement, each at
  half the error, so it never covers less than it says, however rare they are.
* "same" is no test: every paired difference is exactly 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from sim.experiments.intervals import CONFIDENCE, Interval, binomial_tail, share_interval, skew_t

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Better = Literal["higher", "lower", "none"]
DIFFERENCE = "difference"
"""Stands beside the scenarios' names in `compare --json`, so no scenario may be called so."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Other minus base over n shared replications.

    `p_higher` and `p_lower` are one-sided p-values: small where the other arm's true mean is higher, lower.
    """

    n: int
    mean: float
    interval: Interval
    p_higher: float
    p_lower: float
    same: bool

    @property
    def p_value(self) -> float:
        """Two-sided p-value of "no difference"."""
        return 1.0 if self.same else min(1.0, 2.0 * min(self.p_higher, self.p_lower))

    def p_better(self, better: Better) -> float:
        """Confidence, 0–1, that the other arm's true mean is the better one: 1 − the one-sided p-value.

        .5 where nothing differs or neither direction is better. The exact tests' p-values include
        ties, so the two directions are averaged to make p_better(higher) + p_better(lower) = 1.
        """
        if self.same or better == "none":
            return 0.5
        higher = 0.5 * (1.0 - self.p_higher + self.p_lower)
        return higher if better == "higher" else 1.0 - higher


def paired(
    base: Floats, other: Floats, *, zero_one: bool = False, confidence: float = CONFIDENCE
) -> Difference:
    """Compare two arms over the replications where both have a value.

    Args:
        base, other: (n,) values by replication; NaN where the figure had no meaning that night.
        zero_one: the values are outcomes 0 or 1; use the exact tests.
    """
    both = np.isfinite(base) & np.isfinite(other)
    base, other = base[both], other[both]
    if base.size < 2:
        raise ValueError(
            "a paired difference needs at least 2 replications that have the figure in both arms"
        )
    if np.array_equal(base, other):
        return Difference(int(base.size), 0.0, Interval(0.0, 0.0), 0.5, 0.5, same=True)
    return _mcnemar(base, other, confidence) if zero_one else _t(other - base, confidence)


def _t(differences: Floats, confidence: float) -> Difference:
    summary = skew_t(differences)
    return Difference(
        summary.n,
        summary.mean,
        summary.cautious_interval(confidence),
        summary.p_above(0.0),
        summary.p_below(0.0),
        same=False,
    )


def _mcnemar(base: Floats, other: Floats, confidence: float) -> Difference:
    n = int(base.size)
    gained, lost = int(np.sum(other > base)), int(np.sum(other < base))
    half = 0.5 * (1.0 + confidence)
    gain, loss = share_interval(gained, n, half), share_interval(lost, n, half)
    return Difference(
        n,
        (gained - lost) / n,
        Interval(gain.low - loss.high, gain.high - loss.low),
        binomial_tail(gained, gained + lost, 0.5),
        binomial_tail(lost, gained + lost, 0.5),
        same=False,
    )
