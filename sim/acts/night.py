"""Act two, the night: sorting in the hall, loading, and the vans to every pickup point."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.acts.fixed_plan import listed_once, planned_once
from sim.acts.two_tiers import DIRECT, Road, drive_both, trunk_plan
from sim.among import among
from sim.file_digest import file_digest
from sim.market.market import Market
from sim.orderlog import Table
from sim.remembered import remembered
from sim.roads.paces import planned_min, way_factors
from sim.roads.spec import RoadsParams
from sim.stages.delivery import plans
from sim.stages.delivery import spec as delivery
from sim.stages.delivery.spec import DeliveryParams, Plan
from sim.stages.sorting import spec as sorting
from sim.states import End

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.acts.evening import Show
    from sim.acts.event import Event
    from sim.money import MoneyParams
    from sim.scenario import Scenario
    from sim.stages.delivery.fleet import Fleet

    Mask = NDArray[np.bool_]


class Night(NamedTuple):
    """What the night hands on: columns of the orders, and the tables of the hall and the road."""

    orders: Table
    sorting: Table
    workers: Table
    trips: Table
    stops: Table


class Hall(NamedTuple):
    """What is fixed when the hall begins: the plan of the vans, and all that sorting reads."""

    plan: Plan
    numbers: sorting.SortingNumbers
    draws: sorting.SortingDraws
    given: sorting.SortingInput


class Morning(NamedTuple):
    """What is fixed when the vans leave: all that delivery reads but its plan."""

    numbers: delivery.DeliveryNumbers
    draws: delivery.DeliveryDraws
    given: delivery.DeliveryInput


def play_night(event: Event, show: Show) -> Night:
    """Sort what is paid and known, then drive it."""
    orders = show.orders
    hall = before_the_hall(event, show)
    done = event.face.run_sorting(hall.numbers, hall.draws, hall.given)
    road = deliver(event, show, hall.plan, done)
    kept = np.isnan(orders["cancelled_min"])
    columns = {
        "release_min": np.where(kept, done.release_min, np.nan),
        "sorted_min": done.sorted_min,
        "missorted": done.missorted & kept,
        **road.orders,
    }
    return Night(columns, done.sorting, done.workers, road.trips, road.stops)


def before_the_hall(event: Event, show: Show, plan: Plan | None = None) -> Hall:
    """Plan the vans and gather what sorting reads; none of it depends on the shifts but people's luck.

    `plan` stands in for the scenario's own: whole crates are sorted in the order in which vans are loaded.
    """
    orders = show.orders
    able = sortable(event.scenario, orders)
    fixed = event.scenario.delivery.policy == "fixed"
    if plan is None:
        due = able & np.isnan(orders["cancelled_min"])
        if event.scenario.depots.count:
            plan = trunk_plan(event, orders, due, van_prices(event.scenario.money), piles_of(event))
        else:
            plan = fixed_plan_of(event) if fixed else _nightly_plan(event, orders, due)
    return _hall(event, show, able, plan)


def sortable(s: Scenario, orders: Table) -> Mask:
    """Paid orders the seller knows of; cancelled ones too, until the hall hears of it."""
    known: Mask = ~np.isnan(orders["known_min"]) & among(orders["end"], (End.OPEN, End.CANCELLED))
    able: Mask = known if s.by_system else known & orders["on_sheet"]
    return able


def _hall(event: Event, show: Show, able: Mask, plan: Plan) -> Hall:
    s, market, orders = event.scenario, event.market, show.orders
    numbers = sorting.numbers(
        s.sorting,
        cutoff_min=s.cutoff.paid_by_min,
        by_sheet=not s.by_system,
        crate_grams=round(s.delivery.crate_kg * 1000.0),
    )
    draws = sorting.draw(
        s.sorting,
        numbers,
        s.night,
        event.night,
        event.streams,
        orders["key"],
        market.communities,
        show.goods.grams.size,
    )
    sheets = np.full(market.communities, np.nan)
    sheets[show.sheets["community"]] = show.sheets["merge_end_min"]
    given = sorting.SortingInput(
        known_min=np.where(able, orders["known_min"], np.nan),
        cancelled_min=orders["cancelled_min"],
        community=orders["community"],
        point=orders["point"],
        lines=orders["lines"],
        sku_lines=orders["sku_lines"],
        sku_grams=show.goods.grams,
        sheet_min=sheets,
        point_rank=plans.loading_rank(plan, market.communities),
    )
    return Hall(plan, numbers, draws, given)


def deliver(event: Event, show: Show, plan: Plan, done: sorting.Sorted) -> Road:
    """Drive what is sorted to the points, from the centre or by way of the depots."""
    morning = before_the_road(event, show, done)
    if event.scenario.depots.count:
        prices, piles = van_prices(event.scenario.money), piles_of(event)
        return drive_both(event, show.orders, plan, morning.given, prices, piles)
    road: delivery.Delivered = event.face.run_delivery(morning.numbers, morning.draws, plan, morning.given)
    n = len(road.at_point_min)
    nowhere = {name: np.full(n, np.nan) for name in ("at_depot_min", "resort_start_min", "resort_end_min")}
    columns: Table = {"van": road.van, "trip": road.trip, "at_point_min": road.at_point_min}
    columns |= {"depot": np.full(n, -1, np.int16)} | nowhere
    return Road(columns, road.trips | {"tier": np.full(len(road.trips["van"]), DIRECT, np.int8)}, road.stops)


def before_the_road(event: Event, show: Show, done: sorting.Sorted) -> Morning:
    """All that delivery reads but the plan: who tries other routes need not play the night again."""
    s, market, orders = event.scenario, event.market, show.orders
    by_sku = s.sorting.policy == "by_community_sku"
    numbers = delivery.numbers(s.delivery, s.roads.bands()[0], crates_by_sku=by_sku)
    kept = np.isnan(orders["cancelled_min"])
    given = delivery.DeliveryInput(
        goes=kept & ~np.isnan(done.release_min),
        sorted_min=np.where(kept, done.sorted_min, np.nan),
        point=orders["point"],
        grams=orders["grams"],
        sku_lines=orders["sku_lines"],
        sku_grams=show.goods.grams,
        travel_min=market.travel_min,
        travel_m=market.travel_m,
        way_factors=way_factors(s.roads, market.class_min),
    )
    return Morning(numbers, luck_on_the_road(event, s, numbers.fleet), given)


def luck_on_the_road(event: Event, s: Scenario, fleet: Fleet) -> delivery.DeliveryDraws:
    """The morning's chance for a fleet; `s` may be the event's scenario with other vans."""
    points, rain = np.arange(event.market.communities, dtype=np.int64), s.roads.rain_speed
    return delivery.draw(s.delivery.stop_min, fleet, s.night, event.night, event.streams, points, rain)


def piles_of(event: Event) -> int:
    """Sorts of crates a point gets: one, or one a product."""
    s = event.scenario
    return len(s.basket.skus) if s.sorting.policy == "by_community_sku" else 1


def fixed_plan_of(event: Event) -> Plan:
    """The scenario's plan: the one in its routes file, or one made on expected loads, once."""
    s, market, piles = event.scenario, event.planning_market, piles_of(event)
    road = road_as_planned(s.delivery, s.roads, market)
    if s.delivery.routes_file is None:
        return planned_once(s.delivery, van_prices(s.money), market.members, road, market.travel_m, piles)
    digest = file_digest(s.delivery.routes_file)
    return listed_once(s.delivery, digest, s.market.points_file, market.members, road, piles)


def road_as_planned(params: DeliveryParams, roads: RoadsParams, market: Market) -> NDArray[np.float64]:
    """(P+1, P+1) free-flow minutes as a planner without hours weighs them on the morning's roads."""
    morning = (params.depart_from_min, params.promise_min)
    return planned_min(roads, market.travel_min, market.class_min, *morning)


@remembered
def van_prices(money: MoneyParams) -> plans.VanPrices:
    """What the route search weighs, at the scenario's unit costs."""
    return plans.VanPrices(money.van_cny_per_km, money.van_cny_per_h, money.van_cny_used)


def _nightly_plan(event: Event, orders: Table, goes: Mask) -> Plan:
    s, market = event.scenario, event.market
    return plans.nightly_plan(
        s.delivery,
        van_prices(s.money),
        goes,
        orders["point"],
        orders["grams"],
        road_as_planned(s.delivery, s.roads, market),
        market.travel_m,
        piles_of(event),
    )
