"""The night effect: what makes one night differ from the next for everybody at once.

Without it every promise would be kept with probability 0 or 1, because thousands of independent
customers average out.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.random_streams import Streams
from sim.units import Params, par

_REASON = "no published night-to-night figure for this trade; chosen so that promises are kept with 0 < P < 1"


class NightParams(Params):
    """Coefficients of variation of the factors common to one replication."""

    attendance_cv: float = par(
        0.10,
        unit="share",
        low=0,
        high=1,
        sweep=(0.05, 0.30),
        grade="assumed",
        source=_REASON,
        meaning="Night-to-night spread of attendance (factor on the probability to attend or read).",
    )
    basket_cv: float = par(
        0.05,
        unit="share",
        low=0,
        high=1,
        grade="assumed",
        source=_REASON,
        meaning="Night-to-night spread of the mean number of extra lines in a basket.",
    )
    sort_pace_cv: float = par(
        0.08,
        unit="share",
        low=0,
        high=1,
        grade="assumed",
        source=_REASON,
        meaning="Night-to-night spread of the sorters' time for a line.",
    )
    stop_time_cv: float = par(
        0.10,
        unit="share",
        low=0,
        high=1,
        grade="assumed",
        source=_REASON,
        meaning="Night-to-night spread of the time for a stop.",
    )
    traffic_cv: float = par(
        0.10,
        unit="share",
        low=0,
        high=1,
        grade="assumed",
        source=_REASON,
        meaning="Night-to-night spread of driving times.",
    )
    leg_cv: float = par(
        0.20,
        unit="share",
        low=0,
        high=1,
        grade="assumed",
        source=_REASON,
        meaning="Spread of the driving time of a single leg within a night.",
    )
    rain_share: float = par(
        0.10,
        unit="share",
        low=0,
        high=1,
        grade="assumed",
        source="about one rainy delivery morning in ten; varies by city and season",
        meaning="Share of days with rain, which slows every leg (`roads.rain_speed`).",
    )
    absence_share: float = par(
        0.03,
        unit="share",
        low=0,
        high=0.5,
        grade="assumed",
        source=_REASON,
        meaning="Probability that a sorter, driver or support agent does not turn up.",
    )
    own_pace_cv: float = par(
        0.10,
        unit="share",
        low=0,
        high=1,
        grade="assumed",
        source=_REASON,
        meaning="Spread of the personal pace of sorters, drivers and agents (a factor on their times).",
    )


class Night(NamedTuple):
    """The factors of one replication; 1.0 is the ordinary night."""

    attendance: float
    basket: float
    sort_pace: float
    stop_time: float
    traffic: float
    rain: bool


def log_normal_factor(z: float, cv: float) -> float:
    """A log-normal factor of mean 1 and coefficient of variation `cv` at the standard normal `z`."""
    variance = math.log1p(cv * cv)
    return math.exp(math.sqrt(variance) * z - 0.5 * variance)


def draw_night(params: NightParams, streams: Streams) -> Night:
    """Draw the factors of the streams' replication."""
    one = np.zeros(1, np.int64)

    def factor(name: str, cv: float) -> float:
        return log_normal_factor(float(streams.normal(f"night.{name}", one)[0]), cv)

    return Night(
        attendance=factor("attendance", params.attendance_cv),
        basket=factor("basket", params.basket_cv),
        sort_pace=factor("sort_pace", params.sort_pace_cv),
        stop_time=factor("stop_time", params.stop_time_cv),
        traffic=factor("traffic", params.traffic_cv),
        rain=bool(streams.uniform("night.rain", one)[0] < params.rain_share),
    )
