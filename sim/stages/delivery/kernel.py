"""A morning at the depot, compiled: one heap of vans back, errands and loadings; a loaded trip is driven at once."""

from __future__ import annotations

import numpy as np

from sim.compiling import compiled, kernel
from sim.stages.delivery import loading_rules, rules
from sim.stages.delivery.spec import CALLS, LEGS, Delivered
from sim.stages.delivery.tables import STOP_TYPES, TRIP_TYPES
from sim.stages.sorting.rules import crates_of as crates_of_rule
from sim.station.heap_kernel import heap_pop, heap_push

arrive_min = compiled(rules.arrive_min)
load_min = compiled(loading_rules.load_min)
stop_min = compiled(loading_rules.stop_min)
leg_min = compiled(loading_rules.leg_min)
binds = compiled(loading_rules.binds)
time_share = compiled(loading_rules.time_share)
crates_of = compiled(crates_of_rule)

ONE = np.int64(1)
BACK = np.int64(0) << np.int64(40)
ERRAND = np.int64(1) << np.int64(40)
LOAD = np.int64(2) << np.int64(40)
IDENT = (np.int64(1) << np.int64(40)) - np.int64(1)
NONE = np.int64(-1)
N_CALLS = np.int64(CALLS)
N_LEGS = np.int64(LEGS)

TRIP = np.dtype([(name, kind) for name, kind in TRIP_TYPES.items()], align=True)
STOP = np.dtype([(name, kind) for name, kind in STOP_TYPES.items()], align=True)


@kernel
def _by_route(points, first, where, goes, sorted_min, load_by, route_of, begin, ready, errand):
    """Orders that can be brought, grouped by route in order of id, and when each route may be loaded.

    Fills route_of (P,), begin (V+1,), ready (V,; NaN without goods), errand (n,; −1 is not to be brought).
    """
    routes = load_by.shape[0]
    for r in range(routes):
        for s in range(first[r], first[r + 1]):
            route_of[points[s]] = r
        ready[r] = -np.inf
    hopeless = np.zeros(routes, np.bool_)
    for i in range(goes.shape[0]):
        r = route_of[where[i]]
        errand[i] = NONE
        if not goes[i] or r < 0:
            continue
        if np.isnan(sorted_min[i]):
            hopeless[r] = True
            continue
        errand[i] = r
        begin[r + ONE] += ONE
        ready[r] = max(ready[r], sorted_min[i])
    for r in range(routes):
        if begin[r + 1] == 0:
            ready[r] = np.nan
        else:
            ready[r] = load_by[r] if hopeless[r] else min(ready[r], load_by[r])
    for r in range(routes):
        begin[r + 1] += begin[r]
    fill = begin[:-1].copy()
    grouped = np.empty(begin[routes], np.int64)
    for i in range(goes.shape[0]):
        r = errand[i]
        if r >= 0:
            grouped[fill[r]] = i
            fill[r] += ONE
    return grouped


@kernel
def _deliver(
    grouped, begin, ready, errand, where, grams, sorted_min, sku_lines, sku_grams,
    points, first, own_van, planned, travel_min, travel_m,
    leg, stop_noise, absent, pace, traffic, stop_time, speed, band_starts, band_factors,
    payload, room, by_sku, crate_grams, crate_m3, docks, load_crate, unload_crate, depart_from, promise, reload_min,
    last_load, broken_van, broken_min, at_point, van_of, trip_of, trips, stops,
):
    """Bring everything; fills at_point, van_of, trip_of (n,), trips and stops, and returns how many of these."""
    vans, routes, n = payload.shape[0], begin.shape[0] - 1, grouped.shape[0]
    kinds = sku_grams.shape[0] if by_sku else ONE
    many = 3 * (2 * n + 2 * routes + vans + 4)
    route_of, waiting = np.empty(many, np.int64), np.empty(many, np.int64)
    times, ranks, size = np.empty(many, np.float64), np.empty(many, np.int64), np.int64(0)
    free, free_from, free_to = np.empty(many + vans, np.int64), np.int64(0), np.int64(0)
    wait_from = wait_to = n_trips = n_stops = np.int64(0)
    job, made, legs = np.full(vans, NONE), np.zeros(vans, np.int64), np.zeros(vans, np.int64)
    calls, dock_free = np.zeros(routes, np.int64), np.full(docks, -np.inf)
    at = stop_noise.shape[0]
    pile, pile_crates = np.zeros((at, kinds), np.int64), np.zeros(at, np.int64)
    pile_grams, pile_orders, done = np.zeros(at, np.int64), np.zeros(at, np.int64), np.full(at, np.nan)

    spare = np.ones(vans, np.bool_)
    for r in range(routes):
        if not np.isnan(ready[r]):
            spare[own_van[r]] = False
    for v in range(vans):
        if spare[v] and not absent[v]:
            free[free_to] = v
            free_to += ONE
    for r in range(routes):
        route_of[r] = r
        if np.isnan(ready[r]):
            continue
        v = own_van[r]
        if absent[v]:
            v = NONE
            if free_from < free_to:
                v = free[free_from]
                free_from += ONE
        if v < 0:
            size = heap_push(times, ranks, size, ready[r], ERRAND + grouped[begin[r]])
        else:
            job[v] = r
            size = heap_push(times, ranks, size, ready[r], LOAD + v)
    next_errand = np.int64(routes)

    while size > 0:
        now, rank, size = heap_pop(times, ranks, size)
        ident = rank & IDENT
        if rank < ERRAND:
            if wait_from < wait_to:
                job[ident] = waiting[wait_from]
                wait_from += ONE
                size = heap_push(times, ranks, size, now, LOAD + ident)
            else:
                free[free_to] = ident
                free_to += ONE
            continue
        if rank < LOAD:
            e = errand[ident]
            if free_from < free_to:
                v = free[free_from]
                free_from += ONE
                job[v] = e
                size = heap_push(times, ranks, size, now, LOAD + v)
            else:
                waiting[wait_to] = e
                wait_to += ONE
            continue
        v = ident
        e = job[v]
        r = route_of[e]
        if v == broken_van and now >= broken_min:
            for j in range(begin[r], begin[r + 1]):
                if errand[grouped[j]] == e:
                    size = heap_push(times, ranks, size, now, ERRAND + grouped[j])
                    break
            continue
        dock = np.argmin(dock_free)
        start = max(now, dock_free[dock])
        if start > last_load:
            continue
        aboard, over, late = next_errand, next_errand + 1, next_errand + 2
        next_errand += 3
        route_of[aboard] = route_of[over] = route_of[late] = r
        first_aboard = first_over = first_late = NONE
        late_ready = -np.inf
        load_grams = load_crates = np.int64(0)
        for j in range(begin[r], begin[r + 1]):
            i = grouped[j]
            if errand[i] != e:
                continue
            if sorted_min[i] > start:
                errand[i] = late
                late_ready = max(late_ready, sorted_min[i])
                if first_late < 0:
                    first_late = i
                continue
            p = where[i]
            more = np.int64(0)
            if load_grams + grams[i] <= payload[v]:
                if by_sku:
                    for k in range(kinds):
                        if sku_lines[i, k] > 0:
                            weight = np.int64(sku_lines[i, k]) * sku_grams[k]
                            more += crates_of(pile[p, k] + weight, crate_grams) - crates_of(pile[p, k], crate_grams)
                else:
                    more = crates_of(pile[p, 0] + grams[i], crate_grams) - crates_of(pile[p, 0], crate_grams)
            if load_grams + grams[i] > payload[v] or load_crates + more > room[v]:
                errand[i] = over
                if first_over < 0:
                    first_over = i
                continue
            if by_sku:
                for k in range(kinds):
                    pile[p, k] += np.int64(sku_lines[i, k]) * sku_grams[k]
            else:
                pile[p, 0] += grams[i]
            pile_crates[p] += more
            pile_grams[p] += grams[i]
            pile_orders[p] += ONE
            load_grams += grams[i]
            load_crates += more
            errand[i] = aboard
            if first_aboard < 0:
                first_aboard = i
        if first_late >= 0:
            size = heap_push(times, ranks, size, late_ready, ERRAND + first_late)
        if first_aboard < 0:
            size = heap_push(times, ranks, size, start, BACK + v)
            continue
        load_end = start + load_min(load_crates, load_crate)
        dock_free[dock] = load_end
        depart = max(load_end, planned[r])
        if first_over >= 0:
            size = heap_push(times, ranks, size, depart, ERRAND + first_over)
        ends = broken_min if v == broken_van else np.inf
        moves = depart < ends
        if not moves:
            size = heap_push(times, ranks, size, depart, ERRAND + first_aboard)

        clock, place, metres, seq = depart, np.int64(0), 0.0, np.int64(0)
        stopped = False
        for s in range(first[r], first[r + 1]):
            p = points[s]
            if pile_orders[p] == 0:
                continue
            if moves and not stopped:
                way = leg_min(travel_min[place, p + 1], traffic, leg[v, legs[v] % N_LEGS])
                legs[v] += ONE
                arrive = arrive_min(clock, way, band_starts, band_factors, speed)
                end = arrive + stop_min(pile_crates[p], stop_noise[p, calls[r] % N_CALLS], stop_time, pace[v], unload_crate)
                if end > ends:
                    stopped = True
                else:
                    metres += travel_m[place, p + 1]
                    clock, place, done[p] = end, p + ONE, end
                    it = stops[n_stops]
                    it.van, it.trip, it.seq, it.point = v, made[v], seq, p
                    it.arrive_min, it.unload_end_min = arrive, end
                    it.grams, it.crates, it.orders = pile_grams[p], pile_crates[p], pile_orders[p]
                    n_stops += ONE
                    seq += ONE
            pile[p, :] = 0
            pile_crates[p] = pile_grams[p] = pile_orders[p] = 0
        if not moves:
            continue
        first_left = NONE
        for j in range(begin[r], begin[r + 1]):
            i = grouped[j]
            if errand[i] == aboard:
                if np.isnan(done[where[i]]):
                    if first_left < 0:
                        first_left = i
                else:
                    errand[i] = NONE
                    at_point[i], van_of[i], trip_of[i] = done[where[i]], v, made[v]
        for s in range(first[r], first[r + 1]):
            done[points[s]] = np.nan
        home = np.inf
        if first_left < 0:
            way = leg_min(travel_min[place, 0], traffic, leg[v, legs[v] % N_LEGS])
            legs[v] += ONE
            home = arrive_min(clock, way, band_starts, band_factors, speed)
        row = trips[n_trips]
        if home <= ends:
            metres += travel_m[place, 0]
            size = heap_push(times, ranks, size, home + reload_min, BACK + v)
            row.return_min = home
        else:
            row.return_min = ends
            if first_left >= 0:
                size = heap_push(times, ranks, size, ends, ERRAND + first_left)
        weight_share, volume_share = load_grams / payload[v], load_crates / room[v]
        row.van, row.trip, row.ready_min, row.load_start_min, row.load_end_min = v, made[v], now, start, load_end
        row.depart_min, row.metres, row.grams, row.crates = depart, metres, load_grams, load_crates
        row.m3, row.fill = load_crates * crate_m3, max(weight_share, volume_share)
        row.binds = binds(weight_share, volume_share, time_share(depart_from, clock, promise))
        n_trips += ONE
        made[v] += ONE
        calls[r] += ONE
    return n_trips, n_stops


def run_delivery(numbers, draws, plan, given):
    """Deliver a night's orders; see `spec` for shapes and units."""
    n, orders, points, routes = numbers, len(given.goes), len(draws.stop_min), len(plan.van)
    begin, ready = np.zeros(routes + 1, np.int64), np.empty(routes, np.float64)
    errand = np.empty(orders, np.int64)
    grouped = _by_route(
        plan.points, plan.first, given.point, given.goes, given.sorted_min, plan.load_by_min,
        np.full(points, -1, np.int64), begin, ready, errand,
    )  # fmt: skip
    at_point, van, trip = np.full(orders, np.nan), np.full(orders, -1, np.int16), np.full(orders, -1, np.int8)
    trips, stops = np.empty(len(grouped) + 1, TRIP), np.empty(len(grouped), STOP)  # one may break down with all its goods
    n_trips, n_stops = _deliver(
        grouped, begin, ready, errand, given.point, given.grams, given.sorted_min, given.sku_lines, given.sku_grams,
        plan.points, plan.first, plan.van, plan.depart_min, given.travel_min, given.travel_m,
        draws.leg, draws.stop_min, draws.absent, draws.pace, draws.traffic, draws.stop_time, draws.speed,
        n.band_starts, n.band_factors, n.fleet.payload_g, n.fleet.room_crates, n.crates_by_sku, n.crate_grams, n.crate_m3,
        n.docks, n.load_crate_min, n.unload_crate_min, n.depart_from_min, n.promise_min, n.reload_min, n.last_load_min,
        n.breakdown_van, n.breakdown_min, at_point, van, trip, trips, stops,
    )  # fmt: skip
    return Delivered(
        at_point, van, trip,
        {name: trips[name][:n_trips].copy() for name in TRIP_TYPES},
        {name: stops[name][:n_stops].copy() for name in STOP_TYPES},
    )  # fmt: skip
