"""One figure of the claims table: its value, its interval, and how it stands to its relation.

Whatever the figure is (a level, a gap, a ratio), "figure ≥ r" is the sign of one mean: that of
(a − minus) − r · per, replication by replication, so ratios need no approximation to be tested. The interval
printed for a ratio is Fieller's (Some problems in interval estimation, JRSS B 16, 1954).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.claims import Check, Term
from sim.experiments.intervals import (
    Interval,
    fieller,
    share_interval,
    share_p_above,
    share_p_below,
    skew_t,
)
from sim.experiments.replications import Replications
from sim.kpis.definitions import KPIS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class Measured(NamedTuple):
    """A figure over n replications.

    satisfied, violated: one-sided p-values, small where the relation is certainly satisfied, violated;
    both 1 where there is no relation or nothing can be said.
    """

    n: int
    value: float
    interval: Interval | None
    satisfied: float
    violated: float

    @property
    def p_value(self) -> float:
        """Two-sided p-value of "the figure lies on the border of the relation"."""
        return min(1.0, 2.0 * min(self.satisfied, self.violated))


def measure(check: Check, rows_of: Callable[[Term], Replications]) -> Measured | None:
    """Measure a check over the replications its arms share; None where a KPI is missing or divides by 0."""
    arms = [(term, rows_of(term)) for term in check.terms]
    if any(term.kpi not in rows.kpis for term, rows in arms):
        return None
    n = min(len(rows) for _, rows in arms)
    columns = np.stack([rows.column(term.kpi)[:n] for term, rows in arms])
    columns = columns[:, np.isfinite(columns).all(axis=0)]
    if columns.shape[1] == 0:
        return None
    by_term = dict(zip(("figure", *_others(check)), columns, strict=True))
    above = by_term["figure"] - by_term.get("minus", 0.0)
    below = by_term["per"] + by_term.get("plus", 0.0) if check.per is not None else None
    if below is not None and below.mean() <= 0.0:
        return None
    value = float(above.mean()) if below is None else float(above.mean() / below.mean())
    if above.size < 2:
        return Measured(1, value, None, 1.0, 1.0)
    zero_one = len(check.terms) == 1 and KPIS[check.figure.kpi].unit == "0/1"
    share = check.minus is None and KPIS[check.figure.kpi].unit == "share"
    satisfied, violated = _against(check, above, below, zero_one)
    return Measured(int(above.size), value, _interval(above, below, zero_one, share), satisfied, violated)


def _others(check: Check) -> list[str]:
    """Names of the terms beside the figure, in the order of `check.terms`."""
    return [name for name in ("minus", "per", "plus") if getattr(check, name) is not None]


def _against(check: Check, above: Floats, below: Floats | None, zero_one: bool) -> tuple[float, float]:
    if check.relation is None:
        return 1.0, 1.0
    low, high = check.relation.bounds()
    if check.relation.sign == "==":
        # one night to the contrary refutes it; n nights without one are worth what the sign test gives
        inside = bool(np.all((above >= low) & (above <= high)))
        return (0.5**above.size, 1.0) if inside else (1.0, 0.0)
    sides = [_side(above, below, low, True, zero_one)] if math.isfinite(low) else []
    sides += [_side(above, below, high, False, zero_one)] if math.isfinite(high) else []
    satisfied = max(inner for inner, _ in sides)
    violated = min(1.0, len(sides) * min(outer for _, outer in sides))
    return satisfied, violated


def _side(
    above: Floats, below: Floats | None, border: float, over: bool, zero_one: bool
) -> tuple[float, float]:
    """p-values of the figure lying inside, outside one border of its relation."""
    if zero_one:
        hits, n = int(above.sum()), int(above.size)
        higher, lower = share_p_above(hits, n, border), share_p_below(hits, n, border)
    else:
        summary = skew_t(above - border * (1.0 if below is None else below))
        if (
            summary.std == 0.0 and summary.mean == 0.0
        ):  # on the border every night: inside, for the range is closed
            return 0.5**summary.n, 1.0
        higher, lower = summary.p_above(0.0), summary.p_below(0.0)
    return (higher, lower) if over else (lower, higher)


def _interval(above: Floats, below: Floats | None, zero_one: bool, share: bool) -> Interval | None:
    if zero_one:
        return share_interval(int(above.sum()), int(above.size))
    if below is not None:
        ratio = fieller(above, below)
        never_below = ratio is not None and above.min() >= 0.0
        return Interval(max(0.0, ratio.low), ratio.high) if ratio and never_below else ratio
    low, high = skew_t(above).interval()
    inside = share and above.min() >= 0.0 and above.max() <= 1.0
    return Interval(max(0.0, low), min(1.0, high)) if inside else Interval(low, high)
