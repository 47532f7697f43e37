"""From the centre to the points by way of depots: trucks by night, a second sort, vans in the district.

Both tiers are the delivery stage, each with its own places, fleet and plan: for a truck the "points" are
those whose goods it carries, and all of a district's stand at its depot. A depot is a small centre: what its
sorters have done is what its vans wait for. The sort itself is a station.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.acts.fixed_plan import planned_once
from sim.market.market import Market
from sim.remembered import remembered
from sim.roads.paces import planned_min, way_factors
from sim.stages.delivery import plans
from sim.stages.delivery import spec as delivery
from sim.stages.delivery.fleet import VehicleType
from sim.stages.delivery.spec import DeliveryParams, Plan
from sim.stages.depots.districts import districts
from sim.station import Station, serve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.acts.event import Event
    from sim.orderlog import Table
    from sim.scenario import Scenario

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

DIRECT, TRUNK = 0, 1
"""Tier of a trip: to points, from the centre or a depot; and from the centre to depots."""


class Places(NamedTuple):
    """Places of one tier: the start, then the points.

    Attributes:
        points: (P,) their numbers in the market.
        travel_min, travel_m: (P+1, P+1) between them, 0 the start.
        class_min: (P+1, P+1, classes) of these minutes, those on each class of road.
        members: (P,) of the points' communities.
    """

    points: Ints
    members: Ints
    travel_min: Floats
    travel_m: Floats
    class_min: Floats


class Layout(NamedTuple):
    """The districts: `depot` (P,) of each point, the trunk's places, and those of each depot."""

    depot: Ints
    trunk: Places
    depots: tuple[Places, ...]


class Road(NamedTuple):
    """What both tiers did: columns of the orders, trips and stops (at points only)."""

    orders: Table
    trips: Table
    stops: Table


@lru_cache(maxsize=4)
def layout_of(market: Market, count: int) -> Layout:
    """Where the depots of a market stand, and the ways to them and from them."""
    found = districts(market.travel_min, count)
    everybody = np.arange(market.communities, dtype=np.int64)
    return Layout(
        found.depot,
        _places(market, np.concatenate([[0], found.site[found.depot] + 1]), everybody),
        tuple(
            _district(market, int(site), np.flatnonzero(found.depot == d))
            for d, site in enumerate(found.site)
        ),
    )


def _district(market: Market, site: int, points: Ints) -> Places:
    return _places(market, np.concatenate([[site], points]) + 1, points)


def _places(market: Market, rows: Ints, points: Ints) -> Places:
    """The ways between some rows of the market's matrices."""
    both = np.ix_(rows, rows)
    return Places(
        points, market.members[points], market.travel_min[both], market.travel_m[both], market.class_min[both]
    )


@remembered
def trunk_params(s: Scenario) -> DeliveryParams:
    """The trucks as a fleet of the delivery stage: they are to be unloaded when the vans may leave."""
    d, p = s.delivery, s.depots
    truck = VehicleType(
        name="trunk", count=p.trunk_trucks, payload_kg=p.trunk_payload_kg, volume_m3=p.trunk_volume_m3
    )
    changes = {
        "vehicles": [truck],
        "stop_min": p.cage_min,
        "depart_from_min": p.trunk_depart_min,
        "promise_min": d.depart_from_min,
        "reserve_min": 0.0,
        "breakdown_van": _broken(s, p.count * vans_of(s), p.trunk_trucks),
    }
    return d.model_copy(update=changes)


@remembered
def depot_params(s: Scenario, depot: int, share: float) -> DeliveryParams:
    """The vans of one depot, which expects this share of the orders."""
    changes = {
        "docks": s.depots.docks,
        "expected_orders": s.delivery.expected_orders * share,
        "breakdown_van": _broken(s, depot * vans_of(s), vans_of(s)),
    }
    return s.delivery.model_copy(update=changes)


def vans_of(s: Scenario) -> int:
    """Vans of a depot."""
    return sum(kind.count for kind in s.delivery.vehicles)


def _broken(s: Scenario, before: int, vans: int) -> int:
    """Number within a fleet of the van that breaks down; 0 where it is of another fleet."""
    number = s.delivery.breakdown_van - before
    return number if 0 < number <= vans else 0


def trunk_plan(
    event: Event, orders: Table, due: NDArray[np.bool_], prices: plans.VanPrices, piles: int
) -> Plan:
    """Which truck takes which points' goods."""
    s, market = event.scenario, event.planning_market
    places, params = layout_of(market, s.depots.count).trunk, trunk_params(s)
    return _plan(s, params, places, prices, orders, due, orders["point"], piles)


def _plan(
    s: Scenario,
    params: DeliveryParams,
    places: Places,
    prices: plans.VanPrices,
    orders: Table,
    due: NDArray[np.bool_],
    point: NDArray[np.int32],
    piles: int,
) -> Plan:
    """The plan of one tier: on expected loads once, or on the orders that are due tonight."""
    road = planned_min(
        s.roads, places.travel_min, places.class_min, params.depart_from_min, params.promise_min
    )
    if params.policy == "nightly":
        return plans.nightly_plan(params, prices, due, point, orders["grams"], road, places.travel_m, piles)
    return planned_once(params, prices, places.members, road, places.travel_m, piles)


def drive_both(
    event: Event,
    orders: Table,
    trunk: Plan,
    given: delivery.DeliveryInput,
    prices: plans.VanPrices,
    piles: int,
) -> Road:
    """Trucks to the depots, the second sort, and the vans of every depot.

    Args:
        event, orders: what is delivered.
        trunk: the trucks' plan.
        given: all that delivery reads, as if vans drove from the centre.
        prices, piles: what plans weigh.

    """
    s, layout = event.scenario, layout_of(event.planning_market, event.scenario.depots.count)
    vans, by_sku = vans_of(s), s.sorting.policy == "by_community_sku"
    first = s.depots.count * vans
    lorries = _drive(event, trunk_params(s), layout.trunk, trunk, given, first, "depots.cage", by_sku=by_sku)
    start, end = second_sort(event, orders["key"], layout.depot[orders["point"]], lorries.at_point_min)
    columns = {
        "at_point_min": np.full(len(start), np.nan),
        "van": np.full(len(start), -1, np.int16),
        "trip": np.full(len(start), -1, np.int8),
        "depot": np.where(np.isnan(lorries.at_point_min), -1, layout.depot[orders["point"]]).astype(np.int16),
        "at_depot_min": lorries.at_point_min,
        "resort_start_min": start,
        "resort_end_min": end,
    }
    trips, stops = [_numbered(lorries.trips, first) | _tier(lorries.trips, TRUNK)], []
    total = max(float(event.planning_market.members.sum()), 1.0)
    for d, places in enumerate(layout.depots):
        mine = (layout.depot[orders["point"]] == d) & ~np.isnan(end)
        params = depot_params(s, d, float(places.members.sum()) / total)
        local = (
            np.searchsorted(places.points, orders["point"]).clip(max=len(places.points) - 1).astype(np.int32)
        )
        theirs = given._replace(goes=given.goes & mine, sorted_min=np.where(mine, end, np.nan), point=local)
        plan = _plan(s, params, places, prices, orders, theirs.goes, local, piles)
        road = _drive(event, params, places, plan, theirs, d * vans, "delivery.stop", by_sku=by_sku)
        there = ~np.isnan(road.at_point_min)
        columns["at_point_min"][there] = road.at_point_min[there]
        columns["van"][there] = road.van[there] + d * vans
        columns["trip"][there] = road.trip[there]
        trips.append(_numbered(road.trips, d * vans) | _tier(road.trips, DIRECT))
        stops.append(
            _numbered(road.stops, d * vans) | {"point": places.points[road.stops["point"]].astype(np.int32)}
        )
    return Road(columns, _joined(trips), _joined(stops))


def _drive(
    event: Event,
    params: DeliveryParams,
    places: Places,
    plan: Plan,
    given: delivery.DeliveryInput,
    first_van: int,
    stops: str,
    *,
    by_sku: bool,
) -> delivery.Delivered:
    """One fleet's morning between its places; vans and points draw by their numbers in the whole."""
    s = event.scenario
    numbers = delivery.numbers(params, s.roads.bands()[0], crates_by_sku=by_sku)
    chance = (event.night, event.streams, places.points, s.roads.rain_speed)
    draws = delivery.draw(params.stop_min, numbers.fleet, s.night, *chance, first_van=first_van, stops=stops)
    there = given._replace(
        travel_min=places.travel_min,
        travel_m=places.travel_m,
        way_factors=way_factors(s.roads, places.class_min),
    )
    road: delivery.Delivered = event.face.run_delivery(numbers, draws, plan, there)
    return road


def second_sort(event: Event, key: Ints, depot: Ints, at_depot: Floats) -> tuple[Floats, Floats]:
    """Begin and end (n,) of each order's sort at its depot, first come, first served; NaN where none is."""
    p, pace = event.scenario.depots, event.night.sort_pace
    start, end = np.full(len(key), np.nan), np.full(len(key), np.nan)
    service = event.streams.draw("depots.sort", key, p.sort_order_s, scale=1.0 / 60.0) * pace
    station = Station([(0.0, 0), (p.sort_from_min, p.sorters)] if p.sort_from_min > 0.0 else p.sorters)
    for d in range(p.count):
        mine = np.flatnonzero((depot == d) & ~np.isnan(at_depot))
        done = serve(station, at_depot[mine], service[mine], engine=event.face.NAME)
        start[mine], end[mine] = done.start, done.end
    return start, end


def _numbered(table: Table, first: int) -> Table:
    return table | {"van": (table["van"] + first).astype(np.int16)}


def _tier(trips: Table, tier: int) -> Table:
    return {"tier": np.full(len(trips["van"]), tier, np.int8)}


def _joined(parts: list[Table]) -> Table:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
