"""Driving, compiled: one trip from the dock to its last stop, and home."""

from __future__ import annotations

import numpy as np

from sim.compiling import compiled
from sim.stages.delivery import driving_rules, loading_rules
from sim.stages.delivery.spec import CALLS, LEGS

arrive_min = compiled(driving_rules.arrive_min)
row_of = compiled(driving_rules.row_of)
stop_min = compiled(loading_rules.stop_min)
leg_min = compiled(loading_rules.leg_min)

ONE = np.int64(1)
N_CALLS = np.int64(CALLS)
N_LEGS = np.int64(LEGS)


@compiled
def arrival(v, here, there, now, draws, road, legs):
    """Arrival of van v at the end of its next leg; counts the leg."""
    luck = draws.leg[v, legs[v] % N_LEGS]
    legs[v] += ONE
    free_flow = leg_min(road.travel_min[here, there], draws.traffic, luck)
    row = row_of(here, there, road.travel_min.shape[0], road.way_factors.shape[0])
    return arrive_min(now, free_flow, road.band_starts, road.way_factors[row], draws.speed)


@compiled
def drive(
    v, trip, call, points, depart, ends, unload_crate, draws, road, legs, crates, weight, count, done, stops,
    n_stops
):  # fmt: skip
    """Drive to every one of `points` with goods, as far as unloading ends by `ends`; fills done and stops.

    Returns the time and place after the last stop, metres, and the number of stops in the book.
    """
    clock, place, metres, seq = depart, np.int64(0), 0.0, np.int64(0)
    for s in range(points.shape[0]):
        p = points[s]
        if count[p] == 0:
            continue
        arrive = arrival(v, place, p + ONE, clock, draws, road, legs)
        noise = draws.stop_min[p, call % N_CALLS]
        end = arrive + stop_min(crates[p], noise, draws.stop_time, draws.pace[v], unload_crate)
        if end > ends:
            break
        metres += road.travel_m[place, p + ONE]
        clock, place, done[p] = end, p + ONE, end
        it = stops[n_stops]
        it.van, it.trip, it.seq, it.point = v, trip, seq, p
        it.arrive_min, it.unload_end_min = arrive, end
        it.grams, it.crates, it.orders = weight[p], crates[p], count[p]
        n_stops += ONE
        seq += ONE
    return clock, place, metres, n_stops
