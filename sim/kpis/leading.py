"""Leaders' work by task, and what headquarters and leaders know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.kpis.measures import quantile, share
from sim.stages.leader_desk.codes import Task
from sim.states import Method

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.orderlog import OrderLog
    from sim.scenario import Scenario

SEVEN = 1860.0
DAYS = 2.0
"""Other brands come on both days; hours are reported a day."""
GROUPS = {
    "register": (Task.REGISTER, Task.CHASE, Task.ASK_AGAIN),
    "tally": (Task.TALLY,),
    "split": (Task.SPLIT,),
    "handover": (Task.RECEIVE, Task.HAND_OVER),
    "complaints": (Task.COMPLAINT, Task.TICKET),
}


def brand_minutes(log: OrderLog) -> NDArray[np.float64]:
    """Desk minutes for this brand by leader, shape (communities,)."""
    desk = log["desk"]
    own = (desk["task"] != Task.OTHER_BRAND) & (desk["task"] != Task.CHAT)
    communities = log["communities"]["members"].shape[0]
    work = np.bincount(desk["leader"][own], weights=desk["work_min"][own], minlength=communities)
    return work.astype(np.float64, copy=False)  # no work at all is counted in integers


def _known(scenario: Scenario, log: OrderLog, at: float) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which orders headquarters knows, and which stand on the leader's list, at a moment."""
    orders = log["orders"]
    if scenario.system == "system":
        known = orders["known_min"] <= at
        return known, known
    sheets = log["sheets"]
    communities = log["communities"]["members"].shape[0]
    merged, counted = np.full(communities, np.inf), np.full(communities, np.inf)
    merged[sheets["community"]] = sheets["merge_end_min"]
    counted[sheets["community"]] = sheets["tally_end_min"]
    of = orders["community"]
    return orders["on_sheet"] & (merged[of] <= at), orders["on_sheet"] & (counted[of] <= at)


def measure(scenario: Scenario, log: OrderLog) -> dict[str, float]:
    """KPIs of the groups `leaders` and `data`."""
    desk, orders, leaders = log["desk"], log["orders"], log["leaders"]
    count = leaders["fixed_min"].shape[0]
    own = brand_minutes(log)
    others = float(desk["work_min"][desk["task"] == Task.OTHER_BRAND].sum()) / DAYS
    hours = (leaders["fixed_min"] + own) / 60.0
    paid = ~np.isnan(orders["paid_min"])
    handled = int(
        np.count_nonzero(~np.isnan(orders["collected_min"]) | (paid & (orders["method"] == Method.TRANSFER)))
    )
    out = {
        "leader_hours_mean": float(hours.mean()),
        "leader_hours_p95": quantile(hours, 0.95),
        "leader_hours_fixed": float(leaders["fixed_min"].mean()) / 60.0,
        "leader_hours_other_brands": others / 60.0 / count,
        "leader_hours_all": float(hours.mean()) + others / 60.0 / count,
        "leader_min_per_order": share(float(own.sum()), handled),
    }
    by_task = np.bincount(desk["task"], weights=desk["work_min"], minlength=len(Task))
    for name, tasks in GROUPS.items():
        out[f"leader_min_{name}"] = float(sum(by_task[task] for task in tasks)) / count
    seen, _ = _known(scenario, log, scenario.cutoff.paid_by_min + scenario.sorting.list_delay_min)
    _, listed = _known(scenario, log, SEVEN)
    total = int(np.count_nonzero(paid))
    out["orders_visible_share"] = share(int(np.count_nonzero(seen & paid)), total)
    out["list_complete_at_7"] = share(int(np.count_nonzero(listed & paid)), total)
    return out
