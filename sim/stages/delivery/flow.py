"""What flows through delivery: a plan, the sorted orders that come in, and what was brought."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sim.orderlog import Table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Plan(NamedTuple):
    """Routes as flat arrays: stops of route r are points[first[r] : first[r + 1]], driven by van[r].

    `depart_min` planned, `latest_depart_min` the latest that holds the plan's deadline, `load_by_min` when
    its loading must begin for that. `relaxed` says how much of the plan's wishes had to be given up (0 none).
    """

    van: NDArray[np.int64]
    first: NDArray[np.int64]
    points: NDArray[np.int64]
    depart_min: NDArray[np.float64]
    latest_depart_min: NDArray[np.float64]
    load_by_min: NDArray[np.float64]
    relaxed: int


class DeliveryInput(NamedTuple):
    """What delivery reads; row i is order id i.

    Attributes:
        goes: (n,) orders the centre means to deliver; sorted_min: (n,) NaN never sorted.
        point: (n,) int32; grams: (n,) int64; sku_lines: (n, K) int16; sku_grams: (K,) int64.
        travel_min, travel_m: (P+1, P+1) free-flow minutes and metres, 0 the distribution centre.
        way_factors: (1, bands) or ((P+1)², bands) what each band divides the speed of each way by.
    """

    goes: NDArray[np.bool_]
    sorted_min: NDArray[np.float64]
    point: NDArray[np.int32]
    grams: NDArray[np.int64]
    sku_lines: NDArray[np.int16]
    sku_grams: NDArray[np.int64]
    travel_min: NDArray[np.float64]
    travel_m: NDArray[np.float64]
    way_factors: NDArray[np.float64]


class Delivered(NamedTuple):
    """What delivery did: columns of the orders (n,), and the tables `trips` and `stops` (see COLUMNS)."""

    at_point_min: NDArray[np.float64]
    van: NDArray[np.int16]
    trip: NDArray[np.int8]
    trips: Table
    stops: Table
