"""Who was there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.kpis.measures import most_at_once, share

if TYPE_CHECKING:
    from sim.orderlog import OrderLog
    from sim.scenario import Scenario

KOC_KEY = np.int64(1 << 40)


def present_after_offer(scenario: Scenario, log: OrderLog) -> int:
    """Viewers present at some time after the offer opens; readers before the cut-off in a text arm."""
    people = log["people"]
    if scenario.show == "live":
        return int(np.count_nonzero(people["leave_min"] > scenario.offer_opens_min))
    return int(np.count_nonzero(people["arrive_min"] <= scenario.cutoff.placed_by_min))


def measure(scenario: Scenario, log: OrderLog) -> dict[str, float]:
    """KPIs of the group `audience`."""
    people = log["people"]
    viewers = people["key"].shape[0]
    out: dict[str, float] = {"viewers": viewers, "present_after_offer": present_after_offer(scenario, log)}
    if scenario.show == "live":
        stay = people["leave_min"] - people["arrive_min"]
        out["viewers_koc"] = int(np.count_nonzero(people["key"] & KOC_KEY))
        out["peak_viewers"] = most_at_once(people["arrive_min"], people["leave_min"])
        out["new_viewers"] = int(np.count_nonzero(people["origin"]))
        out["watch_mean_min"] = share(float(stay.sum()), viewers)
    return out
