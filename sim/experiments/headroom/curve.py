"""Curve: P(a level is kept) along an axis, monotone, with a band and the place where it crosses a promise.

* Monotone: pool adjacent violators (`scipy.optimize.isotonic_regression`), weighted by replications.
* Band: Clopper–Pearson at each point, α shared out over the points in proportion to their replications
  (weighted Bonferroni), so that the whole true curve lies in it with at least 1 − α. Then the upper bound is
  the lowest of those on the safe side, the lower bound the highest of those on the broken side: for a
  monotone truth that loses no coverage.
* Crossing: points in order from the safe end are tested against "P is below the promise" (α/2 each), up to
  the first that is not rejected; from the broken end likewise against "P is above". In a fixed order no
  correction is needed (Hsu & Berger, Stepwise confidence intervals without multiplicity adjustment for
  dose-response and toxicity studies, JASA 94, 1999): to report an end beyond the crossing, the first point
  beyond it must be rejected wrongly. So the interval covers at least 1 − α, whatever the grid.
* Point: probit of the monotone curve, interpolated between the two points around the crossing.

Curves are kept from the safe end to the broken end; `places` are mirrored where P rises along the axis.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.experiments.intervals import CONFIDENCE, Interval, share_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

GOAL = 0.05
"""Half-width that the band should have at a crossing."""


class Crossing(NamedTuple):
    """Where P crosses the promise: mirrored places, from the safe to the broken side.

    low, high: None where no point on that side is known to be safe (broken): the end of the range bounds it.
    """

    place: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Curve:
    """`hits` of `n` at `places` (m,), ascending from safe to broken; `solid` (m,) marks what counts.

    Solid points were chosen before their replications were seen; only they decide the crossing's interval.
    """

    places: Floats
    hits: Ints
    n: Ints
    solid: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.places)

    @cached_property
    def p(self) -> Floats:
        """(m,) monotone estimate of P(kept), falling, held inside the band."""
        from scipy.optimize import isotonic_regression

        fitted = isotonic_regression(self.hits / self.n, weights=self.n, increasing=False)
        low, high = self.band
        return np.asarray(np.clip(fitted.x, 0.0, 1.0) if self.refuted else np.clip(fitted.x, low, high))

    @cached_property
    def band(self) -> tuple[Floats, Floats]:
        """(m,) lower and (m,) upper bounds: the whole curve lies between them with 95 % confidence."""
        low, high = self._bounds(1.0 - (1.0 - CONFIDENCE) * self.n / self.n.sum())
        return np.maximum.accumulate(low[::-1])[::-1], np.minimum.accumulate(high)

    def half_width(self, place: float) -> float:
        """Half the width of the band at a place, interpolated."""
        low, high = self.band
        return float(0.5 * np.interp(place, self.places, high - low))

    @property
    def refuted(self) -> bool:
        """True where no falling curve lies inside the band: the level is not monotone along this axis."""
        low, high = self.band
        return bool((low > high).any())

    def crossing(self, promise: float) -> Crossing | None:
        """Where the curve crosses `promise`; None where it starts below it or never gets below."""
        p = self.p
        if p[0] < promise or p[-1] >= promise:
            return None
        low, high = self.certain(promise)
        place = self.place_of(promise)
        place = place if low is None else max(place, low)
        return Crossing(place if high is None else min(place, high), low, high)

    def certain(self, promise: float) -> tuple[float | None, float | None]:
        """The last place up to which the promise surely holds, the first from which on it surely does not."""
        low, high = self._bounds(np.full(len(self), CONFIDENCE))
        places = self.places[self.solid]
        holds, breaks = low[self.solid] >= promise, high[self.solid] < promise
        safe = int(np.argmin(holds)) if not holds.all() else len(holds)
        broken = int(np.argmin(breaks[::-1])) if not breaks.all() else len(breaks)
        return (
            float(places[safe - 1]) if safe else None,
            float(places[len(places) - broken]) if broken else None,
        )

    def place_of(self, p: float) -> float:
        """Where the fitted curve has the value p: probit-interpolated, held inside the measured places."""
        from scipy.special import ndtri

        fitted = self.p
        broken = int(np.argmax(fitted < p)) if (fitted < p).any() else len(fitted)
        if broken in (0, len(fitted)):
            return float(self.places[0 if broken == 0 else -1])
        ends = [broken - 1, broken]
        shown = (fitted[ends] * self.n[ends] + 0.5) / (self.n[ends] + 1.0)  # probit of 0 and 1 is infinite
        before, after = ndtri(shown)
        share = float(np.clip((before - ndtri(p)) / (before - after), 0.0, 1.0)) if before > after else 0.5
        return float(self.places[ends[0]] + share * (self.places[ends[1]] - self.places[ends[0]]))

    def guess(self, p: float) -> float:
        """Where P is p if the curve is a probit line: steadier than the fit where replications are few."""
        from scipy.optimize import minimize
        from scipy.special import log_ndtr, ndtri

        middle, width = float(self.places.mean()), float(np.ptp(self.places)) or 1.0
        at = (self.places - middle) / width

        def misfit(line: Floats) -> float:
            score = line[0] - np.exp(line[1]) * at
            lost = self.hits * log_ndtr(score) + (self.n - self.hits) * log_ndtr(-score)
            return float(-lost.sum())

        level, slope = minimize(misfit, np.array([0.0, 1.0]), method="Nelder-Mead").x
        place = middle + width * (float(level) - float(ndtri(p))) / float(np.exp(slope))
        return float(np.clip(place, self.places[0], self.places[-1]))

    def _bounds(self, confidence: Floats) -> tuple[Floats, Floats]:
        found: list[Interval] = [
            share_interval(int(hits), int(n), float(one))
            for hits, n, one in zip(self.hits, self.n, confidence, strict=True)
        ]
        return np.array([one.low for one in found]), np.array([one.high for one in found])


def falls(hits: Ints, n: Ints) -> bool:
    """Whether P falls along the axis rather than rises, judged by which monotone fit is closer."""
    from scipy.optimize import isotonic_regression

    share = hits / n
    misfit = [
        float(np.sum(n * (share - isotonic_regression(share, weights=n, increasing=rising).x) ** 2))
        for rising in (False, True)
    ]
    return misfit[0] <= misfit[1]
