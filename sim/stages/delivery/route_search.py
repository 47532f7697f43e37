"""Route planning: which van visits which stops in which order, by PyVRP.

The search stops by iterations and a seed, never by seconds, so a plan is the same on every machine. PyVRP
works in whole numbers: times and loads are scaled so that rounding never makes a plan look feasible that is
not, and costs only as finely as an objective needs (very fine cost units drown its penalties and give
infeasible plans).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.stages.delivery.route_problem import (
    LOADS,
    TOLERANCE,
    Instance,
    NoFeasiblePlan,
    checked,
    refuse_impossible,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

FINEST = 1_000_000
"""Steps the largest time or load is divided into at least, where the values are not whole already."""
COST_STEPS = 20_000
"""Steps of the longest leg's cost."""
LARGEST = 1 << 40


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
    iterations: int = 2000,
    seed: int = 0,
    *,
    cost_per_distance: float = 1.0,
    cost_per_duration: float = 0.0,
    cost_per_vehicle: float = 0.0,
) -> list[list[int]]:
    """Routes that visit every stop once and hold every limit, as cheap as found.

    Args:
        duration: (n+1, n+1) from row to column, 0 the depot; inf where there is no way.
        distance: likewise.
        demand: (n,), or (n, 2) for weight and volume.
        capacity: of one vehicle, a number or a pair.
        service: time at a stop, (n,) or one number.
        earliest: begin of the window in which service begins, (n,) or one number, in the unit of `duration`.
            The depot opens at time 0; arrays of n+1 entries carry its opening (and loading time) first.
        latest: end of that window.
        return_by: latest return to the depot.
        vehicles: how many there are.
        iterations: length of the search.
        seed: of the search, which is the same for the same seed everywhere.
        cost_per_distance: weight in the objective, by default distance alone.
        cost_per_duration: likewise, on driving time.
        cost_per_vehicle: likewise, for each vehicle used.

    Returns:
        Routes in order of their lowest stop, each a list of stops 1 … n; unused vehicles are left out.

    Raises:
        NoFeasiblePlan: says what binds: weight, volume, time or vehicles.
        ValueError: inputs of a wrong shape, not finite or negative.

    """
    problem = checked(duration, distance, demand, capacity, service, earliest, latest, return_by, vehicles)
    if iterations < 1 or seed < 0:
        raise ValueError("`iterations` must be at least 1 and `seed` not negative")
    if problem.stops == 0:
        return []
    refuse_impossible(problem)
    costs = (float(cost_per_distance), float(cost_per_duration), float(cost_per_vehicle))
    if not np.isfinite(costs).all() or min(costs) < 0.0:
        raise ValueError("costs must be finite and not negative")
    data = _data(problem, costs)
    best = _search(data, iterations, seed)
    if not best.is_feasible():  # look for any plan first, then improve that one
        free = _search(_data(problem, (0.0, 0.0, 0.0)), iterations, seed)
        if not free.is_feasible():
            raise _why_not(problem, best, iterations)
        best = _search(data, iterations, seed, free)
    return sorted((_visits(route) for route in best.routes()), key=min)


def _visits(route: Any) -> list[int]:
    return [int(visit.idx) + 1 for visit in route if visit.is_client()]


def _search(data: Any, iterations: int, seed: int, start: Any = None) -> Any:
    """Best solution found; from the routes of `start`, a solution of the same stops under other costs."""
    import pyvrp
    from pyvrp.stop import MaxIterations

    routes = None if start is None else [[stop - 1 for stop in _visits(route)] for route in start.routes()]
    first = None if routes is None else pyvrp.Solution(data, routes)
    return pyvrp.solve(
        data, MaxIterations(iterations), seed=seed, collect_stats=False, display=False, initial_solution=first
    ).best


def scale_for(*arrays: Floats) -> float:
    """Factor to whole numbers: the least power of ten that makes all whole, else FINEST steps."""
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


def _up(values: Any, scale: float) -> Any:
    return np.ceil(np.minimum(np.asarray(values) * scale, float(LARGEST)) - TOLERANCE).astype(np.int64)


def _down(values: Any, scale: float) -> Any:
    return np.floor(np.minimum(np.asarray(values) * scale, float(LARGEST)) + TOLERANCE).astype(np.int64)


def _data(p: Instance, costs: tuple[float, float, float]) -> Any:
    """The problem in PyVRP's whole numbers."""
    import pyvrp

    time = scale_for(p.duration, p.service, p.earliest, p.latest, np.array([p.opens, p.loading, p.return_by]))
    loads = [scale_for(p.demand[:, k], p.capacity[k : k + 1]) for k in range(len(p.capacity))]
    demand = np.column_stack([_up(p.demand[:, k], loads[k]) for k in range(len(loads))])
    legs = costs[0] * np.where(np.isfinite(p.distance), p.distance, 0.0)
    legs = legs + costs[1] * np.where(np.isfinite(p.duration), p.duration, 0.0)
    longest = float(legs.max(initial=0.0))
    money = COST_STEPS / longest if longest > 0.0 else 1.0
    money = float(np.floor(money)) if money >= 1.0 else money
    cost: Any = np.rint(legs * money).astype(np.int64)
    late = int(_down(p.return_by, time))
    way: Any = np.minimum(_up(np.where(np.isfinite(p.distance), p.duration, np.inf), time), late + 1)
    np.fill_diagonal(way, 0)
    np.fill_diagonal(cost, 0)
    locations = [pyvrp.Location(0, 0) for _ in range(p.stops + 1)]
    opens, closes, service = _up(p.earliest, time), _down(p.latest, time), _up(p.service, time)
    clients = [
        pyvrp.Client(
            location=i + 1,
            delivery=demand[i].tolist(),
            service_duration=int(service[i]),
            tw_early=int(opens[i]),
            tw_late=max(int(min(closes[i], late)), int(opens[i])),
        )
        for i in range(p.stops)
    ]
    fleet = pyvrp.VehicleType(
        num_available=min(p.vehicles, p.stops),
        capacity=[int(_down(p.capacity[k], loads[k])) for k in range(len(loads))],
        tw_early=int(_up(p.opens + p.loading, time)),
        tw_late=late,
        fixed_cost=round(costs[2] * money),
        unit_distance_cost=1,
    )
    return pyvrp.ProblemData(locations, clients, [pyvrp.Depot(location=0)], [fleet], [cost], [way])


def _why_not(p: Instance, best: Any, iterations: int) -> NoFeasiblePlan:
    """What the best plan found still breaks."""
    names = LOADS if len(p.capacity) == 2 else ("weight",)
    over = [name for name, excess in zip(names, best.excess_load(), strict=True) if excess > 0]
    over += ["time"] if best.has_time_warp() else []
    over = over or ["vehicles"]
    return NoFeasiblePlan(
        over[0],
        f"{iterations} iterations with {p.vehicles} vehicles found no plan that holds "
        f"{' and '.join(over)}; more vehicles, later limits or more iterations may",
    )
