"""A planning problem: inputs brought to one shape, and refused at once where no search could mend them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.problems import Unusable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TOLERANCE = 1e-6
LOADS = ("weight", "volume")


class NoFeasiblePlan(Unusable):
    """No plan holds every limit; `binds` says which: weight, volume, time or vehicles."""

    def __init__(self, binds: str, reason: str) -> None:
        self.binds = binds
        super().__init__(f"no feasible plan ({binds}): {reason}")


@dataclass(frozen=True)
class Instance:
    """A planning problem in the caller's units: stop i is row i−1, `opens` and `loading` are the depot's."""

    duration: Floats
    distance: Floats
    demand: Floats
    capacity: Floats
    service: Floats
    earliest: Floats
    latest: Floats
    opens: float
    loading: float
    return_by: float
    vehicles: int

    @property
    def stops(self) -> int:
        """Number of stops, without the depot."""
        return len(self.service)


def checked(
    duration: Any,
    distance: Any,
    demand: Any,
    capacity: Any,
    service: Any,
    earliest: Any,
    latest: Any,
    return_by: float,
    vehicles: int,
) -> Instance:
    """Bring the inputs of `plan_routes` to one shape; ValueError names the one that cannot be."""
    way, metres = np.asarray(duration, np.float64), np.asarray(distance, np.float64)
    if way.ndim != 2 or way.shape[0] != way.shape[1] or way.shape[0] < 1 or metres.shape != way.shape:
        raise ValueError(f"`duration` {way.shape} and `distance` {metres.shape} must both be (n+1, n+1)")
    n = len(way) - 1
    for name, table in (("duration", way), ("distance", metres)):
        if np.isnan(table).any() or (table < 0.0).any():
            raise ValueError(f"`{name}` must hold numbers from 0, or inf")
    room = np.atleast_1d(np.asarray(capacity, np.float64))
    load = np.atleast_1d(np.asarray(demand, np.float64))
    load = load.reshape(len(load), 1) if load.ndim == 1 else load
    load = load[1:] if len(load) == n + 1 else load
    if load.shape != (n, len(room)) or len(room) not in (1, 2):
        raise ValueError(f"`demand` {load.shape} must be ({n}, {len(room)}) for a capacity of {len(room)}")
    at_stop, loading = _with_depot("service", service, n, 0.0)
    opening, opens = _with_depot("earliest", earliest, n, 0.0)
    closing, _ = _with_depot("latest", latest, n, np.inf)
    parts = (load, room, at_stop, np.array([loading]), np.array([float(return_by)]))
    if any(np.isnan(part).any() or (part < 0.0).any() for part in parts) or np.isinf(load).any():
        raise ValueError("demand, capacity, service and return_by must be numbers from 0")
    if np.isnan(opening).any() or np.isnan(closing).any():
        raise ValueError("`earliest` and `latest` must not be NaN")
    if int(vehicles) < 0:
        raise ValueError("`vehicles` must not be negative")
    return Instance(
        way,
        metres,
        load,
        room,
        at_stop,
        np.maximum(opening, 0.0),
        closing,
        max(opens, 0.0),
        loading,
        float(return_by),
        int(vehicles),
    )


def _with_depot(name: str, values: Any, n: int, depot: float) -> tuple[Floats, float]:
    """(n,) values of the stops and the depot's own, from one number, n or n+1 numbers."""
    array = np.asarray(values, np.float64)
    if array.ndim == 0:
        return np.full(n, float(array)), depot
    if array.shape == (n + 1,):
        return array[1:], float(array[0])
    if array.shape != (n,):
        raise ValueError(f"`{name}` {array.shape} must be ({n},), ({n + 1},) or one number")
    return array, depot


def refuse_impossible(p: Instance) -> None:
    """Say at once what no search can mend."""
    names = LOADS if len(p.capacity) == 2 else ("weight",)
    if p.vehicles == 0:
        raise NoFeasiblePlan("vehicles", f"{p.stops} stops and no vehicle")
    for k, name in enumerate(names):
        heavy = np.flatnonzero(p.demand[:, k] > p.capacity[k] * (1.0 + 1e-12))
        if len(heavy):
            i = int(heavy[0])
            raise NoFeasiblePlan(
                name,
                f"stop {i + 1} needs {p.demand[i, k]:g}, a vehicle holds {p.capacity[k]:g}"
                + (f" ({len(heavy)} such stops)" if len(heavy) > 1 else ""),
            )
        total, fleet = float(p.demand[:, k].sum()), float(p.capacity[k]) * p.vehicles
        if total > fleet * (1.0 + 1e-12):
            raise NoFeasiblePlan(name, f"all stops need {total:g}, {p.vehicles} vehicles hold {fleet:g}")
    way = np.where(np.isfinite(p.distance), p.duration, np.inf)
    out, home = _shortest(way), _shortest(way.T)
    begin = np.maximum(p.opens + p.loading + out[1:], p.earliest)
    for late, limit, text in (
        (begin, p.latest, "is reached at {:g} at the earliest, its window closes at {:g}"),
        (
            begin + p.service + home[1:],
            np.full(p.stops, p.return_by),
            "brings the vehicle home at {:g}, due by {:g}",
        ),
    ):
        bad = np.flatnonzero(late > limit + TOLERANCE)
        if len(bad):
            i = int(bad[0])
            raise NoFeasiblePlan(
                "time",
                f"stop {i + 1} {text.format(late[i], limit[i])}"
                + (f" ({len(bad)} such stops)" if len(bad) > 1 else ""),
            )


def _shortest(way: Floats) -> Floats:
    """Least time from the depot to every place, through others where that is quicker."""
    best: Floats = way[0].copy()
    best[0] = 0.0
    while True:
        better: Floats = np.minimum(best, (best[:, None] + way).min(axis=0))
        if np.array_equal(better, best):
            return best
        best = better
