"""Some nights played at once: their figures, and where and when in the day it hurts."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.experiments.experiment import titles_of
from sim.experiments.identity import config_hash
from sim.experiments.replications import Replications, replications_of
from sim.experiments.row import Outcome, Row

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


class Evening(NamedTuple):
    """The same nights twice: `rows` are their figures, `day` their stations through the day, a document."""

    rows: Replications
    day: dict[str, Any]


def evening(
    scenario: Scenario,
    *,
    name: str = "",
    seed: int = 1,
    nights: int = NIGHTS,
    cell_min: float = CELL_MIN,
    threads: int = 1,
    tick: Callable[[int], None] = lambda _night: None,
) -> Evening:
    """Play some nights; mean load, queue and capacity of each station by cell of time, and 90 nights of 100.

    Args:
        scenario: what is played.
        name: of the scenario in tables; its own by default.
        seed: replications 0 … nights − 1 of this seed, the very ones `run` has.
        nights: replications.
        cell_min: length of a cell in minutes.
        threads: that play; the kernels run side by side.
        tick: called with the number of nights done.

    """
    edges = np.arange(FROM_MIN, UNTIL_MIN + cell_min / 2.0, cell_min)
    played: dict[str, list[Profile]] = {}
    rows: list[Row] = []
    with ThreadPoolExecutor(threads) as pool:
        for row, profiles in pool.map(partial(_night, scenario, seed, edges), range(nights)):
            rows.append(row)
            for station, found in profiles.items():
                played.setdefault(station, []).append(found)
            tick(len(rows))
    config, called = config_hash(scenario), name or scenario.name
    table = replications_of(rows, name=called, scenario=scenario, seed=seed, engine="compiled", config=config)
    day = {
        "scenario": called,
        **titles_of(scenario),
        "seed": seed,
        "replications": nights,
        "config_hash": config,
        "cell_min": cell_min,
        "from_min": edges[:-1].tolist(),
        "stations": {station: _station(found, nights) for station, found in played.items()},
    }
    return Evening(table, day)


def _night(scenario: Scenario, seed: int, edges: Floats, night: int) -> tuple[Row, dict[str, Profile]]:
    from sim.chain import simulate
    from sim.kpis import kpis_of
    from sim.kpis.profiles import profiles_of
    from sim.kpis.stations import balance_of, figures
    from sim.kpis.visits import visits_of

    log = simulate(scenario, seed=seed, replication=night)
    visits = visits_of(scenario, log)
    stations = {station: figures(one) for station, one in visits.items()}
    row = Row.of(Outcome(kpis_of(scenario, log), balance_of(log), stations))
    return row, profiles_of(visits, edges)


def _station(found: list[Profile], nights: int) -> dict[str, Any]:
    """Nights on which nobody came count as empty ones."""
    empty = np.zeros((nights - len(found), found[0].load.shape[0]))
    load, queue = (
        np.concatenate((np.stack([getattr(one, name) for one in found]), empty)) for name in ("load", "queue")
    )
    capacity = np.stack([one.capacity for one in found])
    room = np.maximum(capacity, 1e-12).mean(axis=0)
    return {
        "load": _band(load),
        "queue": _band(queue),
        "capacity": capacity.mean(axis=0).tolist(),
        "utilisation": np.where(capacity.mean(axis=0) > 0.0, load.mean(axis=0) / room, 0.0).tolist(),
    }


def _band(values: Floats) -> dict[str, list[float]]:
    low, high = np.quantile(values, BAND, axis=0)
    return {"mean": values.mean(axis=0).tolist(), "low": low.tolist(), "high": high.tolist()}
