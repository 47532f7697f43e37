"""All chance of a morning on the road."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.laws import Law, lognormal_mean
from sim.night import Night, NightParams
from sim.random_streams import Streams
from sim.stages.delivery.fleet import Fleet

if TYPE_CHECKING:
    from numpy.typing import NDArray


LEGS = 64
"""Legs of a van before its draws repeat."""
CALLS = 4
"""Trips to one point before the draws of its stop repeat."""


class DeliveryDraws(NamedTuple):
    """(F, LEGS) factors of legs, (P, CALLS) minutes of stops, (F,) absence and pace, the night's own."""

    leg: NDArray[np.float64]
    stop_min: NDArray[np.float64]
    absent: NDArray[np.bool_]
    pace: NDArray[np.float64]
    traffic: float
    stop_time: float
    speed: float


def draw(
    stop_min: Law,
    fleet: Fleet,
    night_params: NightParams,
    night: Night,
    streams: Streams,
    points: NDArray[np.int64],
    rain_speed: float,
    *,
    first_van: int = 0,
    stops: str = "delivery.stop",
) -> DeliveryDraws:
    """All chance of a morning: keyed by (van, leg), by (point, trip to it) and by van (its driver).

    Args:
        stop_min: law of a stop.
        fleet: its vans are numbered from `first_van`.
        night_params, night, streams, rain_speed: the night and its chance.
        points: (P,) numbers of the points, in the order in which the morning knows them.
        stops: purpose under which their stops are drawn.

    """
    vans = np.arange(first_van, first_van + len(fleet.payload_g), dtype=np.int64)
    return DeliveryDraws(
        leg=streams.draw("delivery.leg", vans, _factor(night_params.leg_cv), attempts=LEGS),
        stop_min=streams.draw(stops, points, stop_min, attempts=CALLS),
        absent=streams.uniform("delivery.absent", vans) < night_params.absence_share,
        pace=streams.draw("delivery.pace", vans, _factor(night_params.own_pace_cv)),
        traffic=night.traffic,
        stop_time=night.stop_time,
        speed=rain_speed if night.rain else 1.0,
    )


def _factor(cv: float) -> Law:
    return lognormal_mean(1.0, math.sqrt(math.log1p(cv * cv)))
