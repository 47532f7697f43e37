"""Plans: which van drives which points in which order, and until when it may wait for its goods.

A plan is made from expected (or the night's) kilos and crates by point, on static driving times. Where the
fleet cannot hold every wish, wishes are given up in a fixed order, for a plan is needed in every night: the
reserve of load, half the reserve of time, the rest of it, then loads are planned smaller than they are, and
last the promise goes. Vehicles of several types are planned type by type, the largest first, which take the
points farthest from the centre.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from sim.laws import mean_of
from sim.remembered import remembered
from sim.stages.delivery.plan_store import store_plan, stored_plan
from sim.stages.delivery.plan_times import timed
from sim.stages.delivery.route_problem import NoFeasiblePlan
from sim.stages.delivery.route_search import plan_routes
from sim.stages.delivery.routes_file import read_routes
from sim.stages.delivery.spec import DeliveryParams, Plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

TYPE_FILL = 0.9
"""Share of a type's planned capacity given to it before the next type is used."""
NO_DEADLINE = 1e5
KEPT = 64
_plans: OrderedDict[str, Plan] = OrderedDict()


class VanPrices(NamedTuple):
    """What the search weighs: a kilometre, an hour of driving, a van used."""

    cny_per_km: float
    cny_per_h: float
    cny_used: float


class Wishes(NamedTuple):
    """Share of the vehicles' room to use, minutes from departure, and what a point's load is."""

    load_share: float
    deadline: float
    loads: Literal["whole", "shrunk", "even"]


def expected_kg(params: DeliveryParams, members: Ints) -> Floats:
    """(P,) kilos by point that the fixed plan expects: orders in proportion to the community's members."""
    total = max(float(members.sum()), 1.0)
    return members / total * params.expected_orders * params.expected_order_kg


def expected_crates(params: DeliveryParams, kg: Floats, piles: int) -> Floats:
    """(P,) crates for these kilos in `piles` sorts a point: half a crate more each, the last is not full."""
    return np.where(kg > 0.0, kg / params.crate_kg + 0.5 * piles, 0.0)


def fixed_plan(
    params: DeliveryParams,
    prices: VanPrices,
    members: Ints,
    travel_min: Floats,
    travel_m: Floats,
    piles: int = 1,
) -> Plan:
    """The plan on expected loads over all points; `piles`: 1, or the SKUs where a crate holds one SKU."""
    kg = expected_kg(params, members)
    key = _key(params, prices, kg, travel_min, travel_m, piles)
    if key not in _plans:
        _plans[key] = stored_plan(key) or store_plan(
            key, make_plan(params, prices, kg, expected_crates(params, kg, piles), travel_min, travel_m)
        )
        while len(_plans) > KEPT:
            _plans.popitem(last=False)
    _plans.move_to_end(key)
    return _plans[key]


def nightly_plan(
    params: DeliveryParams,
    prices: VanPrices,
    goes: NDArray[np.bool_],
    point: NDArray[np.int32],
    grams: Ints,
    travel_min: Floats,
    travel_m: Floats,
    piles: int = 1,
) -> Plan:
    """The plan on the orders of a night, over the points that have some."""
    points = len(travel_min) - 1
    kg: Floats = np.bincount(point[goes], weights=grams[goes] / 1000.0, minlength=points).astype(np.float64)
    return make_plan(
        params, prices, kg, expected_crates(params, kg, piles), travel_min, travel_m, skip_empty=True
    )


def _key(
    params: DeliveryParams, prices: VanPrices, kg: Floats, travel_min: Floats, travel_m: Floats, piles: int
) -> str:
    digest = hashlib.sha256(params.model_dump_json().encode())
    for array in (np.array(prices), kg, travel_min, travel_m, np.array([piles])):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


@remembered
def loading_rank(plan: Plan, points: int) -> Ints:
    """(P,) place of each point in the order of sorting crates: (planned departure, van, last stop first)."""
    rank = np.full(points, points, np.int64)
    order = np.lexsort((plan.van, plan.depart_min))
    place = 0
    for route in order.tolist():
        for point in plan.points[plan.first[route] : plan.first[route + 1]][::-1].tolist():
            rank[point] = place
            place += 1
    return rank


def make_plan(
    params: DeliveryParams,
    prices: VanPrices,
    kg: Floats,
    crates: Floats,
    travel_min: Floats,
    travel_m: Floats,
    *,
    skip_empty: bool = False,
    buffer_min: Floats | None = None,
    spare: int = 0,
    whole: bool = False,
) -> Plan:
    """The plan for these loads.

    Args:
        params: fleet, limits, search.
        prices: what the search weighs.
        kg: (P,) planned load of each point.
        crates: (P,) the same in crates.
        travel_min: (P+1, P+1) free-flow minutes, 0 the distribution centre.
        travel_m: metres likewise.
        skip_empty: leave out points without load.
        buffer_min: (P,) minutes that the plan adds at a point, because it was late there before.
        spare: vehicles of the most numerous type that get no route.
        whole: fill vehicles and time to the brim and give up nothing: the buffers are the reserve.

    Raises:
        NoFeasiblePlan: `whole`, and no plan holds every limit; or not even a plan that gives up all can be.
    """
    static = travel_min * params.static_factor
    service = mean_of(params.stop_min) + crates * params.unload_crate_s / 60.0
    if buffer_min is not None:
        service = service + buffer_min
    vehicles = [kind.count for kind in params.vehicles]
    most = int(np.argmax(vehicles))
    vehicles[most] = max(vehicles[most] - spare, 1)
    points = np.flatnonzero(kg > 0.0) if skip_empty else np.arange(len(kg))
    promise = params.promise_min - params.depart_from_min
    deadline = promise - params.reserve_min
    ladder: tuple[Wishes, ...] = (
        Wishes(params.planned_load_share, deadline, "whole"),
        Wishes(1.0, deadline, "whole"),
        Wishes(1.0, promise - 0.5 * params.reserve_min, "whole"),
        Wishes(1.0, promise, "whole"),
        Wishes(1.0, promise, "shrunk"),
        Wishes(1.0, NO_DEADLINE, "shrunk"),
        Wishes(1.0, NO_DEADLINE, "even"),
    )
    if whole:
        ladder = (Wishes(1.0, promise, "whole"),)
    for wishes in ladder:
        try:
            routes = _routes(params, vehicles, prices, points, kg, crates, static, travel_m, service, wishes)
            break
        except NoFeasiblePlan:
            if wishes is ladder[-1]:
                raise
    stops = [route for _, route in routes]
    first = np.zeros(len(stops) + 1, np.int64)
    np.cumsum([len(route) for route in stops], out=first[1:])
    plan = Plan(
        van=np.array([van for van, _ in routes], np.int64),
        first=first,
        points=np.array([point for route in stops for point in route], np.int64),
        depart_min=np.full(len(stops), np.ceil(params.depart_from_min * 60.0) / 60.0),
        latest_depart_min=np.full(len(stops), np.nan),
        load_by_min=np.full(len(stops), np.nan),
        relaxed=ladder.index(wishes),
    )
    latest_end = params.depart_from_min + min(wishes.deadline, promise)
    return timed(plan, latest_end, static, service, crates * params.load_crate_s / 60.0)


def listed_plan(
    params: DeliveryParams,
    path: str,
    idents: Sequence[str],
    members: Ints,
    travel_min: Floats,
    piles: int = 1,
) -> Plan:
    """The plan of a routes file, its open times computed on expected loads (see `fixed_plan`)."""
    plan = read_routes(path, idents, sum(kind.count for kind in params.vehicles))
    crates = expected_crates(params, expected_kg(params, members), piles)
    service = mean_of(params.stop_min) + crates * params.unload_crate_s / 60.0
    latest_end = params.promise_min - params.reserve_min
    loading = crates * params.load_crate_s / 60.0
    return timed(plan, latest_end, travel_min * params.static_factor, service, loading)


def _routes(
    params: DeliveryParams,
    vehicles: list[int],
    prices: VanPrices,
    points: Ints,
    kg: Floats,
    crates: Floats,
    static: Floats,
    metres: Floats,
    service: Floats,
    wishes: Wishes,
) -> list[tuple[int, list[int]]]:
    """(van, points in order) of every route, by van."""
    kinds, starts = params.vehicles, np.cumsum([0, *(kind.count for kind in params.vehicles)])
    order = sorted(
        (k for k in range(len(kinds)) if vehicles[k]),
        key=lambda k: (-kinds[k].payload_kg, -kinds[k].volume_m3, k),
    )
    m3 = crates * params.crate_m3
    rest = points[np.argsort(-static[0, points + 1], kind="stable")]
    found: list[tuple[int, list[int]]] = []
    for k in order:
        room = (
            np.array([kinds[k].payload_kg, kinds[k].volume_m3 * params.usable_volume_share])
            * wishes.load_share
        )
        load = np.column_stack([kg, m3])
        take = len(rest)
        if k != order[-1]:
            time = wishes.deadline - float(static[0, rest + 1].max(initial=0.0))
            spent = np.column_stack([load[rest], service[rest] + _from_neighbour(static, rest)])
            most = np.append(room, max(time, 1.0)) * vehicles[k] * TYPE_FILL
            take = int(np.searchsorted((np.cumsum(spent, axis=0) / most).max(axis=1), 1.0, side="right"))
        mine, rest = np.sort(rest[:take]), rest[take:]
        if not len(mine):
            continue
        demand = _planned(load[mine], room, vehicles[k], wishes)
        places = np.concatenate([[0], mine + 1])
        plan = plan_routes(
            static[np.ix_(places, places)],
            metres[np.ix_(places, places)],
            demand,
            room,
            service[mine],
            0.0,
            np.maximum(wishes.deadline - service[mine], 0.0),
            NO_DEADLINE * 10.0,
            vehicles[k],
            params.plan_iterations,
            params.plan_seed,
            cost_per_distance=prices.cny_per_km / 1000.0,
            cost_per_duration=prices.cny_per_h / 60.0,
            cost_per_vehicle=prices.cny_used,
        )
        found += [
            (int(starts[k]) + number, mine[np.array(route) - 1].tolist()) for number, route in enumerate(plan)
        ]
    return sorted(found)


def _from_neighbour(static: Floats, points: Ints) -> Floats:
    """Minutes to each point from its nearest neighbour among them: about what it costs on a route."""
    if len(points) < 2:
        return np.zeros(len(points))
    way = static[np.ix_(points + 1, points + 1)] + np.diag(np.full(len(points), np.inf))
    nearest: Floats = way.min(axis=0)
    return nearest


def _planned(load: Floats, room: Floats, count: int, wishes: Wishes) -> Floats:
    """(n, 2) kilos and m³ the search is told: as they are, in proportion so that they fit, or all alike."""
    if wishes.loads == "whole":
        return load
    if wishes.loads == "even":
        return np.tile(room / -(-len(load) // count) * (1.0 - 1e-4), (len(load), 1))
    fits = TYPE_FILL * room * count / np.maximum(load.sum(axis=0), 1e-9)
    planned: Floats = np.minimum(load * np.minimum(1.0, fits), room)
    return planned
