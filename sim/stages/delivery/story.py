"""A morning at the centre, told with SimPy: orders become ready, vans are loaded, drive and come back."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Generator
from typing import Any

import numpy as np
import simpy

from sim.ranked import RankedEnvironment
from sim.stages.delivery import loading_rules
from sim.stages.delivery.columns import STOP_TYPES, TRIP_TYPES, table_of
from sim.stages.delivery.driving_rules import arrive_min, row_of
from sim.stages.delivery.loads import Errand, Load, first_errands
from sim.stages.delivery.spec import (
    CALLS,
    LEGS,
    Delivered,
    DeliveryDraws,
    DeliveryInput,
    DeliveryNumbers,
    Plan,
)

SORTED, DOCK_FREE, BACK, ERRAND, LOAD, ROAD = range(6)
"""Which of two events of one instant comes first."""

Steps = Generator[simpy.Event, Any, None]


class Centre:
    """Docks, vans with their drivers, and everything that waits for them; a grid depot is a small centre.

    The docks are no `Station`: how long a loading takes is known only when it starts (what is sorted then),
    and a van that was loaded comes back as the next customer.
    """

    def __init__(
        self,
        env: RankedEnvironment,
        numbers: DeliveryNumbers,
        draws: DeliveryDraws,
        plan: Plan,
        given: DeliveryInput,
    ) -> None:
        self.env = env
        self.numbers, self.draws, self.plan, self.given = numbers, draws, plan, given
        self.point: list[int] = given.point.tolist()
        self.grams: list[int] = given.grams.tolist()
        self.sorted_min: list[float] = given.sorted_min.tolist()
        self.band_starts: list[float] = numbers.band_starts.tolist()
        self.way_factors: list[list[float]] = given.way_factors.tolist()
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
        """Routes with goods get their van, or a spare one where the driver is absent; others are spare."""
        routes = first_errands(self.plan, self.given)
        self.errand_of.update((order, errand) for errand in routes for order in errand.orders)
        own = {int(self.plan.van[errand.route]) for errand in routes}
        present = [van for van in range(len(self.legs)) if not self.draws.absent[van]]
        self.free.extend(van for van in present if van not in own)
        for errand in routes:
            own_van = int(self.plan.van[errand.route])
            van: int | None = own_van
            if self.draws.absent[own_van]:
                van = self.free.popleft() if self.free else None
            self.env.process(self.make_ready(errand, van))
        for order in self.errand_of:
            self.env.at(self.sorted_min[order], SORTED, order, order).callbacks.append(self.take_over)

    def take_over(self, event: simpy.Event) -> None:
        """An order leaves the hall; the last one of an errand calls for the van."""
        order: Any = event.value
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
        """From `when` on the errand goes with the next free van: spare ones, then whoever is back first."""
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
                self.leave_behind(errand, load, start)
                self.env.process(self.come_back(van, start))
                return
            end = start + loading_rules.load_min(load.crates, n.load_crate_min)
            depart = max(end, float(self.plan.depart_min[errand.route]))
            self.leave_behind(errand, load, depart)
            if van == n.breakdown_van and depart >= n.breakdown_min:
                self.env.process(self.find_van(Errand(errand.route, load.aboard()), depart))
            else:
                trip = self.note_trip(van, load, ready, start, end, depart)
                self.env.process(self.drive(van, errand.route, load, trip))
            yield self.env.at(end, DOCK_FREE, van)

    def load(self, van: int, errand: Errand) -> Load:
        """Whole orders by number, as kilos and crates allow; what does not fit lets the next one try."""
        fleet, load = self.numbers.fleet, Load(self.numbers.crate_grams)
        payload, room = int(fleet.payload_g[van]), int(fleet.room_crates[van])
        for order in errand.orders:
            point, grams = self.point[order], self.grams[order]
            if order in self.sorted and load.grams + grams <= payload:
                goods = self.goods(order)
                more = load.more_crates(point, goods)
                if load.crates + more <= room:
                    load.put(order, point, goods, grams, more)
        return load

    def goods(self, order: int) -> list[tuple[int, int]]:
        """(sort of crate, grams) of an order: by SKU where crates hold one, else all in one."""
        if not self.numbers.crates_by_sku:
            return [(0, self.grams[order])]
        lines = self.given.sku_lines[order]
        return [(k, int(lines[k]) * int(self.given.sku_grams[k])) for k in np.flatnonzero(lines).tolist()]

    def leave_behind(self, errand: Errand, load: Load, depart: float) -> None:
        """What did not fit goes with another van from now on; what is not sorted follows when it is."""
        aboard = set(load.aboard())
        too_much = [order for order in errand.orders if order in self.sorted and order not in aboard]
        late = [order for order in errand.orders if order not in self.sorted]
        if too_much and aboard:
            self.env.process(self.find_van(Errand(errand.route, too_much), depart))
        if late:
            rest = Errand(errand.route, late, len(late))
            self.errand_of.update(dict.fromkeys(late, rest))
            self.env.process(self.find_van_once_sorted(rest))

    def shares(self, van: int, load: Load) -> tuple[float, float]:
        """Of the van's payload and of its room for crates, how much is used."""
        fleet = self.numbers.fleet
        return load.grams / float(fleet.payload_g[van]), load.crates / float(fleet.room_crates[van])

    def note_trip(
        self, van: int, load: Load, ready: float, start: float, end: float, depart: float
    ) -> dict[str, Any]:
        """A line in the book of trips."""
        n = self.numbers
        weight, volume = self.shares(van, load)
        trip: dict[str, Any] = {
            "van": van, "trip": self.trips_of[van], "ready_min": ready, "load_start_min": start,
            "load_end_min": end, "depart_min": depart, "return_min": math.nan, "metres": 0.0, "grams":
            load.grams, "crates": load.crates, "m3": load.crates * n.crate_m3, "fill": max(weight, volume),
            "binds": -1, "stops": [],
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
        for point in self.plan.points[self.plan.first[route] : self.plan.first[route + 1]].tolist():
            if point not in load.orders:
                continue
            arrive = self.arrival(van, place, point + 1, last_unload)
            crates = load.crates_at(point)
            noise = float(self.draws.stop_min[point, call])
            stop = loading_rules.stop_min(
                crates, noise, self.draws.stop_time, float(self.draws.pace[van]), n.unload_crate_min
            )
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
        luck = float(self.draws.leg[van, self.legs[van] % LEGS])
        self.legs[van] += 1
        free_flow = loading_rules.leg_min(float(self.given.travel_min[here, there]), self.draws.traffic, luck)
        row = row_of(here, there, len(self.given.travel_min), len(self.way_factors))
        return arrive_min(now, free_flow, self.band_starts, self.way_factors[row], self.draws.speed)

    def hand_over(
        self, van: int, trip: dict[str, Any], load: Load, point: int, arrive: float, crates: int
    ) -> None:
        """The goods of one point are unloaded."""
        mine = load.orders[point]
        for order in mine:
            self.brought[order] = (self.env.now, van, trip["trip"])
        trip["stops"].append({
            "van": van, "trip": trip["trip"], "seq": len(trip["stops"]), "point": point, "arrive_min": arrive,
            "unload_end_min": self.env.now, "grams": sum(self.grams[order] for order in mine), "crates":
            crates, "orders": len(mine),
        })  # fmt: skip

    def close(
        self,
        van: int,
        route: int,
        load: Load,
        trip: dict[str, Any],
        place: int,
        last_unload: float,
        ends: float,
    ) -> None:
        """The trip's end: home, or broken down with what is left."""
        n = self.numbers
        weight, volume = self.shares(van, load)
        used = loading_rules.time_share(n.depart_from_min, last_unload, n.promise_min)
        trip["binds"] = loading_rules.binds(weight, volume, used)
        left = [order for order in load.aboard() if order not in self.brought]
        home = math.inf if left else self.arrival(van, place, 0, last_unload)
        if home <= ends:
            trip["return_min"] = home
            trip["metres"] += float(self.given.travel_m[place, 0])
            self.env.process(self.come_back(van, home + n.reload_min))
            return
        trip["return_min"] = ends
        if left:
            self.env.process(self.find_van(Errand(route, left), ends))


def run_delivery(
    numbers: DeliveryNumbers, draws: DeliveryDraws, plan: Plan, given: DeliveryInput
) -> Delivered:
    """Deliver a night's orders; see `spec` for shapes and units."""
    env = RankedEnvironment()
    centre = Centre(env, numbers, draws, plan, given)
    centre.open()
    env.run()
    n = len(given.goes)
    at_point, van, trip = np.full(n, np.nan), np.full(n, -1, np.int16), np.full(n, -1, np.int8)
    for order, (when, who, which) in centre.brought.items():
        at_point[order], van[order], trip[order] = when, who, which
    stops = [stop for row in centre.trips for stop in row["stops"]]
    return Delivered(at_point, van, trip, table_of(centre.trips, TRIP_TYPES), table_of(stops, STOP_TYPES))
