"""Stations through the day over many nights: where and when it hurts, and how much nights differ."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.experiment import titles_of
from sim.experiments.identity import config_hash

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.kpis.profiles import Profile
    from sim.scenario import Scenario

    Floats = NDArray[np.float64]

NIGHTS = 30
CELL_MIN = 5.0
FROM_MIN, UNTIL_MIN = 540.0, 2760.0
"""From 09:00 on the day of the event to 22:00 on the day of delivery."""
BAND = (0.05, 0.95)
"""Percentiles over the nights that a band spans."""


def profile_document(
    scenario: Scenario,
    *,
    seed: int = 1,
    nights: int = NIGHTS,
    cell_min: float = CELL_MIN,
    tick: Callable[[int], None] = lambda _night: None,
) -> dict[str, Any]:
    """Mean load, queue and capacity of each station by cell of time, with the range of 90 nights of 100.

    Args:
        scenario: what is played.
        seed: replications 0 … nights − 1 of this seed, the very ones `run` has.
        nights: replications.
        cell_min: length of a cell in minutes.
        tick: called with the number of nights done.

    """
    from sim.chain import simulate
    from sim.kpis.profiles import profiles_of

    edges = np.arange(FROM_MIN, UNTIL_MIN + cell_min / 2.0, cell_min)
    played: dict[str, list[Profile]] = {}
    for night in range(nights):
        log = simulate(scenario, seed=seed, replication=night)
        for name, found in profiles_of(scenario, log, edges).items():
            played.setdefault(name, []).append(found)
        tick(night + 1)
    return {
        "scenario": scenario.name,
        **titles_of(scenario),
        "seed": seed,
        "replications": nights,
        "config_hash": config_hash(scenario),
        "cell_min": cell_min,
        "from_min": edges[:-1].tolist(),
        "stations": {name: _station(found, nights) for name, found in played.items()},
    }


def _station(found: list[Profile], nights: int) -> dict[str, Any]:
    """Nights on which nobody came count as empty ones."""
    empty = np.zeros((nights - len(found), found[0].load.shape[0]))
    load, queue, arrivals = (
        np.concatenate((np.stack([getattr(one, name) for one in found]), empty))
        for name in ("load", "queue", "arrivals")
    )
    capacity = np.stack([one.capacity for one in found])
    room = np.maximum(capacity, 1e-12).mean(axis=0)
    return {
        "load": _band(load),
        "queue": _band(queue),
        "arrivals": _band(arrivals),
        "capacity": capacity.mean(axis=0).tolist(),
        "utilisation": np.where(capacity.mean(axis=0) > 0.0, load.mean(axis=0) / room, 0.0).tolist(),
    }


def _band(values: Floats) -> dict[str, list[float]]:
    low, high = np.quantile(values, BAND, axis=0)
    return {"mean": values.mean(axis=0).tolist(), "low": low.tolist(), "high": high.tolist()}
