"""Utilisation, waits and queues of every station, derived from the log after the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.kpis.measures import most_at_once, quantile
from sim.kpis.sorting import worked

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.orderlog import OrderLog
    from sim.scenario import Scenario

    Floats = NDArray[np.float64]

DAY = 1440.0


def station(arrive: Floats, start: Floats, busy_min: float, there_min: float) -> dict[str, float]:
    """One station's figures; NaN starts are customers never served."""
    served = ~np.isnan(start)
    wait = 60.0 * (start[served] - arrive[served])
    if wait.size == 0:
        return {}
    return {
        "utilisation": busy_min / there_min if there_min > 0 else float("nan"),
        "wait_mean_s": float(wait.mean()),
        "wait_p95_s": quantile(wait, 0.95),
        "queue_max": most_at_once(arrive[served], start[served]),
    }


def _busy(start: Floats, end: Floats) -> float:
    done = ~np.isnan(end)
    return float((end[done] - start[done]).sum())


def stations_of(scenario: Scenario, log: OrderLog) -> dict[str, dict[str, float]]:
    """Every station this arm has; the busiest decides what breaks first."""
    out: dict[str, dict[str, float]] = {}
    if scenario.system == "system":
        out.update(_checkout(scenario, log))
    people = log["people"]
    asked = ~np.isnan(people["asked_min"])
    if scenario.show == "live" and asked.any():
        team = scenario.audience.questions.team
        answered = people["answered_min"][asked]
        taken = people["answer_start_min"][asked]
        out["host_team"] = station(people["asked_min"][asked], taken, _busy(taken, answered), team * scenario.audience.show.minutes)
    desk = log["desk"]
    hours = scenario.desk_open_min() * log["communities"]["members"].shape[0]
    out["leader_desk"] = station(desk["arrive_min"], desk["start_min"], float(desk["work_min"].sum()), hours)
    jobs = log["sorting"]
    out["sorting"] = station(jobs["release_min"], jobs["start_min"], *worked(log))
    trips = log["trips"]
    docks = scenario.delivery.docks
    span = float(trips["load_end_min"].max() - trips["load_start_min"].min()) if trips["load_end_min"].size else 0.0
    out["docks"] = station(trips["ready_min"], trips["load_start_min"], _busy(trips["load_start_min"], trips["load_end_min"]), docks * span)
    tickets = log["tickets"]
    chat = tickets["channel"] == 1
    a = scenario.aftersales
    staffed = 2 * 60 * (a.day_until_h - a.day_from_h) * a.agents + 60 * (a.show_night_until_h - a.day_until_h) * a.show_night_agents
    out["support"] = station(tickets["arrive_min"][chat], tickets["start_min"][chat], float(tickets["handling_min"][chat].sum()), staffed)
    return {name: figures for name, figures in out.items() if figures}


def _checkout(scenario: Scenario, log: OrderLog) -> dict[str, dict[str, Any]]:
    """Order service, stock row and payment gateway, over the time the cart is open."""
    attempts, orders = log["attempts"], log["orders"]
    if attempts["arrive_min"].size == 0:
        return {}
    last = np.nanmax(np.concatenate((attempts["end_min"], attempts["arrive_min"])))
    open_min = float(last - attempts["arrive_min"].min())
    reached = ~np.isnan(attempts["row_start_min"])
    paying = ~np.isnan(orders["gateway_start_min"])
    service = scenario.checkout.order_service
    gateway_busy = _busy(orders["gateway_start_min"][paying], orders["gateway_end_min"][paying])
    return {
        "order_service": station(attempts["arrive_min"], attempts["start_min"], _busy(attempts["start_min"], attempts["end_min"]), service.servers * open_min),
        "stock_row": station(attempts["end_min"][reached], attempts["row_start_min"][reached], _busy(attempts["row_start_min"][reached], attempts["row_end_min"][reached]), open_min),
        "gateway": station(orders["pay_start_min"][paying], orders["gateway_start_min"][paying], gateway_busy, open_min),
    }


def balance_of(log: OrderLog) -> dict[str, int]:
    """People by what became of them; the counts add up to everybody who attended."""
    from sim.states import End

    people, orders = log["people"], log["orders"]
    counts = np.bincount(orders["end"], minlength=len(End))
    out = {end.name.lower(): int(counts[end]) for end in End if counts[end]}
    out["did_not_want"] = people["key"].shape[0] - orders["person"].shape[0]
    return out
