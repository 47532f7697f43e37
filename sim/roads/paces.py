"""How the bands of a day slow each way: by the classes of road it uses, in shares of its free-flow time.

A way from one place to another is the fastest at free flow, a mix of classes. In a band its minutes take as
long as those of its classes together; the mix is taken to be even along the way, so that at any moment a
van's pace follows from the clock alone and leaving later never means arriving earlier.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.clock import DAY_MIN
from sim.remembered import remembered
from sim.roads.spec import RoadsParams

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@remembered
def way_factors(params: RoadsParams, class_min: Floats) -> Floats:
    """What each band divides the speed of each way by.

    Args:
        params: the bands.
        class_min: (k, k, classes) free-flow minutes on each class along the way from one place to another.

    Returns:
        (1, bands) where all classes are slowed alike, else (k · k, bands): row i · k + j is the way i → j.

    """
    starts, factors = params.bands()
    by_class = params.class_bands()
    if by_class is None:
        return np.array([factors])
    minutes = class_min.reshape(-1, class_min.shape[2])
    whole = minutes.sum(axis=1, keepdims=True)
    even = np.full_like(minutes, 1.0 / minutes.shape[1])
    share = np.divide(minutes, whole, out=even, where=whole > 0.0)
    found: Floats = share @ np.array(by_class).T
    assert found.shape == (len(minutes), len(starts))
    return found


@remembered
def planned_min(
    params: RoadsParams, travel_min: Floats, class_min: Floats, from_min: float, until_min: float
) -> Floats:
    """(k, k) free-flow minutes as a planner without hours weighs them between two moments of D1.

    A way whose classes are slowed more than the common factor is longer by as much, on average over that
    time; where all are slowed alike these are `travel_min` themselves.
    """
    ways = way_factors(params, class_min)
    if len(ways) == 1:
        return travel_min
    starts, common = params.bands()
    time = _minutes_in(np.array(starts), from_min % DAY_MIN, until_min % DAY_MIN)
    longer: Floats = (ways @ time) / float(np.array(common) @ time)
    return travel_min * longer.reshape(travel_min.shape)


def _minutes_in(starts: Floats, begin: float, end: float) -> Floats:
    """(bands,) minutes of each band between two moments of a day; all of it where they are none apart."""
    ends = np.append(starts[1:], DAY_MIN)
    inside: Floats = np.clip(np.minimum(ends, end) - np.maximum(starts, begin), 0.0, None)
    return inside if inside.sum() > 0.0 else ends - starts
