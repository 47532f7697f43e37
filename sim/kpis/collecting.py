"""The day at the pickup points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.clock import RUN_END_MIN
from sim.kpis.measures import quantile, share

if TYPE_CHECKING:
    from sim.orderlog import OrderLog
    from sim.scenario import Scenario


def measure(_scenario: Scenario, log: OrderLog) -> dict[str, float]:
    """KPIs of the group `collection`."""
    orders = log["orders"]
    at_point = orders["at_point_min"]
    there = ~np.isnan(at_point)
    collected = ~np.isnan(orders["collected_min"])
    arrived = np.maximum(orders["handover_arrive_min"], at_point)[collected]
    waited = 60.0 * (
        orders["collected_min"][collected] - np.minimum(arrived, orders["handover_arrive_min"][collected])
    )
    unloaded = log["stops"]["unload_end_min"]
    taken = int(np.count_nonzero(collected))
    spoiled = int(np.count_nonzero(orders["spoiled"]))
    return {
        "pickup_wait_p95_s": quantile(waited, 0.95),
        "arrival_spread_min": quantile(unloaded, 0.9) - quantile(unloaded, 0.1),
        "collected_same_day": share(
            int(np.count_nonzero(orders["collected_min"][there] <= RUN_END_MIN)), int(np.count_nonzero(there))
        ),
        "wasted_trips": int(orders["wasted"].sum()),
        "spoiled": spoiled,
        "spoiled_share": share(spoiled, taken),
        "min_above_limit_p95": quantile(orders["above_min"][collected], 0.95),
    }
