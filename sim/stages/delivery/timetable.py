"""The timetable of a route: when a van would be where, driven by the rules of the day without luck.

The same `arrive_min` that both engines drive by; stops take their mean. What a driver's sheet prints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.stages.delivery.driving_rules import arrive_min, row_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class Timetable(NamedTuple):
    """(stops,) minutes since 00:00 of D0 of arrival and last crate; return to the centre; metres in all."""

    arrive_min: Floats
    done_min: Floats
    return_min: float
    metres: float


def timetable(
    points: Sequence[int],
    depart_min: float,
    service_min: Floats,
    travel_min: Floats,
    travel_m: Floats,
    bands: tuple[Sequence[float], Sequence[Sequence[float]]],
    speed: float = 1.0,
) -> Timetable:
    """Drive a route.

    Args:
        points: pickup points in order, from 0.
        depart_min: departure from the centre.
        service_min: (P,) minutes at each point, crates included.
        travel_min, travel_m: (P+1, P+1) free-flow minutes and metres, 0 the centre.
        bands: starts of the day's bands, and the factors of each way in them (`sim.roads.paces.way_factors`).
        speed: > 0, multiplies every speed (rain).

    """
    starts, factors = bands
    places, rows = len(travel_min), len(factors)
    here, now, metres = 0, depart_min, 0.0
    arrive, done = np.empty(len(points)), np.empty(len(points))
    for i, point in enumerate(points):
        way = factors[row_of(here, point + 1, places, rows)]
        now = arrive_min(now, float(travel_min[here, point + 1]), starts, way, speed)
        metres += float(travel_m[here, point + 1])
        arrive[i] = now
        now += float(service_min[point])
        done[i] = now
        here = point + 1
    way = factors[row_of(here, 0, places, rows)]
    home = arrive_min(now, float(travel_min[here, 0]), starts, way, speed)
    return Timetable(arrive, done, home, metres + float(travel_m[here, 0]))
