"""Types of the columns of `trips` and `stops`."""

from __future__ import annotations

from typing import Final

import numpy as np

TRIP_TYPES: Final[dict[str, type]] = {
    "van": np.int16, "trip": np.int8, "ready_min": np.float64, "load_start_min": np.float64, "load_end_min": np.float64,
    "depart_min": np.float64, "return_min": np.float64, "metres": np.float64, "grams": np.int64, "crates": np.int64,
    "m3": np.float64, "fill": np.float64, "binds": np.int8,
}  # fmt: skip
STOP_TYPES: Final[dict[str, type]] = {
    "van": np.int16, "trip": np.int8, "seq": np.int32, "point": np.int32, "arrive_min": np.float64,
    "unload_end_min": np.float64, "grams": np.int64, "crates": np.int64, "orders": np.int64,
}  # fmt: skip
