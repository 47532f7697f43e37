"""A morning at the centre, compiled: one heap of vans back, errands, loadings; a trip is driven at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.compiling import compiled, kernel
from sim.stages.delivery import loading_rules
from sim.stages.delivery.columns import STOP_TYPES, TRIP_TYPES
from sim.stages.delivery.driving_kernel import arrival, drive
from sim.stages.delivery.loading_kernel import by_route, load_up
from sim.stages.delivery.spec import Delivered, DeliveryDraws, DeliveryInput, DeliveryNumbers, Plan
from sim.station.heap_kernel import heap_pop, heap_push

load_min = compiled(loading_rules.load_min)
binds = compiled(loading_rules.binds)
time_share = compiled(loading_rules.time_share)

ONE = np.int64(1)
NONE = np.int64(-1)
BACK = np.int64(0) << np.int64(40)
ERRAND = np.int64(1) << np.int64(40)
LOAD = np.int64(2) << np.int64(40)
IDENT = (np.int64(1) << np.int64(40)) - np.int64(1)

TRIP = np.dtype([(name, kind) for name, kind in TRIP_TYPES.items()], align=True)
STOP = np.dtype([(name, kind) for name, kind in STOP_TYPES.items()], align=True)


class Road(NamedTuple):
    """Ways and speed bands."""

    travel_min: np.ndarray
    travel_m: np.ndarray
    band_starts: np.ndarray
    way_factors: np.ndarray


@kernel
def _first_vans(ready, own_van, absent, grouped, begin, free, job, times, ranks):
    """Every route with goods gets its van, a spare one, or asks; returns sizes of heap and free vans."""
    size = taken = spares = np.int64(0)
    spare = ~absent
    for r in range(ready.shape[0]):
        if not np.isnan(ready[r]):
            spare[own_van[r]] = False
    for v in range(absent.shape[0]):
        if spare[v]:
            free[spares] = v
            spares += ONE
    for r in range(ready.shape[0]):
        if np.isnan(ready[r]):
            continue
        v = own_van[r]
        if absent[v]:
            v = NONE
            if taken < spares:
                v = free[taken]
                taken += ONE
        if v >= 0:
            job[v] = r
            size = heap_push(times, ranks, size, ready[r], LOAD + v)
        else:
            size = heap_push(times, ranks, size, ready[r], ERRAND + grouped[begin[r]])
    return size, taken, spares


@compiled
def _first_of(e, mine, errand):
    """The first order of an errand."""
    for j in range(mine.shape[0]):
        if errand[mine[j]] == e:
            return mine[j]
    return NONE


@compiled
def _hand_over(aboard, mine, looked, errand, where, done, van, trip, at_point, van_of, trip_of):
    """Note what of a trip was brought; returns the first order that was not, −1 where all were."""
    first_left = NONE
    for j in range(looked):
        i = mine[j]
        if errand[i] != aboard:
            continue
        if np.isnan(done[where[i]]):
            first_left = i if first_left < 0 else first_left
        else:
            errand[i] = NONE
            at_point[i], van_of[i], trip_of[i] = done[where[i]], van, trip
    return first_left


@kernel
def _deliver(
    grouped, begin, ready, errand, where, grams, sorted_min, sku_lines, sku_grams, points, first, own_van,
    planned, draws, road, payload, room, by_sku, crate_grams, crate_m3, docks, load_crate, unload_crate,
    depart_from, promise, reload_min, last_load, broken_van, broken_min, at_point, van_of, trip_of, trips,
    stops,
):  # fmt: skip
    """Bring everything; fills at_point, van_of, trip_of (n,), trips, stops; returns how many of these."""
    vans, routes, n = payload.shape[0], begin.shape[0] - 1, grouped.shape[0]
    at, kinds = draws.stop_min.shape[0], sku_grams.shape[0] if by_sku else ONE
    many = 3 * (2 * n + 2 * routes + vans + 4)
    route_of, waiting, free = np.empty(many, np.int64), np.empty(many, np.int64), np.empty(many, np.int64)
    times, ranks = np.empty(many, np.float64), np.empty(many, np.int64)
    job, made, legs = np.full(vans, NONE), np.zeros(vans, np.int64), np.zeros(vans, np.int64)
    calls, dock_free = np.zeros(routes, np.int64), np.full(docks, -np.inf)
    piles, crates, weight = np.zeros((at, kinds), np.int64), np.zeros(at, np.int64), np.zeros(at, np.int64)
    count, done = np.zeros(at, np.int64), np.full(at, np.nan)
    n_trips = n_stops = wait_from = wait_to = np.int64(0)
    size, free_from, free_to = _first_vans(
        ready, own_van, draws.absent, grouped, begin, free, job, times, ranks
    )
    all_sorted, from_here = np.zeros(many, np.bool_), begin[:-1].copy()
    least = np.full(routes, np.iinfo(np.int64).max)
    for r in range(routes):
        route_of[r] = r
        for j in range(begin[r], begin[r + 1]):
            least[r] = min(least[r], grams[grouped[j]])
    next_errand = np.int64(routes)
    while size > 0:
        now, rank, size = heap_pop(times, ranks, size)
        v = rank & IDENT
        if rank < ERRAND:
            if wait_from < wait_to:
                job[v] = waiting[wait_from]
                wait_from += ONE
                size = heap_push(times, ranks, size, now, LOAD + v)
            else:
                free[free_to] = v
                free_to += ONE
            continue
        if rank < LOAD:
            e = errand[v]
            if free_from < free_to:
                job[free[free_from]] = e
                size = heap_push(times, ranks, size, now, LOAD + free[free_from])
                free_from += ONE
            else:
                waiting[wait_to] = e
                wait_to += ONE
            continue
        r = route_of[job[v]]
        while from_here[r] < begin[r + 1] and errand[grouped[from_here[r]]] == NONE:
            from_here[r] += ONE
        mine = grouped[from_here[r] : begin[r + 1]]
        ends = broken_min if v == broken_van else np.inf
        if now >= ends:
            size = heap_push(times, ranks, size, now, ERRAND + _first_of(job[v], mine, errand))
            continue
        dock = np.argmin(dock_free)
        start = max(now, dock_free[dock])
        if start > last_load:
            continue
        aboard = next_errand
        next_errand += 2
        route_of[aboard] = route_of[aboard + 1] = r
        load_grams, load_crates, first_aboard, first_over, first_late, late_ready, looked = load_up(
            job[v], all_sorted[job[v]], least[r], aboard, start, payload[v], room[v], mine, errand, where,
            grams, sorted_min, by_sku, sku_lines, sku_grams, crate_grams, piles, crates, weight, count,
        )  # fmt: skip
        all_sorted[job[v]] = all_sorted[aboard] = all_sorted[aboard + 1] = (
            True  # from when on they are called for
        )
        if first_late >= 0:
            size = heap_push(times, ranks, size, late_ready, ERRAND + first_late)
        if first_aboard < 0:
            size = heap_push(times, ranks, size, start, BACK + v)
            continue
        dock_free[dock] = start + load_min(load_crates, load_crate)
        depart = max(dock_free[dock], planned[r])
        if first_over >= 0:
            size = heap_push(times, ranks, size, depart, ERRAND + first_over)
        route = points[first[r] : first[r + 1]]
        if depart < ends:
            row = trips[n_trips]
            row.van, row.trip, row.ready_min, row.load_start_min = v, made[v], now, start
            row.load_end_min, row.depart_min, row.grams, row.crates = (
                dock_free[dock],
                depart,
                load_grams,
                load_crates,
            )
            clock, place, metres, n_stops = drive(
                v, made[v], calls[r], route, depart, ends, unload_crate, draws, road, legs, crates, weight,
                count, done, stops, n_stops,
            )  # fmt: skip
            first_left = _hand_over(
                aboard, mine, looked, errand, where, done, v, made[v], at_point, van_of, trip_of
            )
            home = arrival(v, place, np.int64(0), clock, draws, road, legs) if first_left < 0 else np.inf
            if home <= ends:
                metres += road.travel_m[place, 0]
                size = heap_push(times, ranks, size, home + reload_min, BACK + v)
            elif first_left >= 0:
                size = heap_push(times, ranks, size, ends, ERRAND + first_left)
            row.return_min, row.metres, row.m3 = min(home, ends), metres, load_crates * crate_m3
            by_weight, by_volume = load_grams / payload[v], load_crates / room[v]
            row.fill = max(by_weight, by_volume)
            row.binds = binds(by_weight, by_volume, time_share(depart_from, clock, promise))
            n_trips += ONE
            made[v] += ONE
            calls[r] += ONE
        else:
            size = heap_push(times, ranks, size, depart, ERRAND + first_aboard)
        for s in range(route.shape[0]):
            p = route[s]
            piles[p, :] = 0
            crates[p] = weight[p] = count[p] = 0
            done[p] = np.nan
    return n_trips, n_stops


def run_delivery(
    numbers: DeliveryNumbers, draws: DeliveryDraws, plan: Plan, given: DeliveryInput
) -> Delivered:
    """Deliver a night's orders; see `spec` for shapes and units."""
    n, orders, points, routes = numbers, len(given.goes), len(draws.stop_min), len(plan.van)
    begin, ready = np.zeros(routes + 1, np.int64), np.empty(routes, np.float64)
    errand = np.empty(orders, np.int64)
    grouped = by_route(
        plan.points, plan.first, given.point, given.goes, given.sorted_min, plan.load_by_min,
        np.full(points, -1, np.int64), begin, ready, errand,
    )  # fmt: skip
    at_point = np.full(orders, np.nan)
    van, trip = np.full(orders, -1, np.int16), np.full(orders, -1, np.int8)
    trips = np.empty(len(grouped) + 1, TRIP)  # one may break down with all its goods
    stops = np.empty(len(grouped), STOP)
    n_trips, n_stops = _deliver(
        grouped, begin, ready, errand, given.point, given.grams, given.sorted_min, given.sku_lines,
        given.sku_grams, plan.points, plan.first, plan.van, plan.depart_min, draws, Road(given.travel_min,
        given.travel_m, n.band_starts, given.way_factors), n.fleet.payload_g, n.fleet.room_crates,
        n.crates_by_sku, n.crate_grams, n.crate_m3, n.docks, n.load_crate_min, n.unload_crate_min,
        n.depart_from_min, n.promise_min, n.reload_min, n.last_load_min, n.breakdown_van, n.breakdown_min,
        at_point, van, trip, trips, stops,
    )  # fmt: skip
    return Delivered(
        at_point, van, trip,
        {name: trips[name][:n_trips].copy() for name in TRIP_TYPES},
        {name: stops[name][:n_stops].copy() for name in STOP_TYPES},
    )  # fmt: skip
