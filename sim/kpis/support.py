"""Tickets and how soon they were answered and solved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.kpis.measures import share
from sim.stages.aftersales.shifts import first_line
from sim.stages.aftersales.spec import Cause

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.orderlog import OrderLog
    from sim.scenario import Scenario


def staffed_min(scenario: Scenario, time: NDArray[np.float64]) -> NDArray[np.float64]:
    """Minutes of agents' hours that have passed since 00:00 of D0 at each `time`."""
    passed = np.zeros(time.shape)
    for shift in first_line(scenario.aftersales, live=scenario.live):
        if shift.people:
            passed += np.clip(time, shift.begin, shift.end) - shift.begin
    return passed


def measure(scenario: Scenario, log: OrderLog) -> dict[str, float]:
    """KPIs of the group `aftersales`; open tickets count as not met."""
    tickets = log["tickets"]
    count = tickets["arrive_min"].shape[0]
    paid = int(np.count_nonzero(~np.isnan(log["orders"]["paid_min"])))
    promise = scenario.aftersales.promise_min
    arrive, start, resolved = tickets["arrive_min"], tickets["start_min"], tickets["resolved_min"]
    if scenario.aftersales.clock == "staffed":
        arrive, start, resolved = (staffed_min(scenario, t) for t in (arrive, start, resolved))
    orders = log["orders"]
    return {
        "tickets": count,
        "tickets_per_100": 100.0 * share(count, paid),
        "response_within_15min": share(int(np.count_nonzero(start - arrive <= promise)), count),
        "resolved_within_15min": share(int(np.count_nonzero(resolved - arrive <= promise)), count),
        "unregistered_transfers": int(np.count_nonzero(orders["forgotten"])),
        "mismatch_tickets": int(np.count_nonzero(tickets["cause"] == Cause.NOT_AS_SHOWN)),
    }
