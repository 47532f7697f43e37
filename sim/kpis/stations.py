"""Utilisation, waits and queues of every station, derived from the log after the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.kpis.measures import busiest, most_at_once, most_at_one, quantile
from sim.kpis.visits import Visits, chosen, visits_of

if TYPE_CHECKING:
    from sim.orderlog import OrderLog
    from sim.scenario import Scenario


def stations_of(scenario: Scenario, log: OrderLog) -> dict[str, dict[str, float]]:
    """Every station this arm has; the busiest decides what breaks first."""
    return {name: figures(visits) for name, visits in visits_of(scenario, log).items()}


def figures(visits: Visits) -> dict[str, float]:
    """One station's figures.

    `utilisation` is busy over scheduled and overtime, `utilisation_peak` the same in the busiest minute
    (over all the time where service is interrupted); the longest queue is that of one place.
    """
    wait = 60.0 * (visits.start - visits.arrive)
    used, peak = _used(visits)
    if visits.place is None:
        queue = most_at_once(visits.arrive, visits.start)
    else:
        queue = most_at_one(visits.place, visits.arrive, visits.start)
    return {
        "utilisation": used,
        "utilisation_peak": peak,
        "wait_mean_s": float(wait.mean()),
        "wait_p95_s": quantile(wait, 0.95),
        "queue_max": queue,
    }


def _used(visits: Visits) -> tuple[float, float]:
    there = visits.there
    if visits.work_min is not None:
        used = float(visits.work_min.sum()) / there.minutes if there.minutes > 0 else 0.0
        return used, used
    begun, done = chosen(~np.isnan(visits.end), visits.start, visits.end)
    used = float((done - begun).sum()) / there.minutes if there.minutes > 0 else 0.0
    return used, busiest(begun, done, there.begin, there.end)


def balance_of(log: OrderLog) -> dict[str, int]:
    """People by what became of them; the counts add up to everybody who attended."""
    from sim.states import End

    people, orders = log["people"], log["orders"]
    counts = np.bincount(orders["end"], minlength=len(End))
    out = {end.name.lower(): int(counts[end]) for end in End if counts[end]}
    out["did_not_want"] = people["key"].shape[0] - orders["person"].shape[0]
    return out
