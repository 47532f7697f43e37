"""A morning at the depot, told with SimPy: orders become ready, vans are loaded at the docks, drive and come back."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import simpy

from sim.orderlog import Table
from sim.ranked import RankedEnvironment
from sim.stages.delivery import loading_rules
from sim.stages.delivery.rules import arrive_min
from sim.stages.delivery.spec import CALLS, LEGS, Delivered, DeliveryDraws, DeliveryInput, DeliveryNumbers, Plan
from sim.stages.delivery.tables import STOP_TYPES, TRIP_TYPES
from sim.stages.sorting.rules import crates_of

SORTED, DOCK_FREE, BACK, ERRAND, LOAD, ROAD = range(6)
"""Which of two events of one instant comes first."""

Steps = Generator[simpy.Event, Any, None]


@dataclass(eq=False)
class Errand:
    """Orders of one route that wait for a van; the first is in the name of the errand where two happen at once."""

    route: int
    orders: list[int]
    unsorted: int = 0
    complete: simpy.Event | None = None


@dataclass
class Load:
    """What stands in a van: kilos and crates by point, and whose goods they are."""

    orders: list[int] = field(default_factory=list)
    grams: int = 0
    crates: int = 0
    piles: dict[tuple[int, int], int] = field(default_factory=dict)

    def crates_at(self, point: int, crate_grams: int) -> int:
        """Crates for one point."""
        return sum(crates_of(grams, crate_grams) for (where, _), grams in self.piles.items() if where == point)


class Depot:
    """Docks, vans with their drivers, and everything that waits for them."""

    def __init__(
        self, env: RankedEnvironment, numbers: DeliveryNumbers, draws: DeliveryDraws, plan: Plan, given: DeliveryInput
    ) -> None:
        self.env = env
        self.numbers, self.draws, self.plan, self.given = numbers, draws, plan, given
        self.docks = simpy.Resource(env, numbers.docks)
        self.sorted: set[int] = set()
        self.errand_of: dict[int, Errand] = {}
        self.waiting: deque[Errand] = deque()
        self.free: deque[int] = deque()
        self.legs = [0] * len(numbers.fleet.payload_g)
        self.trips_of = [0] * len(numbers.fleet.payload_g)
        self.calls = [0] * len(plan.van)
        self.trips: list[dict[str, Any]] = []
        self.brought: dict[int, tuple[float, int, int]] = {}

    def open(self) -> None:
        """Give every route with goods its van, or a spare one where the driver is absent; the others are spare."""
        routes = self.errands()
        own = {int(self.plan.van[errand.route]) for errand in routes}
        present = [van for van in range(len(self.legs)) if not self.draws.absent[van]]
        self.free.extend(van for van in present if van not in own)
        for errand in routes:
            van: int | None = int(self.plan.van[errand.route])
            if self.draws.absent[van]:
                van = self.free.popleft() if self.free else None
            self.env.process(self.make_ready(errand, van))
        for order in self.errand_of:
            self.env.process(self.become_sorted(order))

    def errands(self) -> list[Errand]:
        """The first errand of every route that has something to bring."""
        route_of = {}
        for route in range(len(self.plan.van)):
            for point in self.plan.points[self.plan.first[route] : self.plan.first[route + 1]].tolist():
                route_of[point] = route
        errands: dict[int, Errand] = {}
        for order in np.flatnonzero(self.given.goes).tolist():
            where = route_of.get(int(self.given.point[order]))
            if where is None:
                continue
            errand = errands.setdefault(where, Errand(where, []))
            errand.unsorted += 1
            if not math.isnan(self.given.sorted_min[order]):
                errand.orders.append(order)
                self.errand_of[order] = errand
        return [errands[route] for route in sorted(errands) if errands[route].orders]

    def become_sorted(self, order: int) -> Steps:
        """An order leaves the hall; the last one of an errand calls for the van."""
        yield self.env.at(float(self.given.sorted_min[order]), SORTED, order)
        self.sorted.add(order)
        errand = self.errand_of[order]
        errand.unsorted -= 1
        if errand.unsorted == 0 and errand.complete is not None:
            errand.complete.succeed()

    def make_ready(self, errand: Errand, van: int | None) -> Steps:
        """Wait until a route is sorted, or until its van must be loaded."""
        errand.complete = self.env.event()
        yield errand.complete | self.env.at(float(self.plan.load_by_min[errand.route]), SORTED, 0)
        if van is None:
            yield from self.find_van(errand, self.env.now)
        else:
            yield from self.serve(van, errand)

    def find_van(self, errand: Errand, when: float) -> Steps:
        """From `when` on the errand goes with the next free van: spare ones first, then whoever is back first."""
        yield self.env.at(when, ERRAND, errand.orders[0])
        if self.free:
            self.env.process(self.serve(self.free.popleft(), errand))
        else:
            self.waiting.append(errand)

    def come_back(self, van: int, when: float) -> Steps:
        """A van can be loaded again."""
        yield self.env.at(when, BACK, van)
        if self.waiting:
            self.env.process(self.serve(van, self.waiting.popleft()))
        else:
            self.free.append(van)

    def find_van_once_sorted(self, errand: Errand) -> Steps:
        """What was left behind unsorted goes when all of it is sorted."""
        errand.complete = self.env.event()
        yield errand.complete
        yield from self.find_van(errand, self.env.now)

    def serve(self, van: int, errand: Errand) -> Steps:
        """A van asks for a dock, is loaded, and leaves."""
        n = self.numbers
        yield self.env.at(self.env.now, LOAD, van)
        ready = self.env.now
        if van == n.breakdown_van and ready >= n.breakdown_min:
            self.env.process(self.find_van(errand, ready))
            return
        with self.docks.request() as dock:
            yield dock
            start = self.env.now
            if start > n.last_load_min:
                return
            load = self.load(van, errand)
            if not load.orders:
                self.env.process(self.come_back(van, start))
                return
            end = start + loading_rules.load_min(load.crates, n.load_crate_min)
            depart = max(end, float(self.plan.depart_min[errand.route]))
            self.leave_behind(errand, load, depart)
            if van == n.breakdown_van and depart >= n.breakdown_min:
                self.env.process(self.find_van(Errand(errand.route, load.orders), depart))
            else:
                trip = self.note_trip(van, load, ready, start, end, depart)
                self.env.process(self.drive(van, errand.route, load, trip))
            yield self.env.at(end, DOCK_FREE, van)

    def load(self, van: int, errand: Errand) -> Load:
        """Whole orders by their number, as far as kilos and crates allow; who does not fit lets the next one try."""
        n, load = self.numbers, Load()
        for order in errand.orders:
            if order not in self.sorted:
                continue
            point, grams = int(self.given.point[order]), int(self.given.grams[order])
            piles = dict(load.piles)
            for kind, weight in self.goods(order):
                piles[point, kind] = piles.get((point, kind), 0) + weight
            crates = load.crates + sum(
                crates_of(piles[pile], n.crate_grams) - crates_of(load.piles.get(pile, 0), n.crate_grams)
                for pile in {(point, kind) for kind, _ in self.goods(order)}
            )
            if load.grams + grams <= n.fleet.payload_g[van] and crates <= n.fleet.room_crates[van]:
                load.orders.append(order)
                load.grams, load.crates, load.piles = load.grams + grams, crates, piles
        if not load.orders:
            self.leave_behind(errand, load, math.nan)
        return load

    def goods(self, order: int) -> list[tuple[int, int]]:
        """(sort of crate, grams) of an order: by SKU where crates hold one, else all in one."""
        if not self.numbers.crates_by_sku:
            return [(0, int(self.given.grams[order]))]
        lines = self.given.sku_lines[order]
        return [(k, int(lines[k]) * int(self.given.sku_grams[k])) for k in np.flatnonzero(lines).tolist()]

    def leave_behind(self, errand: Errand, load: Load, depart: float) -> None:
        """What did not fit goes with another van from now on; what is not sorted follows when it is."""
        aboard = set(load.orders)
        too_much = [order for order in errand.orders if order in self.sorted and order not in aboard]
        late = [order for order in errand.orders if order not in self.sorted]
        if too_much and load.orders:
            self.env.process(self.find_van(Errand(errand.route, too_much), depart))
        if late:
            rest = Errand(errand.route, late, len(late))
            self.errand_of.update(dict.fromkeys(late, rest))
            self.env.process(self.find_van_once_sorted(rest))

    def note_trip(self, van: int, load: Load, ready: float, start: float, end: float, depart: float) -> dict[str, Any]:
        """A line in the book of trips."""
        n = self.numbers
        weight, volume = load.grams / float(n.fleet.payload_g[van]), load.crates / float(n.fleet.room_crates[van])
        trip: dict[str, Any] = {
            "van": van, "trip": self.trips_of[van], "ready_min": ready, "load_start_min": start, "load_end_min": end,
            "depart_min": depart, "return_min": math.nan, "metres": 0.0, "grams": load.grams, "crates": load.crates,
            "m3": load.crates * n.crate_m3, "fill": max(weight, volume), "binds": -1, "stops": [],
        }  # fmt: skip
        self.trips_of[van] += 1
        self.trips.append(trip)
        return trip

    def drive(self, van: int, route: int, load: Load, trip: dict[str, Any]) -> Steps:
        """To every point with goods, in the order of the plan, and back."""
        n, given = self.numbers, self.given
        ends = n.breakdown_min if van == n.breakdown_van else math.inf
        call = self.calls[route] % CALLS
        self.calls[route] += 1
        yield self.env.at(trip["depart_min"], ROAD, van)
        place, last_unload = 0, self.env.now
        points = {int(given.point[order]) for order in load.orders}
        for point in self.plan.points[self.plan.first[route] : self.plan.first[route + 1]].tolist():
            if point not in points:
                continue
            arrive = self.arrival(van, place, point + 1, last_unload)
            crates = load.crates_at(point, n.crate_grams)
            noise = float(self.draws.stop_min[point, call])
            stop = loading_rules.stop_min(crates, noise, self.draws.stop_time, float(self.draws.pace[van]), n.unload_crate_min)
            if arrive + stop > ends:
                break
            yield self.env.at(arrive, ROAD, van)
            yield self.env.at(arrive + stop, ROAD, van)
            self.hand_over(van, trip, load, point, arrive, crates)
            trip["metres"] += float(given.travel_m[place, point + 1])
            place, last_unload = point + 1, self.env.now
        self.close(van, route, load, trip, place, last_unload, ends)

    def arrival(self, van: int, here: int, there: int, now: float) -> float:
        """Arrival at the end of the next leg."""
        n = self.numbers
        luck = float(self.draws.leg[van, self.legs[van] % LEGS])
        self.legs[van] += 1
        free_flow = loading_rules.leg_min(float(self.given.travel_min[here, there]), self.draws.traffic, luck)
        return arrive_min(now, free_flow, n.band_starts, n.band_factors, self.draws.speed)

    def hand_over(self, van: int, trip: dict[str, Any], load: Load, point: int, arrive: float, crates: int) -> None:
        """The goods of one point are unloaded."""
        mine = [order for order in load.orders if int(self.given.point[order]) == point]
        for order in mine:
            self.brought[order] = (self.env.now, van, trip["trip"])
        trip["stops"].append({
            "van": van, "trip": trip["trip"], "seq": len(trip["stops"]), "point": point, "arrive_min": arrive,
            "unload_end_min": self.env.now, "grams": sum(int(self.given.grams[order]) for order in mine), "crates": crates,
            "orders": len(mine),
        })  # fmt: skip

    def close(
        self, van: int, route: int, load: Load, trip: dict[str, Any], place: int, last_unload: float, ends: float
    ) -> None:
        """The trip's end: home, or broken down with what is left."""
        n = self.numbers
        weight, volume = load.grams / float(n.fleet.payload_g[van]), load.crates / float(n.fleet.room_crates[van])
        used = loading_rules.time_share(n.depart_from_min, last_unload, n.promise_min)
        trip["binds"] = loading_rules.binds(weight, volume, used)
        left = [order for order in load.orders if order not in self.brought]
        home = math.inf if left else self.arrival(van, place, 0, last_unload)
        if home <= ends:
            trip["return_min"] = home
            trip["metres"] += float(self.given.travel_m[place, 0])
            self.env.process(self.come_back(van, home + n.reload_min))
            return
        trip["return_min"] = ends
        if left:
            self.env.process(self.find_van(Errand(route, left), ends))


def run_delivery(numbers: DeliveryNumbers, draws: DeliveryDraws, plan: Plan, given: DeliveryInput) -> Delivered:
    """Deliver a night's orders; see `spec` for shapes and units."""
    env = RankedEnvironment()
    depot = Depot(env, numbers, draws, plan, given)
    depot.open()
    env.run()
    n = len(given.goes)
    at_point, van, trip = np.full(n, np.nan), np.full(n, -1, np.int16), np.full(n, -1, np.int8)
    for order, (when, who, which) in depot.brought.items():
        at_point[order], van[order], trip[order] = when, who, which
    stops = [stop for row in depot.trips for stop in row["stops"]]
    return Delivered(at_point, van, trip, _table(depot.trips, TRIP_TYPES), _table(stops, STOP_TYPES))


def _table(rows: Iterable[dict[str, Any]], types: dict[str, type]) -> Table:
    rows = list(rows)
    return {name: np.array([row[name] for row in rows], kind) for name, kind in types.items()}
