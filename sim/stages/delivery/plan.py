"""Route planning: which van visits which stops in which order, by PyVRP.

The search stops by iterations and a seed, never by seconds, so a plan is the same on every machine. PyVRP works in
whole numbers: times and loads are scaled so that rounding never makes a plan look feasible that is not, and
distances only as finely as an objective needs (very fine cost units drown its penalties and give infeasible plans).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

FINEST = 1_000_000
"""Steps the largest time or load is divided into at least, where the values are not whole already."""
COST_STEPS = 20_000
"""Steps of the longest leg's cost."""
LARGEST = 1 << 40
TOLERANCE = 1e-6
LOADS = ("weight", "volume")


class NoFeasiblePlan(ValueError):
    """No plan holds every limit; `binds` says which: weight, volume, time or vehicles."""

    def __init__(self, binds: str, reason: str) -> None:
        self.binds = binds
        super().__init__(f"no feasible plan ({binds}): {reason}")


@dataclass(frozen=True)
class Instance:
    """A planning problem in the caller's units; stop i of n is row i−1, `opens` and `loading` are the depot's."""

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


def plan_routes(
    duration: ArrayLike,
    distance: ArrayLike,
    demand: ArrayLike,
    capacity: ArrayLike,
    service: ArrayLike,
    earliest: ArrayLike,
    latest: ArrayLike,
    return_by: float,
    vehicles: int,
    iterations: int = 1000,
    seed: int = 0,
    *,
    cost_per_distance: float = 1.0,
    cost_per_duration: float = 0.0,
    cost_per_vehicle: float = 0.0,
) -> list[list[int]]:
    """Routes that visit every stop once and hold every limit, as cheap as found.

    Args:
        duration, distance: (n+1, n+1) from row to column, 0 the depot; inf where there is no way.
        demand: (n,), or (n, 2) for weight and volume; capacity: of one vehicle, a number or a pair.
        service: time at a stop, (n,) or one number.
        earliest, latest: window in which the service begins, (n,) or one number, in the unit of `duration`.
            The depot opens at time 0; arrays of n+1 entries carry its opening (and loading time) first.
        return_by: latest return to the depot.
        vehicles: how many; iterations, seed: of the search, which is the same for the same seed everywhere.
        cost_per_distance, cost_per_duration, cost_per_vehicle: the objective; distance alone by default.

    Returns:
        A list of routes in order of their lowest stop, each a list of stops 1 … n; unused vehicles are left out.

    Raises:
        NoFeasiblePlan: says what binds: weight, volume, time or vehicles.
        ValueError: inputs of a wrong shape, not finite or negative.
    """
    problem = _checked(duration, distance, demand, capacity, service, earliest, latest, return_by, vehicles)
    if iterations < 1 or seed < 0:
        raise ValueError("`iterations` must be at least 1 and `seed` not negative")
    if problem.stops == 0:
        return []
    _refuse_impossible(problem)
    costs = (float(cost_per_distance), float(cost_per_duration), float(cost_per_vehicle))
    if not np.isfinite(costs).all() or min(costs) < 0.0:
        raise ValueError("costs must be finite and not negative")
    solution = None
    for attempt in (costs, (0.0, 0.0, 0.0)):
        solution = _solve(problem, attempt, iterations, seed)
        if solution.is_feasible():
            routes = [[int(visit.idx) + 1 for visit in route if visit.is_client()] for route in solution.routes()]
            return sorted(routes, key=min)
    raise _why_not(problem, solution, iterations)


def _checked(
    duration: Any, distance: Any, demand: Any, capacity: Any, service: Any, earliest: Any, latest: Any,
    return_by: float, vehicles: int,
) -> Instance:
    way, metres = np.asarray(duration, np.float64), np.asarray(distance, np.float64)
    if way.ndim != 2 or way.shape[0] != way.shape[1] or way.shape[0] < 1 or metres.shape != way.shape:
        raise ValueError(f"`duration` {way.shape} and `distance` {metres.shape} must both be (n+1, n+1)")
    n = len(way) - 1
    for name, table in (("duration", way), ("distance", metres)):
        if np.isnan(table).any() or (table < 0.0).any():
            raise ValueError(f"`{name}` must hold numbers from 0, or inf")
    room = np.atleast_1d(np.asarray(capacity, np.float64))
    load = np.asarray(demand, np.float64)
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
    return Instance(way, metres, load, room, at_stop, np.maximum(opening, 0.0), closing, max(opens, 0.0), loading,
                    float(return_by), int(vehicles))


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


def _refuse_impossible(p: Instance) -> None:
    """Say at once what no search can mend."""
    names = LOADS if len(p.capacity) == 2 else ("weight",)
    if p.vehicles == 0:
        raise NoFeasiblePlan("vehicles", f"{p.stops} stops and no vehicle")
    for k, name in enumerate(names):
        heavy = np.flatnonzero(p.demand[:, k] > p.capacity[k] * (1.0 + 1e-12))
        if len(heavy):
            i = int(heavy[0])
            raise NoFeasiblePlan(name, f"stop {i + 1} needs {p.demand[i, k]:g}, a vehicle holds {p.capacity[k]:g}"
                                       + (f" ({len(heavy)} such stops)" if len(heavy) > 1 else ""))
        total, fleet = float(p.demand[:, k].sum()), float(p.capacity[k]) * p.vehicles
        if total > fleet * (1.0 + 1e-12):
            raise NoFeasiblePlan(name, f"all stops need {total:g}, {p.vehicles} vehicles hold {fleet:g}")
    out = _shortest(p.duration)
    home = _shortest(p.duration.T)
    begin = np.maximum(p.opens + p.loading + out[1:], p.earliest)
    for late, limit, text in (
        (begin, p.latest, "is reached at {:g} at the earliest, its window closes at {:g}"),
        (begin + p.service + home[1:], np.full(p.stops, p.return_by), "brings the vehicle home at {:g}, due by {:g}"),
    ):
        bad = np.flatnonzero(late > limit + TOLERANCE)
        if len(bad):
            i = int(bad[0])
            raise NoFeasiblePlan("time", f"stop {i + 1} {text.format(late[i], limit[i])}"
                                         + (f" ({len(bad)} such stops)" if len(bad) > 1 else ""))


def _shortest(way: Floats) -> Floats:
    """Least time from the depot to every place, through others where that is quicker."""
    best = way[0].copy()
    best[0] = 0.0
    while True:
        better = np.minimum(best, (best[:, None] + way).min(axis=0))
        if np.array_equal(better, best):
            return best
        best = better


def scale_for(*arrays: Floats) -> float:
    """Factor to whole numbers: the smallest power of ten that makes all whole, else one that gives FINEST steps."""
    values = np.concatenate([np.ravel(a)[np.isfinite(np.ravel(a))] for a in arrays])
    largest = float(values.max(initial=0.0))
    if largest == 0.0:
        return 1.0
    for power in range(7):
        scaled = values * 10.0**power
        if largest * 10.0**power > LARGEST:
            break
        if (np.abs(scaled - np.rint(scaled)) <= 1e-9 * np.maximum(1.0, scaled)).all():
            return 10.0**power
    return max(FINEST / largest, 1.0)


def _up(values: Any, scale: float) -> Ints:
    return np.ceil(np.minimum(np.asarray(values) * scale, float(LARGEST)) - TOLERANCE).astype(np.int64)


def _down(values: Any, scale: float) -> Ints:
    return np.floor(np.minimum(np.asarray(values) * scale, float(LARGEST)) + TOLERANCE).astype(np.int64)


def _solve(p: Instance, costs: tuple[float, float, float], iterations: int, seed: int) -> Any:
    import pyvrp
    from pyvrp.stop import MaxIterations

    time = scale_for(p.duration, p.service, p.earliest, p.latest, np.array([p.opens, p.loading, p.return_by]))
    loads = [scale_for(p.demand[:, k], p.capacity[k : k + 1]) for k in range(len(p.capacity))]
    demand = np.column_stack([_up(p.demand[:, k], loads[k]) for k in range(len(loads))])
    legs = costs[0] * np.where(np.isfinite(p.distance), p.distance, 0.0)
    legs = legs + costs[1] * np.where(np.isfinite(p.duration), p.duration, 0.0)
    longest = float(legs.max(initial=0.0))
    money = COST_STEPS / longest if longest > 0.0 else 1.0
    money = float(np.floor(money)) if money >= 1.0 else money
    cost = np.rint(legs * money).astype(np.int64)
    cost[~np.isfinite(p.duration) | ~np.isfinite(p.distance)] = 10 * COST_STEPS
    late = int(_down(p.return_by, time))
    way = np.minimum(_up(p.duration, time), late + 1)
    np.fill_diagonal(way, 0)
    np.fill_diagonal(cost, 0)
    locations = [pyvrp.Location(0, 0) for _ in range(p.stops + 1)]
    opens, closes, service = _up(p.earliest, time), _down(p.latest, time), _up(p.service, time)
    clients = [
        pyvrp.Client(location=i + 1, delivery=demand[i].tolist(), service_duration=int(service[i]),
                     tw_early=int(opens[i]), tw_late=max(int(min(closes[i], late)), int(opens[i])))
        for i in range(p.stops)
    ]
    fleet = pyvrp.VehicleType(
        num_available=min(p.vehicles, p.stops),
        capacity=[int(_down(p.capacity[k], loads[k])) for k in range(len(loads))],
        tw_early=int(_up(p.opens + p.loading, time)), tw_late=late,
        fixed_cost=int(round(costs[2] * money)), unit_distance_cost=1,
    )
    data = pyvrp.ProblemData(locations, clients, [pyvrp.Depot(location=0)], [fleet], [cost], [way])
    return pyvrp.solve(data, MaxIterations(iterations), seed=seed, collect_stats=False, display=False).best


def _why_not(p: Instance, best: Any, iterations: int) -> NoFeasiblePlan:
    """What the best plan found still breaks."""
    names = LOADS if len(p.capacity) == 2 else ("weight",)
    over = [name for name, excess in zip(names, best.excess_load(), strict=True) if excess > 0]
    over += ["time"] if best.has_time_warp() else []
    over = over or ["vehicles"]
    return NoFeasiblePlan(over[0], f"{iterations} iterations with {p.vehicles} vehicles found no plan that holds "
                                   f"{' and '.join(over)}; more vehicles, later limits or more iterations may")
