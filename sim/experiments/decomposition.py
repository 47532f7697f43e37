"""Where a ratio of sales comes from: audience × conversion × basket, re-read at other text conversions.

total = GMV ratio of replication means; audience = ratio of mean viewers; conversion = ratio of
(mean paid ÷ mean viewers); basket = ratio of (mean GMV ÷ mean paid). Their product is the total exactly.
Intervals over paired replications: Fieller's for a plain ratio, else by the delta method on the logarithm.

The text conversion is only claimed ("below 8 %"). At another one the sold orders stay as they are and
the readers behind them change, so conversion and audience trade places while total and basket stay.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.experiments.intervals import Interval, fieller, skew_t

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.experiments.replications import Replications

    Floats = NDArray[np.float64]

KPIS = ("viewers", "orders_paid", "gmv_cny")
_LOG_LIMIT = 700.0  # beyond it the exponential leaves float64: a divisor that may be 0 has no interval
TEXT_CONVERSIONS = (0.05, 0.06, 0.07, 0.078, 0.08)
"""What "below 8 %" may have meant: the range over which the decomposition is read again."""
FACTORS = ("total", "audience", "conversion", "basket")


class Factor(NamedTuple):
    """A figure and its 95 % interval; None with a single replication or a divisor that may be 0."""

    value: float
    interval: Interval | None


def factor(above: Sequence[Floats], below: Sequence[Floats]) -> Factor:
    """Product of the means of `above` over the product of the means of `below`.

    Args:
        above, below: (n,) columns of the same replications, each with a positive mean.
    """
    above_means, below_means = [float(x.mean()) for x in above], [float(x.mean()) for x in below]
    value = math.prod(above_means) / math.prod(below_means)
    if len(above) == len(below) == 1:  # a plain ratio, as the claims table has it
        return Factor(value, fieller(above[0], below[0]) if above[0].size > 1 else None)
    influence = sum(x / m for x, m in zip(above, above_means, strict=True)) - sum(
        x / m for x, m in zip(below, below_means, strict=True)
    )
    rate = np.asarray(influence, np.float64) - (
        len(above) - len(below)
    )  # mean 0: how the log of the ratio moves
    if rate.size < 2:
        return Factor(value, None)
    low, high = skew_t(rate).cautious_interval()
    if high > _LOG_LIMIT:
        return Factor(value, None)
    return Factor(value, Interval(value * math.exp(low), value * math.exp(high)))


@dataclass(frozen=True, slots=True)
class AtConversion:
    """The factors if the base arm converted `base_conversion` of its readers, its orders unchanged.

    The readers behind the orders are then orders ÷ `base_conversion`: audience = other viewers ÷ these.
    """

    base_conversion: float
    audience: Factor
    conversion: Factor
    basket: Factor

    def document(self) -> dict[str, Any]:
        """A row of `over_base_conversion`: the numbers, their intervals beside them."""
        factors = {"audience": self.audience, "conversion": self.conversion, "basket": self.basket}
        out: dict[str, Any] = {"base_conversion": self.base_conversion}
        out |= {name: one.value for name, one in factors.items()}
        return out | {"intervals": _intervals(factors)}


def _intervals(factors: Mapping[str, Factor]) -> dict[str, list[float]]:
    return {name: list(one.interval) for name, one in factors.items() if one.interval is not None}


def _times(factor_: Factor, by: float) -> Factor:
    """A factor times a number that is taken as known."""
    interval = factor_.interval
    scaled = None if interval is None else Interval(by * interval.low, by * interval.high)
    return Factor(by * factor_.value, scaled)


@dataclass(frozen=True, slots=True)
class Decomposition:
    """GMV of one arm over the base's, as factors; `over` re-reads it at other base conversions."""

    total: Factor
    audience: Factor
    conversion: Factor
    basket: Factor
    base_conversion: float
    other_conversion: Factor
    viewers_per_base_order: Factor

    def over(self, base_conversions: Sequence[float]) -> list[AtConversion]:
        """The factors at each assumed base conversion and at the simulated one, rising."""
        wanted = sorted({*base_conversions, self.base_conversion})
        return [self._at(c) for c in wanted]

    def _at(self, base_conversion: float) -> AtConversion:
        if base_conversion == self.base_conversion:  # simulated, so its own luck is in the intervals
            return AtConversion(base_conversion, self.audience, self.conversion, self.basket)
        return AtConversion(
            base_conversion,
            _times(self.viewers_per_base_order, base_conversion),
            _times(self.other_conversion, 1.0 / base_conversion),
            self.basket,
        )

    def document(self, base_conversions: Sequence[float] = ()) -> dict[str, Any]:
        """The `gmv_ratio` entry of `compare --json`: the contract's four numbers, intervals, the range."""
        factors = {name: getattr(self, name) for name in FACTORS}
        out: dict[str, Any] = {name: one.value for name, one in factors.items()}
        out["intervals"] = _intervals(factors)
        if base_conversions:
            out["over_base_conversion"] = [row.document() for row in self.over(base_conversions)]
        return out


def decompose(base: Replications, other: Replications) -> Decomposition | None:
    """Decompose the GMV ratio; None where an arm lacks one of the three figures or sold nothing."""
    if any(kpi not in arm.kpis for kpi in KPIS for arm in (base, other)):
        return None
    n = min(len(base), len(other))
    columns = np.stack([arm.column(kpi)[:n] for arm in (base, other) for kpi in KPIS])
    columns = columns[:, np.isfinite(columns).all(axis=0)]
    if columns.shape[1] == 0 or columns.min() < 0.0 or not (columns.mean(axis=1) > 0.0).all():
        return None
    viewers0, paid0, gmv0, viewers1, paid1, gmv1 = columns
    return Decomposition(
        total=factor([gmv1], [gmv0]),
        audience=factor([viewers1], [viewers0]),
        conversion=factor([paid1, viewers0], [viewers1, paid0]),
        basket=factor([gmv1, paid0], [paid1, gmv0]),
        base_conversion=float(paid0.mean() / viewers0.mean()),
        other_conversion=factor([paid1], [viewers1]),
        viewers_per_base_order=factor([viewers1], [paid0]),
    )
