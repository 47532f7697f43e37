"""One KPI of one arm as JSON: mean, interval, spread, target; and how often a promise about it was kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from sim.experiments.intervals import (
    LEAST_REPLICATIONS,
    Interval,
    rare_rate_high,
    share_interval,
    skew_t,
)
from sim.kpis.definitions import KPIS
from sim.service_levels import AT_LEAST, DIRECTION

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.experiments.replications import Replications

    Floats = NDArray[np.float64]

COUNTS = frozenset({"people", "orders", "lines", "gifts", "trips", "tickets", "vans", "leaders"})
"""Units of figures that count what happened."""


class Figure(Protocol):
    """What an interval needs to know of a figure."""

    @property
    def unit(self) -> str:
        """Its unit."""
        ...


def zero_one(definition: Figure) -> bool:
    """Whether the KPI says of each night only that something held (1) or did not (0)."""
    return definition.unit == "0/1"


def kpi_document(arm: Replications, kpi: str) -> dict[str, Any]:
    """One KPI of one arm; interval and `std` are absent with a single replication, `target` without one.

    `nonzero_share_high` stands where the KPI was 0 on every night: it may be otherwise on so many of them.
    """
    definition, values = KPIS[kpi], arm.values(kpi)
    summary = skew_t(values)
    document: dict[str, Any] = {"mean": summary.mean}
    if summary.n > 1:
        low, high = figure_interval(values, definition)
        document |= {"ci_low": low, "ci_high": high, "std": summary.std}
    document |= {"unit": definition.unit, "better": definition.better}
    target = target_of(arm, kpi)
    if target is not None:
        document |= {"target": target, "target_met_share": float(met(values, kpi, target).mean())}
    if summary.n < len(arm):
        document["replications"] = summary.n
    if not zero_one(definition) and not values.any():
        document["nonzero_share_high"] = share_interval(0, summary.n).high
    return document


def figure_interval(values: Floats, definition: Figure) -> Interval:
    """95 % interval of a KPI's true mean, exact for 0/1 outcomes and never outside what the KPI can be.

    The correction for skew needs a third moment, which fewer than 20 values do not tell. A count that was
    0 every night has an upper end all the same.
    """
    if zero_one(definition):
        return share_interval(int(values.sum()), int(values.size))
    if definition.unit in COUNTS and not values.any():
        return Interval(0.0, rare_rate_high(int(values.size)))
    summary = skew_t(values)
    low, high = summary.interval() if summary.n >= LEAST_REPLICATIONS else summary.plain_interval()
    if values.min() >= 0.0:
        low = max(0.0, low)
    if definition.unit == "share" and values.max() <= 1.0:
        high = min(1.0, high)
    return Interval(low, high)


def target_of(arm: Replications, kpi: str) -> float | None:
    """What a night must reach in a KPI, where the scenario promises something about it."""
    levels = getattr(arm.scenario, "service_levels", None)
    return None if levels is None or kpi not in DIRECTION else float(getattr(levels, kpi))


def met(values: Floats, kpi: str, target: float) -> NDArray[np.bool_]:
    """On which nights a service level was kept; False where the figure is missing."""
    return values >= target if DIRECTION[kpi] == AT_LEAST else values <= target
