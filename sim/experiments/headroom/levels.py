"""Levels: which promises a scenario makes, and in how many replications each was kept.

A level is kept in a replication when the KPI of its name satisfies the threshold, exactly as `lianlu run`
counts it; replications in which the KPI has no meaning do not count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.service_levels import AT_LEAST, DIRECTION

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.experiments.replications import Replications

DEFAULT_PROBABILITY = 0.95


class Level(NamedTuple):
    """One promise: the KPI of this name at least (or at most) the threshold."""

    name: str
    threshold: float
    at_least: bool

    def margin(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """How far each value lies on the kept side of the threshold; ≥ 0 is kept, in the KPI's unit."""
        return values - self.threshold if self.at_least else self.threshold - values


class Count(NamedTuple):
    """Kept in `hits` of `n` replications."""

    hits: int
    n: int


def levels_of(scenario: Any) -> tuple[Level, ...]:
    """Every service level of the scenario, in the order of its section."""
    section = getattr(scenario, "service_levels", None)
    if section is None:
        return ()
    return tuple(
        Level(name, float(getattr(section, name)), way == AT_LEAST) for name, way in DIRECTION.items()
    )


def required_probability(scenario: Any) -> float:
    """With which probability a level must be kept to hold."""
    section = getattr(scenario, "service_levels", None)
    return float(getattr(section, "required_probability", DEFAULT_PROBABILITY))


def counts(rows: Replications, levels: tuple[Level, ...]) -> dict[str, Count]:
    """How often each level was kept; a level whose KPI has no meaning in any replication is absent."""
    found = {}
    for level in levels:
        if rows.has(level.name):
            kept = level.margin(rows.values(level.name)) >= 0.0
            found[level.name] = Count(int(kept.sum()), int(kept.size))
    return found
