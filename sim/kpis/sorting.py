"""The night in the hall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.clock import DAY_MIN
from sim.kpis.measures import share
from sim.states import Method

if TYPE_CHECKING:
    from sim.orderlog import OrderLog
    from sim.scenario import Scenario

MIDNIGHT = DAY_MIN
"""Everything is to be sorted by then."""


def worked(log: OrderLog) -> tuple[float, float]:
    """Busy and available person-minutes of the sorters, overtime in both."""
    workers, jobs = log["workers"], log["sorting"]
    here = ~workers["absent"]
    begun = ~np.isnan(jobs["start_min"])
    busy = float((jobs["end_min"][begun] - jobs["start_min"][begun]).sum())
    return busy, float((workers["end_min"] - workers["start_min"])[here].sum())


def measure(_scenario: Scenario, log: OrderLog) -> dict[str, float]:
    """KPIs of the group `sorting`."""
    orders = log["orders"]
    released = ~np.isnan(orders["release_min"])
    done = orders["sorted_min"][released]
    count = done.shape[0]
    early = int(np.count_nonzero(done <= MIDNIGHT))
    busy, there = worked(log)
    paid = int(np.count_nonzero(~np.isnan(orders["paid_min"])))
    missorted = int(np.count_nonzero(orders["missorted"]))
    mistakes = missorted + int(np.count_nonzero(orders["mistaken"]))
    mistakes += int(
        np.count_nonzero(
            ~np.isnan(orders["paid_min"])
            & np.isnan(orders["known_min"])
            & (orders["method"] == Method.TRANSFER)
        )
    )
    out = {
        "sorted_by_midnight": share(early, count),
        "missorted": missorted,
        "errors_per_100": 100.0 * share(mistakes, paid),
        "sort_utilisation": share(busy, there),
        "sorter_hours": there / 60.0,
    }
    if count:
        out["all_sorted_by_midnight"] = float(early == count)
        if not np.isnan(done).all():
            out["sort_finish_min"] = float(np.nanmax(done))
    return out
