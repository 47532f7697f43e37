"""The morning on the road."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.among import among
from sim.clock import RUN_END_MIN
from sim.kpis.measures import share
from sim.states import End

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.orderlog import OrderLog, Table
    from sim.scenario import Scenario

NOT_PROMISED = (End.CANCELLED, End.LATE_PAID, End.REFUNDED_EXPIRED, End.THINNED)


def promised_to_buyers(orders: Table) -> NDArray[np.bool_]:
    """Paid in time and not cancelled: what buyers wait for, whether or not the seller wrote it down."""
    promised: NDArray[np.bool_] = ~np.isnan(orders["paid_min"]) & ~among(orders["end"], NOT_PROMISED)
    return promised


def measure(scenario: Scenario, log: OrderLog) -> dict[str, float]:
    """KPIs of the group `delivery`."""
    orders, trips, stops = log["orders"], log["trips"], log["stops"]
    promised_min = scenario.delivery.promise_min
    promised = promised_to_buyers(orders)
    there = orders["at_point_min"][promised]
    count = there.shape[0]
    due = ~np.isnan(orders["release_min"])
    at_point = orders["at_point_min"][due]
    points = log["communities"]["members"].shape[0]
    waits = np.bincount(orders["point"][due], minlength=points) > 0
    late = np.bincount(orders["point"][due][~(at_point <= promised_min)], minlength=points) > 0
    asked = int(np.count_nonzero(waits))
    punctual = int(np.count_nonzero(waits & ~late))
    first = trips["trip"] == 0
    vans = trips["van"]
    out = {
        "stops_on_time": share(punctual, asked),
        "orders_on_time": share(int(np.count_nonzero(there <= promised_min)), count),
        "delivered_next_day": share(int(np.count_nonzero(there <= RUN_END_MIN)), count),
        "van_km": float(trips["metres"].sum()) / 1000.0,
        "van_hours": float((trips["return_min"] - trips["depart_min"]).sum()) / 60.0,
        "vans_used": int(np.unique(vans).shape[0]),
        "second_trips": int(np.count_nonzero(~first)),
        "van_fill": share(float(trips["fill"][first].sum()), int(np.count_nonzero(first))),
    }
    if asked:
        out["all_stops_on_time"] = float(punctual == asked)
    if stops["unload_end_min"].shape[0]:
        out["last_stop_min"] = float(stops["unload_end_min"].max())
    return out
