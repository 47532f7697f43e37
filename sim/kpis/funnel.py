"""From wanting to having paid, and the questions before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.among import among
from sim.kpis.audience import present_after_offer
from sim.kpis.measures import peak_per_second, quantile, share
from sim.states import End, Method

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.orderlog import OrderLog, Table
    from sim.scenario import Scenario

    Floats = NDArray[np.float64]

ACCEPTED_WITHIN_MIN = 1.0
BUSY_MINUTE = 30
GOOD_ENOUGH = 0.9
NOT_THE_SYSTEMS = (End.SOLD_OUT, End.THINNED)
"""Ends that say nothing about payment: nothing was left, or left out on purpose."""


def in_time(orders: Table) -> NDArray[np.bool_]:
    """Paid, and known to the seller before sorting: neither lost, closed nor after the cut-off."""
    paid: NDArray[np.bool_] = ~np.isnan(orders["paid_min"])
    return paid & ~among(orders["end"], (End.NOT_SORTED, End.REFUNDED_EXPIRED, End.LATE_PAID))


def goodput_by_minute(orders: Table) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Busy minutes and the share of their first attempts that were accepted within a minute."""
    came = ~np.isnan(orders["clicked_min"])
    clicked = orders["clicked_min"][came]
    minute = np.floor(clicked).astype(np.int64)
    if minute.size == 0:
        return minute, np.zeros(0)
    first = int(minute.min())
    offered = np.bincount(minute - first)
    good = orders["placed_min"][came] - clicked <= ACCEPTED_WITHIN_MIN
    good |= orders["end"][came] == End.SOLD_OUT
    served = np.bincount(minute[good] - first, minlength=offered.shape[0])
    busy = np.flatnonzero(offered >= BUSY_MINUTE)
    return busy + first, served[busy] / offered[busy]


def _questions(people: Table) -> dict[str, float]:
    asked = ~np.isnan(people["asked_min"])
    count = int(np.count_nonzero(asked))
    if count == 0:
        return {}
    wait = 60.0 * (people["answered_min"][asked] - people["asked_min"][asked])
    answered = wait[~np.isnan(wait)]
    return {
        "answer_p50_s": quantile(answered, 0.5),
        "answer_p95_s": quantile(answered, 0.95),
        "unanswered_share": 1.0 - answered.shape[0] / count,
    }


def _checkout(log: OrderLog) -> dict[str, float]:
    """Figures that only a system arm has."""
    orders, attempts = log["orders"], log["attempts"]
    clicked = orders["clicked_min"][~np.isnan(orders["clicked_min"])]
    count = clicked.shape[0]
    minutes, goodput = goodput_by_minute(orders)
    bad = minutes[goodput < GOOD_ENOUGH]
    known = in_time(orders)
    out: dict[str, Any] = {
        "attempts_per_order": share(attempts["arrive_min"].shape[0], count),
        "peak_orders_per_s": peak_per_second(clicked),
        "peak_attempts_per_s": peak_per_second(attempts["arrive_min"]),
        "recovery_min": float(bad[-1] - bad[0] + 1) if bad.size else 0.0,
        "gifts_awarded": int(np.count_nonzero(orders["gift"])),
        "sold_out_lost": int(np.count_nonzero(orders["end"] == End.SOLD_OUT)),
        "lbs_moved_share": share(int(np.count_nonzero(orders["moved"])), count),
        "lbs_wrong_share": share(int(np.count_nonzero(orders["wrong"])), count),
    }
    if goodput.size:
        out["goodput_min_share"] = float(goodput.min())
    for code, name in ((Method.WECHAT, "wechat"), (Method.BALANCE, "balance")):
        by = (
            (orders["method"] == code)
            & ~among(orders["end"], NOT_THE_SYSTEMS)
            & ~np.isnan(orders["clicked_min"])
        )
        out[f"payment_success_{name}"] = share(int(np.count_nonzero(known & by)), int(np.count_nonzero(by)))
    return out


def seconds_to_pay(scenario: Scenario, orders: Table) -> Floats:
    """From the first click to money moved, of everybody whom payment had to serve.

    Who never paid has waited until the cut-off: a shop that loses the slow ones is not fast.
    """
    asked = ~np.isnan(orders["clicked_min"]) & ~among(orders["end"], NOT_THE_SYSTEMS)
    clicked, paid = orders["clicked_min"][asked], orders["paid_min"][asked]
    closed = np.maximum(scenario.cutoff.paid_by_min, clicked)
    seconds: Floats = 60.0 * (np.where(np.isnan(paid), closed, paid) - clicked)
    return seconds


def measure(scenario: Scenario, log: OrderLog) -> dict[str, float]:
    """KPIs of the group `funnel`."""
    people, orders = log["people"], log["orders"]
    viewers = people["key"].shape[0]
    clickers = int(np.count_nonzero(~np.isnan(orders["clicked_min"])))
    intents = int(np.count_nonzero(people["wants"]))
    paid_at = orders["paid_min"]
    paid = ~np.isnan(paid_at)
    count = int(np.count_nonzero(paid))
    took = seconds_to_pay(scenario, orders)
    bases = {
        "viewers": share(count, viewers),
        "clickers": share(count, clickers),
        "present_at_offer": share(count, present_after_offer(scenario, log)),
        "members": share(count, int(log["communities"]["members"].sum())),
    }
    excused = int(np.count_nonzero(among(orders["end"], NOT_THE_SYSTEMS)))
    out: dict[str, float] = {
        "intents": intents,
        "orders_placed": int(np.count_nonzero(~np.isnan(orders["placed_min"]))),
        "orders_paid": count,
        "conversion": bases[scenario.conversion_base],
        "conversion_of_viewers": bases["viewers"],
        "conversion_of_clickers": bases["clickers"],
        "conversion_of_present": bases["present_at_offer"],
        "conversion_of_members": bases["members"],
        "steps_to_buy": scenario.steps_to_buy,
        "payment_success": share(int(np.count_nonzero(in_time(orders))), clickers - excused),
        "checkout_p50_s": quantile(took, 0.5),
        "checkout_p95_s": quantile(took, 0.95),
        "orders_lost_payment": clickers - count - excused,
        "paid_not_sorted": int(np.count_nonzero(paid & (orders["end"] == End.NOT_SORTED))),
        "oversold": int(log["stock"]["oversold"].sum()),
    }
    if scenario.system == "system":
        out.update(_checkout(log))
    if scenario.show == "live":
        out.update(_questions(people))
    return out
