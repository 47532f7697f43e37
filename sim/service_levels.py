"""The promises of an event: kept or broken in a replication, held when it is kept often enough."""

from __future__ import annotations

from typing import Literal

from sim.units import Params, par

_PROMISE = "the promise the article makes to members, put as a threshold a night can be judged by"
_ENGINEERING = "a threshold an operator can act on; move it to your own promise"

AT_LEAST: Literal["at_least"] = "at_least"
AT_MOST: Literal["at_most"] = "at_most"


class ServiceLevels(Params):
    """Thresholds; a level is kept in a replication when the KPI of its name satisfies it."""

    payment_success: float = par(
        0.98,
        unit="share",
        low=0,
        high=1,
        grade="claim",
        source=_PROMISE,
        meaning="Least share of wanted orders that must be paid and known in time.",
    )
    checkout_p95_s: float = par(
        30.0,
        unit="s",
        low=0,
        high=86400,
        grade="claim",
        source=_PROMISE,
        meaning="Largest 95th percentile of the time from first click to payment.",
    )
    goodput_min_share: float = par(
        0.90,
        unit="share",
        low=0,
        high=1,
        grade="assumed",
        source=_ENGINEERING,
        meaning="Least share of first attempts accepted within a minute, in the worst minute.",
    )
    all_sorted_by_midnight: float = par(
        1.0,
        unit="0/1",
        low=0,
        high=1,
        grade="claim",
        source=_PROMISE,
        meaning="1: every released order must be sorted by 24:00; 0 drops the promise.",
    )
    all_stops_on_time: float = par(
        1.0,
        unit="0/1",
        low=0,
        high=1,
        grade="claim",
        source=_PROMISE,
        meaning="1: every point must be unloaded by 10:00; 0 drops the promise.",
    )
    response_within_15min: float = par(
        0.95,
        unit="share",
        low=0,
        high=1,
        grade="claim",
        source=_PROMISE,
        meaning="Least share of tickets answered within 15 minutes.",
    )
    spoiled_share: float = par(
        0.01,
        unit="share",
        low=0,
        high=1,
        grade="assumed",
        source=_ENGINEERING,
        meaning="Largest share of collected orders that were too warm for too long.",
    )
    leader_hours_p95: float = par(
        1.0,
        unit="h",
        low=0,
        high=48,
        grade="claim",
        source=_PROMISE,
        meaning="Largest 95th percentile of leaders' working hours for this brand.",
    )
    oversold: float = par(
        0.0,
        unit="lines",
        low=0,
        high=1e9,
        grade="assumed",
        source=_ENGINEERING,
        meaning="Most lines that may be sold beyond the stock.",
    )
    required_probability: float = par(
        0.95,
        unit="share",
        low=0.5,
        high=0.9999,
        role="search",
        grade="assumed",
        source="95 nights of 100, the planning figure of operations",
        meaning="A level holds when it is kept with at least this probability.",
    )


DIRECTION: dict[str, Literal["at_least", "at_most"]] = {
    "payment_success": AT_LEAST,
    "checkout_p95_s": AT_MOST,
    "goodput_min_share": AT_LEAST,
    "all_sorted_by_midnight": AT_LEAST,
    "all_stops_on_time": AT_LEAST,
    "response_within_15min": AT_LEAST,
    "spoiled_share": AT_MOST,
    "leader_hours_p95": AT_MOST,
    "oversold": AT_MOST,
}
