"""Travel through the bands of a day: plain scalar arithmetic, the same compiled and uncompiled.

`starts` are minutes of the day (the first is 0, rising), `factors` what free-flow speed is divided by from
there on; a band is closed at the left, [start, next start), and the day repeats.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from sim.clock import DAY_MIN


def row_of(here: int, there: int, places: int, rows: int) -> int:
    """Row of the factors of a way between two of so many places; one row serves where all ways are alike."""
    return here * places + there if rows > 1 else 0


def arrive_min(
    depart_min: float,
    base_min: float,
    starts: Sequence[float],
    factors: Sequence[float],
    speed_multiplier: float,
) -> float:
    """Arrival of a van that leaves at `depart_min` (since D0 00:00) with `base_min` of free flow to go.

    Travel is integrated exactly: within a band the van does speed_multiplier ÷ factor free-flow minutes a
    minute, so leaving later never means arriving earlier. `speed_multiplier` > 0 (rain, the night's traffic)
    holds all day.
    """
    day = math.floor(depart_min / DAY_MIN) * DAY_MIN
    bands = len(starts)
    band = 0
    while band + 1 < bands and depart_min - day >= starts[band + 1]:
        band += 1
    now = depart_min
    left = base_min
    while True:
        end = day + (starts[band + 1] if band + 1 < bands else DAY_MIN)
        need = left * factors[band] / speed_multiplier
        if now + need <= end:
            return now + need
        left -= (end - now) * speed_multiplier / factors[band]
        left = max(left, 0.0)
        now = end
        band += 1
        if band == bands:
            band = 0
            day += DAY_MIN
